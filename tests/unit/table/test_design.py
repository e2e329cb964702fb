"""The recipe replayed: values filled, indicators, levels, splines; and the columns of Table 1."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from scipy.interpolate import CubicSpline

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.learned import Learned, LearnedColumn, learned_columns, raw_columns_of
from equipoise.study.model import (
    AgeCovariate,
    Arm,
    CategoryCovariate,
    CategoryLevel,
    DeathOutcome,
    EventCriterion,
    Index,
    MeasurementCovariate,
    Study,
)
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import categories, numbers
from equipoise.table.design import design_matrix, raw_columns, spline_term

LEVELS = ("HR+", "TNBC", "unknown")
STUDY = Study(
    name="s",
    title="t",
    period_start=date(2016, 1, 1),
    period_end=date(2024, 7, 31),
    code_sets=(),
    index=Index(sets=("a", "b")),
    arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
    outcomes=(DeathOutcome(name="os"),),
    covariates=(
        AgeCovariate(),
        MeasurementCovariate(name="bili", label="Bilirubin", sets=("bili",), spline_knots=3),
        CategoryCovariate(
            name="subtype", levels=tuple(CategoryLevel(level=level, criterion=EventCriterion(sets=("a",))) for level in LEVELS[:2])
        ),
    ),
)


def table(codes: tuple[int, ...] = (2, 0, 1)) -> AnalysisTable:
    rows = pa.table(
        {
            "age": numbers(np.array([50.0, 60.0, 70.0])),
            "bili": numbers(np.array([1.5, np.nan, 4.0])),
            "subtype": categories(np.array(codes), LEVELS),
        }
    )
    return AnalysisTable(rows, (), ())


PRESENT = {("subtype", level): 1 for level in LEVELS}


def test_recipe_replayed() -> None:
    learned = learned_columns(STUDY, {"age": 60.0, "bili": 1.0}, {"bili": 1}, PRESENT, {"bili": (0.0, 1.0, 2.0)})
    x = design_matrix(table(), ("age", "bili", "subtype"), learned)
    assert [column.name for column in learned.columns] == [
        "age",
        "bili",
        "bili[spline 1]",
        "bili[missing]",
        "subtype[TNBC]",
        "subtype[unknown]",
    ]
    expected = [[50, 1.5, 3.125 / 4, 0, 0, 1], [60, 1.0, 1 / 4, 1, 0, 0], [70, 4.0, 18 / 4, 0, 1, 0]]
    np.testing.assert_allclose(x, expected, rtol=1e-15)
    np.testing.assert_array_equal(design_matrix(table(), ("subtype",), learned), x[:, 4:])


def test_the_same_columns_at_a_site_where_a_level_is_missing() -> None:
    learned = learned_columns(STUDY, {"age": 60.0, "bili": 1.0}, {"bili": 1}, PRESENT, {})
    rows = table().rows.set_column(2, "subtype", categories(np.array([0, 0, 0]), ("HR+",)))
    x = design_matrix(AnalysisTable(rows, (), ()), ("age", "bili", "subtype"), learned)
    np.testing.assert_array_equal(x[:, -2:], np.zeros((3, 2)))


def test_no_rows_and_no_columns() -> None:
    learned = learned_columns(STUDY, {"age": 60.0}, {}, PRESENT, {})
    empty = AnalysisTable(table().rows.slice(0, 0), (), ())
    assert design_matrix(empty, ("age", "subtype"), learned).shape == (0, 3)
    assert design_matrix(table(), (), learned).shape == (3, 0)
    assert raw_columns(table(), ())[0].shape == (3, 0)


def test_unknown_covariate_is_named() -> None:
    with pytest.raises(EquipoiseError) as caught:
        design_matrix(table(), ("agee",), Learned((LearnedColumn("agee", "agee", "value", "Age", fill=0.0),)))
    assert caught.value.code == "EQ-TABLE-005"
    assert caught.value.problems[0].did_you_mean == "age"


@pytest.mark.parametrize("knots", [(0.0, 1.0, 2.0), (-1.0, 0.5, 2.0, 7.0), (1.0, 2.0, 4.0, 5.0, 9.0)])
def test_spline_terms_are_natural_cubic_splines(knots: tuple[float, ...]) -> None:
    at, inside = np.array(knots), np.linspace(knots[0], knots[-1], 50)
    for term in range(1, len(knots) - 1):
        reference = CubicSpline(at, spline_term(at, knots, term), bc_type="natural")
        np.testing.assert_allclose(spline_term(inside, knots, term), reference(inside), atol=1e-12)
        beyond = spline_term(knots[-1] + np.arange(4.0), knots, term)
        np.testing.assert_allclose(np.diff(beyond), reference(knots[-1], 1), rtol=1e-12)
        assert not spline_term(np.array([knots[0] - 3, knots[0]]), knots, term).any()
    terms = np.column_stack([inside**0, inside, *(spline_term(inside, knots, term) for term in range(1, len(knots) - 1))])
    assert np.linalg.matrix_rank(terms) == len(knots)


def test_table_one_columns_are_those_the_hub_expects() -> None:
    x, labels = raw_columns(table(), ("age", "bili", "subtype"))
    np.testing.assert_array_equal(x, [[50, 1.5, 0, 0, 1], [60, np.nan, 1, 0, 0], [70, 4, 0, 1, 0]])
    assert [(c.covariate, c.level) for c in labels] == [(c.covariate, c.level) for c in raw_columns_of(STUDY)]


def test_rows_of_pooled_chunks() -> None:
    both = AnalysisTable(pa.concat_tables([table((0, 0, 1)).rows, table((2, 2, 2)).rows]), (), ())
    x, _ = raw_columns(both, ("subtype",))
    np.testing.assert_array_equal(x.argmax(axis=1), [0, 0, 1, 2, 2, 2])
