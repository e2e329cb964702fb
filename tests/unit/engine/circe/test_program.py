"""A batch's program: what definitions share is done once, and the text can be written for other databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlglot import exp, parse_one

from equipoise.cohort.circe.model import (
    CohortExpression,
    Concept,
    ConceptSet,
    ConceptSetItem,
    ConditionOccurrence,
    CorrelatedCriteria,
    CriteriaGroup,
    CustomEra,
    Death,
    DemographicCriteria,
    DrugExposure,
    Endpoint,
    InclusionRule,
    NumericRange,
    Occurrence,
    OccurrenceType,
    Period,
    PrimaryCriteria,
    ResultLimit,
    TextFilter,
    Window,
)
from equipoise.engine.circe.batch import Batch
from equipoise.engine.circe.compiling import compile_definition
from equipoise.engine.circe.domains import TABLES
from equipoise.engine.circe.filters import SetNumbers
from equipoise.engine.circe.program import Merged, Writer
from equipoise.engine.circe.sql.spelling import spelled
from equipoise.engine.sql.warehouse import Source
from equipoise.omop.tables import ALL_TABLES

SOURCES: Mapping[str, Source] = {
    table.name: Source(table.name, {column.name: column.name for column in table.columns}, frozenset(), f"cdm.{table.name}")
    for table in ALL_TABLES
    if table.name in TABLES
}


def definition(concept: int) -> CohortExpression:
    """Something of every step: a rule with a record and an age, nested criteria, an era, a censoring event, a window."""
    window = Window(start=Endpoint(days=30, coeff=-1), end=Endpoint(days=0, coeff=1))
    drug = DrugExposure(codeset_id=1, stop_reason=TextFilter(op="contains", text="it's"))
    near = CorrelatedCriteria(criteria=drug, start_window=window, occurrence=Occurrence(type=OccurrenceType.AT_LEAST, count=1))
    group = CriteriaGroup(criteria_list=(near,), demographic_criteria_list=(DemographicCriteria(age=NumericRange(op="gte", value=18)),))
    items = (ConceptSetItem(concept=Concept(concept_id=concept), include_descendants=True, include_mapped=True),)
    return CohortExpression(
        concept_sets=(ConceptSet(id=0, items=items), ConceptSet(id=1, items=(replace(items[0], is_excluded=True),))),
        primary_criteria=PrimaryCriteria(
            criteria_list=(ConditionOccurrence(codeset_id=0, first=True, correlated_criteria=group),),
            primary_criteria_limit=ResultLimit(type="All"),
        ),
        additional_criteria=group,
        expression_limit=ResultLimit(type="All"),
        inclusion_rules=(InclusionRule(expression=group),),
        end_strategy=CustomEra(drug_codeset_id=1, gap_days=30),
        censoring_criteria=(Death(),),
        censor_window=Period(),
    )


def merged(*definitions: CohortExpression) -> Merged:
    sets = SetNumbers()
    batch = Batch.of([compile_definition(place, one, sets) for place, one in enumerate(definitions)], sets)
    program = Writer(batch, SOURCES).write()
    return program.merged(program.rows)


def test_equal_parts_are_numbered_once():
    sets = SetNumbers()
    one = Batch.of([compile_definition(1, definition(7), sets)], sets)
    sets = SetNumbers()
    two = Batch.of([compile_definition(place, definition(7), sets) for place in (1, 2)], sets)
    assert list(one.leaves) == list(two.leaves)
    assert len(two.sets.resolved) == len(one.sets.resolved)


def test_more_definitions_of_one_shape_are_no_more_statements():
    few, many = merged(*map(definition, range(2))), merged(*map(definition, range(50)))
    assert [step.name for step in few.steps] == [step.name for step in many.steps]
    assert max(rows.num_rows for rows in many.lent.values()) >= 50


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_statement_can_be_written_for_other_databases(dialect: str):
    made = merged(definition(1), definition(2))
    for query in (*(step.query for step in made.steps), *made.results):
        written = parse_one(spelled(query, dialect), dialect=dialect)
        assert isinstance(written, exp.Query)
        assert not list(written.find_all(exp.Anonymous)), "no function is left that sqlglot does not know"
