"""Counts of events, entered into the one table: persons with the event in the window, those the washout leaves out, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.estimators.means.summary import MeansResult
from equipoise.network.hub.analysis.flow import ARMS
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.events.asking import EventFindings
from equipoise.study.event_columns import event_outcomes
from equipoise.study.model import Adjustment

What: TypeAlias = Literal["washed_out", "kept", "in_window", "new_in_window"]


@dataclass(frozen=True, slots=True)
class EventCells:
    """The cells of the table by outcome, adjustment, group and what they count; `kept`: persons whom the washout does not leave out."""

    names: Mapping[tuple[str, Adjustment, int, What], str]


def enter_events(people: People, found: EventFindings) -> EventCells:
    """Enter the counts of each outcome, tied to the arm, to those at risk and to those with the event during follow-up."""
    names: dict[tuple[str, Adjustment, int, What], str] = {}
    for adjustment, means in found.people:
        for outcome in event_outcomes(people.plan.study):
            for group in (1, 0):
                entered = _Entering(people, found, outcome.name, adjustment, group).enter(means)
                names |= {(outcome.name, adjustment, group, what): name for what, name in entered.items()}
    return EventCells(names)


@dataclass(frozen=True, slots=True)
class _Entering:
    people: People
    found: EventFindings
    outcome: str
    adjustment: Adjustment
    group: int

    def enter(self, means: MeansResult) -> dict[What, str]:
        table, arm = self.people.table, self.people.arm(self.adjustment, self.group)
        inside = self._cell("in window", self._ones(means, "in_window"))
        table.rest(arm, inside)
        out = self._ones(means, "washed_out")
        cells: dict[What, str] = {"in_window": inside, "new_in_window": inside, "kept": arm}
        if out:
            cells["washed_out"] = self._cell("washed out", out)
            cells["kept"] = self._cell("not washed out", table.cells[arm].value - out)
            cells["new_in_window"] = self._cell("new in window", self._ones(means, "new_in_window"))
            table.sum(arm, cells["washed_out"], cells["kept"])
            table.rest(cells["kept"], cells["new_in_window"])
            table.rest(inside, cells["new_in_window"])
        self._tie(cells["kept"], self.people.cell(self.outcome, self.adjustment, self.group, "persons"))
        self._tie(cells["new_in_window"], self.people.cell(self.outcome, self.adjustment, self.group, "events"))
        return cells

    def _tie(self, whole: str, part: str) -> None:
        """Persons at risk were not washed out, their events lie in the window; broken matched sets leave both smaller still."""
        if whole != part:
            self.people.table.rest(whole, part)

    def _cell(self, what: str, n: int) -> str:
        name = f"{self.outcome} {self.people.population(self.adjustment)} {ARMS[self.group]} {what}"
        return self.people.table.cell(name, n)

    def _ones(self, means: MeansResult, count: str) -> int:
        place = self.found.place(self.outcome, count)
        return 0 if place is None else int(means.ones[self.group, place])
