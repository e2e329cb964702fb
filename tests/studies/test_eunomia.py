"""Cohort sizes on OHDSI's Eunomia data, as Eunomia's own definitions give them (README beside the data)."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from equipoise.cohort.plan import CohortPlan, PlanStep
from equipoise.engine.contract import EventRequest
from equipoise.engine.open import open_cdm
from equipoise.study.model import Arm, Code, CodeSet, EventCriterion, Index, Window


def code_set(name: str, concept: int) -> CodeSet:
    return CodeSet(name=name, codes=(Code(vocabulary="", code="", match="omop_descendants", concept_id=concept),))


SETS = (code_set("celecoxib", 1118084), code_set("diclofenac", 1124300), code_set("gi_bleed", 192671))
PLAN = CohortPlan(
    index=Index(sets=("celecoxib", "diclofenac")),
    period_start=date(1900, 1, 1),
    period_end=date(2030, 1, 1),
    arms=(Arm(name="celecoxib", role="target", sets=("celecoxib",)), Arm(name="diclofenac", role="comparator", sets=("diclofenac",))),
    steps=(PlanStep("bleeds at any time", EventCriterion(sets=("gi_bleed",))),),
)


def test_eunomia_cohorts(shared):
    with closing(open_cdm(shared / "omop" / "gibleed", "Eunomia")) as engine:
        assert [one.persons for one in engine.prepare(SETS)] == [1844, 850, 479]
        attrition = engine.cohort(PLAN).attrition
        assert [(step.n, step.n_target, step.n_comparator) for step in attrition[:2]] == [(2694, 1844, 850)] * 2
        assert attrition[2].n == 479
        everybody = engine.cohort(CohortPlan(PLAN.index, PLAN.period_start, PLAN.period_end, PLAN.arms, ())).rows
        bleeds = engine.events(everybody, (EventRequest("bleed", ("gi_bleed",), Window()),))
        assert len(set(bleeds["person_id"].to_pylist())) == 479
        assert engine.notes == ("no table death: taken as empty", "no table device_exposure: taken as empty")
