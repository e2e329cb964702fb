"""Definitions to test with: one of our own making, full ones made from the shape of the language, and random ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from equipoise.cohort.circe import model
from equipoise.cohort.circe.language import DOMAINS, Choice, Day, Flag, Many, Number, One, SetId, Text, Whole, Wrapped, attributes
from equipoise.cohort.circe.model import (
    CohortExpression,
    Concept,
    ConceptSet,
    ConceptSetItem,
    CorrelatedCriteria,
    CriteriaGroup,
    DateRange,
    NumericRange,
)
from equipoise.cohort.circe.rules import countable

EXAMPLES = Path(__file__).resolve().parent / "examples"
SETS = tuple(
    ConceptSet(id=number, name=f"Set {number}", items=(ConceptSetItem(concept=Concept(concept_id=number + 100)),)) for number in range(3)
)


@pytest.fixture
def gout() -> dict[str, Any]:
    """A definition as plain values, free to change."""
    return json.loads((EXAMPLES / "gout.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def gout_file() -> Path:
    return EXAMPLES / "gout.json"


# --- full objects, every attribute filled ------------------------------------------------------------------------------


def full(cls: type, depth: int = 2) -> Any:
    """An object of the class with a value in every attribute."""
    if cls is CriteriaGroup and depth <= 0:
        return CriteriaGroup(type="AT_LEAST", count=1, demographic_criteria_list=(full(model.DemographicCriteria, 0),))
    return cls(**{attribute.name: _filled(attribute.kind, cls, depth) for attribute in attributes(cls)})


def _filled(kind: Any, owner: type, depth: int) -> Any:
    match kind:
        case Whole() | Number():
            return 3
        case SetId():
            return 1
        case Flag():
            return True
        case Text():
            return "words"
        case Day():
            return date(2020, 1, 2)
        case Choice(values):
            return next((value for value in ("bt", "START_DATE") if value in values), values[-1])
        case One(of):
            return full(of, depth - 1 if of is CriteriaGroup else depth)
        case Wrapped() if kind == DOMAINS:
            return model.DrugExposure(codeset_id=1)
        case Wrapped():
            return full(model.CustomEra)
        case Many(of):
            return (_filled(of, owner, depth - 1 if of == One(CriteriaGroup) else depth),) if depth else ()


@pytest.fixture(scope="session")
def a_full() -> Callable[..., Any]:
    return full


@pytest.fixture(params=sorted(model.DOMAINS))
def domain(request: pytest.FixtureRequest) -> type:
    return model.DOMAINS[request.param]


def around(**parts: Any) -> CohortExpression:
    """A definition with these parts; entry by a full condition occurrence."""
    known = {"concept_sets": SETS, "primary_criteria": model.PrimaryCriteria(criteria_list=(model.Death(codeset_id=1),))}
    return CohortExpression(**(known | parts))


@pytest.fixture(scope="session")
def definition_with() -> Callable[..., CohortExpression]:
    return around


# --- one change at a time ----------------------------------------------------------------------------------------------


def changes(node: Any) -> Iterator[tuple[str, Any]]:
    """Every copy of the object that differs in one attribute somewhere inside, with the attribute's name."""
    for attribute in attributes(type(node)):
        value = getattr(node, attribute.name)
        if attribute.name.endswith("_exclude") and not getattr(node, attribute.name.removesuffix("_exclude")):
            continue
        label = f"{type(node).__name__}.{attribute.name}"
        for name, other in () if value in (None, ()) else _others(attribute.kind, value, label):
            yield name, replace(node, **{attribute.name: other})


def _others(kind: Any, value: Any, label: str) -> Iterator[tuple[str, Any]]:
    match kind:
        case Whole() | Number():
            yield label, value + 1
        case SetId():
            yield label, 2
        case Flag():
            yield label, not value
        case Text():
            yield label, value + " more"
        case Day():
            yield label, value + timedelta(days=1)
        case Choice(values):
            yield from ((label, "!bt" if value == "bt" else other) for other in values if other != value)
        case One() | Wrapped():
            yield from changes(value)
        case Many():
            yield label, ()
            for position, item in enumerate(value):
                yield from ((name, (*value[:position], other, *value[position + 1 :])) for name, other in changes(item))


@pytest.fixture(scope="session")
def all_changes() -> Callable[[Any], Iterator[tuple[str, Any]]]:
    return changes


# --- random definitions ------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
SMALL = st.integers(0, 400)


@cache
def objects(cls: type, depth: int = 2) -> st.SearchStrategy[Any]:
    """Sound objects of a class: what can be read, and keeps the rules."""
    parts = {
        attribute.name: _values(attribute.kind, attribute.name, depth) if attribute.required else _maybe(attribute, depth)
        for attribute in attributes(cls)
    }
    built = st.builds(partial(cls), **parts)
    return built.map(_kept) if cls in (CriteriaGroup, CorrelatedCriteria, NumericRange, DateRange, model.Period) else built


def _maybe(attribute: Any, depth: int) -> st.SearchStrategy[Any]:
    if depth == 0 and (isinstance(attribute.kind, Many) or attribute.kind == One(CriteriaGroup)):
        return st.just(attribute.default)
    return st.just(attribute.default) | _values(attribute.kind, attribute.name, depth)


def _values(kind: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
    match kind:
        case Whole():
            return st.integers(-400, 400) if name.endswith("offset") else SMALL
        case SetId():
            return st.integers(0, 2)
        case Number():
            return st.integers(-50, 400) | st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: int(x) if x.is_integer() else x)
        case Flag():
            return st.booleans()
        case Text():
            return WORDS
        case Day():
            return DAYS
        case Choice(values):
            return st.sampled_from(values)
        case One(of):
            return st.deferred(lambda: objects(of, depth - 1))
        case Wrapped(classes):
            return st.sampled_from([of for _, of in classes]).flatmap(lambda of: objects(of, max(depth - 1, 0)))
        case Many(of):
            return st.lists(_values(of, name, depth), max_size=2).map(tuple)


def _kept(node: Any) -> Any:
    if isinstance(node, CriteriaGroup) and node.type.startswith("AT_") and node.count is None:
        return replace(node, count=1)
    if isinstance(node, NumericRange | DateRange):
        return replace(node, extent=node.extent if node.extent is not None else node.value)
    if node == model.Period():
        return replace(node, end_date=date(2024, 12, 31))
    if isinstance(node, CorrelatedCriteria) and node.occurrence.count_column not in (None, *countable(type(node.criteria))):
        return replace(node, occurrence=replace(node.occurrence, count_column="START_DATE"))
    return node


def _settled(expression: CohortExpression) -> CohortExpression:
    era = expression.end_strategy
    if isinstance(era, model.CustomEra) and era.drug_codeset_id is None:
        expression = replace(expression, end_strategy=replace(era, drug_codeset_id=1))
    return replace(expression, concept_sets=SETS, unknown=())


@pytest.fixture(scope="session")
def expressions() -> st.SearchStrategy[CohortExpression]:
    return objects(CohortExpression, 3).map(_settled)


_KEYS = sorted(
    {attribute.key for cls in vars(model).values() if is_dataclass(cls) and cls is not model.Unknown for attribute in attributes(cls)}
    | set(model.DOMAINS)
    | {"expression"}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(sorted(model.DOMAINS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="session")
def json_values() -> st.SearchStrategy[Any]:
    """Any JSON, keys of the language likelier than others."""
    return JSON
