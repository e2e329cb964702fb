"""The structured summary: what an abstract says, in the numbers of the run and in no more words than they carry."""

from __future__ import annotations

from equipoise.report.page.key import key_result
from equipoise.report.page.sentences import question
from equipoise.report.selection import outcome_names
from equipoise.report.tables.estimates import versus
from equipoise.report.wording import adjustment_label, calendar_day, lowered, n_equals
from equipoise.results.study_result import StudyResult


def summary(result: StudyResult) -> tuple[tuple[str, str], ...]:
    """Headings with their text: question, design, setting, participants, main result, limits."""
    return (
        ("Question", question(result)),
        ("Design", _design(result)),
        ("Setting", _setting(result)),
        ("Participants", _participants(result)),
        ("Main result", _main(result)),
        ("Caution", _caution(result)),
    )


def _design(result: StudyResult) -> str:
    study = result.study
    if study.propensity is None:
        return "Cohort study of routine records, unadjusted."
    return (
        "Emulation of a target trial with an active comparator in routine records; main analysis "
        f"{lowered(adjustment_label(study.analysis.main))} on {len(study.propensity.covariates)} covariates."
    )


def _setting(result: StudyResult) -> str:
    contributed = sum(1 for site in result.sites if site.status == "contributed")
    how = "one pooled data set" if result.mode == "pooled" else "a federated analysis: no patient's row left a site"
    period = f"{calendar_day(result.study.period_start)} to {calendar_day(result.study.period_end)}"
    return f"{contributed} of {len(result.sites)} sites contributed, index dates {period}; {how}."


def _participants(result: StudyResult) -> str:
    if not result.flow:
        return "Not counted."
    last, study = result.flow[-1], result.study
    arms = ((study.target.name, last.n_target), (study.comparator.name, last.n_comparator))
    return f"{n_equals(last.n)} eligible: " + ", ".join(f"{name} {n_equals(number)}" for name, number in arms) + "."


def _main(result: StudyResult) -> str:
    if not outcome_names(result):
        return "No outcome was analysed."
    key, study = key_result(result), result.study
    facts = "; ".join(f"{lowered(fact.name)} {fact.value} (unadjusted {fact.crude})" for fact in key.facts[1:])
    compared = versus(study.target.name, study.comparator.name)
    crude = f" (unadjusted {key.facts[0].crude})" if key.facts and study.analysis.main != "crude" else ""
    return f"{key.outcome}, {compared}, {lowered(key.adjustment)}: {key.headline}{crude}. {facts[:1].upper()}{facts[1:]}" + (
        "." if facts else ""
    )


def _caution(result: StudyResult) -> str:
    loud = [note for note in result.notes if note.severity in ("error", "warning")]
    answer = key_result(result).answer[-1] if outcome_names(result) else ""
    return f"{answer} What the checks say stands below.".strip() if loud else answer
