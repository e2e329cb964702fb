"""How many persons each laboratory estimate speaks of, masked: one table of counts an outcome and arm.

The counts of an outcome hang together: persons, of them measured before and in each window, of them graded, of them severe, and the
cells of the shift tables. Counts of two outcomes or arms share nothing but the size of the arm, which is taken for known; but whoever
has a score has the values that it is made of: those counts are taken for known too, so that nobody can subtract a score's from them.
Outcomes of one chain of scores and values, or of the same records, show an equal number in all of them or in none (`hidden_alike`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from equipoise.estimators.data import Ints
from equipoise.estimators.means.summary import MeansResult
from equipoise.guard.counts import CountTable, Reason, mask_counts
from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.labs.estimation import LabFindings
from equipoise.study.lab_columns import BASELINE, SEVERE, ShiftCell, grades_of, is_flag
from equipoise.study.model import Adjustment, LabOutcome, Study

Population = str
"""Whom an adjustment speaks of: `all`, `trimmed` or `matched`."""
IMPORTANT, PART = 3, 1


@dataclass(frozen=True, slots=True)
class LabCounts:
    """Masked counts by population, window and what is counted; of shift tables by cell. `reasons`: why a count is hidden, by name."""

    counts: Mapping[tuple[Population, str, str], Count]
    shifts: Mapping[ShiftCell, Count]
    reasons: Mapping[str, Reason]
    true: Mapping[tuple[Population, str, str], int] = field(default_factory=dict)
    """The counts themselves; never shown."""


@dataclass(slots=True)
class _Cells:
    """The cells of one outcome and arm."""

    lab: LabOutcome
    group: int
    found: LabFindings
    arm: str
    larger: tuple[LabOutcome, ...] = ()
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
            self._below(population, window, means)
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

    def _below(self, population: Population, window: str, means: MeansResult) -> None:
        """Tie the measured, and those measured twice, to the same of outcomes that everybody with this one has."""
        for other in self.larger:
            for what, n in (
                ("measured", _count(self.found, means.ones, self.group, (other.name, window, "measured"))),
                ("change", _count(self.found, means.n, self.group, (other.name, window, "change"))),
            ):
                mine = self.names.get((population, window, what))
                if mine is not None and n is not None and self.table.cells[mine].value < n:
                    whole = f"{other.name} {window}, {self.arm}: {population} {what}"
                    if whole not in self.table.cells:
                        self.table.cell(whole, n, fixed=True)
                    self.table.rest(whole, mine)

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

    def _n(self, means: MeansResult, window: str, measure: str) -> int | None:
        return _count(self.found, means.n, self.group, (self.lab.name, window, measure))

    def _ones(self, means: MeansResult, window: str, measure: str) -> int | None:
        return _count(self.found, means.ones, self.group, (self.lab.name, window, measure))


def _count(found: LabFindings, counts: Ints, group: int, column: tuple[str, str, str]) -> int | None:
    place = found.place(*column)
    return None if place is None else int(counts[group, place])


def count_lab(
    lab: LabOutcome,
    group: int,
    found: LabFindings,
    populations: Mapping[Adjustment, Population],
    policy: Policy,
    *,
    larger: tuple[LabOutcome, ...] = (),
) -> LabCounts:
    """Mask the counts of one outcome in one arm (group 1: target). larger: outcomes that everybody with this one has."""
    cells = _Cells(lab, group, found, ("comparator", "target")[group], larger)
    entered: set[Population] = set()
    for adjustment, means in sorted(found.means, key=lambda one: populations[one[0]] != "all"):
        if populations[adjustment] not in entered:
            cells.enter(populations[adjustment], means)
            entered.add(populations[adjustment])
    shifts = {} if found.shifts is None or not grades_of(lab) else cells.enter_shifts(found.shifts)
    masked = mask_counts(cells.table, policy)
    return LabCounts(
        {key: masked[name] for key, name in cells.names.items()},
        {cell: masked[name] for cell, name in shifts.items()},
        {name: reason for name, reason in masked.reasons.items() if not cells.table.cells[name].fixed or name in cells.names.values()},
        {key: cells.table.cells[name].value for key, name in cells.names.items()},
    )


def larger_than(lab: LabOutcome, study: Study) -> tuple[LabOutcome, ...]:
    """The outcomes that everybody with a score has: its values, and scores of fewer of these. None for a flag: it may be known in part."""
    if lab.score is None or is_flag(lab):
        return ()
    mine = _made_of(lab)
    return tuple(one for one in study.labs if not is_flag(one) and _made_of(one) < mine)


def hidden_alike(study: Study, counts: Mapping[tuple[str, int], LabCounts]) -> dict[tuple[str, int], LabCounts]:
    """The counts, where equal numbers of the same thing in outcomes of one chain are hidden in all of them or in none."""
    found = dict(counts)
    for group in (0, 1):
        for chain in chains(study):
            hidden: dict[tuple[Population, str, str, int], Masked] = {}
            for name in chain:
                of = counts[name, group]
                hidden |= {(*key, of.true[key]): count for key, count in of.counts.items() if isinstance(count, Masked)}
            for name in chain:
                of = counts[name, group]
                found[name, group] = replace(of, counts={key: hidden.get((*key, of.true[key]), count) for key, count in of.counts.items()})
    return found


def chains(study: Study) -> tuple[frozenset[str], ...]:
    """Names of outcomes that hang together: of the same records, or by a score."""
    groups: list[tuple[set[str], set[str]]] = []
    sets = {lab.name: lab.sets for lab in study.labs}
    for lab in study.labs:
        grounds = {" ".join(sets[name]) for name in _made_of(lab)}
        joined = [group for group in groups if group[1] & grounds]
        groups = [group for group in groups if group not in joined]
        groups.append((set().union({lab.name}, *(one[0] for one in joined)), set().union(grounds, *(one[1] for one in joined))))
    return tuple(frozenset(names) for names, _ in groups)


def _made_of(lab: LabOutcome) -> frozenset[str]:
    return frozenset({lab.name} if lab.score is None else {part.outcome for part in lab.score.parts})
