"""The records of combined arms: one arm at a time, every pair, classes against none within and over the arms, interaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import nan

import numpy as np

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.kaplan_meier.summary import Curve, KaplanMeierResult
from equipoise.estimators.rmst.hub import rmst_from_curves
from equipoise.guard.counts import MaskedCounts
from equipoise.kernel.masked import Masked
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.combination.analyses import Arms
from equipoise.network.hub.combination.asking import CRUDE, WEIGHTS, Fitted, Found
from equipoise.network.hub.combination.contrasts import Effect, excess_risk, ratio
from equipoise.network.hub.combination.counting import Part, Shown, left_cell
from equipoise.network.hub.combination.pairs import holm, logrank, pairs_of
from equipoise.network.hub.errors import WITHHELD
from equipoise.network.hub.rounds import Failed
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import CLONE_CENSOR_WEIGHT

EVERYBODY = "all"
NOTHING = Effect(nan, nan, nan, nan)
"""An estimate that is not shown."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one analysis. `shown`, and of those who left early `masked`, say which counts may be shown."""

    arms: Arms
    shown: Shown
    masked: MaskedCounts
    found: Found

    def records(self) -> Iterator[Record]:
        """All records of the analysis. Combined arms in which nobody is have none."""
        yield from self._of_curves()
        yield from self._left()
        if self.found.analysis.days is not None:
            yield from self._logrank_pairs()
        for fitted in self.found.models:
            if isinstance(fitted.cox, CoxResult):
                yield from self._of_model(fitted, fitted.cox)

    def _one(self, part: Part, code: int, name: str, population: str = EVERYBODY) -> Record:
        persons, events = self.shown.of(self.found.analysis.name, part, code)
        plain = WEIGHTS if self.found.analysis.name == CLONE_CENSOR_WEIGHT else CRUDE
        return Record(
            analysis=self.found.analysis.name,
            population=population,
            outcome=self.arms.block.outcome,
            measure="",
            target=name,
            adjustment=plain,
            n_target=persons,
            events_target=events,
        )

    def _two(self, part: Part, one: int, other: int, names: tuple[str, str]) -> Record:
        target, comparator = self._one(part, one, names[0]), self._one(part, other, names[1])
        return replace(target, comparator=names[1], n_comparator=comparator.n_target, events_comparator=comparator.events_target)

    def _of_curves(self) -> Iterator[Record]:
        curves, counted, block = self.found.curves, self.found.counted, self.arms.block
        if curves is None:
            return
        for code in self.arms.codes:
            if counted.arms.curve(code).rows and curves.arms.curve(code).rows:
                yield from self._of_curve(self._one("arm", code, self.arms.name(code)), curves.arms, code)
        for label, name in enumerate(block.labels):
            if counted.labels.curve(label).rows and curves.labels.curve(label).rows:
                yield from self._of_curve(self._one("label", label, name), curves.labels, label)
        for place, of_pair in enumerate(counted.apart):
            for arm in (1, 0):
                if of_pair.curve(arm).rows:
                    name = self.arms.apart_name(arm, block.apart[place])
                    yield from self._of_curve(self._one("apart", 2 * place + arm, name), of_pair, arm)

    def _of_curve(self, arm: Record, curves: KaplanMeierResult, group: int) -> Iterator[Record]:
        curve, analysis = curves.curve(group), self.arms.study.analysis
        yield _filled(replace(arm, measure="median_survival"), Effect(*curve.median, nan))
        for day, effect in zip(analysis.survival_at_days, _survival(curve, analysis.survival_at_days), strict=True):
            yield _filled(replace(arm, measure="survival", time_days=float(day)), effect)
        for day in analysis.rmst_days:
            mean = next(one for one in rmst_from_curves(curves, float(day)).means if one.group == group)
            yield _filled(replace(arm, measure="rmst", time_days=float(day)), Effect(mean.estimate, mean.lower, mean.upper, nan))

    def _left(self) -> Iterator[Record]:
        """How many of each arm were no longer followed at the landmark, and how many of them had the event."""
        analysis = self.found.analysis
        for arm in (1, 0) if self.found.counted.left is not None else ():
            yield Record(
                analysis=analysis.name,
                population=EVERYBODY,
                outcome=self.arms.block.outcome,
                measure="left_before_landmark",
                target=self.arms.arm_name(arm),
                adjustment=CRUDE,
                n_target=self.masked[left_cell(analysis.name, arm, "persons")],
                events_target=self.masked[left_cell(analysis.name, arm, "events")],
                time_days=float(analysis.frame.landmark),
            )

    def _logrank_pairs(self) -> Iterator[Record]:
        counted = self.found.counted.arms
        pairs = pairs_of(tuple(code for code in self.arms.codes if counted.curve(code).rows))
        yield from self._family("logrank", CRUDE, [(pair, logrank(counted.curve(pair[0]), counted.curve(pair[1]))) for pair in pairs])

    def _family(self, measure: str, adjustment: str, found: list[tuple[tuple[int, int], Effect]]) -> Iterator[Record]:
        """Each pair's record, and the same with the p-value that holds for all pairs together."""
        adjusted = holm(tuple(effect.p_value for _, effect in found))
        for ((one, other), effect), p_value in zip(found, adjusted, strict=True):
            record = replace(self._two("arm", one, other, (self.arms.name(one), self.arms.name(other))), adjustment=adjustment)
            shown = NOTHING if self._few(one, other) else effect
            yield _filled(replace(record, measure=measure), shown)
            yield _filled(replace(record, measure=f"{measure}_holm"), shown if shown is NOTHING else replace(effect, p_value=p_value))

    def _of_model(self, fitted: Fitted, cox: CoxResult) -> Iterator[Record]:
        if fitted.effects == "labels":
            yield from self._classes(fitted, cox)
            return
        shown = tuple(code for code in self.arms.codes if code in fitted.groups.codes)
        pairs = [(pair, ratio(cox, fitted.groups, (pair[0],), (pair[1],))) for pair in pairs_of(shown)]
        yield from self._family("hazard_ratio", fitted.adjustment, pairs)
        yield from self._within(fitted, cox)
        for label in self.arms.class_places(self.arms.block.interaction):
            yield from self._interaction(fitted, cox, label)

    def _classes(self, fitted: Fitted, cox: CoxResult) -> Iterator[Record]:
        """Each class against none, over both arms."""
        last = fitted.groups.codes[0]
        for label in sorted(fitted.groups.codes[1:]):
            record = self._two("label", label, last, (self.arms.block.labels[label], self.arms.block.otherwise))
            effect = ratio(cox, fitted.groups, (label,), (last,))
            yield _filled(replace(record, measure="hazard_ratio", adjustment=fitted.adjustment), effect)

    def _within(self, fitted: Fitted, cox: CoxResult) -> Iterator[Record]:
        """Each class against none, within each arm."""
        last = self.arms.labels - 1
        for arm in (1, 0):
            for label, name in enumerate(self.arms.block.labels[:-1]):
                one, other = self.arms.code(arm, label), self.arms.code(arm, last)
                if one in fitted.groups.codes and other in fitted.groups.codes:
                    record = self._two("arm", one, other, (name, self.arms.block.otherwise))
                    record = replace(record, population=self.arms.arm_name(arm), adjustment=fitted.adjustment, measure="hazard_ratio")
                    effect = ratio(cox, fitted.groups, (one,), (other,))
                    yield _filled(record, NOTHING if self._few(one, other) else effect)

    def _few(self, *codes: int) -> bool:
        """Whether one of the combined arms has a handful of persons: an interval would tell how many of them had the event."""
        counts = [self.shown.of(self.found.analysis.name, "arm", code)[0] for code in codes]
        return any(isinstance(count, Masked) and not count.complementary for count in counts)

    def _interaction(self, fitted: Fitted, cox: CoxResult, label: int) -> Iterator[Record]:
        """How much more (or less) than by itself the class does in the target arm: as a ratio, and as an excess."""
        last = self.arms.labels - 1
        both, target, exposed, neither = (self.arms.code(arm, one) for arm, one in ((1, label), (1, last), (0, label), (0, last)))
        if not {both, target, exposed, neither} <= set(fitted.groups.codes):
            return
        record = self._two("label", label, last, (self.arms.block.labels[label], self.arms.block.otherwise))
        record = replace(record, adjustment=fitted.adjustment)
        few = self._few(both, target, exposed, neither)
        multiplied = ratio(cox, fitted.groups, (both, neither), (target, exposed))
        yield _filled(replace(record, measure="ratio_of_hazard_ratios"), NOTHING if few else multiplied)
        if fitted.groups.codes[0] == neither:
            added = excess_risk(cox, fitted.groups, both, target, exposed)
            yield _filled(replace(record, measure="reri"), NOTHING if few else added)

    def notes(self) -> Iterator[Note]:
        """Who is not there, and which models have no answer."""
        name = self.found.analysis.name
        nobody = [self.arms.name(code) for code in self.arms.codes if not self.found.counted.arms.curve(code).rows]
        if nobody:
            yield Note("info", "combination", f"{name}: nobody in {', '.join(nobody)}.")
        few = [self.arms.name(code) for code in self.arms.codes if self._few(code)]
        if few:
            text = f"{name}: not shown since it would tell of a handful of persons: what is estimated in {', '.join(few)}."
            yield Note("info", WITHHELD.code, text)
        for fitted in self.found.models:
            if isinstance(fitted.cox, Failed):
                error = fitted.cox.error
                what = "classes" if fitted.effects == "labels" else "combined arms"
                text = f"No hazard ratios of {what}, {name}, {fitted.adjustment}: {error.problems[0].what}."
                yield Note("warning", error.code, text)


def _survival(curve: Curve, days: tuple[int, ...]) -> Iterator[Effect]:
    """Survival at days that the arm's follow-up reaches."""
    at = curve.at(np.array(days, dtype=np.float64))
    for place in range(len(days)):
        reached = at.n_risk[place] > 0 or at.survival[place] == 0
        values = (float(at.survival[place]), float(at.lower[place]), float(at.upper[place])) if reached else (nan, nan, nan)
        yield Effect(*values, nan)


def _filled(record: Record, effect: Effect) -> Record:
    estimate, lower, upper, p_value = map(number, (effect.estimate, effect.lower, effect.upper, effect.p_value))
    return replace(record, estimate=estimate, lower=lower, upper=upper, p_value=p_value)
