"""Sessions as SQL: records of the index sets laid together, each session judged and classified.

`linked` holds, for each day with a record, the first day too late to belong to a session that begins on it; `session` follows these
links from each person's first day.
"""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp

from equipoise.cohort.meaning import meaning
from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.sessions import criteria_of, role_of_unspecified, roles, settling
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.sql.statements import parsed
from equipoise.engine.sql.truths import judged
from equipoise.study.model import Classification

_LINKED = """
SELECT person_id, start_day, ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY start_day) AS place,
    MIN(start_day) OVER (PARTITION BY person_id ORDER BY start_day RANGE BETWEEN {gap} FOLLOWING AND UNBOUNDED FOLLOWING) AS next_day
FROM core
"""
_SESSION = """
SELECT person_id, start_day, next_day, 1 AS nth FROM linked WHERE place = 1
UNION ALL
SELECT l.person_id, l.start_day, l.next_day, s.nth + 1 AS nth
FROM session AS s JOIN linked AS l ON l.person_id = s.person_id AND l.start_day = s.next_day
"""
_AS_INDEX = """
SELECT person_id, start_day AS index_day, CAST(DATE_ADD(CAST('1970-01-01' AS DATE), INTERVAL (start_day) DAY) AS DATE) AS index_date, nth
FROM session
"""


def with_sessions(query: exp.Query, plan: CohortPlan, prepared: PreparedSets, *, only_nth: bool) -> exp.Query:
    """The query with `index_person` (person_id, index_day, index_date, nth) before it: each person's nth session, or all of them."""
    sets = prepared.numbers(plan.index.sets)
    core = exp.select("person_id", "start_day").distinct().from_("event").where(exp.column("set_id").isin(*sets) if sets else exp.false())
    index = parsed(_AS_INDEX)
    assert isinstance(index, exp.Select)  # noqa: S101 - a constant of this module
    return (
        query.with_("core", as_=core)
        .with_("linked", as_=parsed(_LINKED.format(gap=(plan.index.merge_days or 0) + 1)))
        .with_("session", as_=parsed(_SESSION))
        .with_("index_person", as_=index.where(exp.column("nth").eq(plan.index.nth)) if only_nth else index)
    )


@lru_cache(maxsize=64)
def sessions_text(plan: CohortPlan, classes: Classification, prepared: PreparedSets, dialect: str) -> str:
    """One row a session of everybody: person_id, nth, index_day, tier, treatment (place among the treatments), d0, d1, ..."""
    criteria = criteria_of(classes)
    deciding = [exp.alias_(exp.column(f"k{3 * place + 2}"), f"d{place}") for place in range(len(classes.treatments))]
    key = ("person_id", "index_day")
    inner = judged([meaning(one) for one in criteria], [f"k{place}" for place in range(len(criteria))], prepared, key)
    query = exp.select("person_id", "nth", "index_day", tier(classes), treatment(classes), *deciding).from_("judged")
    whole = with_sessions(query.order_by("person_id", "nth"), plan, prepared, only_nth=False)
    return recursive(whole.with_("judged", as_=inner)).sql(dialect=dialect)


def recursive(query: exp.Query) -> exp.Query:
    """The query, its common table expressions allowed to name themselves."""
    for named in query.find_all(exp.With):
        named.set("recursive", True)
    return query


def classed(plan: CohortPlan, classes: Classification) -> exp.Select:
    """`judged` with tier and arm; it must hold the columns k0, k1, ... of `criteria_of`."""
    found = exp.select("*", tier(classes), treatment(classes)).from_("judged")
    return exp.select("*", _arm(plan, classes)).from_(found.subquery("found"))


def tier(classes: Classification) -> exp.Expr:
    """The column `tier`."""
    strong, weak = _how_many(classes, 0), _how_many(classes, 1)
    words = (
        exp.case()
        .when(strong.eq(1), exp.Literal.string("evidenced"))
        .when(strong.copy() > 1, exp.Literal.string("both"))
        .when(weak.eq(1), exp.Literal.string("probable"))
        .when(weak.copy() > 1, exp.Literal.string("both"))
    )
    return exp.alias_(words.else_(exp.Literal.string("unspecified")), "tier")


def treatment(classes: Classification) -> exp.Expr:
    """The column `treatment`: the place of the one that the session is taken for, null for none."""
    strong, weak = _how_many(classes, 0), _how_many(classes, 1)
    chosen = exp.case()
    for place in range(len(classes.treatments)):
        chosen = chosen.when(exp.and_(strong.eq(1), _column(place, 0)), exp.Literal.number(place))
    if rule := settling(classes):
        place, by_deciding = rule
        settled = exp.and_(strong.copy() > 1, _column(place, 0), _column(place, 2) if by_deciding else exp.true())
        chosen = chosen.when(settled, exp.Literal.number(place))
    for place in range(len(classes.treatments)):
        chosen = chosen.when(exp.and_(strong.eq(0), weak.eq(1), _column(place, 1)), exp.Literal.number(place))
    return exp.alias_(chosen, "treatment")


def _arm(plan: CohortPlan, classes: Classification) -> exp.Expr:
    counted = exp.column("tier").eq("evidenced") if classes.definition == "strict" else exp.true()
    arm = exp.case()
    for place, role in enumerate(roles(classes, plan.arms)):
        if role is not None:
            arm = arm.when(exp.and_(counted.copy(), exp.column("treatment").eq(place)), exp.Literal.number(role))
    joined = role_of_unspecified(classes, plan.arms)
    if joined is not None:
        arm = arm.when(exp.column("tier").eq("unspecified"), exp.Literal.number(joined))
    return exp.alias_(arm, "arm")


def _column(place: int, kind: int) -> exp.Column:
    return exp.column(f"k{3 * place + kind}")


def _how_many(classes: Classification, kind: int) -> exp.Expr:
    """How many treatments have evidence (kind 0) or weak evidence (kind 1)."""
    flags = [exp.cast(_column(place, kind), "INT") for place in range(len(classes.treatments))]
    total: exp.Expr = flags[0]
    for flag in flags[1:]:
        total = exp.Add(this=total, expression=flag)
    return exp.paren(total)
