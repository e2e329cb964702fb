from __future__ import annotations

import pytest

from equipoise.kernel.masked import Masked, shown


@pytest.mark.parametrize(("count", "number", "text"), [(12, 12, "12"), (Masked(), None, "<11"), (Masked(shown_as=10), 10, "≤10")])
def test_how_a_count_is_shown(count, number, text):
    assert shown(count) == number
    assert str(count) == text


def test_a_masked_count_is_no_number():
    with pytest.raises(TypeError):
        Masked() + 1
