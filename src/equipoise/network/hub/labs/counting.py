"""How many persons each laboratory estimate speaks of, masked: one table of counts an outcome and arm.

The counts of an outcome hang together: persons, of them measured before and in each window, of them graded, of them severe, and the
cells of the shift tables. Counts of two outcomes or arms share nothing but the size of the arm, which is taken for known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.estimators.means.summary import MeansResult
from equipoise.guard.counts import CountTable, Reason, mask_counts
from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Count
from equipoise.network.hub.labs.estimation import LabFindings
from equipoise.study.lab_columns import BASELINE, SEVERE, ShiftCell, grades_of
from equipoise.study.model import Adjustment, LabOutcome

Population = str
"""Whom an adjustment speaks of: `all`, `trimmed` or `matched`."""
IMPORTANT, PART = 3, 1


@dataclass(frozen=True, slots=True)
class LabCounts:
    """Masked counts by population, window and what is counted; of shift tables by cell. `reasons`: why a count is hidden, by name."""

    counts: Mapping[tuple[Population, str, str], Count]
    shifts: Mapping[ShiftCell, Count]
    reasons: Mapping[str, Reason]


@dataclass(slots=True)
class _Cells:
    """The cells of one outcome and arm."""

    lab: LabOutcome
    group: int
    found: LabFindings
    arm: str
    table: CountTable = field(default_factory=CountTable)
    names: dict[tuple[Population, str, str], str] = field(default_factory=dict)

    def enter(self, population: Population, means: MeansResult) -> None:
        """Enter one population: everybody, measured, and of these all the others."""
        windows = (BASELINE, *(window.name for window in self.lab.windows))
        for window in windows:
            persons = self._whole(population, window, means)
            measured = self._part(population, window, "measured", self._ones(means, window, "measured"), persons)
            for name in ("change", "fold"):
                self._part(population, window, name, self._n(means, window, name), measured)
            self._part(population, window, "flagged", self._ones(means, window, "flagged"), measured)
            graded = self._part(population, window, "graded", self._n(means, window, "grade_3_or_more"), measured)
            self._part(population, window, "grade_3_or_more", self._ones(means, window, "grade_3_or_more"), graded)
        for window in windows[1:]:
            self._tie(self.names.get((population, BASELINE, "measured")), self.names.get((population, window, "change")))

    def enter_shifts(self, shifts: MeansResult) -> dict[ShiftCell, str]:
        """Enter the shift tables of everybody, tied to those measured twice and to the severe."""
        entered: dict[ShiftCell, str] = {}
        for window in self.lab.windows:
            cells = [cell for cell in self.found.cells if (cell.outcome, cell.window) == (self.lab.name, window.name)]
            for cell in cells:
                name = f"{self.lab.name} {window.name}, {self.arm}: grade {cell.baseline_grade} to {cell.worst_grade}"
                entered[cell] = self.table.cell(name, int(shifts.ones[self.group, self.found.cells.index(cell)]))
            severe = [entered[cell] for cell in cells if cell.worst_grade >= SEVERE]
            before = [entered[cell] for cell in cells if cell.baseline_grade >= SEVERE]
            self._sum_or_rest(self.names.get(("all", window.name, "change")), [entered[cell] for cell in cells])
            self._sum_or_rest(self.names.get(("all", window.name, "grade_3_or_more")), severe)
            self._sum_or_rest(self.names.get(("all", BASELINE, "grade_3_or_more")), before)
        return entered

    def _whole(self, population: Population, window: str, means: MeansResult) -> str:
        n = self._n(means, window, "measured")
        name = f"{self.lab.name}, {self.arm}: {population} persons"
        self.names[population, window, "persons"] = name
        if name not in self.table.cells:
            self.table.cell(name, n or 0, fixed=True)
            if population == "trimmed":
                self._tie(self.names.get(("all", window, "persons")), name)
        return name

    def _part(self, population: Population, window: str, what: str, n: int | None, whole: str | None) -> str | None:
        """The cell of a part; the whole's own where nobody is left out."""
        if n is None or whole is None:
            return None
        larger = self.names.get(("all", window, what)) if population == "trimmed" else None
        for other in (whole, larger):
            if other is not None and self.table.cells[other].value == n:
                self.names[population, window, what] = other
                return other
        name = f"{self.lab.name} {window}, {self.arm}: {population} {what}"
        self.names[population, window, what] = self.table.cell(name, n, IMPORTANT if what == "measured" else PART)
        self._tie(whole, name)
        self._tie(larger, name)
        return name

    def _tie(self, whole: str | None, part: str | None) -> None:
        if whole is not None and part is not None and whole != part:
            self.table.rest(whole, part)

    def _sum_or_rest(self, whole: str | None, parts: list[str]) -> None:
        if whole is None:
            return
        if self.table.cells[whole].value == sum(self.table.cells[part].value for part in parts):
            self.table.sum(whole, *parts)
        else:
            self.table.rest(whole, *parts)

    def _column(self, window: str, measure: str) -> int | None:
        return self.found.place(self.lab.name, window, measure)

    def _n(self, means: MeansResult, window: str, measure: str) -> int | None:
        place = self._column(window, measure)
        return None if place is None else int(means.n[self.group, place])

    def _ones(self, means: MeansResult, window: str, measure: str) -> int | None:
        place = self._column(window, measure)
        return None if place is None else int(means.ones[self.group, place])


def count_lab(lab: LabOutcome, group: int, found: LabFindings, populations: Mapping[Adjustment, Population], policy: Policy) -> LabCounts:
    """Mask the counts of one outcome in one arm (group 1: target)."""
    cells = _Cells(lab, group, found, ("comparator", "target")[group])
    entered: set[Population] = set()
    for adjustment, means in sorted(found.means, key=lambda one: populations[one[0]] != "all"):
        if populations[adjustment] not in entered:
            cells.enter(populations[adjustment], means)
            entered.add(populations[adjustment])
    shifts = {} if found.shifts is None or not grades_of(lab) else cells.enter_shifts(found.shifts)
    masked = mask_counts(cells.table, policy)
    return LabCounts(
        {key: masked[name] for key, name in cells.names.items()}, {cell: masked[name] for cell, name in shifts.items()}, masked.reasons
    )
