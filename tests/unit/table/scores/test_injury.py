from __future__ import annotations

import numpy as np
import pytest

from equipoise.table.scores.injury import hys_law_type

NAN = np.nan


@pytest.mark.parametrize(
    ("alt", "ast", "bilirubin", "alp", "flag"),
    [
        (3.0, 1.0, 2.0, 1.99, 1),
        (1.0, 3.0, 2.0, 1.0, 1),
        (2.99, 2.99, 5.0, 1.0, 0),
        (10.0, 10.0, 1.99, 1.0, 0),
        (10.0, 10.0, 5.0, 2.0, 0),
        (10.0, NAN, 5.0, 1.0, 1),
        (1.0, NAN, 5.0, 1.0, NAN),
        (10.0, 1.0, 5.0, NAN, NAN),
        (10.0, 1.0, 1.0, NAN, 0),
        (1.0, 1.0, NAN, NAN, 0),
        (10.0, 1.0, NAN, 1.0, NAN),
        (NAN, NAN, NAN, 3.0, 0),
    ],
)
def test_known_only_where_nothing_missing_could_change_it(alt, ast, bilirubin, alp, flag):
    found = hys_law_type(*(np.array([value]) for value in (alt, ast, bilirubin, alp)))
    np.testing.assert_array_equal(found, [flag])
