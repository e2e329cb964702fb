"""Each kind of covariate, worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from equipoise.kernel.days import to_day
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import (
    AgeCovariate,
    CategoryCovariate,
    CategoryLevel,
    Code,
    CodeSet,
    ComorbidityCovariate,
    CountCovariate,
    Covariate,
    EventCovariate,
    EventCriterion,
    IndexYearCovariate,
    MeasurementCovariate,
    SexCovariate,
    Study,
    Window,
)
from equipoise.table.analysis_table import AnalysisTable, ValueCount
from equipoise.table.building import build_table
from equipoise.table.covariates import completed_years

INDEX = date(2020, 6, 15)
Make = Callable[..., Any]
BILI = CodeSet(name="bili", codes=(Code(vocabulary="LOINC", code="1975-2", match="exact"),))


@pytest.fixture
def built(fake_engine: Make, study_of: Callable[..., Study]) -> Callable[..., AnalysisTable]:
    """The table of three persons (1, 2, 3) with one covariate."""

    def build(covariate: Covariate, **found: Any) -> AnalysisTable:
        index = found.pop("index", INDEX)
        engine = fake_engine([(person, index, person % 2) for person in (3, 1, 2)], **found)
        return build_table(engine, study_of(covariates=(covariate,), code_sets=(BILI,)), "here")

    return build


def values(table: AnalysisTable, name: str) -> list[Any]:
    return table.rows[name].to_pylist()


@pytest.mark.parametrize(
    ("birth", "index", "years"),
    [
        (date(1970, 6, 15), date(2020, 6, 15), 50),
        (date(1970, 6, 16), date(2020, 6, 15), 49),
        (date(1970, 1, 1), date(2020, 12, 31), 50),
        (date(2000, 2, 29), date(2021, 2, 28), 20),
        (date(2000, 2, 29), date(2021, 3, 1), 21),
        (date(1931, 7, 1), date(2020, 6, 30), 88),
        (date(1931, 7, 1), date(1968, 7, 1), 37),
    ],
)
def test_completed_years(birth: date, index: date, years: int) -> None:
    assert completed_years(np.array([float(to_day(birth))]), np.array([to_day(index)])).tolist() == [years]


def test_age_and_sex(built: Callable[..., AnalysisTable]) -> None:
    assert values(built(AgeCovariate(), births={1: date(1970, 6, 15), 2: date(1970, 6, 16)}), "age") == [50.0, 49.0, None]
    assert values(built(SexCovariate(), sexes={1: "female", 2: "male"}), "sex") == [1.0, 0.0, None]


@pytest.mark.parametrize(("year", "level"), [(2018, "before 2019"), (2019, "2019-2021"), (2021, "2019-2021"), (2024, "2022 and later")])
def test_index_year(built: Callable[..., AnalysisTable], year: int, level: str) -> None:
    index = date(year, 12, 31)
    assert values(built(IndexYearCovariate(), index=index), "index_year") == [float(year)] * 3
    assert values(built(IndexYearCovariate(cuts=(2019, 2022)), index=index), "index_year") == [level] * 3


def test_event_at_least(built: Callable[..., AnalysisTable], fact: Make) -> None:
    facts = [fact("a", 1, -5, 1), fact("a", 1, -5, 2), fact("b", 2, -1, 3), fact("a", 2, 1, 4)]
    assert values(built(EventCovariate(name="x", sets=("a", "b")), facts=facts), "x") == [1.0, 1.0, 0.0]
    assert values(built(EventCovariate(name="x", sets=("a", "b"), at_least=2), facts=facts), "x") == [1.0, 0.0, 0.0]
    assert values(built(EventCovariate(name="x", sets=("c",)), facts=facts), "x") == [0.0, 0.0, 0.0]


def test_counts_and_their_levels(built: Callable[..., AnalysisTable], fact: Make) -> None:
    facts = [fact("a", 1, -5, 1), fact("b", 1, -5, 1), fact("a", 1, -5, 2), fact("a", 1, -3, 3), fact("b", 2, 0, 4)]

    def got(what: str, levels: int = 0) -> list[Any]:
        return values(built(CountCovariate(name="x", sets=("a", "b"), count=what, levels=levels), facts=facts), "x")

    assert got("records") == [3.0, 1.0, 0.0]
    assert got("dates") == [2.0, 1.0, 0.0]
    assert got("sets") == [2.0, 1.0, 0.0]
    assert got("records", 2) == ["2+", "1", "0"]


def test_first_level_that_holds(built: Callable[..., AnalysisTable]) -> None:
    pos, neg = EventCriterion(sets=("a",)), EventCriterion(sets=("b",))
    covariate = CategoryCovariate(name="x", levels=(CategoryLevel(level="P", criterion=pos), CategoryLevel(level="N", criterion=neg)))
    table = built(covariate, holds={pos: {1}, neg: {1, 2}})
    assert values(table, "x") == ["P", "N", "unknown"]
    column = table.rows["x"].combine_chunks()
    assert column.dictionary.to_pylist() == ["P", "N", "unknown"]


def test_levels_of_one_name_are_one_level(built: Callable[..., AnalysisTable]) -> None:
    pos, neg = EventCriterion(sets=("a",)), EventCriterion(sets=("b",))
    levels = (CategoryLevel(level="P", criterion=pos), CategoryLevel(level="N", criterion=neg))
    table = built(CategoryCovariate(name="x", levels=levels, otherwise="P"), holds={neg: {2}})
    assert values(table, "x") == ["P", "N", "P"]


def test_nearest_physiologic_value_in_the_wanted_unit(built: Callable[..., AnalysisTable], fact: Make) -> None:
    covariate = MeasurementCovariate(name="bili", sets=("bili",), unit="mg/dL", low=0.05, high=60)
    facts = [
        fact("bili", 1, -10, 1, value=9.0, unit=8840),
        fact("bili", 1, -2, 2, value=34.208, unit=8749),
        fact("bili", 1, 0, 3, value=700.0, unit=8840),
        fact("bili", 1, 0, 4, value=None, unit=8840),
        fact("bili", 2, -7, 5, value=1.1, unit=None),
        fact("bili", 2, -1, 6, value=3.0, unit=8848),
    ]
    table = built(covariate, facts=facts)
    assert values(table, "bili") == [pytest.approx(2.0), 1.1, None]
    assert table.value_report == (ValueCount("bili", records=5, not_convertible=1, out_of_bounds=1),)


def test_ties_go_to_the_earlier_day_then_the_smaller_id(built: Callable[..., AnalysisTable], fact: Make) -> None:
    covariate = MeasurementCovariate(name="bili", sets=("bili",), window=Window(start=-30, end=30), target=3)
    facts = [
        fact("bili", 1, 5, 1, value=5.0),
        fact("bili", 1, 1, 2, value=1.0),
        fact("bili", 2, 3, 9, value=9.0),
        fact("bili", 2, 3, 8, value=8.0),
    ]
    assert values(built(covariate, facts=facts), "bili") == [1.0, 8.0, None]


def test_log_scale_drops_what_has_no_logarithm(built: Callable[..., AnalysisTable], fact: Make) -> None:
    covariate = MeasurementCovariate(name="bili", sets=("bili",), transform="log", low=-5)
    table = built(
        covariate, facts=[fact("bili", 1, 0, 1, value=0.0), fact("bili", 1, -1, 2, value=np.e), fact("bili", 2, 0, 3, value=-1.0)]
    )
    assert values(table, "bili") == [pytest.approx(1.0), None, None]
    assert table.value_report[0].out_of_bounds == 2


def test_unknown_unit_is_refused(built: Callable[..., AnalysisTable]) -> None:
    with pytest.raises(EquipoiseError) as caught:
        built(MeasurementCovariate(name="bili", sets=("bili",), unit="mg/dl/"))
    assert caught.value.code == "EQ-TABLE-003"
    assert caught.value.problems[0].did_you_mean == "mg/dL"


def test_comorbidity_in_its_window(built: Callable[..., AnalysisTable]) -> None:
    codes = [(1, -10, "ICD10CM", "I509"), (1, -400, "ICD10CM", "C787"), (2, -3, "ICD9CM", "1970")]
    assert values(built(ComorbidityCovariate(name="charlson"), codes=codes), "charlson") == [1.0, 6.0, 0.0]
