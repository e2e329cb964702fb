"""What the template is given: every sentence, table and figure of the report, ready to be placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

from equipoise.report.checklists.all_checklists import INTRODUCTION, Filled, filled_checklists
from equipoise.report.combination.tables import shown_combination
from equipoise.report.figures.all_figures import Figures
from equipoise.report.figures.figure import Drawn
from equipoise.report.page import sentences
from equipoise.report.page.against import Objection, checks_in_short, kind_of, objections
from equipoise.report.page.key import KeyResult, key_result
from equipoise.report.protocol.trial import target_trial
from equipoise.report.published.answer import NOTE, Answer, shown_claims
from equipoise.report.selection import adjustments, outcome_label, outcome_names
from equipoise.report.svg import inline
from equipoise.report.tables import all_tables as data
from equipoise.report.tables.baseline import shown_baseline
from equipoise.report.tables.estimates import shown_estimates, shown_summary
from equipoise.report.tables.journeys.events import shown_events
from equipoise.report.tables.journeys.incidence import incidence_points
from equipoise.report.tables.journeys.pathways import shown_pathways
from equipoise.report.tables.labs import shown_lab, shown_lab_changes, shown_lab_models, shown_shift
from equipoise.report.tables.risks import shown_risks
from equipoise.report.tables.sensitivity import shown_sensitivity
from equipoise.report.tables.sessions import shown_sessions
from equipoise.report.tables.table import ShownTable, shown
from equipoise.report.wording import ADJUSTMENT_MEANINGS, adjustment_label
from equipoise.results.study_result import Note, StudyResult

STATUSES = ("contributed", "failed", "empty")


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure on the page; `table` holds the same in numbers."""

    id: str
    title: str
    description: str
    svg: Markup
    width: int
    table: ShownTable | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    """One outcome's curves: figures shown at once, and those folded away."""

    outcome: str
    label: str
    first: tuple[Picture, ...]
    others: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class LabPart:
    """One laboratory outcome: the means as a figure, in numbers, and its shift tables."""

    label: str
    picture: Picture | None
    table: ShownTable
    shifts: tuple[ShownTable, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report. Lists are empty, never missing, when there is nothing to show."""

    result: StudyResult
    question: str
    key: KeyResult
    objections: tuple[Objection, ...]
    checks_say: str
    notes: tuple[tuple[Note, ...], ...]
    """Worst first; many of one code stand together."""
    overridden: frozenset[str]
    """Codes of checks whose errors the study answers with a reason."""
    main: str
    claims: tuple[Answer, ...]
    claims_say: str
    design: tuple[Picture, ...]
    trial: ShownTable
    flow: Picture | None
    flow_table: ShownTable
    baseline_first: tuple[ShownTable, ...]
    baseline_others: tuple[ShownTable, ...]
    overlap: Picture | None
    love: tuple[Picture, ...]
    curves: tuple[Curves, ...]
    forest: tuple[Picture, ...]
    parts: tuple[Picture, ...]
    labs: tuple[LabPart, ...]
    lab_changes: ShownTable | None
    labs_unseen: tuple[LabPart, ...]
    """Not measured, or in too few patients to be drawn."""
    combination: tuple[ShownTable, ...]
    combination_pictures: tuple[Picture, ...]
    sensitivity: tuple[ShownTable, ...]
    sensitivity_pictures: tuple[Picture, ...]
    events: ShownTable | None
    incidence: tuple[Curves, ...]
    pathways: tuple[Picture, ...]
    pathways_table: ShownTable | None
    summaries: tuple[ShownTable, ...]
    risks: tuple[ShownTable, ...]
    estimates: tuple[ShownTable, ...]
    meanings: tuple[tuple[str, str], ...]
    weights: ShownTable
    hazards: ShownTable
    propensity: ShownTable
    sites: ShownTable
    released: ShownTable
    site_counts: tuple[tuple[str, int], ...]
    failed: ShownTable | None
    masked: ShownTable
    masked_counts: tuple[tuple[str, int], ...]
    code_sets: ShownTable
    sessions: ShownTable | None
    checklists: tuple[Filled, ...]
    checklists_say: str
    versions: tuple[tuple[str, str], ...]
    command: str


def page_of(result: StudyResult, figures: Figures) -> Page:
    """Place everything."""
    names, main = adjustments(result), result.study.analysis.main
    first = unique_pair("crude", main)
    labs = _labs(result, figures)
    sites = shown(data.sites_table(result), note="Counts under the disclosure limit are masked.")
    failed = tuple(row for row in sites.rows if row.cells[1] == "failed")
    return Page(
        result=result,
        question=sentences.question(result),
        key=key_result(result),
        objections=objections(result),
        checks_say=checks_in_short(result),
        notes=grouped_notes(result.notes),
        overridden=frozenset(note.code for note in result.notes if kind_of(result, note) == "overridden"),
        main=adjustment_label(main),
        claims=shown_claims(result),
        claims_say=NOTE,
        design=tuple(_picture(drawn) for drawn in figures.design),
        trial=target_trial(result.study),
        flow=_picture(figures.flow) if figures.flow else None,
        flow_table=shown(data.flow_table(result)),
        baseline_first=tuple(t for t in [shown_baseline(result, first)] if t),
        baseline_others=tuple(t for name in names if name not in first and (t := shown_baseline(result, (name,)))),
        overlap=_picture(figures.overlap) if figures.overlap else None,
        love=tuple(_picture(drawn) for drawn in figures.love),
        curves=_curves(result, figures, first),
        forest=tuple(_picture(drawn) for drawn in figures.forest),
        parts=tuple(_picture(drawn) for drawn in figures.parts),
        labs=tuple(lab for lab in labs if lab.picture),
        lab_changes=shown_lab_changes(result),
        labs_unseen=tuple(lab for lab in labs if not lab.picture),
        combination=shown_combination(result),
        combination_pictures=tuple(_picture(drawn) for drawn in figures.combination),
        sensitivity=shown_sensitivity(result),
        sensitivity_pictures=tuple(_picture(drawn) for drawn in figures.sensitivity),
        events=shown_events(result),
        incidence=_incidence(result, figures),
        pathways=tuple(_picture(drawn) for drawn in figures.pathways),
        pathways_table=shown_pathways(result),
        summaries=tuple(t for name in outcome_names(result) if (t := shown_summary(result, name))),
        risks=tuple(t for name in outcome_names(result) if (t := shown_risks(result, name))),
        estimates=tuple(t for name in outcome_names(result) if (t := shown_estimates(result, name))),
        meanings=tuple((adjustment_label(name), ADJUSTMENT_MEANINGS[name]) for name in names if name in ADJUSTMENT_MEANINGS),
        weights=_labelled(shown(data.weights_table(result), note="Kish's effective sample size: squared sum over sum of squares."), 0),
        hazards=_outcomes_named(result, _labelled(shown(data.proportional_hazards_table(result)), 1)),
        propensity=shown(data.propensity_table(result)),
        sites=sites,
        released=shown(data.released_table(result)),
        site_counts=_counted(sorted((site.status for site in result.sites), key=lambda s: STATUSES.index(s) if s in STATUSES else 3)),
        failed=ShownTable("table-failed", "Sites that failed", sites.heads, sites.numeric, failed) if failed else None,
        masked=shown(data.masked_table(result)),
        masked_counts=_masked_counts(result),
        code_sets=shown(data.code_sets_table(result)),
        sessions=shown_sessions(result),
        checklists=filled_checklists(result),
        checklists_say=INTRODUCTION,
        versions=result.versions,
        command="equipoise run study.yaml --network NET --out DIR" + (" --pooled" if result.mode == "pooled" else ""),
    )


def _masked_counts(result: StudyResult) -> tuple[tuple[str, int], ...]:
    return _counted(
        f"{_masked_in(result, cell.table.split(maxsplit=1)[0])} ({cell.reason})" for cell in result.masked if cell.table.strip()
    )


def unique_pair(*names: str) -> tuple[str, ...]:
    """The names without repetition: crude and main may be one."""
    return tuple(dict.fromkeys(names))


def _counted(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(words).items())


def _masked_in(result: StudyResult, name: str) -> str:
    return outcome_label(result, name) if any(one.name == name for one in result.study.outcomes) else name


def _labelled(table: ShownTable, column: int) -> ShownTable:
    rows = [replace(r, cells=(*r.cells[:column], adjustment_label(r.cells[column]), *r.cells[column + 1 :])) for r in table.rows]
    return replace(table, rows=tuple(rows))


def _outcomes_named(result: StudyResult, table: ShownTable) -> ShownTable:
    return replace(table, rows=tuple(replace(r, cells=(outcome_label(result, r.cells[0]), *r.cells[1:])) for r in table.rows))


def _picture(drawn: Drawn, table: ShownTable | None = None) -> Picture:
    return Picture(drawn.name, drawn.title, drawn.description, Markup(inline(drawn.svg)), drawn.width_px, table)  # noqa: S704


def _labs(result: StudyResult, figures: Figures) -> tuple[LabPart, ...]:
    return tuple(
        LabPart(
            lab.label,
            _picture(figures.labs[lab.name]) if lab.name in figures.labs else None,
            shown_lab(result, lab),
            tuple(
                table
                for table in (shown_lab_models(result, lab), *(shown_shift(result, lab, window.name) for window in lab.windows))
                if table is not None
            ),
        )
        for lab in result.study.labs
    )


def _curves(result: StudyResult, figures: Figures, first: tuple[str, ...]) -> tuple[Curves, ...]:
    found = []
    for outcome in outcome_names(result):
        made = {a: _picture(d, shown(data.survival_points(result, outcome, a))) for (o, a), d in figures.survival.items() if o == outcome}
        if made:
            shown_first = tuple(made[name] for name in first if name in made)
            rest = tuple(picture for name, picture in made.items() if name not in first)
            found.append(Curves(outcome, outcome_label(result, outcome), shown_first, rest))
    return tuple(found)


def _incidence(result: StudyResult, figures: Figures) -> tuple[Curves, ...]:
    found: dict[str, list[Picture]] = {}
    for (outcome, name), drawn in figures.incidence.items():
        found.setdefault(outcome, []).append(_picture(drawn, shown(incidence_points(result, outcome, name))))
    return tuple(Curves(outcome, outcome_label(result, outcome), tuple(pictures), ()) for outcome, pictures in found.items())


def grouped_notes(notes: tuple[Note, ...], alone: int = 3) -> tuple[tuple[Note, ...], ...]:
    """Errors, then warnings, then the rest; more than `alone` notes of one code make one group."""
    ordered = sorted(notes, key=lambda note: {"error": 0, "warning": 1}.get(note.severity, 2))
    by_code: dict[tuple[str, str], list[Note]] = {}
    for note in ordered:
        by_code.setdefault((note.severity, note.code), []).append(note)
    groups = [[tuple(same)] if len(same) > alone else [(note,) for note in same] for same in by_code.values()]
    return tuple(group for several in groups for group in several)
