"""The conduct of a study over its network, from hello to the result. Read this first: each stage is a file beside this one.

hello and prepare (`census`) -> medians, levels (`learning`) -> propensity model (`scoring`) -> matched population (`matched`) ->
curves, tests, hazard ratios (`effects`) -> chapters (`hub/chapters.py`) -> counts masked together (`flow`, `people`, `baseline`) ->
the result (`estimates`, `curves`).
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from equipoise import __version__
from equipoise.guard.audit import AuditLog
from equipoise.guard.counts import CountTable, MaskedCounts, mask_counts
from equipoise.network.hub.analysis.baseline import baseline_rows, enter_baseline, populations, weight_summaries
from equipoise.network.hub.analysis.census import Census, settle, take_census
from equipoise.network.hub.analysis.curves import incidence_curves, survival_curves
from equipoise.network.hub.analysis.effects import Effects, Plan, estimate
from equipoise.network.hub.analysis.estimates import all_records, failures, proportional_hazards
from equipoise.network.hub.analysis.flow import code_set_reports, enter_flow, enter_sites, flow_steps, site_outcomes
from equipoise.network.hub.analysis.incidence import Incidence, incidences
from equipoise.network.hub.analysis.learning import Lesson, learn
from equipoise.network.hub.analysis.matched import bin_scores, match
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.analysis.scoring import Scoring, check_in_one_place, score
from equipoise.network.hub.chapter import Chapter, Stage
from equipoise.network.hub.chapters import CHAPTERS
from equipoise.network.hub.conversation import Conversation, SitesLostError, random_name
from equipoise.network.hub.errors import COARSE_CURVES, COARSE_TIMES, EMPTY_SET, LACKING_TABLE, NOBODY, TOGETHER
from equipoise.network.hub.ledger import Ledger
from equipoise.network.hub.sessions.counts import enter_sessions, left_out_notes, mark_left_out, session_rows
from equipoise.network.hub.transport import Progress, Transport
from equipoise.network.hub.withheld import withhold
from equipoise.network.wire.views import Setting, Weighting
from equipoise.results.study_result import FlowStep, MaskedCell, Note, SiteOutcome, StudyResult
from equipoise.study.lines.naming import SET_OF_A_DRUG
from equipoise.study.model import Adjustment, ScoreBins, Study

STAGES = ("medians and levels", "propensity model", "matching", "effects", "done")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done: the study, its hash and text, and whether the rows were pooled."""

    study: Study
    study_hash: str
    text: str
    mode: str = "federated"


