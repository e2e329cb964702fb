"""Code sets become concept sets; and in which domains, by which column, their records are looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from equipoise.cohort.circe.errors import NO_CONCEPT_ID, NOT_EXPRESSIBLE
from equipoise.cohort.circe.model import (
    Concept,
    ConceptSet,
    ConceptSetItem,
    ConditionOccurrence,
    CriteriaGroup,
    Criterion,
    DeviceExposure,
    DrugExposure,
    Measurement,
    NumericRange,
    Observation,
    ProcedureOccurrence,
)
from equipoise.kernel.errors import ErrorKind, Problem, Where
from equipoise.study.model import Code, CodeSet

Column = Literal["standard", "source"]
Domain = Literal["condition", "device", "drug", "measurement", "observation", "procedure"]

DOMAINS: dict[str, tuple[Domain, ...]] = {
    "ATC": ("drug",),
    "CPT4": ("procedure", "measurement", "observation", "drug", "device"),
    "CVX": ("drug",),
    "HCPCS": ("procedure", "drug", "device", "observation", "measurement"),
    "ICD10": ("condition", "observation", "procedure", "measurement"),
    "ICD10CM": ("condition", "observation", "procedure", "measurement"),
    "ICD10PCS": ("procedure",),
    "ICD9CM": ("condition", "observation", "procedure", "measurement"),
    "ICD9Proc": ("procedure", "measurement"),
    "LOINC": ("measurement", "observation"),
    "NDC": ("drug", "device"),
    "RxNorm": ("drug",),
    "RxNorm Extension": ("drug",),
    "SNOMED": ("condition", "procedure", "observation", "measurement"),
}
"""Where records of a vocabulary's codes stand. Codes of other vocabularies are looked for in all six domains."""
COLUMNS: dict[str, tuple[Column, ...]] = {
    **dict.fromkeys(("ICD10", "ICD10CM", "ICD9CM", "ICD9Proc", "NDC"), ("source",)),
    **dict.fromkeys(("ATC", "CVX", "LOINC", "RxNorm", "RxNorm Extension", "SNOMED"), ("standard",)),
}
"""The columns in which records carry codes of a vocabulary. Some concepts of the others (CPT4, HCPCS, ...) are standard and some are not:
they are looked for in both."""
EVERYWHERE: tuple[Domain, ...] = ("condition", "procedure", "drug", "measurement", "observation", "device")


@dataclass(frozen=True, slots=True)
class Place:
    """Where records of some sets are found: a domain, a column, and the concept set to hold against it."""

    domain: Domain
    column: Column
    concept_set: int

    def criterion(self, around: CriteriaGroup | None = None) -> Criterion:
        """The records, as a criterion; `around`: what must hold around each."""
        standard, source = (self.concept_set, None) if self.column == "standard" else (None, self.concept_set)
        match self.domain:
            case "condition":
                return ConditionOccurrence(codeset_id=standard, condition_source_concept=source, correlated_criteria=around)
            case "device":
                return DeviceExposure(codeset_id=standard, device_source_concept=source, correlated_criteria=around)
            case "drug":
                return DrugExposure(codeset_id=standard, drug_source_concept=source, correlated_criteria=around)
            case "measurement":
                return Measurement(codeset_id=standard, measurement_source_concept=source, correlated_criteria=around)
            case "observation":
                return Observation(codeset_id=standard, observation_source_concept=source, correlated_criteria=around)
            case "procedure":
                return ProcedureOccurrence(codeset_id=standard, procedure_source_concept=source, correlated_criteria=around)

    def measured(self, value: NumericRange | None, units: tuple[Concept, ...]) -> Measurement:
        """The records of the domain of measurements with a value in the range, in one of the units (none: any unit)."""
        standard, source = (self.concept_set, None) if self.column == "standard" else (None, self.concept_set)
        return Measurement(codeset_id=standard, measurement_source_concept=source, value_as_number=value, unit=units)


