"""Checks of the concept sets."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.cohort.circe.checking.errors import EMPTY_SET, NOT_STANDARD, OTHER_DOMAIN, REPEATED_LINE, SAME_SETS, UNUSED_SET
from equipoise.cohort.circe.checking.finding import Findings, note, warning
from equipoise.cohort.circe.model import CohortExpression, ConceptSet
from equipoise.cohort.circe.place import Place
from equipoise.cohort.circe.walking import criteria_of, sets_referred_to

DOMAIN_OF = {
    "ConditionEra": "Condition",
    "ConditionOccurrence": "Condition",
    "DeviceExposure": "Device",
    "DoseEra": "Drug",
    "DrugEra": "Drug",
    "DrugExposure": "Drug",
    "Measurement": "Measurement",
    "Observation": "Observation",
    "ProcedureOccurrence": "Procedure",
    "Specimen": "Specimen",
    "VisitDetail": "Visit",
    "VisitOccurrence": "Visit",
}
"""The vocabulary's domain whose standard concepts a criterion's records carry. Any concept may be a cause of death."""


def sets(expression: CohortExpression) -> Findings:
    """Of the sets themselves."""
    used = {codeset_id for _, codeset_id in sets_referred_to(expression)}
    for position, concept_set in enumerate(expression.concept_sets):
        place: Place = ("ConceptSets", position)
        if concept_set.id not in used:
            yield warning(UNUSED_SET, f"the concept set {_name(concept_set)} is not used", place)
        if all(item.is_excluded for item in concept_set.items):
            why = "has only excluded lines" if concept_set.items else "has no lines"
            yield warning(EMPTY_SET, f"the concept set {_name(concept_set)} {why}", place)
        yield from _repeated(concept_set, place)
    yield from _same(expression.concept_sets)


def _name(concept_set: ConceptSet) -> str:
    return f"{concept_set.id} “{concept_set.name}”"


def _repeated(concept_set: ConceptSet, place: Place) -> Findings:
    seen: dict[int, bool] = {}
    for position, item in enumerate(concept_set.items):
        concept = item.concept.concept_id
        if concept in seen:
            other = "once excluded" if seen[concept] != item.is_excluded else "twice"
            what = f"the concept {concept} stands in {_name(concept_set)} {other}"
            yield note(REPEATED_LINE, what, (*place, "expression", "items", position))
        seen[concept] = item.is_excluded


def _same(concept_sets: tuple[ConceptSet, ...]) -> Findings:
    first: dict[frozenset[int], ConceptSet] = {}
    for position, concept_set in enumerate(concept_sets):
        concepts = frozenset(item.concept.concept_id for item in concept_set.items)
        known = first.setdefault(concepts, concept_set)
        if known is concept_set or not concepts:
            continue
        alike = set(_lines(known)) == set(_lines(concept_set))
        what = f"{_name(concept_set)} has the same concepts as {_name(known)}{'' if alike else ', taken otherwise'}"
        yield (warning if alike else note)(SAME_SETS, what, ("ConceptSets", position))


def _lines(concept_set: ConceptSet) -> Iterator[tuple[object, ...]]:
    for item in concept_set.items:
        yield item.concept.concept_id, item.is_excluded, item.include_descendants, item.include_mapped


def sets_in_use(expression: CohortExpression) -> Findings:
    """Of the sets where criteria use them."""
    by_id: dict[int | None, ConceptSet] = {concept_set.id: concept_set for concept_set in expression.concept_sets}
    for place, criterion, _ in criteria_of(expression):
        concept_set = by_id.get(getattr(criterion, "codeset_id", None))
        if concept_set is not None and type(criterion).__name__ in DOMAIN_OF:
            yield from _fit(concept_set, DOMAIN_OF[type(criterion).__name__], (*place, "CodesetId"))


def _fit(concept_set: ConceptSet, domain: str, place: Place) -> Findings:
    kept = [item for item in concept_set.items if not item.is_excluded]
    astray = [item.concept.concept_id for item in kept if item.concept.standard_concept == "N" and not item.include_mapped]
    if astray:
        what = f"{_name(concept_set)} holds concepts that are not standard: {', '.join(map(str, astray[:5]))}{' ...' * (len(astray) > 5)}"
        yield note(NOT_STANDARD, what, place)
    domains = {item.concept.domain_id or "" for item in kept}
    if kept and "" not in domains and not any(domain in known for known in domains):
        yield note(OTHER_DOMAIN, f"{_name(concept_set)} holds concepts of {', '.join(sorted(domains))}, none of {domain}", place)
