"""Strategies: a small CDM whose days cluster so that borders are hit, code sets over its vocabulary, and any plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st

from equipoise.cohort.plan import CohortPlan, PlanStep
from equipoise.engine.contract import EventRequest
from equipoise.omop.model import Table
from equipoise.omop.tables import arrow_schema, clinical_tables, table
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.lines.vary import vary
from equipoise.study.model import (
    AgeCriterion,
    AllOf,
    AnyOf,
    Arm,
    Classification,
    Code,
    CodeSet,
    EventCriterion,
    Index,
    LineAnchor,
    LineDrug,
    LinesCriterion,
    LinesOfTherapy,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
    Treatment,
    Window,
)

DAY_0 = date(2020, 3, 1)
CODES = ("C5", "C50", "C50.1", "C501", "174")
VOCABULARIES = ("ICD10CM", "SNOMED")
SETS = ("a", "b", "c", "d")
CONCEPTS = st.integers(1, 8)
PERSONS = st.integers(1, 5)
"""Person 5 is never in `person`."""
DAYS = st.sampled_from((-31, -30, -1, 0, 1, 2, 30))
dates = DAYS.map(lambda day: DAY_0 + timedelta(day))
maybe_dates = st.none() | dates
maybe_concepts = st.none() | st.just(0) | CONCEPTS
windows = st.builds(Window, start=st.none() | DAYS, end=st.none() | DAYS)


def clinical_rows(of: Table):
    cells = {"person_id": PERSONS, of.id_column: st.integers(1, 3), of.concept_column: maybe_concepts}
    cells |= {of.source_concept_column: maybe_concepts, of.date_column: maybe_dates}
    cells |= {of.end_date_column: maybe_dates} if of.end_date_column else {}
    if of.name in ("measurement", "observation"):
        cells |= {
            "value_as_number": st.sampled_from((None, float("nan"), float("inf"), 0.5, 1.0, 2.0, 17.104)),
            "unit_concept_id": st.sampled_from((None, 0, 8840, 8749, 8554)),
        }
    if of.name == "measurement":
        limits = st.sampled_from((None, float("nan"), 0.5, 40.0))
        cells |= {"range_low": limits, "range_high": limits}
    return st.lists(st.fixed_dictionaries(cells), max_size=5)


persons = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.integers(1, 4),
            "gender_concept_id": st.sampled_from((None, 0, 8507, 8532)),
            "year_of_birth": st.sampled_from((None, 2000, 2001, 2002)),
            "month_of_birth": st.sampled_from((None, 0, 2, 3)),
            "day_of_birth": st.sampled_from((None, 1, 2, 29, 30)),
            "race_concept_id": st.none() | st.just(8527),
        }
    ),
    max_size=4,
    unique_by=lambda row: row["person_id"],
)
concepts = st.lists(
    st.fixed_dictionaries(
        {
            "concept_id": CONCEPTS,
            "vocabulary_id": st.sampled_from(VOCABULARIES),
            "concept_code": st.sampled_from(CODES),
            "standard_concept": st.sampled_from((None, "S", "C")),
        }
    ),
    max_size=8,
    unique_by=lambda row: row["concept_id"],
)
relationships = st.lists(
    st.fixed_dictionaries(
        {
            "concept_id_1": CONCEPTS,
            "concept_id_2": CONCEPTS,
            "relationship_id": st.sampled_from(("Maps to", "Maps to", "Is a")),
            "invalid_reason": st.sampled_from((None, None, "", "D")),
        }
    ),
    max_size=8,
)
ancestors = st.lists(st.fixed_dictionaries({"ancestor_concept_id": CONCEPTS, "descendant_concept_id": st.integers(1, 10)}), max_size=8)
periods = st.lists(
    st.fixed_dictionaries({"person_id": PERSONS, "observation_period_start_date": dates, "observation_period_end_date": dates}), max_size=8
)
deaths = st.lists(st.fixed_dictionaries({"person_id": PERSONS, "death_date": maybe_dates}), max_size=4)

cdms = st.fixed_dictionaries(
    {
        "person": persons,
        "concept": concepts,
        "concept_relationship": relationships,
        "concept_ancestor": ancestors,
        "observation_period": periods,
        "death": deaths,
    }
    | {of.name: clinical_rows(of) for of in clinical_tables()}
)

codes = st.builds(
    Code,
    vocabulary=st.sampled_from(VOCABULARIES),
    code=st.sampled_from(("", *CODES, "9")),
    match=st.sampled_from(("exact", "prefix", "omop_descendants")),
    concept_id=st.none() | st.integers(0, 12),
)
code_sets = st.tuples(*(st.builds(CodeSet, name=st.just(name), codes=st.lists(codes, min_size=1, max_size=3).map(tuple)) for name in SETS))
some_sets = st.lists(st.sampled_from(SETS), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def event_criteria(draw):
    least = draw(st.integers(0, 2))
    return EventCriterion(
        sets=draw(some_sets),
        window=draw(windows),
        at_least=least,
        at_most=draw(st.none() | st.integers(least, 3)),
        count=draw(st.sampled_from(("records", "dates", "sets"))),
        days_apart=draw(st.sampled_from((0, 0, 1, 30))),
    )


leaf_criteria = st.one_of(
    event_criteria(),
    st.builds(
        MeasurementCriterion,
        sets=some_sets,
        window=windows,
        unit=st.sampled_from((None, "mg/dL", "umol/L")),
        low=st.none() | st.sampled_from((0.5, 1.0, 17.104)),
        high=st.none() | st.sampled_from((1.0, 2.0)),
    ),
    st.builds(AgeCriterion, at_least=st.none() | st.integers(17, 20), at_most=st.none() | st.integers(17, 20)),
    st.builds(SexCriterion, sex=st.sampled_from(("female", "male"))),
    st.builds(PriorObservation, days=st.sampled_from((0, 1, 30)), after=st.sampled_from((0, 1, 30))),
)


def combined(leaves):
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(AllOf, criteria=st.lists(inner, max_size=3).map(tuple)),
            st.builds(AnyOf, criteria=st.lists(inner, max_size=3).map(tuple)),
            st.builds(Not, criterion=inner),
        ),
        max_leaves=4,
    )


line_criteria = st.builds(LinesCriterion, at_least=st.integers(0, 2), at_most=st.none() | st.integers(0, 3))
criteria = combined(leaf_criteria | line_criteria)
evidence_criteria = combined(leaf_criteria)
"""About a session, lines of therapy say nothing."""
(SHORT,) = vary(bundled_pack("breast"), window=[1], gap=[2], rechallenge=[3], substitution=[1], lead_in=[1], ongoing=[1])
lines = st.builds(
    LinesOfTherapy,
    pack=st.just(SHORT.pack),
    drugs=st.just(
        tuple(LineDrug(drug=drug, sets=(name,)) for drug, name in zip(("letrozole", "paclitaxel", "cisplatin"), SETS, strict=False))
    ),
    anchor=st.none() | st.builds(LineAnchor, sets=some_sets, confirmed_within=st.none() | st.sampled_from((1, 30))),
    local=st.just(()) | some_sets,
)


@st.composite
def plans(draw):
    first, second = draw(some_sets), draw(some_sets)
    roles = draw(st.permutations(("target", "comparator")))
    return CohortPlan(
        index=Index(sets=draw(some_sets | st.just(tuple(sorted({*first, *second})))), nth=draw(st.integers(1, 2))),
        period_start=draw(dates),
        period_end=draw(dates),
        arms=(Arm(name="first", role=roles[0], sets=first), Arm(name="second", role=roles[1], sets=second)),
        steps=tuple(PlanStep(f"step {place}", one) for place, one in enumerate(draw(st.lists(criteria, max_size=3)))),
    )


@st.composite
def session_plans(draw):
    """Plans whose index is a session; treatments may share a criterion, so that every tier comes up."""
    plan = draw(plans())
    known = st.lists(evidence_criteria, min_size=2, max_size=3)
    pool = draw(known)
    evidence = st.sampled_from(pool)
    names = ("x", "y", "z")[: draw(st.integers(2, 3))]
    treatments = tuple(
        Treatment(
            name=name,
            evidence=draw(evidence),
            weak_evidence=draw(st.none() | evidence),
            deciding_evidence=draw(st.none() | evidence),
        )
        for name in names
    )
    arms = zip(plan.arms, draw(st.permutations(names)), strict=False)
    return replace(
        plan,
        index=plan.index.model_copy(update={"merge_days": draw(st.sampled_from((0, 1, 3, 30)))}),
        arms=tuple(Arm(name=arm.name, role=arm.role, sets=(), treatment=name) for arm, name in arms),
        classes=Classification(
            treatments=treatments,
            definition=draw(st.sampled_from(("main", "strict", "liberal"))),
            both=draw(st.none() | st.sampled_from(names)),
            unspecified=draw(st.sampled_from(names)),
        ),
    )


requests = st.lists(
    st.builds(EventRequest, name=st.sampled_from(("y", "x", "z")), sets=some_sets, window=windows),
    max_size=3,
    unique_by=lambda one: one.name,
)


def write(folder: Path, cdm: dict[str, list[dict[str, object]]]) -> None:
    for name, rows in cdm.items():
        schema = pa.schema([field.with_nullable(True) for field in arrow_schema(table(name))])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")


@pytest.fixture(scope="session")
def made() -> SimpleNamespace:
    """What tests draw from, and how a drawn CDM is written."""
    return SimpleNamespace(
        cdms=cdms,
        code_sets=code_sets,
        plans=plans() | session_plans(),
        session_plans=session_plans(),
        sets=SETS,
        criteria=criteria,
        lines=lines,
        requests=requests.map(tuple),
        windows=windows,
        write=write,
        day_0=DAY_0,
    )
