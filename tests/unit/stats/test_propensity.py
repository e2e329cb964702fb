"""The faces of weights, balance and matching: text, shares and refusals. R's numbers are in tests/gold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import balance, match, match_coarsened, match_exactly, propensity, subclassify, weight


def people(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.normal(60, 10, n), "sex": rng.integers(0, 2, n), "grade": rng.choice(["a", "b", "c"], n)})
    frame["t"] = (rng.random(n) < 1 / (1 + np.exp(-(frame["age"] - 65) / 10 + frame["sex"]))).astype(int)
    return frame


def score(d: pd.DataFrame) -> np.ndarray:
    return propensity(d["t"], d[["age", "sex"]]).score


def test_overlap_weights_balance_what_is_in_the_model() -> None:
    d = people()
    made = weight(score(d), d["t"])
    after = balance(d[["age", "sex"]], d["t"], made.weight)
    assert np.abs(after.differences()).max() < 1e-9
    assert np.abs(balance(d[["age", "sex"]], d["t"]).differences()).max() > 0.2
    assert made.effective_n() < 400
    assert "overlap weights" in repr(made)
    assert "effective sample sizes" in repr(after)
    assert list(after.summary().index) == ["age", "sex"]


def test_stabilised_weights_sum_to_about_the_people() -> None:
    d = people()
    made = weight(score(d), d["t"], "iptw", stabilise=True)
    assert made.of(1).sum() == pytest.approx(d["t"].sum(), rel=0.1)


def test_winsorised_weights_have_no_tails() -> None:
    d = people()
    plain, cut = weight(score(d), d["t"], "iptw"), weight(score(d), d["t"], "iptw", winsorise=(0.05, 0.95))
    assert cut.weight.max() == pytest.approx(np.quantile(plain.weight, 0.95))


def test_distribution_distance_is_kolmogorovs() -> None:
    from scipy.stats import ks_2samp

    d = people()
    found = balance(d[["age"]], d["t"]).distribution_max[0]
    assert found == pytest.approx(ks_2samp(d.loc[d["t"] == 1, "age"], d.loc[d["t"] == 0, "age"]).statistic, rel=1e-12)


def test_matching_keeps_the_caliper_and_improves_balance() -> None:
    d = people()
    logit = np.log(score(d) / (1 - score(d)))
    made = match(logit, d["t"])
    assert made.distance is not None
    assert made.caliper is not None
    assert made.distance.max() <= made.caliper == pytest.approx(0.2 * logit.std(ddof=1))
    assert made.n_matched(1) == made.n_matched(0)
    before, after = balance(d[["age"]], d["t"]), balance(d[["age"]], d["t"], made.weight)
    assert abs(after.differences()[0]) < abs(before.differences()[0]) / 3
    assert "pairs, caliper" in repr(made)


def test_matching_controls_for_atc() -> None:
    d = people()
    made = match(score(d), d["t"], estimand="ATC", caliper=None, replace=True)
    assert made.n_matched(0) == (d["t"] == 0).sum()


def test_subclasses_and_exact_matches() -> None:
    d = people()
    assert "5 subclasses" in repr(subclassify(score(d), d["t"]))
    exact = match_exactly(d[["sex", "grade"]], d["t"])
    table = balance(pd.get_dummies(d["grade"]).assign(sex=d["sex"]), d["t"], exact.weight)
    assert np.abs(table.differences()).max() < 1e-9
    coarse = match_coarsened(d[["age", "sex"]], d["t"], {"age": [50.0, 60.0, 70.0]})
    assert abs(balance(d[["sex"]], d["t"], coarse.weight).differences()[0]) < 1e-9


@pytest.mark.parametrize(
    "call",
    [
        lambda: weight([0.0, 0.5], [1, 0]),
        lambda: weight([0.4, 0.5], [1, 2]),
        lambda: weight([0.4, 0.5], [1, 0], "att", stabilise=True),
        lambda: match([0.4, 0.5], [1, 0], estimand="ATE"),
        lambda: match([0.4, 0.5], [1, 0], ratio=0),
        lambda: match([0.4, np.nan], [1, 0]),
    ],
)
def test_unusable_arguments(call: object) -> None:
    with pytest.raises(EquipoiseError) as raised:
        call()  # type: ignore[operator]
    assert raised.value.code == "EQ-EST-106"
