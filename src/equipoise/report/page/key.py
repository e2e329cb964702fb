"""The box at the top: the main estimate, and the crude one beside it for comparison."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.report.page import sentences
from equipoise.report.selection import hazard_ratio, one_arm, outcome_label, outcome_names, rmst_difference
from equipoise.report.tables.estimates import estimate_text, versus
from equipoise.report.wording import ABSENT, adjustment_label, whole_months
from equipoise.results.study_result import StudyResult


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One number of the box and the same without adjustment."""

    name: str
    value: str
    crude: str


@dataclass(frozen=True, slots=True)
class KeyResult:
    """The box: `headline` is the hazard ratio of the first outcome under the main adjustment."""

    outcome: str
    adjustment: str
    headline: str
    answer: tuple[str, ...]
    facts: tuple[KeyFact, ...]


def key_result(result: StudyResult) -> KeyResult:
    """The box of the study's first outcome."""
    main, names = result.study.analysis.main, outcome_names(result)
    if not names:
        return KeyResult("", adjustment_label(main), "not estimated", ("No outcome was analysed.",), ())
    facts = [_hazard(result, names[0], main), *_medians(result, names[0], main), *_restricted(result, names[0], main)]
    headline = sentences.hazard_ratio_text(result, hazard_ratio(result, names[0], main))
    return KeyResult(outcome_label(result, names[0]), adjustment_label(main), headline, sentences.answer(result, names[0]), tuple(facts))


def _hazard(result: StudyResult, outcome: str, main: str) -> KeyFact:
    texts = [sentences.hazard_ratio_text(result, hazard_ratio(result, outcome, name)).removeprefix("HR ") for name in (main, "crude")]
    study = result.study
    return KeyFact(f"Hazard ratio, {versus(study.target.name, study.comparator.name)}", *texts)


def _medians(result: StudyResult, outcome: str, main: str) -> list[KeyFact]:
    by_name = [one_arm(result, outcome, "median_survival", name) for name in (main, "crude")]
    texts = {arm.name: [estimate_text(found[arm.name][0]) if found[arm.name] else ABSENT for found in by_name] for arm in result.study.arms}
    arms = (result.study.target.name, result.study.comparator.name)
    death = any(o.name == outcome and o.kind == "death" for o in result.study.outcomes)
    return [KeyFact(f"Median {'survival' if death else 'time to event'}, {arm}, months", *texts[arm]) for arm in arms]


def _restricted(result: StudyResult, outcome: str, main: str) -> list[KeyFact]:
    found = [rmst_difference(result, outcome, name) for name in (main, "crude")]
    chosen = next((r for r in found if r), None)
    if chosen is None:
        return []
    texts = [estimate_text(r) if r else ABSENT for r in found]
    return [KeyFact(f"Restricted mean survival time to {whole_months(chosen.time_days)} months, difference in months", *texts)]
