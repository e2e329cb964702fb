"""How many persons, and how many with the event, each estimate speaks of: entered into the one table of counts, under aliases.

Equal populations share one cell, so that a count hidden in one table is not shown by another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from equipoise.estimators.moments.summary import MomentsResult
from equipoise.guard.counts import CountTable, MaskedCounts
from equipoise.kernel.masked import Count
from equipoise.network.hub.analysis.census import Census
from equipoise.network.hub.analysis.effects import Effect, Plan
from equipoise.network.hub.analysis.flow import ARMS, last_step
from equipoise.study.model import Adjustment

EVENTS = 3
"""Importance of the events of a whole arm: hidden after any part of them."""


@dataclass(slots=True)
class People:
    """The table's cells by what they count."""

    table: CountTable
    census: Census
    plan: Plan
    _known: dict[tuple[str, ...], str] = field(default_factory=dict)

    def population(self, adjustment: Adjustment) -> str:
        """Whom an adjustment speaks of: everyone, the matched, those in bins that hold both arms, or those whose score was kept."""
        own: dict[Adjustment, str] = {"matched": "matched", "score-bins": "binned"}
        return own.get(adjustment, "trimmed" if adjustment in self.plan.trimmed else "all")

    def arm(self, adjustment: Adjustment, group: int) -> str:
        """The cell of the persons of an arm in the adjustment's population."""
        return self._known[self.population(adjustment), ARMS[group]]

    def outcome_cell(self, outcome: str, group: int, what: Literal["persons", "events"]) -> str:
        """The cell of everybody at risk for an outcome in an arm, or of those with the event."""
        return self._known[outcome, "all", ARMS[group], what]

    def enter_population(self, adjustment: Adjustment, moments: MomentsResult) -> None:
        """Enter the persons of each arm whom the adjustment speaks of. Those whom matching left out are not held to be a secret."""
        population = self.population(adjustment)
        for group, arm in enumerate(ARMS):
            whole = last_step(self.census, arm)
            self._part((population, arm), int(moments.group_n[group]), (whole,), secret=population != "matched")

    def enter(self, effect: Effect) -> None:
        """Enter the persons and events of an outcome under an adjustment; those without the event can be worked out, so they count."""
        population = self.population(effect.adjustment)
        for group, arm in enumerate(ARMS):
            curve = effect.people.curve(group)
            wholes = [self._known[population, arm]]
            if (effect.outcome, "all", arm, "persons") in self._known:
                wholes.append(self._known[effect.outcome, "all", arm, "persons"])
            persons = self._part((effect.outcome, population, arm, "persons"), curve.rows, tuple(wholes), secret=population != "matched")
            key = effect.outcome, population, arm, "events"
            if key not in self._known:
                self._known[key] = self.table.cell(" ".join(key), curve.people_with_event, EVENTS)
                self.table.rest(persons, self._known[key])

    def _part(self, key: tuple[str, ...], n: int, wholes: tuple[str, ...], *, secret: bool) -> str:
        """The cell of a part of larger populations: theirs where nobody is left out, else one of its own."""
        if key in self._known:
            return self._known[key]
        equal = [whole for whole in wholes if self.table.cells[whole].value == n]
        if equal:
            self._known[key] = equal[0]
            return equal[0]
        self._known[key] = self.table.cell(" ".join(key if key[-1] == "persons" else (*key, "persons")), n, 2)
        for whole in wholes if secret else ():
            self.table.rest(whole, self._known[key])
        return self._known[key]

    def cell(self, outcome: str, adjustment: Adjustment, group: int, what: Literal["persons", "events"]) -> str:
        """The cell of an outcome's persons at risk, or of those with the event, that was entered before."""
        return self._known[outcome, self.population(adjustment), ARMS[group], what]

    def persons(self, masked: MaskedCounts, effect: Effect, group: int) -> Count:
        """Persons at risk, as they may be shown."""
        return masked[self._known[effect.outcome, self.population(effect.adjustment), ARMS[group], "persons"]]

    def events(self, masked: MaskedCounts, effect: Effect, group: int) -> Count:
        """Persons with the event, as they may be shown."""
        return masked[self._known[effect.outcome, self.population(effect.adjustment), ARMS[group], "events"]]
