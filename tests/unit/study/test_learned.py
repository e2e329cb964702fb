"""The recipe of the design matrix: which columns a covariate gives, from what the network holds."""

from __future__ import annotations

from datetime import date

import pytest

from equipoise.study.learned import Learned, columns_needed, learned_columns, levels_of, raw_columns_of
from equipoise.study.model import (
    AgeCovariate,
    Arm,
    CategoryCovariate,
    CategoryLevel,
    CountCovariate,
    DeathOutcome,
    EventCovariate,
    EventCriterion,
    Index,
    IndexYearCovariate,
    MeasurementCovariate,
    PropensityModel,
    SexCovariate,
    Study,
)

SUBTYPE = CategoryCovariate(
    name="subtype",
    label="Subtype",
    levels=tuple(CategoryLevel(level=level, criterion=EventCriterion(sets=("a",))) for level in ("HR+", "HER2+", "TNBC")),
)
COVARIATES = (
    AgeCovariate(),
    SexCovariate(),
    IndexYearCovariate(cuts=(2019, 2022)),
    EventCovariate(name="ascites", label="Ascites", sets=("a",)),
    CountCovariate(name="lines", label="Lines", sets=("a",), levels=2),
    MeasurementCovariate(name="bili", label="Bilirubin", sets=("a",), spline_knots=4),
    SUBTYPE,
)


def study(propensity: tuple[str, ...] | None = None) -> Study:
    return Study(
        name="s",
        title="t",
        period_start=date(2016, 1, 1),
        period_end=date(2024, 7, 31),
        code_sets=(),
        index=Index(sets=("a", "b")),
        arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
        outcomes=(DeathOutcome(name="os"),),
        covariates=COVARIATES,
        propensity=None if propensity is None else PropensityModel(covariates=propensity),
    )


def names(learned: Learned) -> list[str]:
    return [column.name for column in learned.columns]


def test_levels_in_order_otherwise_last() -> None:
    by_name = {covariate.name: levels_of(covariate) for covariate in COVARIATES}
    assert by_name["subtype"] == ("HR+", "HER2+", "TNBC", "unknown")
    assert by_name["lines"] == ("0", "1", "2+")
    assert by_name["index_year"] == ("before 2019", "2019-2021", "2022 and later")
    assert by_name["age"] is None
    assert levels_of(IndexYearCovariate(cuts=(2021, 2020))) == ("before 2020", "2020", "2021 and later")


def test_what_must_be_learned() -> None:
    needed = columns_needed(study(("age", "ascites", "bili", "subtype")))
    assert needed.numbers == ("age", "ascites", "bili")
    assert needed.binary == ("ascites",)
    assert needed.categories == (("subtype", ("HR+", "HER2+", "TNBC", "unknown")),)
    assert needed.splines == (("bili", (0.05, 0.35, 0.65, 0.95)),)
    assert columns_needed(study()).numbers == ("age", "sex", "ascites", "bili"), "without a propensity model: all covariates"


def test_recipe_of_a_whole_study() -> None:
    learned = learned_columns(
        study(),
        medians={"age": 55.0, "sex": 1.0, "ascites": 0.0, "bili": -0.2},
        missing={"bili": 7, "age": 0},
        present={
            ("index_year", "2019-2021"): 5,
            ("index_year", "2022 and later"): 9,
            ("lines", "0"): 3,
            ("lines", "1"): 3,
            ("subtype", "TNBC"): 4,
        },
        knots={"bili": (-1.0, -0.5, 0.0, 1.0)},
        constant={"sex"},
    )
    assert names(learned) == [
        "age",
        "index_year[2022 and later]",
        "ascites",
        "lines[1]",
        "bili",
        "bili[spline 1]",
        "bili[spline 2]",
        "bili[missing]",
    ]
    bili = {column.name: column for column in learned.columns if column.source == "bili"}
    assert bili["bili"].fill == -0.2
    assert bili["bili[spline 2]"].knots == (-1.0, -0.5, 0.0, 1.0)
    assert bili["bili[spline 2]"].term == 2
    assert bili["bili[missing]"].label == "Bilirubin: missing"


def test_reference_is_the_first_level_that_occurs_and_empty_levels_are_dropped() -> None:
    present = {("subtype", "HR+"): 0, ("subtype", "HER2+"): 2, ("subtype", "TNBC"): 0, ("subtype", "unknown"): 5}
    learned = learned_columns(study(("subtype",)), {}, {}, present, {})
    assert [(column.level, column.role) for column in learned.columns] == [("unknown", "level")]


def test_a_number_that_nobody_has_is_left_out() -> None:
    for medians in ({}, {"bili": float("nan")}):
        assert learned_columns(study(("bili",)), medians, {"bili": 100}, {}, {}).columns == ()


def test_constant_value_goes_but_its_missingness_stays() -> None:
    learned = learned_columns(study(("bili",)), {"bili": 1.0}, {"bili": 3}, {}, {}, constant=("bili",))
    assert names(learned) == ["bili[missing]"]


@pytest.mark.parametrize(("zeros", "ones", "kept"), [(5, 5, True), (0, 5, False), (5, 0, False)])
def test_a_binary_with_one_value_is_constant(zeros: int, ones: int, kept: bool) -> None:
    learned = learned_columns(study(("ascites",)), {"ascites": 0.0}, {}, {("ascites", "0"): zeros, ("ascites", "1"): ones}, {})
    assert names(learned) == (["ascites"] if kept else [])


def test_tied_knots_give_fewer_terms() -> None:
    learned = learned_columns(study(("bili",)), {"bili": 1.0}, {}, {}, {"bili": (0.0, 0.0, 1.0, 1.0)})
    assert names(learned) == ["bili"]
    learned = learned_columns(study(("bili",)), {"bili": 1.0}, {}, {}, {"bili": (0.0, 0.0, 1.0, 2.0)})
    assert names(learned) == ["bili", "bili[spline 1]"]


def test_column_names_are_unique_and_follow_the_order_asked() -> None:
    present = {(name, level): 1 for name, levels in columns_needed(study()).categories for level in levels}
    medians = dict.fromkeys(columns_needed(study()).numbers, 0.0)
    missing = dict.fromkeys(medians, 1)
    learned = learned_columns(
        study(), medians, missing, present, {}, names=("subtype", "age", "lines", "bili", "sex", "ascites", "index_year")
    )
    assert len(set(names(learned))) == len(names(learned))
    assert [column.source for column in learned.columns][:4] == ["subtype", "subtype", "subtype", "age"]


def test_table_one_has_every_level() -> None:
    raw = raw_columns_of(study(("age",)))
    assert [(column.covariate, column.level) for column in raw][-4:] == [
        ("subtype", level) for level in ("HR+", "HER2+", "TNBC", "unknown")
    ]
    assert [column.label for column in raw][:2] == ["Age, years", "Female"]
    assert [column.binary for column in raw][:2] == [False, True]
    assert len(raw_columns_of(study(), ("age",))) == 1


def test_what_occurs_in_one_arm_only_has_no_column():
    present = {("subtype", "HR+"): 3, ("subtype", "HER2+"): 40, ("subtype", "TNBC"): 2, ("ascites", "0"): 50, ("ascites", "1"): 5}
    found = learned_columns(
        study(("subtype", "ascites", "bili")),
        {"ascites": 0.0, "bili": 1.0},
        {"bili": 4},
        present,
        {},
        one_armed=[("subtype", "HR+"), ("ascites", "1"), ("bili", "missing")],
    )
    assert names(found) == ["subtype[TNBC]", "bili"], "the reference is the first level that occurs in both arms"
