"""Records around the index as SQL: aggregates over `index_person AS i` joined with `event AS e`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from equipoise.cohort.algebra import DaysSpanned, HowMany, RecordsNear, ValueRange
from equipoise.engine.prepared import PreparedSets

_DAY = exp.column("start_day", "e")
_FROM_INDEX = exp.Sub(this=_DAY, expression=exp.column("index_day", "i"))


def sets_looked_at(numbers: Iterable[HowMany | DaysSpanned], prepared: PreparedSets) -> tuple[int, ...]:
    """Numbers of all sets that the numbers look at."""
    return prepared.numbers(name for number in numbers for name in number.of.sets)


def aggregate(number: HowMany | DaysSpanned, prepared: PreparedSets) -> exp.Expr:
    """The number as an aggregate over a person's joined records."""
    chosen = _chosen(number.of, prepared)
    if isinstance(number, DaysSpanned):
        day = _when(chosen, _DAY)
        return exp.Sub(this=exp.Max(this=day), expression=exp.Min(this=day.copy()))
    if number.unit == "records" and len(set(number.of.sets)) == 1:
        return _rows(chosen)
    return _distinct(chosen, {"records": "record", "dates": "start_day", "sets": "set_id"}[number.unit])


def _when(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.case().when(condition, value)


def _rows(chosen: exp.Expr) -> exp.Expr:
    return exp.Count(this=_when(chosen, exp.Literal.number(1)))


def _distinct(chosen: exp.Expr, column: str) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[_when(chosen, exp.column(column, "e"))]))


def _chosen(near: RecordsNear, prepared: PreparedSets) -> exp.Expr:
    numbers = prepared.numbers(near.sets)
    if not numbers:
        return exp.false()
    conditions: list[exp.Expr] = [exp.column("set_id", "e").isin(*numbers)]
    conditions += [near.window.start <= _FROM_INDEX] if near.window.start is not None else []
    conditions += [near.window.end >= _FROM_INDEX] if near.window.end is not None else []
    conditions += _in_range(near.value, numbers, prepared) if near.value else []
    return exp.and_(*conditions)


def _in_range(wanted: ValueRange, sets: tuple[int, ...], prepared: PreparedSets) -> list[exp.Expr]:
    value = exp.column("value", "e") if wanted.unit is None else _converted(wanted.unit, sets, prepared)
    known = exp.not_(exp.Is(this=value, expression=exp.null()))
    bounds: list[exp.Expr] = [value >= _double(wanted.low)] if wanted.low is not None else []
    bounds += [value <= _double(wanted.high)] if wanted.high is not None else []
    return [known, *bounds]


def _converted(unit: str, sets: tuple[int, ...], prepared: PreparedSets) -> exp.Expr:
    """The value times the factor of its unit; sets that measure different substances have different factors."""
    by_set = {number: prepared.factors(number, unit) for number in sets}
    if len({tuple(sorted(factors.items())) for factors in by_set.values()}) == 1:
        return exp.Mul(this=exp.column("value", "e"), expression=_factor(by_set[sets[0]]))
    choice = exp.case()
    for number, factors in by_set.items():
        choice = choice.when(exp.column("set_id", "e").eq(number), _factor(factors))
    return exp.Mul(this=exp.column("value", "e"), expression=choice)


def _factor(factors: dict[int, float]) -> exp.Expr:
    unit = exp.func("COALESCE", exp.column("unit_concept_id", "e"), exp.Literal.number(0))
    choice = exp.case()
    for factor in sorted(set(factors.values())):
        same = sorted(concept for concept, other in factors.items() if other == factor)
        choice = choice.when(unit.isin(*same), _double(factor))
    return choice


def _double(value: float) -> exp.Expr:
    """An exact float64 in every dialect: bare literals would be decimals."""
    return exp.cast(exp.Literal.string(repr(float(value))), "DOUBLE")
