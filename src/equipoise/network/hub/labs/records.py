"""The records of laboratory outcomes: `outcome` is the outcome's name, `analysis` the window's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from equipoise.estimators.means.summary import MeansResult
from equipoise.guard.counts import MaskedCounts
from equipoise.guard.policy import Policy
from equipoise.guard.rules import Magnitude, broken
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.labs.counting import LabCounts, count_lab, hidden_alike, larger_than
from equipoise.network.hub.labs.estimation import LabFindings
from equipoise.results.records import Record
from equipoise.results.study_result import LabShift, MaskedCell
from equipoise.study.lab_columns import LabMeasure, grades_of
from equipoise.study.model import Adjustment, LabOutcome


@dataclass(frozen=True, slots=True)
class LabResults:
    """What of laboratory outcomes may be shown."""

    records: tuple[Record, ...] = ()
    shifts: tuple[LabShift, ...] = ()
    masked: tuple[MaskedCell, ...] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """How a measure is written: its name in the records, what its persons and events are called among the counts."""

    name: str
    persons: str
    events: str | None = None
    needs: str | None = None
    """A count that must not be hidden either, for the estimate would give it away."""


_WRITTEN: dict[str, _Written] = {
    "value": _Written("mean_value", "measured"),
    "change": _Written("mean_change", "change"),
    "fold": _Written("mean_fold", "fold"),
    "draws": _Written("mean_draws", "persons", needs="measured"),
    "measured": _Written("share_measured", "persons", "measured"),
    "grade_3_or_more": _Written("share_grade_3_or_more", "graded", "grade_3_or_more"),
    "flagged": _Written("share_flagged", "measured", "flagged"),
}


NEVER_NEGATIVE = ("value", "fold", "draws")
"""Measures of which a person can have a share."""


def lab_writer(people: People, found: LabFindings, masked: MaskedCounts) -> LabWriter:
    """A writer with the counts of all outcomes masked. `masked`: the counts of the arms."""
    populations = {adjustment: people.population(adjustment) for adjustment, _ in found.means}
    study, policy = people.plan.study, people.census.policy
    counts = {
        (lab.name, group): count_lab(lab, group, found, populations, policy, larger=larger_than(lab, study))
        for lab in study.labs
        for group in (0, 1)
    }
    return LabWriter(people, found, masked, hidden_alike(study, counts))


def lab_results(writer: LabWriter) -> LabResults:
    """Records, shift tables and hidden counts of all laboratory outcomes."""
    labs, means = writer.people.plan.study.labs, writer.found.means
    return LabResults(
        tuple(record for lab in labs for adjustment, found in means for record in writer.records(lab, adjustment, found)),
        tuple(shift for lab in labs for shift in writer.shifts(lab)),
        tuple(MaskedCell("laboratory outcomes", name, reason) for of in writer.counts.values() for name, reason in of.reasons.items()),
    )


@dataclass(frozen=True, slots=True)
class LabWriter:
    """What of laboratory outcomes may be shown, as records."""

    people: People
    found: LabFindings
    masked: MaskedCounts
    counts: Mapping[tuple[str, int], LabCounts]

    def records(self, lab: LabOutcome, adjustment: Adjustment, means: MeansResult) -> Iterator[Record]:
        """Window by window, measure by measure: the target, the comparator, and for changes the difference."""
        intervals = {"mean": means.interval(self.confidence), "share": means.share_interval(self.confidence)}
        for place, measure in enumerate(self.found.measures):
            if measure.outcome != lab.name:
                continue
            low, high = intervals["share" if _WRITTEN[measure.measure].events else "mean"]
            arms = [self._one_arm(lab, adjustment, measure, group) for group in (1, 0)]
            opened = [self._open(lab, adjustment, measure, group) for group in (1, 0)]
            for group, arm, shown in zip((1, 0), arms, opened, strict=True):
                yield _filled(arm, means.mean[group, place], (low[group, place], high[group, place])) if shown else arm
            if measure.measure == "change":
                yield self._difference(arms, means, place, all(opened))

    @property
    def confidence(self) -> float:
        """Of intervals."""
        return self.people.plan.study.analysis.confidence

    def count(self, lab: LabOutcome, adjustment: Adjustment, window: str, what: str, group: int) -> Count | None:
        """A count as it may be shown: where the size of the arm is hidden, none of its parts is shown."""
        whole = self.masked[self.people.arm(adjustment, group)]
        count = self.counts[lab.name, group].counts.get((self.people.population(adjustment), window, what))
        return whole if count is not None and isinstance(whole, Masked) else count

    def _one_arm(self, lab: LabOutcome, adjustment: Adjustment, measure: LabMeasure, group: int) -> Record:
        """The record without its estimate."""
        study, written = self.people.plan.study, _WRITTEN[measure.measure]
        return Record(
            analysis=measure.window,
            population="all",
            outcome=lab.name,
            measure=written.name,
            target=study.target.name if group else study.comparator.name,
            adjustment=adjustment,
            n_target=self.count(lab, adjustment, measure.window, written.persons, group),
            events_target=self.count(lab, adjustment, measure.window, written.events, group) if written.events else None,
            time_days=self.target_day(lab, measure.window),
        )

    def target_day(self, lab: LabOutcome, window: str) -> float | None:
        """The day that the value of a window should be nearest to; None for the highest or lowest."""
        return next((float(w.target) for w in lab.windows if w.name == window and lab.value == "nearest"), None)

    def of_enough(self, lab: LabOutcome, adjustment: Adjustment, window: str, what: str, group: int) -> bool:
        """Whether a mean of so many persons may be shown: unless these are few."""
        persons = self.count(lab, adjustment, window, what, group)
        return not isinstance(persons, Masked) or persons.complementary

    def _open(self, lab: LabOutcome, adjustment: Adjustment, measure: LabMeasure, group: int) -> bool:
        """Whether the estimate may be shown: a mean unless it is of few; a share or a mean number only where all its counts are shown."""
        written = _WRITTEN[measure.measure]
        if measure.measure in NEVER_NEGATIVE and self._dominated(measure, group):
            return False
        others = [self.count(lab, adjustment, measure.window, what, group) for what in (written.events, written.needs) if what]
        if others:
            persons = self.count(lab, adjustment, measure.window, written.persons, group)
            return not any(isinstance(count, Masked) for count in (persons, *others))
        return self.of_enough(lab, adjustment, measure.window, written.persons, group)

    def _dominated(self, measure: LabMeasure, group: int) -> bool:
        """Whether one person or two may make up most of the measure's total in an arm, by its crude mean."""
        means = dict(self.found.means)
        return dominated(
            means.get("crude", next(iter(means.values()))), group, self.found.measures.index(measure), self.people.census.policy
        )

    def _difference(self, arms: list[Record], means: MeansResult, place: int, shown: bool) -> Record:
        target, comparator = arms
        whole = replace(target, measure="mean_change_difference", comparator=comparator.target, n_comparator=comparator.n_target)
        whole = replace(whole, estimate=None, lower=None, upper=None)
        if not shown:
            return whole
        found = means.difference()
        low, high = found.interval(self.confidence)
        estimate, lower, upper = (number(side[place]) for side in (found.estimate, low, high))
        return replace(whole, estimate=estimate, lower=lower, upper=upper, p_value=number(found.p_value[place]))

    def shifts(self, lab: LabOutcome) -> Iterator[LabShift]:
        """The cells of the outcome's shift tables, the target's first."""
        study = self.people.plan.study
        for window in lab.windows if grades_of(lab) else ():
            for group, arm in ((1, study.target.name), (0, study.comparator.name)):
                whole = self.masked[self.people.arm("crude", group)]
                for cell, count in self.counts[lab.name, group].shifts.items():
                    if cell.window == window.name:
                        n = whole if isinstance(whole, Masked) else count
                        yield LabShift(lab.name, window.name, arm, cell.baseline_grade, cell.worst_grade, n)


def _filled(arm: Record, mean: float, limits: tuple[float, float]) -> Record:
    return replace(arm, estimate=number(mean), lower=number(limits[0]), upper=number(limits[1]))


def dominated(means: MeansResult, group: int, place: int, policy: Policy) -> bool:
    """Whether the rule of dominance forbids a mean: the sum of squares follows from the mean and its standard error."""
    n, mean, se = int(means.n[group, place]), float(means.mean[group, place]), float(means.se[group, place])
    if n < 2 or not (isfinite(mean) and isfinite(se)):  # one person has no spread
        return False
    return bool(broken(Magnitude(n, n * mean, (n - 1) * n * se**2 + n * mean**2), policy))
