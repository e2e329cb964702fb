"""Criteria and groups in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from equipoise.cohort.circe.describing import phrases
from equipoise.cohort.circe.describing.lines import Line
from equipoise.cohort.circe.language import Attribute, attributes
from equipoise.cohort.circe.model import (
    ConceptSetSelection,
    CorrelatedCriteria,
    CriteriaGroup,
    Criterion,
    DateRange,
    DemographicCriteria,
    NumericRange,
    Period,
    TextFilter,
)

NOUNS = {
    "ConditionEra": "condition era",
    "ConditionOccurrence": "condition occurrence",
    "Death": "death",
    "DeviceExposure": "device exposure",
    "DoseEra": "dose era",
    "DrugEra": "drug era",
    "DrugExposure": "drug exposure",
    "LocationRegion": "stay in a region",
    "Measurement": "measurement",
    "Observation": "observation",
    "ObservationPeriod": "observation period",
    "PayerPlanPeriod": "payer plan period",
    "ProcedureOccurrence": "procedure",
    "Specimen": "specimen",
    "VisitDetail": "visit detail",
    "VisitOccurrence": "visit",
}

LABELS = {
    "age": "age at its start",
    "age_at_end": "age at its end",
    "age_at_start": "age at its start",
    "days_supply": "days' supply",
    "era_length": "length in days",
    "gap_days": "gap days",
    "occurrence_count": "number of records in the era",
    "occurrence_end_date": "end date",
    "occurrence_start_date": "start date",
    "period_length": "length in days",
    "place_of_service_location": "region of the place of service",
    "provider_specialty": "specialty of the provider",
    "range_high": "upper limit of normal",
    "range_high_ratio": "value divided by the upper limit of normal",
    "range_low": "lower limit of normal",
    "range_low_ratio": "value divided by the lower limit of normal",
    "source_id": "source identifier",
    "value_as_concept": "value (concept)",
    "value_as_number": "value",
    "value_as_string": "value (text)",
    "visit_detail_length": "length in days",
    "visit_length": "length in days",
}
"""Where an attribute's own name is not what a reader would say."""

ABNORMAL = "marked abnormal (value outside the limits of normal, or the value concept Abnormally high or Abnormally low)"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says criteria; knows the names of the concept sets."""

    names: phrases.Names

    def event(self, criterion: Criterion, count: str = "", when: tuple[str, ...] = ()) -> Line:
        """A criterion as a line: `a drug exposure of **X**, with ...`, and what must hold around it as lines under it."""
        noun = NOUNS[type(criterion).__name__]
        head = count or f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
        text = ", ".join([f"{head} {self.subject(criterion)}".rstrip(), *self.qualities(criterion), *when])
        around = criterion.correlated_criteria
        if around is None or around.is_empty:
            return Line(text)
        group = self.group(around, f"that {noun}")
        return Line(f"{text}; around it, {group.text}", group.under)

    def subject(self, criterion: Criterion) -> str:
        """Which concepts, and whether the first only."""
        codeset_id = getattr(criterion, "codeset_id", None)
        concept = f"of {phrases.set_name(codeset_id, self.names)}" if codeset_id is not None else ""
        has_set = "codeset_id" in {attribute.name for attribute in attributes(type(criterion))}
        first = "(only the person's first ever record of this)" if getattr(criterion, "first", False) else ""
        return " ".join(part for part in (concept or ("of any kind" if has_set else ""), first) if part)

    def qualities(self, node: Criterion | DemographicCriteria) -> list[str]:
        """The attributes that filter, in words."""
        said = [self.quality(node, attribute) for attribute in attributes(type(node))]
        return [words for words in said if words]

    def quality(self, node: Any, attribute: Attribute) -> str:
        """One attribute in words; empty when it filters nothing."""
        name, value = attribute.name, getattr(node, attribute.name)
        if value is None or value in ((), False) or name in ("first", "codeset_id", "correlated_criteria") or name.endswith("_exclude"):
            return ""
        label = LABELS.get(name.removesuffix("_cs"), name.removesuffix("_cs").replace("_", " "))
        if name == "date_adjustment":
            return phrases.adjustment(value)
        if name == "abnormal":
            return ABNORMAL
        return self.filter(value, label, negated=getattr(node, f"{name}_exclude", False))

    def filter(self, value: Any, label: str, *, negated: bool) -> str:
        """A filter of any kind."""
        match value:
            case NumericRange():
                return f"with {label} {phrases.number_range(value)}"
            case DateRange():
                return f"with {label} {phrases.date_range(value)}"
            case TextFilter():
                return f"whose {label} {phrases.text_filter(value)}"
            case ConceptSetSelection():
                return f"with {label} {phrases.selection(value, self.names)}"
            case Period():
                return f"taken as the period {phrases.period(value)}, where the record holds these dates"
            case int():
                return f"with {label.removesuffix(' concept')} concept in {phrases.set_name(value, self.names)}"
            case _:
                return f"with {label} {'other than ' if negated else ''}{phrases.concepts(value)}"

    def group(self, group: CriteriaGroup, anchor: str) -> Line:
        """A group as a line that ends in a colon, its members under it. `anchor` is the event that windows are counted from."""
        if group.is_empty:
            return Line("nothing further is asked.")
        heads = {"ALL": "all of these hold:", "ANY": "at least one of these holds:"}
        head = heads.get(group.type) or f"{group.type.replace('_', ' ').lower()} {group.count} of these hold:"
        members = [self.correlated(member, anchor) for member in group.criteria_list]
        members += [self.person(member, anchor) for member in group.demographic_criteria_list]
        members += [self.group(member, anchor) for member in group.groups]
        return Line(head, tuple(members))

    def correlated(self, member: CorrelatedCriteria, anchor: str) -> Line:
        """So many events of a criterion, and when."""
        ignore = member.ignore_observation_period
        when = [phrases.window(window, anchor, ignore=ignore) for window in (member.start_window, member.end_window) if window]
        when += [f"in the same visit as {anchor}"] if member.restrict_visit else []
        when += ["records outside the observation period count too"] if ignore else []
        count = phrases.occurrence(member.occurrence, NOUNS[type(member.criteria).__name__])
        return self.event(member.criteria, count, tuple(when))

    def person(self, member: DemographicCriteria, anchor: str) -> Line:
        """Who the person is."""
        said = [
            words.replace(" at its start", "").replace("with start date", "whose event starts").replace("with end date", "whose event ends")
            for words in self.qualities(member)
        ]
        return Line(f"at {anchor}, a person {', '.join(said)}" if said else "any person (the demographic criterion asks nothing)")
