"""The chapter of sensitivity analyses: those that the study switches on, in the order of the study's grammar."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.effects import Effects
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.sensitivity.arms import misclassified_arms
from equipoise.network.hub.sensitivity.confounding import e_values
from equipoise.network.hub.sensitivity.controls import negative_controls
from equipoise.network.hub.sensitivity.deaths import missed_deaths
from equipoise.network.hub.sensitivity.grids import GridsFound, ask_grids, grids
from equipoise.network.hub.sensitivity.ground import Ground, Part
from equipoise.network.hub.sensitivity.orders import OrdersFound, ask_orders, match_order
from equipoise.network.hub.sensitivity.tipping import tipping_point
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Sensitivity


@dataclass(frozen=True, slots=True)
class SensitivityChapter:
    """What had to be asked again; the rest follows from the sums that the main analysis has."""

    said: Sensitivity
    effects: Effects
    orders: OrdersFound | None
    grids: GridsFound | None

    def enter(self, people: People) -> None:
        """See `Chapter.enter`; no count is shown that is not in the table."""

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:  # noqa: ARG002
        """See `Chapter.write`. Works from what the result shows, so that a hidden count stays hidden."""
        parts = self._parts(Ground(self.effects, result))
        return replace(
            result,
            records=(*result.records, *(record for part in parts for record in part.records)),
            notes=(*result.notes, *(note for part in parts for note in part.notes)),
            match_orders=tuple(order for part in parts for order in part.orders),
        )

    def _parts(self, ground: Ground) -> tuple[Part, ...]:
        said = self.said
        parts = (
            e_values(ground) if said.e_values else None,
            negative_controls(ground) if said.negative_controls else None,
            misclassified_arms(ground, said.misclassified_arms) if said.misclassified_arms else None,
            missed_deaths(ground, said.missed_deaths) if said.missed_deaths else None,
            tipping_point(ground, said.tipping_point) if said.tipping_point else None,
            match_order(ground, self.orders) if said.match_order else None,
            grids(ground, self.grids) if self.grids else None,
        )
        return tuple(part for part in parts if part is not None)


def open_sensitivity(stage: Stage) -> SensitivityChapter | None:
    """Ask what must be asked again; None when the study switches nothing on."""
    said = stage.plan.study.sensitivity
    if said is None:
        return None
    orders = ask_orders(stage, said.match_order) if said.match_order else None
    return SensitivityChapter(said, stage.effects, orders, ask_grids(stage, said.grids) if said.grids else None)