class Shelf:
    """The concept sets made so far, and the problems met."""

    def __init__(self, code_sets: tuple[CodeSet, ...]) -> None:
        self.codes = {code_set.name: code_set for code_set in code_sets}
        self.made: dict[tuple[tuple[str, ...], Column], ConceptSet] = {}
        self.problems: list[Problem] = []
        self.refused: set[str] = set()

    def report(self, kind: ErrorKind, what: str, path: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(kind, what, Where(path=path)))

    def places(self, sets: tuple[str, ...]) -> tuple[Place, ...]:
        """Every place where records of any of the sets are found, without repetition."""
        for name in sets:
            self.refuse(self.codes[name])
        codes = [code for name in sets for code in self.codes[name].codes]
        wanted = dict.fromkeys((domain, column) for code in codes for column in columns_of(code) for domain in domains_of(code))
        return tuple(Place(domain, column, self.concept_set(sets, column).id) for domain, column in wanted)

    def concept_set(self, sets: tuple[str, ...], column: Column) -> ConceptSet:
        """The codes of these sets that stand in this column, as one concept set."""
        if (sets, column) not in self.made:
            items = tuple(dict.fromkeys(_item(code) for name in sets for code in self.codes[name].codes if column in columns_of(code)))
            known = next((made for (of, _), made in self.made.items() if of == sets and made.items == items), None)
            name = " or ".join(sets) + (" (source concepts)" if any(of == sets for of, _ in self.made) else "")
            self.made[sets, column] = known or ConceptSet(id=len(self.concept_sets), name=name, items=items)
        return self.made[sets, column]

    @property
    def concept_sets(self) -> tuple[ConceptSet, ...]:
        """Each set once."""
        return tuple({made.id: made for made in self.made.values()}.values())

    def refuse(self, code_set: CodeSet) -> None:
        """Note, once a set, the codes that have no concept id or cannot be said."""
        if code_set.name in self.refused:
            return
        self.refused.add(code_set.name)
        if code_set.circe is not None:
            what = f"{code_set.name} is a cohort definition itself, and a definition cannot hold another"
            self.report(NOT_EXPRESSIBLE, what, f"cohorts.{code_set.name}")
            return
        path = f"codes.{code_set.name}"
        if lacking := _named(code_set, lambda code: code.concept_id is None and code.match != "prefix"):
            self.report(NO_CONCEPT_ID, f"codes of {code_set.name} without a concept id: {lacking}", path)
        if prefixes := _named(code_set, lambda code: code.match == "prefix"):
            what = f"codes of {code_set.name} that stand for all codes that begin so: {prefixes}; list each code with its concept id"
            self.report(NO_CONCEPT_ID, what, path)
        if mapped := _named(code_set, lambda code: code.match == "omop_descendants" and COLUMNS.get(code.vocabulary) == ("source",)):
            what = f"codes of {code_set.name} whose standard concepts' descendants are meant: {mapped}; list the standard concepts"
            self.report(NOT_EXPRESSIBLE, what, path)


def columns_of(code: Code) -> tuple[Column, ...]:
    """In which columns records carry a code; descendants stand in the standard column."""
    return ("standard",) if code.match == "omop_descendants" else COLUMNS.get(code.vocabulary, ("standard", "source"))


def domains_of(code: Code) -> tuple[Domain, ...]:
    """In which domains records of a code stand."""
    return DOMAINS.get(code.vocabulary, EVERYWHERE)


def _item(code: Code) -> ConceptSetItem:
    concept = Concept(
        concept_id=code.concept_id or 0,
        concept_name=code.description or None,
        concept_code=code.code or None,
        vocabulary_id=code.vocabulary,
    )
    return ConceptSetItem(concept=concept, include_descendants=code.match == "omop_descendants")


def _named(code_set: CodeSet, chosen: Callable[[Code], bool]) -> str:
    names = [f"{code.vocabulary} {code.code}".strip() for code in code_set.codes if chosen(code)]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
