"""Where things stand in a report: sections of the page, and files beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.results.analyses import SENSITIVITY, SUBGROUPS
from equipoise.results.analyses import SITES as SITES_APART
from equipoise.results.study_result import StudyResult


def always(_result: StudyResult) -> bool:
    """Every report has it."""
    return True


def _has(result: StudyResult, analyses: set[str]) -> bool:
    return any(record.analysis in analyses for record in result.records)


@dataclass(frozen=True, slots=True)
class Place:
    """A section of the page (`anchor`), or a file. `there` says whether this report has it."""

    label: str
    anchor: str = ""
    there: Callable[[StudyResult], bool] = always


KEY = Place("Main result", "key")
NOTES = Place("Notes and warnings", "notes")
DESIGN = Place("Design diagram and target trial", "design")
CLAIMS = Place("As published, as found", "claims", lambda result: bool(result.study.claims))
FLOW = Place("Flow of patients", "patients", lambda result: bool(result.flow))
TABLE_1 = Place("Table 1", "characteristics", lambda result: bool(result.baseline))
OVERLAP = Place("Overlap", "overlap", lambda result: bool(result.overlap))
BALANCE = Place("Balance", "balance", lambda result: len({row.adjustment for row in result.baseline}) > 1)
SURVIVAL = Place("Kaplan-Meier curves", "survival", lambda result: bool(result.curves))
RATIOS = Place("Hazard ratios and risks", "ratios", lambda result: bool(result.records))
EVENTS = Place("Adverse and other events", "events", lambda result: bool(result.incidence_curves))
LABS = Place("Laboratory values", "labs", lambda result: bool(result.study.labs))
PARTS = Place("Subgroups and sites", "parts", lambda result: _has(result, {SUBGROUPS, SITES_APART}))
COMBINATION = Place(
    "Combined arms",
    "combination",
    lambda result: result.study.combination is not None and _has(result, set(result.study.combination.analysis_names)),
)
SENSITIVITY_ANALYSES = Place("Sensitivity", "sensitivity", lambda result: _has(result, set(SENSITIVITY)))
ESTIMATES = Place("All estimates", "estimates", lambda result: bool(result.records))
WEIGHTS = Place("Weights", "weights", lambda result: bool(result.weights))
HAZARDS = Place("Proportional hazards", "hazards", lambda result: bool(result.proportional_hazards))
MODEL = Place("Propensity model", "model", lambda result: bool(result.propensity))
SITES = Place("Sites", "sites", lambda result: bool(result.sites))
MASKED = Place("What was masked", "masked")
CODES = Place("Code sets", "codes", lambda result: bool(result.code_sets))
STUDY = Place("Study file", "study")
RERUN = Place("Versions and how to run it again", "rerun")
PROTOCOL = Place("protocol.md")
CODE_LISTS = Place("tables/codes.csv")
SUMMARY = Place("report.docx, summary in numbers")
