"""The chapter of lines of therapy: whose eligibility hangs on the rules, and the courses that patients took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from equipoise.guard.counts import Cell, CountTable, MaskedCounts
from equipoise.kernel.masked import Count
from equipoise.network.hub.analysis.flow import flow_cell
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.lines.asking import CellCount, CourseCount, GridCount, Prefix, ask_courses, ask_grid
from equipoise.results.analyses import LINES
from equipoise.results.journeys import PathwayStep
from equipoise.results.records import Record
from equipoise.results.study_result import Note, StudyResult

WORTH_A_NOTE = 0.20
"""Share of persons whose eligibility changes from which on a reader is warned."""
PERSONS = "lines of therapy: persons who meet all other criteria"
ELIGIBILITY = "eligibility"
LINES_MISCLASSIFIED = "DC26"
"""The design check whose finding the note is."""


@dataclass(frozen=True, slots=True)
class LinesChapter:
    """Counts of the grid and of courses, tied to the last step of the flow: they are masked together with it."""

    grid: GridCount | None
    courses: tuple[CourseCount, ...]

    def enter(self, people: People) -> None:
        """See `Chapter.enter`."""
        everybody = flow_cell(len(people.census.labels) - 1, "all")
        _enter_courses(people.table, everybody, self.courses)
        if self.grid is not None:
            _enter_grid(people.table, everybody, self.grid)

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:  # noqa: ARG002
        """See `Chapter.write`."""
        pathways = tuple(PathwayStep(one.before, one.regimen, masked[_course(one.before, one.regimen)]) for one in self.courses)
        if self.grid is None:
            return replace(result, pathways=pathways)
        records = tuple(record for cell in self.grid.cells for record in _records(cell, masked))
        return replace(result, pathways=pathways, records=(*result.records, *records), notes=(*result.notes, *_notes(records)))


def open_lines(stage: Stage) -> LinesChapter | None:
    """Ask for the counts, when the study has lines of therapy."""
    lines = stage.plan.study.lines
    return None if lines is None else LinesChapter(ask_grid(stage, lines), ask_courses(stage, lines))


def _course(before: Prefix, regimen: str) -> str:
    return "courses of therapy: " + ", then ".join((*before, regimen or "no further line"))


def _enter_courses(table: CountTable, everybody: str, courses: tuple[CourseCount, ...]) -> None:
    """What follows a course adds up to it; the first lines, and nobody's, to everybody."""
    following: dict[Prefix, list[str]] = {}
    for one in courses:
        following.setdefault(one.before, []).append(table.cell(_course(one.before, one.regimen), one.persons))
    for before, parts in following.items():
        table.sum(_course(before[:-1], before[-1]) if before else everybody, *parts)


def _enter_grid(table: CountTable, main: str, grid: GridCount) -> None:
    """Whoever is eligible now was kept or gained; whoever was before was kept or lost."""
    table.cell(PERSONS, grid.persons, 1)
    table.rest(PERSONS, main)
    for cell in grid.cells:
        names = {what: f"lines of therapy, {cell.words}: {what}" for what in ("changed", "eligible", "gained", "lost", "kept")}
        table.cell(names["changed"], cell.gained + cell.lost, 1)
        table.cell(names["eligible"], cell.eligible)
        for what, n in (("gained", cell.gained), ("lost", cell.lost), ("kept", grid.eligible - cell.lost)):
            table.cells[names[what]] = Cell(n, shown=False)
        table.sum(names["changed"], names["gained"], names["lost"])
        table.sum(names["eligible"], names["kept"], names["gained"])
        table.sum(main, names["kept"], names["lost"])
        table.rest(PERSONS, names["eligible"])


def _records(cell: CellCount, masked: MaskedCounts) -> Iterator[Record]:
    persons = masked[PERSONS]
    for what, measure in (("changed", "share_changed"), ("eligible", "share_eligible")):
        n = masked[f"lines of therapy, {cell.words}: {what}"]
        yield Record(LINES, cell.words, ELIGIBILITY, measure, estimate=_share(n, persons), n_target=persons, events_target=n)


def _share(part: Count, whole: Count) -> float | None:
    return part / whole if isinstance(part, int) and isinstance(whole, int) and whole else None


def _notes(records: tuple[Record, ...]) -> Iterator[Note]:
    changed = [(one.estimate, one.population) for one in records if one.measure == "share_changed" and one.estimate is not None]
    most, words = max(changed, default=(0.0, ""))
    if most > WORTH_A_NOTE:
        text = (
            f"Who has had so many lines of therapy hangs on the rules: with {words}, the eligibility of {most:.0%} of patients changes "
            f"(the most of {len(changed)} combinations that may be shown)."
        )
        yield Note("warning", LINES_MISCLASSIFIED, text)
