"""How many persons, and how many with the event, each estimate speaks of: entered into the one table of counts, under aliases.

Equal populations share one cell, so that a count hidden in one table is not shown by another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from equipoise.guard.counts import CountTable, MaskedCounts
from equipoise.kernel.masked import Count
from equipoise.network.hub.analysis.census import Census
from equipoise.network.hub.analysis.effects import Effect, Plan
from equipoise.network.hub.analysis.flow import ARMS, last_step
from equipoise.study.model import Adjustment


@dataclass(slots=True)
class People:
    """The table's cells by what they count."""

    table: CountTable
    census: Census
    plan: Plan
    _known: dict[tuple[str, ...], str] = field(default_factory=dict)

    def population(self, adjustment: Adjustment) -> str:
        """Whom an adjustment speaks of: everyone, the matched, or those whose score was kept."""
        return adjustment if adjustment == "matched" or adjustment in self.plan.trimmed else "all"

    def arm_total(self, group: int) -> str:
        """The cell of all persons of an arm."""
        return last_step(self.census, ARMS[group])

    def enter(self, effect: Effect) -> None:
        """Enter the persons and events of an outcome under an adjustment; those without the event can be worked out, so they count."""
        for group, arm in enumerate(ARMS):
            curve = effect.people.curve(group)
            persons = self._persons(effect, group, curve.rows)
            key = effect.outcome, self.population(effect.adjustment), arm, "events"
            if key not in self._known:
                self._known[key] = self.table.cell(" ".join(key), curve.people_with_event, 1)
                self.table.rest(persons, self._known[key])

    def _persons(self, effect: Effect, group: int, rows: int) -> str:
        """The cell of the persons at risk; that of the larger population where nobody is left out."""
        population = self.population(effect.adjustment)
        key = effect.outcome, population, ARMS[group], "persons"
        if key in self._known:
            return self._known[key]
        above = self.arm_total(group) if population == "all" else self._matched_or_trimmed(effect, group)
        if self.table.cells[above].value == rows:
            self._known[key] = above
        else:
            self._known[key] = self.table.cell(" ".join(key), rows, 2)
            if population != "matched":
                self.table.rest(above, self._known[key])
        return self._known[key]

    def _matched_or_trimmed(self, effect: Effect, group: int) -> str:
        """The cell of the whole outcome's persons in this arm, when it is there, else of the arm."""
        return self._known.get((effect.outcome, "all", ARMS[group], "persons"), self.arm_total(group))

    def persons(self, masked: MaskedCounts, effect: Effect, group: int) -> Count:
        """Persons at risk, as they may be shown."""
        return masked[self._known[effect.outcome, self.population(effect.adjustment), ARMS[group], "persons"]]

    def events(self, masked: MaskedCounts, effect: Effect, group: int) -> Count:
        """Persons with the event, as they may be shown."""
        return masked[self._known[effect.outcome, self.population(effect.adjustment), ARMS[group], "events"]]
