"""Two by two tables against textbooks and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from equipoise.estimators.two_by_two.table import chi_square, mcnemar, risk_ratio, two_by_two
from equipoise.kernel.errors import EquipoiseError


def test_newcombe_s_own_example() -> None:
    """56 of 70 against 48 of 80: Newcombe (1998), Table II (a), method 10."""
    found = two_by_two(56, 14, 48, 32).risk_difference_newcombe
    assert (round(found.lower, 4), round(found.upper, 4)) == (0.0524, 0.3339)


def test_approval_of_the_president_asked_twice() -> None:
    """Agresti (1990), p. 350: 17.36; with R's correction 16.82, p 4.115e-05."""
    found = two_by_two(794, 150, 86, 570).mcnemar
    assert found.plain.statistic == pytest.approx(17.36, abs=0.005)
    assert found.corrected.statistic == pytest.approx(16.82, abs=0.005)
    assert found.corrected.p == pytest.approx(4.115e-05, rel=1e-3)


def test_aspirin_and_heart_attacks() -> None:
    """Physicians' Health Study, placebo 189 of 11034, aspirin 104 of 11037: Agresti gives 1.82 (1.43 to 2.31) and 1.83 (1.44 to 2.33)."""
    found = two_by_two(189, 10845, 104, 10933)
    assert [round(found.risk_ratio.estimate, 2), round(found.risk_ratio.lower, 2), round(found.risk_ratio.upper, 2)] == [1.82, 1.43, 2.31]
    assert [round(found.odds_ratio.estimate, 2), round(found.odds_ratio.lower, 2), round(found.odds_ratio.upper, 2)] == [1.83, 1.44, 2.33]
    assert found.number_needed == pytest.approx(1 / (189 / 11034 - 104 / 11037))


@pytest.mark.parametrize("yates", [False, True])
def test_chi_square_is_scipy_s(yates: bool) -> None:
    table = np.array([[12, 5], [7, 20]])
    other = chi2_contingency(table, correction=yates)
    found = chi_square(table, yates=yates)
    assert (found.statistic, found.p) == pytest.approx((other.statistic, other.pvalue), rel=1e-12)


def test_yates_never_corrects_past_the_expectation() -> None:
    assert chi_square(np.array([[10, 10], [10, 10]]), yates=True).statistic == 0


def test_a_zero_cell_has_an_interval_only_when_corrected() -> None:
    cells = np.array([[0, 10], [4, 11]])
    assert risk_ratio(cells).estimate == 0
    assert math.isnan(risk_ratio(cells).upper)
    corrected = risk_ratio(cells, correction=0.5)
    assert corrected.estimate == pytest.approx((0.5 / 11) / (4.5 / 16))
    assert corrected.lower < corrected.estimate < corrected.upper


def test_empty_rows_give_no_number_and_no_noise() -> None:
    found = two_by_two(0, 0, 3, 7)
    assert math.isnan(found.risk_exposed.estimate)
    assert math.isnan(found.risk_ratio.estimate)
    assert math.isnan(found.chi_square.statistic)
    assert found.fisher.p == 1


def test_pairs_without_discordance_say_nothing() -> None:
    assert mcnemar(0, 0).p_exact == 1
    assert math.isnan(mcnemar(0, 0).plain.statistic)
    assert mcnemar(3, 3).corrected.p == 1


@pytest.mark.parametrize("cells", [(-1, 2, 3, 4), (1.5, 2, 3, 4), (float("nan"), 2, 3, 4)])
def test_what_is_no_count_is_refused(cells: tuple[float, ...]) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        two_by_two(*cells)  # type: ignore[arg-type]
