"""The target trial and its emulation, component by component (Hernán and Robins, Am J Epidemiol 2016;183:758)."""

from __future__ import annotations

from equipoise.report.protocol.windows import until
from equipoise.report.protocol.words import covariate_window, days, listed, months, sets_in_words
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.report.wording import ADJUSTMENT_MEANINGS, adjustment_label, calendar_day, lowered
from equipoise.study import model as m
from equipoise.study.model import Arm, Study

NOTE = (
    "Written from the study file. Whether the emulation answers the question of the target trial is for clinicians and epidemiologists "
    "to judge."
)
MOST_OUTCOMES = 8
"""More are named here and told in the protocol's list."""
COMPONENTS = (
    "Eligibility",
    "Treatment strategies",
    "Assignment",
    "Time zero and follow-up",
    "Outcomes",
    "Causal contrast",
    "Identifying assumptions",
    "Analysis plan",
)


def target_trial(study: Study) -> ShownTable:
    """The table: each component as the trial would have it, and as the records give it."""
    pairs = (
        _eligibility(study), _strategies(study), _assignment(study), _follow_up(study), _outcomes(study), _contrast(study),
        _assumptions(study), _analysis(study),
    )  # fmt: skip
    rows = tuple(ShownRow((name, *pair)) for name, pair in zip(COMPONENTS, pairs, strict=True))
    return ShownTable(
        "target-trial",
        "The target trial and its emulation",
        ("Component", "Target trial", "Emulation with these records"),
        (False, False, False),
        rows,
        NOTE,
    )


def _eligibility(study: Study) -> tuple[str, str]:
    when = f"between {calendar_day(study.period_start)} and {calendar_day(study.period_end)}"
    who = "; ".join(step.label for step in study.steps) or "no further criterion"
    trial = f"Patients about to be given {study.target.name} or {study.comparator.name} {when}: {who}."
    return trial, (
        "The same, each criterion a set of codes in a window around the index date, applied in the order listed below. A person without a "
        "record is taken as without the condition."
    )


def _strategies(study: Study) -> tuple[str, str]:
    target, comparator = study.target, study.comparator
    trial = f"(1) {target.name} at time zero; (2) {comparator.name} at time zero. Any care afterwards, as usual."
    return trial, " ".join(f"{arm.name}: {in_arm(study, arm)}." for arm in (target, comparator))


def in_arm(study: Study, arm: Arm) -> str:
    """How the records show that a person is in an arm."""
    if arm.treatment is not None:
        definition = study.classification.definition if study.classification else "main"
        return f"the index session is classified as {arm.treatment} by what was recorded around it ({definition} definition)"
    return f"a record of {sets_in_words(arm.sets)} on the index day"


def _assignment(study: Study) -> tuple[str, str]:
    trial = "At random, open label."
    if study.propensity is None:
        return trial, "As the arms stand in the records: nothing is adjusted for, and nothing stands in for randomisation."
    labels = {c.name: c.label or c.name for c in study.covariates}
    names = "; ".join(labels.get(name, name) for name in study.propensity.covariates)
    return trial, f"Not at random. Taken to be as good as random among patients alike in: {names}."


def _follow_up(study: Study) -> tuple[str, str]:
    start = f"day {study.follow.start_day}" if study.follow.start_day else "the day of treatment"
    trial = f"From assignment, at which treatment is given, to death or {months(study.follow.max_days)}."
    return trial, (
        f"Time zero is the index date: {index_in_words(study)}. Eligibility and treatment are known that day. Followed from {start} until "
        f"{until(study)}, whichever comes first."
    )


def index_in_words(study: Study) -> str:
    """The index event."""
    nth = {1: "first", 2: "second"}.get(study.index.nth, f"{study.index.nth}th")
    session = f" session (records up to {study.index.merge_days} days apart are one)" if study.index.merge_days is not None else " day"
    return f"each person's {nth}{session} with a record of {sets_in_words(study.index.sets)}"


def _outcomes(study: Study) -> tuple[str, str]:
    labels = "; ".join(outcome.label or outcome.name for outcome in study.outcomes)
    trial = f"{labels}. Adjudicated, or measured at fixed visits."
    if len(study.outcomes) > MOST_OUTCOMES:
        return f"{len(study.outcomes)} outcomes, adjudicated, or measured at fixed visits.", (
            f"As recorded in routine care: {labels}. Their codes, windows and washouts are in protocol.md."
        )
    return trial, "As recorded in routine care: " + "; ".join(outcome_in_words(study, outcome) for outcome in study.outcomes) + "."


def outcome_in_words(study: Study, outcome: m.Outcome) -> str:
    """How an outcome is known."""
    label = lowered(outcome.label or outcome.name)
    if isinstance(outcome, m.DeathOutcome):
        return f"{label}: death of any cause, from any source of death dates"
    if isinstance(outcome, m.LabOutcome):
        windows = listed(f"{window.name} ({days(m.Window(start=window.start, end=window.end))})" for window in outcome.windows)
        return f"{label}: {outcome.value} value in the windows {windows}"
    end = outcome.risk_window.end if outcome.risk_window.end is not None else study.follow.max_days
    what = "start of the next line of therapy" if outcome.next_line else f"first record of {sets_in_words(outcome.sets)}"
    text = f"{label}: {what}, {days(m.Window(start=outcome.risk_window.start, end=end))}"
    if outcome.washout is None:
        return text
    return text + f", in persons without one {days(m.Window(start=-outcome.washout, end=(outcome.risk_window.start or 0) - 1))}"


def _contrast(study: Study) -> tuple[str, str]:
    main = study.analysis.main
    trial = "The effect of being assigned to one strategy or the other (intention to treat)."
    meaning = ADJUSTMENT_MEANINGS.get(main, "")
    return trial, (
        "The observational analogue: everybody stays in the arm of the index day, whatever followed. "
        f"Main: {lowered(adjustment_label(main))}. {meaning}"
    )


def _assumptions(study: Study) -> tuple[str, str]:
    trial = "Randomisation makes the arms comparable; whoever is lost is like those who stay."
    emulation = (
        "Exchangeability: no unmeasured cause of both treatment and outcome remains after adjustment. "
        "Positivity: each kind of patient could have had either treatment. Consistency: each treatment is one well-defined thing. "
        "No interference between patients. Censoring does not depend on prognosis. Codes find what they name, alike in both arms."
    )
    if study.outcomes and any(isinstance(outcome, m.LabOutcome) for outcome in study.outcomes):
        emulation += " Laboratory values: whoever was measured stands for whoever was not."
    return trial, emulation


def _analysis(study: Study) -> tuple[str, str]:
    plan = study.analysis
    trial = "Kaplan-Meier curves, hazard ratio and difference in restricted mean survival time by assigned arm."
    parts = [f"The same under {listed(lowered(adjustment_label(name)) for name in plan.adjustments)}"]
    if study.propensity is not None:
        own = ", each site with an intercept of its own" if study.propensity.site_intercept_sd else ""
        parts.append(f"one logistic propensity model over all sites{own}")
    if plan.cox_strata == "site":
        parts.append("adjusted Cox models stratified by site")
    if any(isinstance(outcome, m.EventOutcome) for outcome in study.outcomes):
        parts.append("cumulative incidence with death competing")
    return trial, "; ".join(parts) + f". Intervals at {plan.confidence * 100:g}%."


def covariate_days(covariate: m.Covariate) -> str:
    """When a covariate is looked at, in words."""
    return listed(days(window) for window in covariate_window(covariate))
