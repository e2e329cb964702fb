"""The platform's own numbers, to the last digits that its exported tables show.

Source: four "Measures of Association" tables that researchers exported from TriNetX in 2025 and published with their analysis
(github.com/huntereby/ConcussionProject, folders Concuss_3x_vs_C2X_5_year and Concuss_1x_1_year_V12); only the numbers are taken.
"""

from __future__ import annotations

import math

import pytest

from equipoise.estimators.two_by_two.platform import platform_association
from equipoise.kernel.errors import EquipoiseError

EXPORTED = [
    (
        (709, 11038, 739, 11038),
        (0.06423265084254394, 0.06695053451712267),
        (-0.0027178836745787305, -0.0092493664851202, 0.0038135991359627393),
        (-0.8155838269472826, 0.41473820257983685),
        (0.9594046008119079, 0.8684503844480859, 1.0598845996758026),
        (0.9566180640683358, 0.8598975103962689, 1.0642176648239559),
    ),
    (
        (345, 11038, 352, 11038),
        (0.03125566225765537, 0.03188983511505707),
        (-0.0006341728574017005, -0.005247506426175586, 0.003979160711372185),
        (-0.26943136417757885, 0.7875977531020245),
        (0.9801136363636365, 0.8468665214503526, 1.1343260311445278),
        (0.979472020778249, 0.8422903078606788, 1.1389961757058624),
    ),
    (
        (235, 81876, 153, 81876),
        (0.002870193951829596, 0.0018686794665103328),
        (0.0010015144853192633, 0.0005305619349046666, 0.00147246703573386),
        (4.167859945610793, 0.000030747274827990066),
        (1.5359477124183007, 1.253289082776431, 1.8823553222507783),
        (1.5374904141541723, 1.2539691270058329, 1.8851156082768319),
    ),
    (
        (7943, 81876, 8500, 81876),
        (0.09701255557184034, 0.1038155259172407),
        (-0.0068029703454003665, -0.009714247158154303, -0.0038916935326464303),
        (-4.579766464130801, 0.00000465495397684456),
        (0.934470588235294, 0.9077482314860168, 0.9619795996157422),
        (0.9274304286631536, 0.8980000080296127, 0.9578253812019533),
    ),
]


@pytest.mark.parametrize(("counts", "risks", "difference", "test", "ratio", "odds"), EXPORTED)
def test_exported_tables(counts, risks, difference, test, ratio, odds):
    found = platform_association(*counts)
    assert (found.risk_target, found.risk_comparator) == pytest.approx(risks, rel=1e-13)
    for got, expected in ((found.difference, difference), (found.risk_ratio, ratio), (found.odds_ratio, odds)):
        assert (got.estimate, got.lower, got.upper) == pytest.approx(expected, rel=1e-11)
    assert (found.z, found.p) == pytest.approx(test, rel=1e-9)


def test_ten_that_stands_for_one_to_ten():
    found = platform_association(10, 20_000, 10, 20_000)
    assert (found.risk_ratio.lower, found.risk_ratio.upper) == pytest.approx((0.416, 2.402), abs=5e-4)


@pytest.mark.parametrize("counts", [(0, 10, 3, 10), (3, 10, 0, 10), (0, 10, 0, 10)])
def test_no_ratio_without_events(counts):
    found = platform_association(*counts)
    assert math.isnan(found.risk_ratio.estimate)
    assert math.isnan(found.odds_ratio.estimate)
    assert found.difference.estimate == (counts[0] - counts[2]) / 10


def test_everybody_has_it():
    found = platform_association(10, 10, 10, 10)
    assert math.isnan(found.z)
    assert found.risk_ratio.estimate == 1
    assert math.isnan(found.odds_ratio.estimate)


@pytest.mark.parametrize("counts", [(11, 10, 0, 10), (-1, 10, 0, 10), (0, 0, 0, 10)])
def test_counts_that_cannot_be(counts):
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        platform_association(*counts)
