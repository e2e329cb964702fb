"""Any cohort definition, drawn from the shape of the language: what is added to the model is drawn too.

A criterion has few attributes at a time, and values are those that the records of `circe_cdms` have, so that some match and some do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from drawn.circe_cdms import CONCEPTS, DAY_0, DAYS
from equipoise.cohort.circe import model
from equipoise.cohort.circe.language import Attribute, Choice, Day, Flag, Many, Number, One, SetId, Text, Whole, attributes
from equipoise.cohort.circe.model import (
    DOMAINS,
    CohortExpression,
    Concept,
    ConceptSet,
    ConceptSetItem,
    CorrelatedCriteria,
    CriteriaGroup,
    Criterion,
    DateRange,
    Endpoint,
    EndWindow,
    NumericRange,
    Occurrence,
    OccurrenceType,
    Window,
)
from equipoise.cohort.circe.rules import countable

SETS = (1, 2, 3)
days = st.sampled_from((-1, 0, 1, 2, 5, 6, 30, 31)).map(lambda day: DAY_0 + timedelta(day))
operators = st.sampled_from(("lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt"))
concepts = st.sampled_from(CONCEPTS).map(lambda one: Concept(concept_id=one))


def tables_of(domains: tuple[str, ...]) -> frozenset[str]:
    """The tables that definitions over these domains look into."""
    own = {"location_history" if one == "LocationRegion" else re.sub("(?<!^)(?=[A-Z])", "_", one).lower() for one in domains}
    places = {"location_history"} if own & {"visit_occurrence", "visit_detail", "location_history"} else set()
    return frozenset(own | places | {"visit_occurrence", "drug_exposure"})


@st.composite
def _numeric_ranges(draw: st.DrawFn, name: str) -> NumericRange:
    values = st.sampled_from((38, 39, 40, 40.7) if "age" in name else (0, 1, 2.5, 4.00004, 5, 5.9, 30))
    op = draw(operators)
    return NumericRange(op=op, value=draw(values), extent=draw(values) if op.endswith("bt") else None)


@st.composite
def _date_ranges(draw: st.DrawFn) -> DateRange:
    op = draw(operators)
    return DateRange(op=op, value=draw(days), extent=draw(days) if op.endswith("bt") else None)


def values_of(attribute: Attribute) -> st.SearchStrategy[object]:
    """What an attribute may hold, by its kind."""
    kind = attribute.kind
    match kind:
        case Whole():
            return st.sampled_from((0, 1, 5, 30, -1) if "offset" in attribute.name else (0, 1, 5, 30))
        case SetId():
            return st.sampled_from((*SETS, 9))
        case Number():
            return st.sampled_from((0, 1, 2.5, 5))
        case Flag():
            return st.booleans()
        case Text():
            return st.sampled_from(("a", "ab", "b", "_", "a%", "\\", "it's", "it\\'s", ""))
        case Day():
            return days
        case Choice(values):
            return st.sampled_from(values)
        case Many(One(of)) if of is Concept:
            return st.lists(concepts, min_size=1, max_size=2).map(tuple)
        case One(of) if of is NumericRange:
            return _numeric_ranges(attribute.name)
        case One(of) if of is DateRange:
            return _date_ranges()
        case One(of):
            return parts(of)
        case _:
            raise TypeError(f"nothing drawn for {attribute.name}")


@st.composite
def parts(draw: st.DrawFn, cls: type, most: int = 99, left: Sequence[str] = ()) -> object:
    """An object of the model with at most so many attributes beyond those it must have."""
    known = [one for one in attributes(cls) if one.name not in left]
    free = [one for one in known if not one.required]
    chosen = draw(st.lists(st.sampled_from(free), max_size=min(most, len(free)), unique_by=lambda one: one.name)) if free else []
    given = [one for one in known if one.required or one in chosen]
    return cls(**{one.name: draw(values_of(one)) for one in given})


@st.composite
def criteria(draw: st.DrawFn, domains: tuple[str, ...], depth: int) -> Criterion:
    """A criterion of one of the domains; `depth`: how many criteria may stand inside one another."""
    found = draw(parts(DOMAINS[draw(st.sampled_from(domains))], draw(st.sampled_from((0, 1, 1, 2))), ("correlated_criteria",)))
    assert isinstance(found, Criterion)
    if depth and draw(st.sampled_from((False, False, True))):
        return replace(found, correlated_criteria=draw(groups(domains, depth - 1)))
    return found


@st.composite
def _endpoints(draw: st.DrawFn) -> Endpoint:
    return Endpoint(days=draw(st.sampled_from((None, *DAYS))), coeff=draw(st.sampled_from((-1, 1))))


@st.composite
def _windows(draw: st.DrawFn, cls: type[Window]) -> Window:
    """Mostly from before to after, since others hold nothing; without flags as often as with."""
    start = draw(st.builds(Endpoint, days=st.sampled_from((None, *DAYS)), coeff=st.just(-1)) | _endpoints())
    end = draw(st.builds(Endpoint, days=st.sampled_from((None, *DAYS)), coeff=st.just(1)) | _endpoints())
    flags = draw(st.fixed_dictionaries({}, optional={"use_index_end": st.booleans(), "use_event_end": st.booleans()}))
    return cls(start=start, end=end, **flags)


@st.composite
def correlated(draw: st.DrawFn, domains: tuple[str, ...], depth: int) -> CorrelatedCriteria:
    criterion = draw(criteria(domains, depth))
    distinct = draw(st.booleans())
    column = draw(st.none() | st.sampled_from(countable(type(criterion)))) if distinct else None
    return CorrelatedCriteria(
        criteria=criterion,
        start_window=draw(_windows(Window)),
        end_window=draw(st.none() | _windows(EndWindow)),
        occurrence=Occurrence(
            type=draw(st.sampled_from(OccurrenceType)), count=draw(st.integers(0, 3)), is_distinct=distinct, count_column=column
        ),
        restrict_visit=draw(st.booleans()),
        ignore_observation_period=draw(st.booleans()),
    )


@st.composite
def groups(draw: st.DrawFn, domains: tuple[str, ...], depth: int) -> CriteriaGroup:
    inner = st.lists(groups(domains, depth - 1), max_size=2) if depth > 0 else st.just([])
    return CriteriaGroup(
        type=draw(st.sampled_from(("ALL", "ANY", "AT_LEAST", "AT_MOST"))),
        count=draw(st.integers(0, 3)),
        criteria_list=tuple(draw(st.lists(correlated(domains, depth), max_size=2))),
        demographic_criteria_list=tuple(draw(st.lists(parts(model.DemographicCriteria, 2), max_size=1))),  # type: ignore[arg-type]
        groups=tuple(draw(inner)),
    )


_lines = st.builds(
    ConceptSetItem,
    concept=concepts,
    is_excluded=st.sampled_from((False, False, False, True)),
    include_descendants=st.booleans(),
    include_mapped=st.booleans(),
)
limits = parts(model.ResultLimit)


@st.composite
def definitions(draw: st.DrawFn, domains: tuple[str, ...]) -> CohortExpression:
    """A definition over the domains."""
    exits = parts(model.DateOffset) | parts(model.CustomEra).map(_with_drug)  # type: ignore[arg-type]
    return CohortExpression(
        concept_sets=tuple(ConceptSet(id=one, items=tuple(draw(st.lists(_lines, min_size=1, max_size=3)))) for one in SETS),
        primary_criteria=model.PrimaryCriteria(
            criteria_list=tuple(draw(st.lists(criteria(domains, 1), min_size=1, max_size=2))),
            observation_window=draw(st.just(model.ObservationWindow()) | parts(model.ObservationWindow)),  # type: ignore[arg-type]
            primary_criteria_limit=draw(limits),  # type: ignore[arg-type]
        ),
        additional_criteria=draw(st.none() | groups(domains, 1)),
        qualified_limit=draw(limits),  # type: ignore[arg-type]
        expression_limit=draw(limits),  # type: ignore[arg-type]
        inclusion_rules=tuple(
            model.InclusionRule(name=f"rule {place}", expression=one)
            for place, one in enumerate(draw(st.lists(groups(domains, 2), max_size=2)))
        ),
        end_strategy=draw(st.none() | exits),  # type: ignore[arg-type]
        censoring_criteria=tuple(draw(st.lists(criteria(domains, 1), max_size=1))),
        collapse_settings=draw(parts(model.CollapseSettings)),  # type: ignore[arg-type]
        censor_window=draw(st.none() | parts(model.Period)),  # type: ignore[arg-type]
    )


def _with_drug(era: model.CustomEra) -> model.CustomEra:
    return era if era.drug_codeset_id is not None else replace(era, drug_codeset_id=1)
