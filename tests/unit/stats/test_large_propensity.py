"""Large-scale propensity models: what is screened, named, chosen and refused; and that confounding goes away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import large_propensity, weight

RNG = np.random.default_rng(30)
N, P = 1500, 120
X = (RNG.random((N, P)) < RNG.uniform(0.01, 0.3, P)).astype(float)
TRUTH = np.zeros(P)
TRUTH[:10] = 1.0
X[:, :10] = RNG.random((N, 10)) < 0.2
ARM = (RNG.random(N) < 1 / (1 + np.exp(2 - X @ TRUTH))).astype(int)
X[:, 100], X[:, 101], X[:, 102], X[:, 103] = 0, 1, ARM * (RNG.random(N) < 0.5), (ARM == 1) ^ (RNG.random(N) < 0.05)
X[:3, 100] = 1
NAMES = [f"condition {j}" for j in range(P)]
PERSON = np.arange(N) * 7 + 3
FOUND = large_propensity(ARM, sparse.csr_array(X), names=NAMES, least_people=20, person=PERSON, folds=5)


def test_what_is_left_out_is_named() -> None:
    assert "condition 100" in FOUND.left_out("rare")
    assert FOUND.left_out("everyone") == ("condition 101",)
    assert FOUND.left_out("one arm only") == ("condition 102",)
    assert FOUND.left_out("tells the arm") == ("condition 103",)
    assert not {"condition 100", "condition 101", "condition 102"} & set(FOUND.coefficients.index)
    row = FOUND.screening.loc["condition 5"]
    assert (row["target"], row["comparator"]) == (X[ARM == 1, 5].sum(), X[ARM == 0, 5].sum())


def test_scores_are_those_of_the_named_coefficients() -> None:
    table = pd.DataFrame(X, columns=NAMES)
    eta = FOUND.coefficients.iloc[0] + table[FOUND.coefficients.index[1:]].to_numpy() @ FOUND.coefficients.iloc[1:].to_numpy()
    np.testing.assert_allclose(FOUND.score, 1 / (1 + np.exp(-eta)), atol=1e-12)


def test_the_penalty_is_where_people_left_out_are_predicted_best() -> None:
    curve = FOUND.cross_validation()
    assert FOUND.penalty == curve["penalty"][curve["deviance"].idxmin()]
    plain = large_propensity(ARM, X, names=NAMES, least_people=20, person=PERSON, folds=5, choose="plainest")
    assert plain.penalty >= FOUND.penalty
    given = large_propensity(ARM, X, names=NAMES, least_people=20, penalty=FOUND.penalty)
    pd.testing.assert_series_equal(given.coefficients, FOUND.coefficients, atol=1e-4)
    assert given.cross_validation().empty


def test_order_of_rows_and_layout_do_not_matter() -> None:
    order = RNG.permutation(N)
    again = large_propensity(ARM[order], pd.DataFrame(X[order], columns=NAMES), least_people=20, person=PERSON[order], folds=5)
    assert again.penalty == pytest.approx(FOUND.penalty, rel=1e-12)
    np.testing.assert_allclose(again.score, FOUND.score[order], atol=1e-6)


def test_overlap_weights_from_the_score_balance_what_confounds() -> None:
    kept = np.delete(X, range(100, 104), axis=1)
    found = large_propensity(ARM, kept, least_people=20, folds=5)
    made = weight(found.score, ARM)

    def worst(w: np.ndarray) -> float:
        target, comparator = (np.average(kept[arm == ARM], axis=0, weights=w[arm == ARM]) for arm in (1, 0))
        return float(np.abs(target - comparator)[:10].max())

    assert worst(np.ones(N)) > 0.1
    assert worst(made.weight) < 0.04


def test_its_repr_names_what_matters() -> None:
    text = repr(FOUND)
    assert "1 in one arm only: condition 102" in text
    assert "perhaps part of the treatment: condition 103" in text
    assert "cross-validated" in text
    assert FOUND.summary().index[0] == "condition 103"


@pytest.mark.parametrize(
    ("arm", "x", "options", "code"),
    [
        (np.ones(N), X, {}, "EQ-EST-103"),
        (ARM, np.where(X == 1, np.nan, X), {}, "EQ-EST-106"),
        (ARM, X[:, :1] * 0, {}, "EQ-EST-106"),
        (ARM, X, {"names": ["a"]}, "EQ-EST-106"),
        (ARM, X, {"penalty": -1.0}, "EQ-EST-106"),
        (ARM, X, {"folds": 1}, "EQ-EST-106"),
        (ARM, X[:-1], {}, "EQ-EST-106"),
        (ARM, X[:, 0], {}, "EQ-EST-106"),
    ],
)
def test_what_cannot_be_used_is_refused(arm: np.ndarray, x: np.ndarray, options: dict[str, object], code: str) -> None:
    with pytest.raises(EquipoiseError) as caught:
        large_propensity(arm, x, **options)  # type: ignore[arg-type]
    assert caught.value.problems[0].kind.code == code
