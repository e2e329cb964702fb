"""`report.docx`: the draft of a paper, from a study result and its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from equipoise.report.blocks import Block, Bullets, Grid, Heading, Paragraph, Plate
from equipoise.report.combination.tables import shown_combination
from equipoise.report.figures.all_figures import Figures
from equipoise.report.figures.figure import Drawn
from equipoise.report.page.against import checks_in_short, kind_of
from equipoise.report.page.page import grouped_notes
from equipoise.report.paper.summary import summary
from equipoise.report.protocol.document import CAPTION
from equipoise.report.protocol.plan import adjustments_in_words, estimates_in_words
from equipoise.report.protocol.trial import target_trial
from equipoise.report.published.answer import NOTE, shown_claims
from equipoise.report.selection import comparison, outcome_label, outcome_names
from equipoise.report.tables import all_tables as data
from equipoise.report.tables.baseline import shown_baseline
from equipoise.report.tables.estimates import shown_summary
from equipoise.report.tables.journeys.events import shown_events
from equipoise.report.tables.labs import shown_lab, shown_lab_changes, shown_lab_models
from equipoise.report.tables.sensitivity import shown_sensitivity
from equipoise.report.tables.table import ShownTable, shown
from equipoise.results.study_result import Note, StudyResult

AUTHORS = "To be written by the authors."
SHOWN_COMBINATION = 3
"""Tables of combined arms: classes, interaction, the arms of the main window."""
PATHWAYS = "Pathways of few persons are not drawn. In numbers: tables/pathways.csv."
MOST_LABS, MOST_SITES = 6, 20
"""Laboratory outcomes up to which each has a table of its own; sites up to which each has a row."""
SHORT = 12
"""Rows up to which a table of a sensitivity analysis is printed."""
MOST_INCIDENCE = 6
"""Figures of cumulative incidence; those of further outcomes are on the page and in `figures/`."""


def manuscript(result: StudyResult, figures: Figures) -> tuple[Block, ...]:
    """The blocks in the order of a paper; what only people can write is marked as missing."""
    makers = (_front, _methods, _participants, _pathways, _outcomes, _events, _labs, _combination, _sensitivity, _back)
    return tuple(block for make in makers for block in make(result, figures))


def _front(result: StudyResult, _figures: Figures) -> Iterator[Block]:
    yield Heading(1, result.study.title)
    yield Paragraph(f"Draft written by Equipoise from the study file {result.study.name}, SHA-256 {result.study_hash}.", quiet=True)
    yield Paragraph(checks_in_short(result), lead="Read first.")
    yield Heading(2, "Summary in numbers")
    for head, text in summary(result):
        yield Paragraph(text, lead=f"{head}.")
    loud = tuple(_said(result, group) for group in grouped_notes(result.notes) if group[0].severity in ("error", "warning"))
    if loud:
        yield Heading(3, "What the checks say")
        yield Bullets(loud)
    yield from _claims(result)
    yield Heading(2, "Introduction")
    yield Paragraph(AUTHORS)


def _claims(result: StudyResult) -> Iterator[Block]:
    answers = shown_claims(result)
    if answers:
        yield Heading(3, "As published, and as this run found")
    for one in answers:
        yield Paragraph(one.words, lead="Abstract:")
        yield Paragraph(one.said.replace("\n", "; ").replace("; (", " ("), lead="As published:")
        yield Paragraph(one.verdict, lead="This run:")
        yield from _tables(one.table)
        yield from [Paragraph(one.silent, quiet=True)] if one.silent else []
    if answers:
        yield Paragraph(NOTE, quiet=True)


def _said(result: StudyResult, group: tuple[Note, ...]) -> str:
    more = f" And {len(group) - 1} more like it: see the page." if len(group) > 1 else ""
    kind = kind_of(result, group[0])
    degree = "Overridden error" if kind == "overridden" else kind.capitalize()
    return f"{degree} {group[0].code}: {group[0].text}{more}"


def _methods(result: StudyResult, figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Methods")
    yield Grid(target_trial(result.study))
    yield from (Plate(figure, CAPTION) for figure in figures.design)
    yield Heading(3, "Adjustment")
    yield Bullets(adjustments_in_words(result.study))
    yield Heading(3, "Estimates")
    yield Bullets(estimates_in_words(result.study))
    yield Paragraph("Every criterion, window and code list: protocol.md and tables/codes.csv beside this document.")


def _participants(result: StudyResult, figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Results")
    yield Heading(3, "Participants")
    if figures.flow:
        yield Plate(figures.flow, "Patients left over the whole network after each criterion, and how many left at it.")
    yield from _tables(shown_baseline(result, tuple(dict.fromkeys(("crude", result.study.analysis.main)))))
    for figure in (figures.overlap, *figures.love):
        yield from _plates(figure)


def _pathways(_result: StudyResult, figures: Figures) -> Iterator[Block]:
    if figures.pathways:
        yield Heading(3, "Lines of therapy")
    for figure in figures.pathways:
        yield Plate(figure, PATHWAYS)


def _outcomes(result: StudyResult, figures: Figures) -> Iterator[Block]:
    main = result.study.analysis.main
    tabled = {outcome for outcome in outcome_names(result) if comparison(result, outcome, "risk_difference", main)}
    for place, outcome in enumerate(name for name in outcome_names(result) if name not in tabled):
        found = shown_summary(result, outcome)
        wanted = dict.fromkeys((main, "crude")) if place == 0 else ()
        drawn = [figures.survival[outcome, name] for name in wanted if (outcome, name) in figures.survival]
        if found or drawn:
            yield Heading(3, outcome_label(result, outcome))
        for figure in drawn:
            yield Plate(figure, figure.description)
        yield from _tables(found)
    for figure in figures.forest[:1]:
        yield Plate(figure, "Diamond and bold type: the main adjustment. Weighted rows count patients, not weights.")
    if len(figures.forest) > 1:
        yield Paragraph(f"Hazard ratios of further outcomes: {len(figures.forest) - 1} more figures in figures/.", quiet=True)


def _events(result: StudyResult, figures: Figures) -> Iterator[Block]:
    if (found := shown_events(result)) is not None:
        yield Heading(3, "Adverse and other events")
        yield Grid(found)
    main = [figure for (_, name), figure in figures.incidence.items() if name == result.study.analysis.main]
    for figure in main[:MOST_INCIDENCE]:
        yield from _plates(figure)


def _labs(result: StudyResult, figures: Figures) -> Iterator[Block]:
    if result.study.labs:
        yield Heading(3, "Laboratory values")
    yield from _tables(shown_lab_changes(result))
    without = [lab.label for lab in result.study.labs if lab.name not in figures.labs]
    if without:
        yield Paragraph(f"Not measured, or in too few patients to be shown: {', '.join(without)}.")
    drawn = [lab for lab in result.study.labs if lab.name in figures.labs]
    for lab in drawn:
        yield Plate(figures.labs[lab.name], "Means of the patients measured in each window, with intervals.")
        if len(drawn) > MOST_LABS:
            continue
        yield Grid(shown_lab(result, lab, (result.study.analysis.main,)))
        if (models := shown_lab_models(result, lab, (result.study.analysis.main,))) is not None:
            yield Grid(models)
    if len(drawn) > MOST_LABS:
        yield Paragraph("Means, changes, severe grades and repeated measures of each: the page and tables/estimates.csv.", quiet=True)


def _combination(result: StudyResult, figures: Figures) -> Iterator[Block]:
    tables, block = shown_combination(result), result.study.combination
    if not tables or block is None:
        return
    yield Heading(3, f"{block.label or 'Exposures'} beside {result.study.target.name} and {result.study.comparator.name}")
    for figure in figures.combination:
        yield Plate(figure, "Hazard ratios with the arm and the covariates in the model; open squares are naive.")
    for table in tables[:SHOWN_COMBINATION]:
        yield Grid(table)
    if len(tables) > SHOWN_COMBINATION:
        yield Paragraph("Arms and pairs of the other analyses: the page and tables/estimates.csv.", quiet=True)


def _sensitivity(result: StudyResult, figures: Figures) -> Iterator[Block]:
    tables = shown_sensitivity(result)
    if tables:
        yield Heading(3, "Sensitivity analyses")
    for figure in figures.sensitivity:
        yield Plate(figure, "Each row changes one thing." if figure.name.startswith("sensitivity") else figure.description)
    for table in tables:
        if len(table.rows) <= SHORT:
            yield Grid(table)
        else:
            yield Paragraph(f"{table.caption} ({len(table.rows)} rows): the page and tables/sensitivity.csv.", quiet=True)


def _back(result: StudyResult, _figures: Figures) -> Iterator[Block]:
    yield Heading(3, "Sites")
    if len(result.sites) <= MOST_SITES:
        yield Grid(shown(data.sites_table(result), note="Counts under the disclosure limit are masked."), "Each site's part")
    else:
        parts = ", ".join(f"{n} {status}" for status, n in Counter(site.status for site in result.sites).items())
        yield Paragraph(f"{len(result.sites)} sites: {parts}. Each site's part: tables/sites.csv.")
    yield Paragraph("All estimates, curves and counts: tables/ and results.json beside this document.")
    for title in ("Discussion", "Limitations", "Ethics", "Funding", "Competing interests", "Data and code"):
        yield Heading(2, title)
        yield Paragraph(AUTHORS)
    yield Heading(2, "Versions")
    yield Bullets(tuple(f"{name} {version}" for name, version in result.versions))


def _tables(table: ShownTable | None) -> Iterator[Block]:
    if table is not None:
        yield Grid(table)


def _plates(figure: Drawn | None) -> Iterator[Block]:
    if figure is not None:
        yield Plate(figure, figure.description)
