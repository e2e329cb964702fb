"""`protocol.md`: what was planned, from the study alone, in the order in which protocols of such studies are read."""

from __future__ import annotations

from collections import Counter

from equipoise.report.blocks import Block, Bullets, Grid, Heading, Paragraph, Plate
from equipoise.report.figures.figure import Drawn
from equipoise.report.page.sentences import question
from equipoise.report.protocol.definitions import cohort_definitions
from equipoise.report.protocol.plan import adjustments_in_words, estimates_in_words
from equipoise.report.protocol.rest import rest_of_study
from equipoise.report.protocol.trial import covariate_days, in_arm, index_in_words, outcome_in_words, target_trial
from equipoise.report.protocol.windows import until
from equipoise.report.protocol.words import covariate_in_words, criterion_in_words
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.report.wording import calendar_day
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Study

AUTHORS = "To be filled by the authors."
CAPTION = (
    "One bar a window, in days from the index date; an arrow is a window without a start. The manner is that of "
    "Schneeweiss and others, Ann Intern Med 2019;170:398."
)


def protocol(result: StudyResult, design: tuple[Drawn, ...]) -> tuple[Block, ...]:
    """The document."""
    study = result.study
    return (
        Heading(1, f"Protocol: {study.title}"),
        Paragraph(
            f"Written by Equipoise from the study file {study.name} (SHA-256 {result.study_hash}). The study file is the protocol that "
            "ran; this page tells it in words."
        ),
        *_before(study, question(result)),
        Heading(2, "Target trial and emulation"),
        Grid(target_trial(study)),
        Heading(2, "Design diagram"),
        *(Plate(figure, CAPTION) for figure in design),
        *_setting(study),
        *_measured(study),
        *_plan(study),
        *rest_of_study(study),
        *_codes(study),
        *cohort_definitions(study),
        *_after(),
    )


def _before(study: Study, asked: str) -> tuple[Block, ...]:
    period = f"{calendar_day(study.period_start)} to {calendar_day(study.period_end)}"
    return (
        Heading(2, "Question"),
        Paragraph(asked),
        Paragraph(f"Index dates lie in the period {period}."),
        Heading(2, "Rationale and background"),
        Paragraph(AUTHORS),
    )


def _setting(study: Study) -> tuple[Block, ...]:
    rows = tuple(ShownRow((str(place), step.label, criterion_in_words(step.criterion))) for place, step in enumerate(study.steps, start=1))
    arms = tuple(f"{arm.name} ({arm.role}): {in_arm(study, arm)}." for arm in study.arms)
    criteria = ShownTable(
        "criteria", "Criteria in the order in which they are applied", ("Step", "Criterion", "In the records"), (False,) * 3, rows
    )
    return (
        Heading(2, "Setting"),
        Heading(3, "Time zero"),
        Paragraph(f"The index date is {index_in_words(study)}, if that day lies in the period."),
        Heading(3, "Eligibility"),
        *((Grid(criteria),) if rows else (Paragraph("No further criterion."),)),
        Heading(3, "Arms"),
        Bullets(arms),
        Heading(3, "Follow-up"),
        Paragraph(f"From day {study.follow.start_day} until {until(study)}, whichever comes first. {_deaths(study)}"),
    )


def _deaths(study: Study) -> str:
    return (
        f"A death recorded before the last record is moved to the day of that record when it lies at most {study.follow.death_grace} days "
        "before it, as where only the month of death is known, and dropped as an error otherwise."
    )


def _measured(study: Study) -> tuple[Block, ...]:
    outcomes = tuple(_capital(outcome_in_words(study, outcome)) + "." for outcome in study.outcomes)
    inside = study.propensity.covariates if study.propensity else ()
    rows = tuple(
        ShownRow((c.label or c.name, covariate_in_words(c), covariate_days(c), "yes" if c.name in inside else "no"))
        for c in study.covariates
    )
    heads = ("Covariate", "What it is", "When", "In the propensity model")
    covariates = ShownTable("covariates", "Covariates", heads, (False,) * 4, rows)
    return (
        Heading(2, "Variables"),
        Heading(3, "Outcomes"),
        Bullets(outcomes),
        Heading(3, "Covariates"),
        *((Grid(covariates),) if rows else (Paragraph("None."),)),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plan(study: Study) -> tuple[Block, ...]:
    return (
        Heading(2, "Analysis"),
        Heading(3, "Adjustments"),
        Bullets(adjustments_in_words(study)),
        Heading(3, "Estimates"),
        Bullets(estimates_in_words(study)),
    )


def _codes(study: Study) -> tuple[Block, ...]:
    rows = []
    for found in study.code_sets:
        if found.circe is not None:
            rows.append(ShownRow((found.name, "", "cohort definition of ATLAS, read below")))
            continue
        kinds = Counter((code.vocabulary, code.match) for code in found.codes)
        rows.append(
            ShownRow(
                (found.name, f"{len(found.codes)}", "; ".join(f"{v} {n} ({match.replace('_', ' ')})" for (v, match), n in kinds.items()))
            )
        )
    table = ShownTable(
        "code-lists", "Code lists", ("Name", "Codes", "Vocabularies, and how codes are matched"), (False, True, False), tuple(rows)
    )
    where = "Every code, with vocabulary, rule of matching and description, is in tables/codes.csv beside this page."
    return (Heading(2, "Code lists"), Grid(table), Paragraph(where))


def _after() -> tuple[Block, ...]:
    titles = (
        "Study size and precision sought",
        "Validation of the codes",
        "Ethics and protection of persons",
        "Registration",
        "Funding and interests",
        "Amendments",
    )
    return tuple(block for title in titles for block in (Heading(2, title), Paragraph(AUTHORS)))
