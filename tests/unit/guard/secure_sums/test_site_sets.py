from __future__ import annotations

from itertools import combinations

import pytest

from equipoise.guard.secure_sums.site_sets import allow_set, left_with, parts
from equipoise.kernel.errors import EquipoiseError

ALL = frozenset("abcdefghi")


def test_parts_are_the_sites_that_were_always_together() -> None:
    assert parts([ALL, ALL - set("abc"), ALL - set("def")]) == (frozenset("abc"), frozenset("def"), frozenset("ghi"))
    assert parts([]) == ()


@pytest.mark.parametrize("lost", [1, 2])
def test_a_set_that_differs_by_one_or_two_sites_is_refused(lost: int) -> None:
    for gone in combinations("abcdefghi", lost):
        with pytest.raises(EquipoiseError, match="EQ-GUARD-012"):
            allow_set(ALL - set(gone), [ALL], 3)
    allow_set(ALL - set("abc"), [ALL], 3)
    allow_set(ALL, [ALL], 3)


def test_sets_far_apart_that_together_single_a_site_out_are_refused() -> None:
    before = [ALL, ALL - set("abc")]
    with pytest.raises(EquipoiseError, match="EQ-GUARD-012"):
        allow_set(ALL - set("cde"), before, 3)  # with the others, c alone could be worked out
    allow_set(ALL - set("def"), before, 3)


@pytest.mark.parametrize("lost", ["a", "ab", "abc", "abcd", "e"])
@pytest.mark.parametrize("before", [[ALL], [ALL, ALL - set("abcd")]])
def test_what_is_left_with_the_lost_is_allowed_and_no_more_is_lost_than_needed(lost: str, before: list[frozenset[str]]) -> None:
    kept = left_with(lost, before, 3, "abcdefghi")
    allow_set(kept, before, 3)
    assert not kept & set(lost)
    if len(before) == 1:
        assert len(ALL - kept) == max(3, len(lost))


def test_a_small_network_loses_all() -> None:
    assert left_with("a", [frozenset("abcd")], 3, "abcd") == frozenset()
