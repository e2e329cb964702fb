"""A cohort plan as one SQL statement: index events, arms, all steps, the persons who stay and how many left where."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from equipoise.cohort.attrition import arms_can_miss, attrition_labels
from equipoise.cohort.meaning import meaning
from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.sessions import criteria_of
from equipoise.engine.contract import CohortRows, StepCount
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.shapes import COHORT_COLUMNS, TIER_COLUMN, shaped
from equipoise.engine.sql.by_session.sessions import classed, recursive, with_sessions
from equipoise.engine.sql.statements import parsed
from equipoise.engine.sql.truths import judged
from equipoise.study.model import Arm

_FIRST = """
SELECT person_id, start_day, arm, ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY start_day) AS nth FROM day WHERE of_index = 1
"""
_INDEX_PERSON = """
SELECT person_id, start_day AS index_day, CAST(DATE_ADD(CAST('1970-01-01' AS DATE), INTERVAL (start_day) DAY) AS DATE) AS index_date, arm
FROM ranked WHERE nth = {nth}
"""
_ANSWER = """
SELECT person_id, index_day, arm, left_at, CAST(1 AS BIGINT) AS n FROM placed WHERE left_at = {stayed}
UNION ALL
SELECT NULL AS person_id, NULL AS index_day, arm, left_at, COUNT(*) AS n FROM placed GROUP BY arm, left_at
"""
_ANSWER_BY_SESSION = """
SELECT person_id, index_day, arm, tier, left_at, CAST(1 AS BIGINT) AS n FROM placed WHERE left_at = {stayed}
UNION ALL
SELECT NULL AS person_id, NULL AS index_day, arm, NULL AS tier, left_at, COUNT(*) AS n FROM placed GROUP BY arm, left_at
"""


@lru_cache(maxsize=64)
def cohort_text(plan: CohortPlan, prepared: PreparedSets, dialect: str) -> str:
    """`cohort_query`, written once for all sites that were prepared alike."""
    return cohort_query(plan, prepared).sql(dialect=dialect)


def cohort_query(plan: CohortPlan, prepared: PreparedSets) -> exp.Expr:
    """person_id, index_day, arm for who stays; and a row without person for every arm and place where persons left (`left_at`, `n`).

    For an index by sessions, with the session's `tier`.
    """
    names = [f"s{place}" for place in range(len(plan.steps))]
    truths = [meaning(step.criterion) for step in plan.steps]
    gates = [_in_period(plan), *([_in_an_arm()] if arms_can_miss(plan) else []), *(exp.column(name) for name in names)]
    answer = parsed((_ANSWER_BY_SESSION if plan.classes else _ANSWER).format(stayed=len(gates) + 1))
    assert isinstance(answer, exp.Query)  # noqa: S101 - a constant of this module
    if plan.classes:
        criteria = criteria_of(plan.classes)
        truths += [meaning(one) for one in criteria]
        names += [f"k{place}" for place in range(len(criteria))]
        placed = exp.select("person_id", "index_day", "arm", "tier", _left_at(gates)).from_("classed")
        return recursive(
            with_sessions(answer, plan, prepared, only_nth=True)
            .with_("judged", as_=judged(truths, names, prepared))
            .with_("classed", as_=classed(plan, plan.classes))
            .with_("placed", as_=placed, materialized=True)
        )
    return (
        answer.with_("day", as_=_days(plan, prepared))
        .with_("ranked", as_=parsed(_FIRST))
        .with_("index_person", as_=parsed(_INDEX_PERSON.format(nth=plan.index.nth)))
        .with_("judged", as_=judged(truths, names, prepared))
        .with_("placed", as_=exp.select("person_id", "index_day", "arm", _left_at(gates)).from_("judged"), materialized=True)
    )


def cohort_rows(plan: CohortPlan, answer: pa.Table) -> CohortRows:
    """The contract's form of what `cohort_query` returned."""
    stayed = answer.filter(pc.is_valid(answer["person_id"])).sort_by("person_id")
    left = answer.filter(pc.is_null(answer["person_id"])).select(["arm", "left_at", "n"]).to_pylist()
    index_date = stayed["index_day"].cast(pa.int32()).cast(pa.date32())
    rows = shaped(stayed.append_column("index_date", index_date), COHORT_COLUMNS | (TIER_COLUMN if plan.classes else {}))
    counts = [(row["left_at"], row["arm"], row["n"]) for row in left]
    return CohortRows(rows, tuple(_step(label, place, counts) for place, label in enumerate(attrition_labels(plan))))


def _step(label: str, place: int, counts: list[tuple[int, int | None, int]]) -> StepCount:
    """Who is left after a line of the attrition: those who left at a later one."""
    still = [(arm, n) for left_at, arm, n in counts if left_at > place]
    by_arm = [sum(n for arm, n in still if arm == wanted) for wanted in (1, 0)]
    return StepCount(label, sum(n for _, n in still), by_arm[0], by_arm[1])


def _days(plan: CohortPlan, prepared: PreparedSets) -> exp.Select:
    """Each person's days with a record of the index sets or the arms' sets, and what they are."""
    of_index = prepared.numbers(plan.index.sets)
    first, second = plan.arms
    of_arms = prepared.numbers((*first.sets, *second.sets))
    arm = (
        exp.case()
        .when(_any_of(prepared.numbers(first.sets)).eq(1), _value(first))
        .when(_any_of(prepared.numbers(second.sets)).eq(1), _value(second))
    )
    return (
        exp.select("person_id", "start_day", exp.alias_(_any_of(of_index), "of_index"), exp.alias_(arm, "arm"))
        .from_("event")
        .where(exp.column("set_id").isin(*sorted({*of_index, *of_arms})))
        .group_by("person_id", "start_day")
    )


def _any_of(sets: tuple[int, ...]) -> exp.Expr:
    here = exp.column("set_id").isin(*sets) if sets else exp.false()
    return exp.Max(this=exp.case().when(here, exp.Literal.number(1)).else_(exp.Literal.number(0)))


def _value(arm: Arm) -> exp.Expr:
    return exp.Literal.number(1 if arm.role == "target" else 0)


def _in_period(plan: CohortPlan) -> exp.Expr:
    return exp.column("index_date").between(_date(plan.period_start), _date(plan.period_end))


def _in_an_arm() -> exp.Expr:
    return exp.not_(exp.Is(this=exp.column("arm"), expression=exp.null()))


def _date(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")


def _left_at(gates: list[exp.Expr]) -> exp.Expr:
    """Number of the first line of the attrition that the person did not pass; one more than there are for who stays."""
    place = exp.case()
    for number, gate in enumerate(gates, start=1):
        place = place.when(exp.not_(exp.paren(gate)), exp.Literal.number(number))
    return exp.alias_(place.else_(exp.Literal.number(len(gates) + 1)), "left_at")
