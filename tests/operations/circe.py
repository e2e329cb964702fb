"""Every operation of Circe's language, by name, and which literal test notices it.

A test notices an operation when one of its definitions finds other rows on the reference once the operation is taken out or changed.
The names follow from the model: what is added there is an operation here.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, is_dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any

from equipoise.cohort.circe.language import Attribute, Choice, Day, Flag, Many, Number, One, SetId, Text, Whole, Wrapped, attributes
from equipoise.cohort.circe.model import (
    DOMAINS,
    CohortExpression,
    Concept,
    ConceptSet,
    CorrelatedCriteria,
    CountColumn,
    Criterion,
    Endpoint,
    EndWindow,
    InclusionRule,
)
from equipoise.cohort.circe.rules import countable
from equipoise.engine.circe.statistics import Statistics
from equipoise.engine.reference.circe.interpreter import Interpreter, open_reference
from equipoise.kernel.errors import EquipoiseError

FOR_PEOPLE = {
    (CohortExpression, "title"),
    (CohortExpression, "cdm_version_range"),
    (ConceptSet, "name"),
    (InclusionRule, "name"),
    (InclusionRule, "description"),
    *((Concept, one.name) for one in attributes(Concept) if one.name != "concept_id"),
}
"""Attributes that decide nobody."""
WITHOUT_EFFECT = frozenset(
    {
        "LocationRegion.start_date",
        "LocationRegion.end_date",
        "LocationRegion.date_adjustment",
        "Specimen.date_adjustment",
        "Specimen.specimen_source_concept",
    }
)
"""Operations that Circe's own implementation reads and does not use: a test must have them, and they change nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """What one literal test asked: the test's name without the engine, the folder of its tables, and its definitions."""

    test: str
    folder: Path
    expressions: tuple[CohortExpression, ...]
    with_statistics: bool


def operations() -> list[str]:
    """All of them, sorted."""
    found: set[str] = set()
    todo: list[type] = [CohortExpression]
    known: set[type] = set()
    while todo:
        cls = todo.pop()
        if cls not in known:
            known.add(cls)
            for attribute in attributes(cls):
                found |= set(_names(cls, attribute))
                todo += _inside(attribute.kind)
    counted = {_counted(cls, column) for cls in DOMAINS.values() for column in countable(cls)}
    return sorted(found | counted | set(DOMAINS), key=lambda name: (name.replace(",", ".").split(".")[0], name))


def _inside(kind: object) -> list[type]:
    match kind:
        case One(of):
            return [of]
        case Wrapped(classes):
            return [cls for _, cls in classes]
        case Many(of):
            return _inside(of)
    return []


def _names(cls: type, attribute: Attribute) -> Iterator[str]:
    name = f"{cls.__name__}.{attribute.name}"
    part = attribute.required and isinstance(attribute.kind, One | Wrapped)
    if part or (cls, attribute.name) in FOR_PEOPLE or attribute.name == "count_column":
        return
    if isinstance(attribute.kind, Choice):
        yield from (_valued(name, value) for value in attribute.kind.values if len(attribute.kind.values) > 1)
        return
    yield name
    if cls is EndWindow and attribute.name == "use_event_end":
        yield f"{name} off"
    if cls is Endpoint and attribute.name == "days":
        yield f"{name} unbounded"


def _valued(name: str, value: object) -> str:
    return f"{name} {value.name if isinstance(value, IntEnum) else value}"


def _counted(domain: type, column: CountColumn) -> str:
    return f"{domain.__name__}, distinct {column}"


# --- one change at a time ----------------------------------------------------------------------------------------------


def changes(node: Any) -> Iterator[tuple[str, Any]]:
    """Every operation inside the object, with a copy of the object in which it is taken out or changed."""
    if isinstance(node, CorrelatedCriteria) and node.occurrence.is_distinct:
        column = node.occurrence.count_column or "DOMAIN_CONCEPT"
        for other in ({"is_distinct": False}, {"count_column": "START_DATE"}, {"count_column": "DOMAIN_CONCEPT"}):
            yield _counted(type(node.criteria), column), replace(node, occurrence=replace(node.occurrence, **other))
    for attribute in attributes(type(node)):
        value = getattr(node, attribute.name)
        for name, other in _of_attribute(type(node), attribute, value):
            yield name, replace(node, **{attribute.name: other})


def _of_attribute(cls: type, attribute: Attribute, value: Any) -> Iterator[tuple[str, Any]]:
    name = f"{cls.__name__}.{attribute.name}"
    if cls is Endpoint and attribute.name == "days" and value is None:
        yield f"{name} unbounded", 0
    if value is None or value == () or (cls, attribute.name) in FOR_PEOPLE or attribute.name == "count_column":
        return
    if isinstance(attribute.kind, Flag):
        if value or (cls, attribute.name) == (EndWindow, "use_event_end"):
            yield (name if value else f"{name} off"), not value
        return
    if isinstance(attribute.kind, Choice):
        yield from ((_valued(name, value), other) for other in attribute.kind.values if other != value and _alike(value, other))
        return
    yield from ((name, other) for other in _others(attribute, value))
    if isinstance(value, tuple):
        for place, item in enumerate(value):
            before, after = value[:place], value[place + 1 :]
            yield from ((inner, (*before, other, *after)) for inner, other in changes(item))
            if isinstance(item, Criterion):
                yield type(item).__name__, (*before, *after)
    elif is_dataclass(value):
        yield from changes(value)
        if isinstance(value, Criterion):
            yield type(value).__name__, type(value)(codeset_id=_NO_SET) if hasattr(value, "codeset_id") else _NOBODY


def _alike(one: object, other: object) -> bool:
    """Operators with two numbers are changed into each other only."""
    return str(one).endswith("bt") == str(other).endswith("bt")


_NO_SET = 999_999
_NOBODY = DOMAINS["Death"](codeset_id=_NO_SET)  # type: ignore[call-arg]


def _others(attribute: Attribute, value: Any) -> Iterator[Any]:
    if not attribute.required and attribute.name != "extent":
        yield attribute.default
    match attribute.kind:
        case SetId():
            yield _NO_SET
        case Whole() | Number():
            yield from (value + 1, value - 1, value + 1000, value - 1000)
        case Text():
            yield value + "zz"
        case Day() if isinstance(value, date):
            yield from (value + timedelta(days) for days in (1, -1, 1000, -1000))
        case Many():
            yield ()
            yield value[:-1]


# --- what tests notice -------------------------------------------------------------------------------------------------


def recorded(folder: Path) -> list[Case]:
    """The cases that a run of the tests left in a folder."""
    found = [pickle.loads(file.read_bytes()) for file in sorted(folder.glob("*.case"))]  # noqa: S301 - written by the tests themselves
    return [Case(*one) for one in found]


def noticed(cases: Iterable[Case]) -> tuple[dict[str, str], dict[str, str]]:
    """The first test that notices each operation, and the first that merely has it."""
    told: dict[str, str] = {}
    present: dict[str, str] = {}
    for case in cases:
        opened = open_reference(case.folder, "here")
        for expression in case.expressions:
            _notice(case, opened, expression, told, present)
    return told, present


def telling(cases: Iterable[Case]) -> list[Case]:
    """The cases, each with those of its definitions that are the first to notice an operation; cases without such are left out."""
    told: dict[str, str] = {}
    kept: list[Case] = []
    for case in cases:
        opened = open_reference(case.folder, "here")
        counts = [len(told)]
        for expression in case.expressions:
            _notice(case, opened, expression, told, {})
            counts.append(len(told))
        first = tuple(one for one, before, after in zip(case.expressions, counts, counts[1:], strict=False) if after > before)
        kept += [replace(case, expressions=first)] if first else []
    return kept


def _notice(case: Case, opened: Interpreter, expression: CohortExpression, told: dict[str, str], present: dict[str, str]) -> None:
    before: object = None
    for name, changed in changes(expression):
        present.setdefault(name, case.test)
        if name in told:
            continue
        before = before or _answer(case, opened, expression)
        after = _answer(case, opened, changed)
        if before is not None and after is not None and before != after:
            told[name] = case.test


def _answer(case: Case, opened: Interpreter, expression: CohortExpression) -> object:
    """Rows, and statistics where the test looks at them; None where the definition cannot be run."""
    try:
        found = opened.cohort(1, expression, with_statistics=case.with_statistics)
    except EquipoiseError:
        return None
    tables = found.statistics.tables if isinstance(found.statistics, Statistics) else {}
    return found.rows.to_pylist(), {name: rows.to_pylist() for name, rows in tables.items()}
