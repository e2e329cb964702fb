"""Exact ties against R, against sums over every subset, and what is refused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import minimize

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import cox, cox_exact

TIME = np.array([1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6.0])
EVENT = np.array([1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0])
ENTRY = np.array([0, 0, 0, 0, 1, 1, 0, 2, 1, 0, 3, 1.0])
X = np.column_stack([[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], [0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1]]).astype(float)

R_SAYS = [-0.0959502266838, -0.0177437967683, 0.181270692164, 0.779155683201, -10.9455294897, -10.8023709386, 0.283379237419]


def test_late_entry_and_ties_as_in_r() -> None:
    """coxph(Surv(s, t, e) ~ a + b, ties = "exact"), survival 3.5-3."""
    fit = cox_exact(TIME, EVENT, X, entry=ENTRY).fit
    np.testing.assert_allclose([*fit.coef, *fit.se, fit.loglik_null, fit.loglik, fit.score_test], R_SAYS, rtol=1e-9)
    assert (fit.rows, fit.events) == (12, 9)


def test_strata_are_sums_over_every_subset() -> None:
    stratum = np.arange(12) % 2

    def minus_loglik(beta: np.ndarray) -> float:
        total = 0.0
        for s in (0, 1):
            for t in np.unique(TIME[(EVENT == 1) & (stratum == s)]):
                here = np.flatnonzero((stratum == s) & (t <= TIME))
                died = here[(TIME[here] == t) & (EVENT[here] == 1)]
                sums = [X[list(chosen)].sum(axis=0) @ beta for chosen in combinations(here.tolist(), died.size)]
                total += X[died].sum(axis=0) @ beta - np.log(np.exp(sums).sum())
        return -total

    best = minimize(minus_loglik, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13})
    found = cox_exact(TIME, EVENT, X, strata=stratum).fit
    np.testing.assert_allclose(found.coef, best.x, atol=1e-6)
    assert found.loglik == pytest.approx(-best.fun, abs=1e-9)


def test_without_ties_every_treatment_is_the_same() -> None:
    time = TIME + np.arange(12) / 100
    np.testing.assert_allclose(cox_exact(time, EVENT, X).fit.coef, cox(time, EVENT, X).fit.coef, rtol=1e-9)


def test_what_cannot_be_fitted_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-122"):
        cox_exact(TIME, EVENT * 0, X)
    with pytest.raises(EquipoiseError, match=r"EQ-EST-102 .*column x2"):
        cox_exact(TIME, EVENT, np.column_stack([X[:, 0], 2 * X[:, 0]]))
    monkeypatch.setattr("equipoise.stats.models.cox_exact.MOST_ROWS", 20)
    with pytest.raises(EquipoiseError, match="EQ-EST-106 the risk sets have more than 20 rows"):
        cox_exact(TIME, EVENT, X)
