"""Counts of one laboratory outcome, masked so that no small one can be worked out of the others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from equipoise.estimators.means.summary import MeansResult
from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.hub.labs.counting import LabCounts, chains, count_lab, hidden_alike, larger_than
from equipoise.network.hub.labs.estimation import LabFindings
from equipoise.study.lab_columns import GRADES, LabMeasure, ShiftCell
from equipoise.study.model import LabOutcome, LabWindow, Score, ScorePart, Study

LAB = LabOutcome(name="alt", sets=("alt",), windows=(LabWindow(name="acute", start=8, end=29, target=14),), ctcae="ALT")
MEASURES = tuple(
    LabMeasure("alt", window, measure)  # type: ignore[arg-type]
    for window in ("baseline", "acute")
    for measure in ("measured", "value", "change", "fold", "draws", "grade_3_or_more")
    if (window, measure) not in {("baseline", "change"), ("baseline", "draws")}
)
CELLS = tuple(ShiftCell("alt", "acute", before, worst) for before in GRADES for worst in GRADES)


@dataclass
class Arm:
    """Everybody is measured before; `measured` of `persons` in the window too; cells: persons by grades."""

    persons: int
    measured: int
    cells: dict[tuple[int, int], int] = field(default_factory=dict)

    def means(self, measures: tuple[LabMeasure, ...]) -> MeansResult:
        severe = {"baseline": 0, "acute": sum(n for (_, worst), n in self.cells.items() if worst >= 3)}
        here = {"baseline": self.persons, "acute": self.measured}
        n = [self.persons if m.measure in ("measured", "draws") else here[m.window] for m in measures]
        ones = [{"measured": here[m.window], "grade_3_or_more": severe[m.window]}.get(m.measure, 0) for m in measures]
        return result(n, ones)


def result(n: list[int], ones: list[int]) -> MeansResult:
    blank = np.zeros((2, len(n)))
    return MeansResult(np.array([n, n]), np.array([ones, ones]), blank, blank, blank)


def masked(arm: Arm, policy: Policy | None = None):
    shifts = result([arm.measured] * 25, [arm.cells.get((c.baseline_grade, c.worst_grade), 0) for c in CELLS])
    found = LabFindings(MEASURES, (("crude", arm.means(MEASURES)),), CELLS, shifts)
    return count_lab(LAB, 1, found, {"crude": "all"}, policy or Policy())


def test_large_counts_are_shown_as_they_are():
    counts = masked(Arm(200, 150, {(0, 0): 100, (0, 1): 30, (1, 3): 20}))
    assert not counts.reasons
    assert counts.counts["all", "acute", "measured"] == counts.counts["all", "acute", "change"] == 150
    assert counts.counts["all", "acute", "grade_3_or_more"] == 20
    assert counts.shifts[ShiftCell("alt", "acute", 0, 1)] == 30


def test_a_small_cell_takes_another_with_it():
    """150 measured less the cells that are shown would be the hidden one."""
    counts = masked(Arm(200, 150, {(0, 0): 100, (0, 1): 45, (0, 2): 5}))
    hidden = {(c.baseline_grade, c.worst_grade): n for c, n in counts.shifts.items() if isinstance(n, Masked)}
    assert not hidden[0, 2].complementary
    assert len(hidden) == 2


def test_the_severe_of_a_table_are_not_told_by_their_total():
    """20 severe less the 15 of one cell would be the 5 of the other."""
    counts = masked(Arm(200, 150, {(0, 0): 130, (0, 3): 15, (0, 4): 5}))
    assert isinstance(counts.shifts[ShiftCell("alt", "acute", 0, 4)], Masked)
    severe, other = counts.counts["all", "acute", "grade_3_or_more"], counts.shifts[ShiftCell("alt", "acute", 0, 3)]
    assert isinstance(severe, Masked) or isinstance(other, Masked)


def test_few_who_were_not_measured_hide_how_many_were():
    counts = masked(Arm(200, 195, {(0, 0): 195}))
    assert isinstance(counts.counts["all", "acute", "measured"], Masked)
    assert isinstance(counts.shifts[ShiftCell("alt", "acute", 0, 0)], Masked)
    assert counts.counts["all", "baseline", "measured"] == 200


@pytest.mark.parametrize("minimum", [1, 2])
def test_where_the_policy_masks_nothing_everything_is_shown(minimum):
    counts = masked(Arm(12, 9, {(0, 0): 6, (0, 3): 3}), Policy(minimum_count=minimum))
    assert not any(isinstance(n, Masked) for n in (*counts.counts.values(), *counts.shifts.values()))


ALB = LabOutcome(name="alb", sets=("alb",), windows=LAB.windows)
BILI = LabOutcome(name="bili", sets=("bili",), windows=LAB.windows)
LOWEST = ALB.model_copy(update={"name": "alb_lowest", "value": "lowest"})
PARTS = (ScorePart(role="albumin", outcome="alb"), ScorePart(role="bilirubin", outcome="bili"))
ALBI = LabOutcome(name="albi", sets=(), windows=LAB.windows, score=Score(score="ALBI", parts=PARTS))


def of(*labs):
    return Study.model_construct(outcomes=labs)


def test_a_score_is_tied_to_the_values_that_it_is_made_of():
    """150 have albumin and 146 of them both: the 4 without bilirubin are not to be had by subtraction."""
    measures = tuple(LabMeasure(name, window, "measured") for name in ("alb", "albi") for window in ("baseline", "acute"))
    found = LabFindings(measures, (("crude", result([200] * 4, [150, 150, 150, 146])),), (), None)
    study = of(ALB, BILI, ALBI)
    assert larger_than(ALBI, study) == (ALB, BILI)
    alone = count_lab(ALBI, 1, found, {"crude": "all"}, Policy())
    assert alone.counts["all", "acute", "measured"] == 146
    tied = count_lab(ALBI, 1, found, {"crude": "all"}, Policy(), larger=larger_than(ALBI, study))
    assert isinstance(tied.counts["all", "acute", "measured"], Masked)
    assert tied.counts["all", "baseline", "measured"] == 150


def test_equal_numbers_of_one_chain_are_hidden_together():
    study = of(ALB, BILI, LOWEST, ALBI, LAB)
    assert set(chains(study)) == {frozenset({"alb", "bili", "alb_lowest", "albi"}), frozenset({"alt"})}
    key = ("all", "acute", "measured")
    hidden, shown = LabCounts({key: Masked(complementary=True)}, {}, {}, {key: 150}), LabCounts({key: 150}, {}, {}, {key: 150})
    other = LabCounts({key: 151}, {}, {}, {key: 151})
    counts = {(name, group): shown for name in ("bili", "alb_lowest", "alt") for group in (0, 1)}
    counts |= {("alb", 0): shown, ("alb", 1): hidden, ("albi", 0): other, ("albi", 1): other}
    found = hidden_alike(study, counts)
    assert {at for at, of_one in found.items() if isinstance(of_one.counts[key], Masked)} == {("alb", 1), ("bili", 1), ("alb_lowest", 1)}
