"""How the weights of clones hang on the models of their artificial censoring, for variances that know that these were fitted.

A weight is a product of (1 - p_numerator) / (1 - p_denominator), so its logarithm has the derivative -p_numerator t by the numerator's
coefficients and p_denominator (t, x) by the denominator's, summed over the decisions that the clone has passed; a weight that was cut
does not move. Each model's score and information are those of its decisions, summed by person. Stays at the site.
A coefficient of exactly 0 was not estimated (a redundant column, or one that the model had to do without): it has no part.
Source: Stefanski and Boos, Am Stat 2002; 56: 29.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints, WeightScores
from equipoise.estimators.logistic.intercepts import inverse_logit
from equipoise.network.site.combination.clones import Clones
from equipoise.network.site.combination.decisions import decisions, stretches, time_columns
from equipoise.network.site.combination.exposures import Bools
from equipoise.network.wire.combination import CensoringModel, CombinationFrame, coefficients_of


@dataclass(frozen=True, slots=True)
class Censoring:
    """The weighted clones of every strategy as they were laid out, one strategy after the other, and what their weights hang on.

    clones: of each strategy. who, weight: (r,) of all rows laid out, weights as cut. kept: (r,) rows in use. x: (n, p) arm and covariates.
    """

    clones: tuple[Clones, ...]
    frame: CombinationFrame
    who: Ints
    weight: Floats
    kept: Bools
    x: Floats

    def scores(self) -> WeightScores:
        """For the kept rows."""
        return WeightScores(self.who[self.kept], coefficients_of(self.frame), self._sums, self._slopes)

    def _sums(self) -> tuple[Floats, Floats]:
        """Scores by person, (n, q), and information, (q, q): each model has its own."""
        size = coefficients_of(self.frame)
        score, information = np.zeros((len(self.x), size)), np.zeros((size, size))
        for model, numerator, denominator in self._places():
            found = decisions(self.clones[model.strategy], model.decision)
            full = np.column_stack([found.time, self.x[found.who]])
            for columns, design, coef in ((numerator, found.time, model.numerator), (denominator, full, model.denominator)):
                own, info = _score(design, np.array(coef), found.contradicted)
                np.add.at(score[:, columns], found.who, own)
                information[columns, columns] = info
        return score, information

    def _places(self) -> Iterator[tuple[CensoringModel, slice, slice]]:
        """Each model with the places of its numerator's and its denominator's coefficients among all."""
        begin = 0
        for model in self.frame.models:
            middle = begin + len(model.numerator)
            end = middle + len(model.denominator)
            yield model, slice(begin, middle), slice(middle, end)
            begin = end

    def _slopes(self) -> Iterator[tuple[Ints, slice, Floats]]:
        """Derivatives of the kept rows' weights, stretch by stretch, in the order in which `weighted` lays them out."""
        numbered, movable, first = np.where(self.kept, np.cumsum(self.kept) - 1, -1), self._movable(), 0
        for clones in self.clones:
            for there, columns, slope in self._of_strategy(clones):
                number, weight = numbered[first : first + there], movable[first : first + there]
                yield number[number >= 0], columns, (slope * weight[:, None])[number >= 0]
                first += there

    def _movable(self) -> Floats:
        """(r,) weights, 0 for those that were cut."""
        if self.frame.limits is None:
            return self.weight
        strategy = np.repeat(np.arange(len(self.clones)), [self._rows(clones) for clones in self.clones])
        low, high = np.array(self.frame.limits)[strategy].T
        return np.where((self.weight > low) & (self.weight < high), self.weight, 0.0)

    def _rows(self, clones: Clones) -> int:
        time = clones.laid().time
        return sum(int((time > stretch.begin).sum()) for stretch in stretches(clones, self.frame))

    def _of_strategy(self, clones: Clones) -> Iterator[tuple[int, slice, Floats]]:
        """Rows of each stretch, the strategy's columns, and derivatives of the logarithm of the weight, (rows, columns)."""
        laid, weeks = clones.laid(), len(clones.edges) - 1
        mine = [(model, one, other) for model, one, other in self._places() if model.strategy == clones.strategy]
        begin = min((one.start for _, one, _ in mine), default=0)
        slope = np.zeros((len(laid.who), max((other.stop for *_, other in mine), default=0) - begin))
        places = {model.decision: (one, other) for model, one, other in mine}
        x = self.x[laid.who]
        for stretch in stretches(clones, self.frame):
            for model, place in stretch.passed:
                time = time_columns(model.decision, np.full(len(x), place), weeks)
                full = np.column_stack([time, x])
                numerator, denominator = (slice(part.start - begin, part.stop - begin) for part in places[model.decision])
                slope[:, numerator] -= _moving(time, np.array(model.numerator))
                slope[:, denominator] += _moving(full, np.array(model.denominator))
            there = laid.time > stretch.begin
            yield int(there.sum()), slice(begin, begin + slope.shape[1]), slope[there]


def _moving(design: Floats, coef: Floats) -> Floats:
    """p times the columns that were estimated."""
    return inverse_logit(design @ coef)[:, None] * np.where(coef != 0, design, 0.0)


def _score(design: Floats, coef: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    """Each decision's score, (d, q), and the information, (q, q), of a logistic model; zero for what was not estimated."""
    fitted = inverse_logit(design @ coef)
    used = np.where(coef != 0, design, 0.0)
    return used * (outcome - fitted)[:, None], (used * (fitted * (1 - fitted))[:, None]).T @ used
