"""Every engine gives the reference engine's answers, on any CDM, any code sets and any plan."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from equipoise.cohort.kinds import CRITERION_KINDS
from equipoise.cohort.sessions import TIERS
from equipoise.engine.contract import Engine, RecordedRequest
from equipoise.engine.open import open_cdm
from equipoise.engine.reference.engine import ReferenceEngine
from equipoise.study.model import AllOf, AnyOf, Code, CodeSet, Not

ENGINES = {"duckdb": open_cdm}


def recorded_request(drawn: dict[str, object]) -> RecordedRequest:
    windows = (drawn["window"], *(request.window for request in drawn["requests"]))
    return RecordedRequest(("drugs", "conditions", "measurements"), windows, tuple(one.name for one in drawn["code_sets"][:1]))


def asked_of(engine: Engine, drawn: dict[str, object], everybody: pa.Table) -> dict[str, object]:
    """All answers as plain values."""
    found = engine.prepare(drawn["code_sets"], drawn["lines"])
    every, known = engine.lines(everybody), engine.lines(everybody, up_to_index=True)
    cohort = engine.cohort(drawn["plan"])
    steps = tuple(step.criterion for step in drawn["plan"].steps)
    return {
        "found": found,
        "lines": [table.to_pylist() for table in (every.lines, every.persons, known.lines, known.persons)],
        "rows": cohort.rows.to_pylist(),
        "attrition": cohort.attrition,
        "sessions": engine.sessions(drawn["plan"]).to_pylist(),
        "criteria": engine.criteria(everybody, steps).to_pylist(),
        "events": engine.events(everybody, drawn["requests"]).to_pylist(),
        "persons": engine.persons(everybody).to_pylist(),
        "follow_up": engine.follow_up(everybody).to_pylist(),
        "recorded": engine.recorded(everybody, recorded_request(drawn)).to_pylist(),
        "source_codes": engine.source_codes(everybody, drawn["window"]).to_pylist(),
    }


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_engines_agree(made, name):
    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(
        cdm=made.cdms,
        drawn=st.fixed_dictionaries(
            {"code_sets": made.code_sets, "lines": made.lines, "plan": made.plans, "requests": made.requests, "window": made.windows}
        ),
    )
    def agree(cdm, drawn):
        ids = sorted(row["person_id"] for row in cdm["person"])
        everybody = pa.table({"person_id": pa.array(ids, pa.int64()), "index_date": pa.array([made.day_0] * len(ids), pa.date32())})
        with tempfile.TemporaryDirectory() as folder:
            made.write(Path(folder), cdm)
            with closing(ENGINES[name](Path(folder), "here")) as engine:
                answers = asked_of(engine, drawn, everybody)
            assert answers == asked_of(ReferenceEngine(Path(folder), "here"), drawn, everybody)

    agree()


@pytest.fixture(scope="module")
def everything_recorded(made):
    """A CDM in which one woman has a procedure of every set on every day of interest."""
    sets = tuple(CodeSet(name=name, codes=(Code(vocabulary="SNOMED", code=name, match="exact"),)) for name in made.sets)
    days = [made.day_0 + timedelta(day) for day in (-30, -1, 0, 1, 2, 30)]
    cdm = {
        "concept": [{"concept_id": place, "vocabulary_id": "SNOMED", "concept_code": one.name} for place, one in enumerate(sets, start=1)],
        "person": [{"person_id": 1, "gender_concept_id": 8532, "year_of_birth": 2001}],
        "procedure_occurrence": [
            {"person_id": 1, "procedure_occurrence_id": 1, "procedure_concept_id": place, "procedure_date": day}
            for place, _ in enumerate(sets, start=1)
            for day in days
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        made.write(Path(folder), cdm)
        engine = ReferenceEngine(Path(folder), "here")
        engine.prepare(sets)
        yield engine


@pytest.mark.parametrize("tier", TIERS)
def test_every_tier_is_drawn(made, everything_recorded, tier):
    def met(plan) -> bool:
        return tier in everything_recorded.sessions(plan)["tier"].to_pylist()

    assert find(made.session_plans, met, settings=settings(max_examples=1000, deadline=None, phases=[Phase.generate]))


def kinds_in(criterion) -> set[type]:
    inner = criterion.criteria if isinstance(criterion, AllOf | AnyOf) else (criterion.criterion,) if isinstance(criterion, Not) else ()
    return {type(criterion)}.union(*(kinds_in(one) for one in inner))


@pytest.mark.parametrize("kind", CRITERION_KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_criterion_is_drawn(made, kind):
    assert kind in kinds_in(find(made.criteria, lambda one: kind in kinds_in(one)))
