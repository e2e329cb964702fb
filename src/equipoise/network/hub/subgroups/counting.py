"""Persons and events by level, entered into the one table of counts, tied to their wholes and to Table 1."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from equipoise.guard.counts import MaskedCounts
from equipoise.kernel.masked import Count
from equipoise.network.hub.analysis.baseline import cell_name
from equipoise.network.hub.analysis.flow import ARMS
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.subgroups.estimation import Level, LevelCounts, SubgroupFindings
from equipoise.study.learned import RawColumn
from equipoise.study.model import Adjustment, LevelSubgroup, Study
from equipoise.study.subgroup_levels import covariate_of

What: TypeAlias = Literal["persons", "events"]
IMPORTANCE: dict[str, int] = {"persons": 1, "events": 0}


@dataclass(slots=True)
class LevelCells:
    """The cells of one outcome's levels, by population, arm, level and what they count."""

    people: People
    found: SubgroupFindings
    names: dict[tuple[str, int, Level, What], str] = field(default_factory=dict)

    def enter(self) -> None:
        """Enter all; populations of everybody first, so that others can be tied to them."""
        entered = set[str]()
        for adjustment, counts in sorted(self.found.counts, key=lambda one: self.people.population(one[0]) != "all"):
            population = self.people.population(adjustment)
            if population not in entered:
                entered.add(population)
                for group in (0, 1):
                    self._enter_arm(adjustment, group, counts)

    def _enter_arm(self, adjustment: Adjustment, group: int, counts: LevelCounts) -> None:
        subgroups = dict.fromkeys(level.subgroup for level in self.found.levels)
        for subgroup in subgroups:
            levels = [level for level in self.found.levels if level.subgroup == subgroup]
            persons = [self._cell(adjustment, group, level, "persons", int(counts.persons[group, level.column])) for level in levels]
            events = [self._cell(adjustment, group, level, "events", int(counts.events[group, level.column])) for level in levels]
            self._tie(self.people.cell(self.found.outcome, adjustment, group, "persons"), persons)
            self._tie(self.people.cell(self.found.outcome, adjustment, group, "events"), events)
            for whole, part in zip(persons, events, strict=True):
                self.people.table.rest(whole, part)

    def _cell(self, adjustment: Adjustment, group: int, level: Level, what: What, n: int) -> str:
        """The cell of a count: one that is in the table already where it counts the same persons."""
        table, population = self.people.table, self.people.population(adjustment)
        wholes = [self._baseline(adjustment, group, level)] if what == "persons" else []
        wholes += [self.names.get(("all", group, level, what))] if population in ("trimmed", "binned") else []
        known = [whole for whole in wholes if whole is not None and whole in table.cells]
        same = [whole for whole in known if table.cells[whole].value == n]
        name = f"subgroup {level.subgroup}: {level.name}, {self.found.outcome}, {population} {ARMS[group]}, {what}"
        self.names[population, group, level, what] = same[0] if same else table.cell(name, n, IMPORTANCE[what])
        for whole in () if same else known:
            table.rest(whole, name)
        return self.names[population, group, level, what]

    def _baseline(self, adjustment: Adjustment, group: int, level: Level) -> str | None:
        """The cell of Table 1 that counts the level; None where it has none."""
        column = table_1_column(self.people.plan.study, level)
        shown: Adjustment = "matched" if self.people.population(adjustment) == "matched" else "crude"
        return cell_name(shown, column, ARMS[group]) if column and self.people.population(adjustment) not in ("trimmed", "binned") else None

    def _tie(self, whole: str, parts: list[str]) -> None:
        table = self.people.table
        if table.cells[whole].value == sum(table.cells[part].value for part in parts):
            table.sum(whole, *parts)
        else:
            table.rest(whole, *parts)

    def count(self, masked: MaskedCounts, adjustment: Adjustment, group: int, level: Level, *, events: bool) -> Count:
        """A count as it may be shown."""
        return masked[self.names[self.people.population(adjustment), group, level, "events" if events else "persons"]]


def table_1_column(study: Study, level: Level) -> RawColumn | None:
    """The column of Table 1 that is 1 for the persons of a level; None where no column is."""
    subgroup = next(one for one in study.subgroups or () if one.name == level.subgroup)
    covariate = covariate_of(study, subgroup)
    if not isinstance(subgroup, LevelSubgroup) or covariate is None:
        return None
    if covariate.kind in ("event", "sex"):
        return RawColumn(covariate.name, "", None, True) if level.place == 0 else None
    return RawColumn(covariate.name, "", level.name, True)
