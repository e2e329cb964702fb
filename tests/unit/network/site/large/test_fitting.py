"""The large-scale model of a site with all rows: the scores of `stats.large_propensity` on the same columns, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from equipoise.network.site.large.fitting import fit_large
from equipoise.stats import large_propensity
from equipoise.study.model import LargeScale, PropensityModel
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.recorded.matrix import RecordedCovariates, pooled_covariates

RNG = np.random.default_rng(4)
N, P = 900, 40
HELD = (RNG.random((N, P)) < RNG.uniform(0.05, 0.4, P)).astype(float)
AGE = RNG.normal(60, 10, N)
STAGE = RNG.choice(["i", "ii"], N)
ARM = (RNG.random(N) < 1 / (1 + np.exp(0.5 - HELD[:, :4] @ [1.0, 1, -1, 1] - (AGE - 60) / 15))).astype(int)
HELD[:, 38] = 0
HELD[:3, 38] = 1
HELD[:, 39] = ARM * (RNG.random(N) < 0.4)
AGE[:30] = np.nan
NAMES = tuple(f"conditions {j}, days -365 to -1" for j in range(P))
SITE = np.repeat(["x", "y"], N // 2)
PERSON = np.concatenate([np.arange(N // 2)] * 2)
COLUMNS = {
    "person_id": pa.array(PERSON, pa.int64()),
    "site": pa.array(SITE),
    "arm": pa.array(ARM, pa.int8()),
    "age": pa.array(AGE, from_pandas=True),
    "stage": pa.array(STAGE).dictionary_encode(),
}
TABLE = AnalysisTable(pa.table(COLUMNS), (), (), recorded=RecordedCovariates(sparse.csc_array(HELD), PERSON, NAMES))


class Said:
    """Of a study, what the model reads."""

    propensity = PropensityModel(covariates=("age", "stage"), large_scale=LargeScale(minimum_persons=20, folds=5, seed=3))


STUDY: Any = Said()


def test_scores_are_those_of_the_same_model_on_one_data_set() -> None:
    found = fit_large(TABLE, STUDY, smallest=11)
    assert found is not None
    missing = np.isnan(AGE)
    filled = np.where(missing, 0, AGE - np.nanmean(AGE))
    columns = np.column_stack([np.delete(HELD, [38, 39], axis=1), filled / filled.std(), STAGE == "i", STAGE == "ii", missing])
    same = large_propensity(ARM, columns, least_people=20, penalty=found.told.penalty)
    assert found.score is not None
    np.testing.assert_allclose(found.score, same.score, atol=1e-5)
    assert found.told.chosen == len(same.coefficients) - 1


def test_what_is_told_of_it() -> None:
    found = fit_large(TABLE, STUDY, smallest=11)
    assert found is not None
    told = found.told
    assert (told.fitted, told.covariates, told.rare, told.one_armed) == (True, P + 4, 1, 1)
    assert told.named[0] == "In one arm only, and not in the model: conditions 39, days -365 to -1."
    assert "conditions 38" not in " ".join(told.named)


def test_the_policys_smallest_count_holds_where_the_study_asks_for_less() -> None:
    few: Any = Said()
    few.propensity = few.propensity.model_copy(update={"large_scale": LargeScale(minimum_persons=1, folds=5)})
    found = fit_large(TABLE, few, smallest=11)
    assert found is not None
    assert found.told.rare == 1


def test_an_empty_arm_is_said_and_leaves_no_scores() -> None:
    alone = replace(TABLE, rows=TABLE.rows.set_column(2, "arm", pa.array(np.ones(N), pa.int8())))
    found = fit_large(alone, STUDY, smallest=11)
    assert found is not None
    assert found.score is None
    assert found.told.named == ("all people are in one arm",)


def test_a_study_without_one_has_none() -> None:
    plain: Any = Said()
    plain.propensity = PropensityModel(covariates=("age",))
    assert fit_large(TABLE, plain, smallest=11) is None


@pytest.mark.parametrize("cut", [0, 1, 450, N])
def test_pooled_sites_are_the_rows_under_each_other(cut: int) -> None:
    def part(rows: slice) -> RecordedCovariates:
        held = HELD[rows]
        there = np.flatnonzero(held.any(axis=0))
        return RecordedCovariates(sparse.csc_array(held[:, there]), PERSON[rows], tuple(NAMES[j] for j in there))

    whole = pooled_covariates([part(slice(0, cut)), part(slice(cut, N))])
    assert whole is not None
    order = [whole.names.index(name) for name in NAMES]
    np.testing.assert_array_equal(whole.x.toarray()[:, order], HELD)
    assert pooled_covariates([whole, None]) is None
