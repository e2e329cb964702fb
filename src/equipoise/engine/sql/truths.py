"""Truths of the cohort algebra as SQL: every number about a person becomes a column, every truth an expression over such columns.

All numbers of all truths come from one join of the index events with `event`, one with the observation periods, one with the persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from equipoise.cohort.algebra import (
    AgeAtIndex,
    Between,
    DaysSpanned,
    Every,
    HowMany,
    Negation,
    Number,
    ObservedAround,
    PriorLines,
    SexIs,
    Some,
    Truth,
    leaves,
)
from equipoise.engine.clinical import FEMALE, MALE
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.sql.near import aggregate, sets_looked_at
from equipoise.engine.sql.statements import parsed

OfRecords = HowMany | DaysSpanned
PRIOR_LINES = "prior_lines"
"""A lent table: person_id and prior_lines, lines of therapy begun before the index; persons without a row have none."""

_OBSERVED = """
SELECT {key} FROM index_person AS i
JOIN cdm_observation_period AS p ON p.person_id = i.person_id
 AND p.observation_period_start_date <= i.index_date AND p.observation_period_end_date >= i.index_date
GROUP BY {key}
"""
_AGE = """
CAST(FLOOR((YEAR(i.index_date) * 10000 + MONTH(i.index_date) * 100 + DAY(i.index_date)
          - YEAR(b.birth_date) * 10000 - MONTH(b.birth_date) * 100 - DAY(b.birth_date)) / 10000.0) AS INT)
"""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that some truths need: numbers of records, observation flags; each distinct one once."""

    of_records: dict[OfRecords, str]
    observed: dict[ObservedAround, str]
    of_person: bool
    of_lines: bool


def columns_needed(truths: Iterable[Truth]) -> Columns:
    """Collect what the truths are made of."""
    every = [leaf for truth in truths for leaf in leaves(truth)]
    numbers = [leaf.number for leaf in every if isinstance(leaf, Between)]
    of_records = dict.fromkeys(number for number in numbers if isinstance(number, OfRecords))
    observed = dict.fromkeys(leaf for leaf in every if isinstance(leaf, ObservedAround))
    return Columns(
        {number: f"n{place}" for place, number in enumerate(of_records)},
        {leaf: f"o{place}" for place, leaf in enumerate(observed)},
        any(isinstance(leaf, SexIs) for leaf in every) or any(isinstance(number, AgeAtIndex) for number in numbers),
        any(isinstance(number, PriorLines) for number in numbers),
    )


def judged(truths: Sequence[Truth], names: Sequence[str], prepared: PreparedSets, key: tuple[str, ...] = ("person_id",)) -> exp.Select:
    """`index_person` (person_id, index_day, index_date, ...) with one boolean column a truth. Expects that common table expression.

    `key`: the columns that tell its rows apart; (person_id, index_day) where a person has several.
    """
    needed = columns_needed(truths)
    written = (exp.alias_(_truth(truth, needed), name) for truth, name in zip(truths, names, strict=True))
    query = exp.select("i.*", *written).from_("index_person AS i")
    if needed.of_records:
        query = query.join(_near(needed.of_records, prepared, key).subquery("n"), on=_same(key, "n"), join_type="left")
    if needed.observed:
        query = query.join(_observed(needed.observed, key).subquery("o"), on=_same(key, "o"), join_type="left")
    if needed.of_person:
        query = query.join("cdm_person_born AS b", on="b.person_id = i.person_id", join_type="left")
    if needed.of_lines:
        query = query.join(f"{PRIOR_LINES} AS l", on="l.person_id = i.person_id", join_type="left")
    return query


def _same(key: tuple[str, ...], other: str) -> str:
    return " AND ".join(f"{other}.{column} = i.{column}" for column in key)


def _near(numbers: dict[OfRecords, str], prepared: PreparedSets, key: tuple[str, ...]) -> exp.Select:
    wanted = sets_looked_at(numbers, prepared)
    keys = [f"i.{column}" for column in key]
    return (
        exp.select(*keys, *(exp.alias_(aggregate(number, prepared), name) for number, name in numbers.items()))
        .from_("index_person AS i")
        .join("event AS e", on="e.person_id = i.person_id")
        .where(exp.column("set_id", "e").isin(*wanted) if wanted else exp.false())
        .group_by(*keys)
    )


def _observed(flags: dict[ObservedAround, str], key: tuple[str, ...]) -> exp.Select:
    query = parsed(_OBSERVED.format(key=", ".join(f"i.{column}" for column in key)))
    assert isinstance(query, exp.Select)  # noqa: S101 - a constant of this module
    for flag, name in flags.items():
        long_enough = parsed(
            f"MAX(CASE WHEN DATE_DIFF('DAY', p.observation_period_start_date, i.index_date) >= {flag.before:d} "
            f"AND DATE_DIFF('DAY', i.index_date, p.observation_period_end_date) >= {flag.after:d} THEN 1 ELSE 0 END)"
        )
        query = query.select(exp.alias_(long_enough, name))
    return query


def _truth(truth: Truth, columns: Columns) -> exp.Expr:
    match truth:
        case Between(number, low, high):
            return _within(_number(number, columns), low, high)
        case SexIs(sex):
            return _known(exp.column("gender_concept_id", "b").eq(FEMALE if sex == "female" else MALE))
        case ObservedAround():
            return _known(exp.column(columns.observed[truth], "o").eq(1))
        case Every(parts):
            return exp.and_(exp.true(), *(_truth(part, columns) for part in parts))
        case Some(parts):
            return exp.or_(exp.false(), *(_truth(part, columns) for part in parts))
        case Negation(part):
            return exp.not_(exp.paren(_truth(part, columns)))
        case _:
            assert_never(truth)


def _number(number: Number, columns: Columns) -> exp.Expr:
    match number:
        case HowMany():
            return exp.func("COALESCE", exp.column(columns.of_records[number], "n"), exp.Literal.number(0))
        case DaysSpanned():
            return exp.column(columns.of_records[number], "n")
        case AgeAtIndex():
            return parsed(_AGE)
        case PriorLines():
            return exp.func("COALESCE", exp.column("prior_lines", "l"), exp.Literal.number(0))
        case _:
            assert_never(number)


def _within(number: exp.Expr, low: int | None, high: int | None) -> exp.Expr:
    bounds: list[exp.Expr] = [exp.not_(exp.Is(this=number, expression=exp.null()))]
    bounds += [number >= low] if low is not None else []
    bounds += [number <= high] if high is not None else []
    return _known(exp.and_(*bounds))


def _known(condition: exp.Expr) -> exp.Expr:
    """Two-valued: what is unknown does not hold."""
    return exp.func("COALESCE", condition, exp.false())
