"""Levels of subgroups from a site's rows."""

from __future__ import annotations

from datetime import date
from math import log

import numpy as np
import pyarrow as pa
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.site.subgroups import Levels, level_codes
from equipoise.network.wire.views import Subset
from equipoise.study.model import (
    AgeCovariate,
    AgeCriterion,
    Arm,
    CategoryCovariate,
    CategoryLevel,
    CriterionSubgroup,
    CutSubgroup,
    DeathOutcome,
    EventCovariate,
    Index,
    LevelSubgroup,
    MeasurementCovariate,
    SexCovariate,
    SexCriterion,
    Study,
)
from equipoise.table.analysis_table import AnalysisTable

ANYONE = AgeCriterion(at_least=0)
STUDY = Study(
    name="s",
    title="S",
    period_start=date(2016, 1, 1),
    period_end=date(2020, 1, 1),
    code_sets=(),
    index=Index(sets=("a",)),
    arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
    outcomes=(DeathOutcome(name="os"),),
    covariates=(
        AgeCovariate(),
        SexCovariate(),
        EventCovariate(name="diabetes", sets=("d",)),
        CategoryCovariate(name="stage", levels=(CategoryLevel(level="I", criterion=ANYONE), CategoryLevel(level="II", criterion=ANYONE))),
        MeasurementCovariate(name="bilirubin", sets=("b",), transform="log", low=0.1),
    ),
    subgroups=(
        CutSubgroup(name="age", covariate="age", cuts=(50, 65)),
        LevelSubgroup(name="sex", covariate="sex"),
        LevelSubgroup(name="diabetes", covariate="diabetes"),
        LevelSubgroup(name="stage", covariate="stage"),
        CutSubgroup(name="bilirubin", covariate="bilirubin", cuts=(1.2,)),
        CriterionSubgroup(name="own", levels=(CategoryLevel(level="w", criterion=SexCriterion(sex="female")),) * 1, otherwise="m"),
        CriterionSubgroup(name="open", levels=(CategoryLevel(level="p", criterion=ANYONE), CategoryLevel(level="q", criterion=ANYONE))),
    ),
)
ROWS = pa.table(
    {
        "age": [49.0, 50.0, 65.0, None],
        "sex": [1.0, 0.0, None, 1.0],
        "diabetes": [0.0, 1.0, 1.0, 0.0],
        "stage": pa.array(["II", "I", "unknown", None]).dictionary_encode(),
        "bilirubin": [log(1.19), log(1.2), None, log(9)],
        "subgroup own": pa.array(["w", "m", "w", "m"]).dictionary_encode(),
        "subgroup open": pa.array(["q", "", "p", ""]).dictionary_encode(),
    }
)
TABLE = AnalysisTable(ROWS, (), ())


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("age", [0, 1, 2, -1]),
        ("sex", [0, 1, -1, 0]),
        ("diabetes", [1, 0, 0, 1]),
        ("stage", [1, 0, 2, -1]),
        ("bilirubin", [0, 1, -1, 1]),
        ("own", [0, 1, 0, 1]),
        ("open", [1, -1, 0, -1]),
    ],
)
def test_each_person_is_in_the_level_that_the_study_says(name: str, codes: list[int]) -> None:
    subgroup = next(one for one in STUDY.subgroups or () if one.name == name)
    assert level_codes(TABLE, STUDY, subgroup).tolist() == codes


def test_a_subset_holds_its_levels_and_nobody_without_one() -> None:
    levels = Levels(TABLE, STUDY)
    assert levels.inside(Subset("age", (0, 2))).tolist() == [True, False, True, False]
    with pytest.raises(EquipoiseError, match="EQ-SITE-004"):
        levels.inside(Subset("ages", (0,)))


def test_products_of_arm_and_level() -> None:
    columns = Levels(TABLE, STUDY).arm_by_level(Subset("age", (0, 1, 2)), np.array([1, 1, 0, 1]))
    assert columns.tolist() == [[1, 0, 0, 0, 0], [1, 1, 0, 1, 0], [0, 0, 1, 0, 0], [1, 0, 0, 0, 0]]


def test_levels_are_counted_with_and_without_the_event() -> None:
    counts = Levels(TABLE, STUDY).counts(np.array([1, 0, 2, 1]))
    assert counts.shape == (4, 2 * (3 + 2 + 2 + 3 + 2 + 2 + 2))
    assert counts[:, :6].tolist() == [[1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0]]
