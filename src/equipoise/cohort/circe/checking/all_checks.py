"""Every check of a definition, in the order in which findings are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from equipoise.cohort.circe.checking import attributes, flow, groups, sets, windows
from equipoise.cohort.circe.checking.finding import Finding, Findings
from equipoise.cohort.circe.model import CohortExpression
from equipoise.cohort.circe.place import Place

CHECKS: tuple[Callable[[CohortExpression], Findings], ...] = (
    flow.unknown_keys,
    flow.entry,
    sets.sets,
    sets.sets_in_use,
    attributes.ranges,
    attributes.criteria,
    attributes.demographics,
    attributes.record_types,
    windows.windows,
    windows.pattern,
    groups.numbers,
    groups.repeated,
    groups.contradictions,
    flow.limits,
    flow.exits,
    flow.exposures,
)


def check(expression: CohortExpression) -> tuple[Finding, ...]:
    """Everything that may not be meant: warnings first, then notes, each group in the order of the checks."""
    found = [replace(finding, what=f"{section(expression, finding.place)}{finding.what}") for run in CHECKS for finding in run(expression)]
    return tuple(sorted(found, key=lambda finding: finding.severity != "warning"))


def section(expression: CohortExpression, place: Place) -> str:
    """Which part of the definition a place lies in, as a beginning of a sentence."""
    match place:
        case ("InclusionRules", int(position), *_):
            return f"inclusion rule {position + 1} “{expression.inclusion_rules[position].name}”: "
        case ("PrimaryCriteria", *_):
            return "entry: "
        case ("AdditionalCriteria", *_):
            return "conditions of entry: "
        case ("EndStrategy" | "CensoringCriteria" | "CensorWindow", *_):
            return "exit: "
        case _:
            return ""