@dataclass(frozen=True, slots=True)
class Findings:
    """What one pass over a fixed set of sites found."""

    census: Census
    lesson: Lesson
    scoring: Scoring
    plan: Plan
    effects: Effects
    incidences: tuple[Incidence, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class CohortCounted:
    """A cohort's counts over a network, masked."""

    flow: tuple[FlowStep, ...]
    sites: tuple[SiteOutcome, ...]
    masked: tuple[MaskedCell, ...]


def conduct(
    task: Task, transport: Transport, progress: Progress, *, log: AuditLog | None = None, new_name: Callable[[], bytes] = random_name
) -> StudyResult:
    """Run the study. log: the hub's own, of what it asked. new_name: names sessions under masks.

    One that gives the same names again lets a run be taken up again.

    Raises EQ-HUB-001, -002 when sites fail and the study says so, -005 when an arm is empty,
    -020 when a large-scale model would need rows of several sites."""
    started = time.monotonic()
    check_in_one_place(task.study, len(transport.sites))
    talk = Conversation(transport, task.study_hash, task.study.sites, new_name=new_name, ledger=Ledger(log or AuditLog(None)))
    census = take_census(talk, task.study, progress, tables=True)
    while True:
        try:
            found = analyse(talk, task.study, settle(talk, census), progress)
            break
        except SitesLostError:
            continue
    result = withhold(assemble(task, talk, found), found.census.policy)
    return replace(result, seconds=time.monotonic() - started)


def count_cohort(task: Task, transport: Transport, progress: Progress) -> CohortCounted:
    """The flow diagram alone; no table is built."""
    talk = Conversation(transport, task.study_hash, task.study.sites)
    census = settled(talk, take_census(talk, task.study, progress, tables=False))
    table = CountTable()
    enter_flow(table, census)
    enter_sites(table, census)
    masked = mask_counts(table, census.policy)
    sites = mark_apart(site_outcomes(transport.sites, census, talk.failures, masked), talk.apart)
    return CohortCounted(flow_steps(census, masked), mark_left_out(sites, census.sessions), masked_cells(masked))


def settled(talk: Conversation, census: Census) -> Census:
    """`settle`, again with the rest when a site fails."""
    while True:
        try:
            return settle(talk, census)
        except SitesLostError:
            continue


def mark_apart(sites: tuple[SiteOutcome, ...], apart: Mapping[str, str]) -> tuple[SiteOutcome, ...]:
    """The sites' outcomes, those named as such that were left out with one that failed."""
    return tuple(SiteOutcome(one.site, "left out", apart[one.site]) if one.site in apart else one for one in sites)


def analyse(talk: Conversation, study: Study, census: Census, progress: Progress) -> Findings:
    """One pass over the sites that are left. Raises SitesLostError when another fails: then start again without it."""
    _, n_target, n_comparator = census.attrition[-1].tolist()
    for arm, n in ((study.target, n_target), (study.comparator, n_comparator)):
        if not n:
            raise NOBODY.error(f"nobody is left in {arm.name}")
    _stage(progress, 0)
    lesson = learn(talk, study)
    _stage(progress, 1)
    scoring = score(talk, study, lesson, n_target / (n_target + n_comparator), census)
    _stage(progress, 2)
    setting = weightings(scoring.setting, study)
    notes: list[Note] = []
    if "matched" in study.analysis.adjustments and setting.scores is not None:
        setting, note = match(talk, setting, study, census)
        notes += [note] if note else []
    if "score-bins" in study.analysis.adjustments and setting.scores is not None:
        setting = bin_scores(talk, setting, study.analysis.score_bins or ScoreBins())
    _stage(progress, 3)
    plan = Plan(study, possible(study, setting), trimmed(study))
    effects = estimate(talk, setting, plan, lesson)
    competing = incidences(talk, setting, plan, effects)
    stage = Stage(talk, census, lesson, setting, plan, effects)
    chapters = tuple(chapter for chapter in (opening(stage) for opening in CHAPTERS) if chapter is not None)
    _stage(progress, 4)
    return Findings(census, lesson, scoring, plan, effects, competing, chapters, tuple(notes))


def _stage(progress: Progress, number: int) -> None:
    progress("analysis", number, len(STAGES) - 1)


def weightings(setting: Setting, study: Study) -> Setting:
    """The setting with the study's weightings, when there are scores to weight by."""
    if setting.scores is None or study.propensity is None:
        return setting
    kept = trimmed(study)
    trim = study.propensity.trim
    wanted: tuple[Adjustment, ...] = tuple(a for a in study.analysis.adjustments if a not in ("crude", "matched", "score-bins"))
    return replace(setting, weightings=tuple(Weighting(a, trim if a in kept else None) for a in wanted))


def trimmed(study: Study) -> frozenset[Adjustment]:
    """The adjustments that drop people by their score."""
    trim = study.propensity is not None and study.propensity.trim
    return frozenset({"iptw", "att", "score-bins"} if trim else {"score-bins"})


def possible(study: Study, setting: Setting) -> tuple[Adjustment, ...]:
    """Crude, which all others are compared with, and the study's adjustments that the setting allows, in the study's order."""
    there = {"crude", *(weighting.method for weighting in setting.weightings)}
    wanted = study.analysis.adjustments if "crude" in study.analysis.adjustments else ("crude", *study.analysis.adjustments)
    return tuple(adjustment for adjustment in wanted if adjustment in there)


def assemble(task: Task, talk: Conversation, found: Findings) -> StudyResult:
    """Enter every count into one table, mask it once, and write the result from what may be shown."""
    census, effects = found.census, found.effects.outcomes
    table = CountTable()
    enter_flow(table, census)
    enter_sites(table, census)
    enter_sessions(table, census, task.study)
    people = People(table, census, found.plan)
    for adjustment, moments in found.effects.balance:
        people.enter_population(adjustment, moments)
    for effect in effects:
        people.enter(effect)
    enter_baseline(table, people, found.lesson, found.effects)
    for chapter in found.chapters:
        chapter.enter(people)
    masked = mask_counts(table, census.policy)
    result = StudyResult(
        study=task.study,
        study_hash=task.study_hash,
        study_text=task.text,
        mode=task.mode,
        versions=(("equipoise", __version__), ("python", platform.python_version()), ("numpy", np.__version__)),
        sites=mark_apart(mark_left_out(site_outcomes(talk.transport.sites, census, talk.failures, masked), census.sessions), talk.apart),
        flow=flow_steps(census, masked),
        baseline=baseline_rows(task.study, found.lesson, found.effects, masked),
        propensity=found.scoring.terms,
        overlap=found.scoring.overlap,
        weights=weight_summaries(people, found.effects, masked),
        populations=populations(people, found.effects, masked),
        curves=tuple(curve for effect in effects for curve in survival_curves(people, effect, masked)),
        incidence_curves=tuple(curve for one in found.incidences for curve in incidence_curves(people, effects, one, masked)),
        proportional_hazards=tuple(test for effect in effects for test in proportional_hazards(effect)),
        code_sets=code_set_reports(census),
        notes=(
            *site_notes(talk),
            *left_out_notes(census.sessions),
            *cdm_notes(census),
            *death_notes(census, task.study),
            *coarse_notes(census),
            *empty_sets(census),
            *found.scoring.notes,
            *found.notes,
            *failures(task.study, effects),
        ),
        masked=masked_cells(masked),
        records=tuple(record for effect in effects for record in all_records(people, effect, found.incidences, masked)),
        sessions=session_rows(census, task.study, masked),
        released=talk.ledger.rows({site: welcome.share for site, welcome in census.welcomes.items()}),
        rounds=talk.traffic.rounds,
        messages=talk.traffic.messages,
        bytes_received=talk.traffic.bytes_received,
    )
    return reduce(lambda so_far, chapter: chapter.write(people, masked, so_far), found.chapters, result)


def masked_cells(masked: MaskedCounts) -> tuple[MaskedCell, ...]:
    """Which counts were hidden, and why."""
    return tuple(MaskedCell(name.split(":")[0].split(",")[0], name, reason) for name, reason in masked.reasons.items())


def site_notes(talk: Conversation) -> tuple[Note, ...]:
    """A note for each site that failed."""
    failed = tuple(Note("warning", why.split()[0], f"{site} did not take part: {why}") for site, why in talk.failures.items())
    if not talk.apart:
        return failed
    names = ", ".join(sorted(talk.apart))
    text = f"{names} {'was' if len(talk.apart) == 1 else 'were'} left out with the sites that failed, so that no difference shows these."
    return (*failed, Note("warning", TOGETHER.code, text))


def cdm_notes(census: Census) -> tuple[Note, ...]:
    """A warning for each site whose CDM lacks a table: records that are not there look like records that never were."""
    lacking = ((site, counts.cdm_notes) for site, counts in census.prepared.items() if counts.cdm_notes)
    return tuple(Note("warning", LACKING_TABLE.code, f"{site}: {'; '.join(notes)[:500]}.") for site, notes in lacking)


def death_notes(census: Census, study: Study) -> tuple[Note, ...]:
    """Where only the month of a death is known, which sites and what was done about it (design check DC20)."""
    sites = [site for site, counts in census.prepared.items() if counts.deaths_by_month]
    if not sites:
        return ()
    taken = "Each death is taken for day 15 of its month" if study.follow.month_level_deaths else "Dates are taken as recorded"
    text = f"All deaths are dated on one day of the month at {', '.join(sites)}: only the month is known. {taken}"
    return (Note("warning", "DC20", f"{text}; read landmarks and medians in whole months."),)


def coarse_notes(census: Census) -> tuple[Note, ...]:
    """Notes on times that are rounded up before anything is computed, and on curves in coarse steps, by the sites' own terms."""
    days = {site: welcome.whole_days for site, welcome in census.welcomes.items() if welcome.whole_days > 1}
    said = "; ".join(f"{site} in multiples of {n} days" for site, n in days.items())
    notes = [Note("info", COARSE_TIMES.code, f"Times of follow-up are rounded up by the sites' own terms: {said}.")] if days else []
    if census.policy.curves == "coarse":
        text = (
            f"Curves are drawn in steps of {census.policy.minimum_count} events or more, by the sites' terms: between two steps the curve "
        )
        notes.append(
            Note("info", COARSE_CURVES.code, text + "runs from the one to the other. Survival at landmarks and medians are exact.")
        )
    return tuple(notes)


def empty_sets(census: Census) -> tuple[Note, ...]:
    """A warning for each code set that found nothing at some sites, with their names; one for drugs of lines of therapy found nowhere."""
    lacking = [report for report in code_set_reports(census) if report.sites_without]
    drugs = [report.name.removeprefix(SET_OF_A_DRUG) for report in lacking if _of_a_drug(report.name) and not report.sites_with]
    named = [
        f"The code set {one.name} finds no record at {len(one.sites_without)} of {one.sites_with + len(one.sites_without)} sites: "
        f"{', '.join(one.sites_without)}."
        for one in lacking
        if not _of_a_drug(one.name)
    ]
    nowhere = [f"No site has a record of these drugs of lines of therapy: {', '.join(drugs)}."] if drugs else []
    return tuple(Note("warning", EMPTY_SET.code, text) for text in (*named, *nowhere))


def _of_a_drug(name: str) -> bool:
    return name.startswith(SET_OF_A_DRUG)
