"""Laboratory outcomes over the network: means of every measure under each adjustment, and the shift tables."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.summary import MeansResult
from equipoise.network.hub.analysis.effects import Plan, answers_of
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.rounds import Job
from equipoise.network.wire.views import Setting, View
from equipoise.study.lab_columns import LabMeasure, ShiftCell, lab_measures, shift_cells
from equipoise.study.model import Adjustment


@dataclass(frozen=True, slots=True)
class LabFindings:
    """measures: the columns of `means`, which come by adjustment. cells: the columns of `shifts`, which are crude."""

    measures: tuple[LabMeasure, ...] = ()
    means: tuple[tuple[Adjustment, MeansResult], ...] = ()
    cells: tuple[ShiftCell, ...] = ()
    shifts: MeansResult | None = None

    def place(self, outcome: str, window: str, measure: str) -> int | None:
        """The column of a measure; None where the study does not have it."""
        named = ((m.outcome, m.window, m.measure) for m in self.measures)
        return next((place for place, names in enumerate(named) if names == (outcome, window, measure)), None)


def estimate_labs(talk: Conversation, setting: Setting, plan: Plan) -> LabFindings:
    """Ask for the means under each adjustment. Nothing is asked when the study has no laboratory outcome."""
    measures, cells = lab_measures(plan.study), shift_cells(plan.study)
    if not measures:
        return LabFindings()
    hub = MeansHub(2, len(measures))
    jobs = [Job("means", hub, View(columns="labs", weighting=adjustment)) for adjustment in plan.adjustments]
    if cells:
        jobs.append(Job("means", MeansHub(2, len(cells)), View(columns="lab_shifts")))
    found: list[MeansResult] = answers_of(talk, setting, jobs)
    means = tuple(zip(plan.adjustments, found, strict=False))
    return LabFindings(measures, means, cells, found[-1] if cells else None)
