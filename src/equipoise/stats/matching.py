"""Matching and subclassification on one data set in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.data import CovariateData, Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT, NO_PEOPLE
from equipoise.estimators.loop import run_local
from equipoise.estimators.matching.greedy import MatchRule, Order, Pairs, greedy_match
from equipoise.estimators.matching.subclasses import coarsen, exact_subclasses, score_subclasses
from equipoise.estimators.matching.weights import NO_SUBCLASS, Estimand, pair_weights, subclass_weights
from equipoise.estimators.score_bins import site as score_bins
from equipoise.estimators.score_bins.hub import ScoreBinsHub
from equipoise.estimators.score_bins.summary import Population, bin_of
from equipoise.kernel.errors import closest
from equipoise.stats.design import Columns, arms, codes, data_frame, floats, named_columns


@dataclass(frozen=True)
class Matching:
    """Matched people. weight: (n,), 0 for the unmatched, mean 1 among the matched of an arm (but in score bins). treated: (n,).

    `pairs` (rows from 0) for nearest-neighbour matching, else None; `subclass` (n,), -1 for people left out, for the other methods.
    `distance` (k,): of each pair, on the scale of the score. `caliper`: on that scale, None if none.
    """

    weight: Floats
    treated: Ints
    pairs: Pairs | None = None
    subclass: Ints | None = None
    distance: Floats | None = None
    caliper: float | None = None

    def n_matched(self, arm: int) -> int:
        """Matched people of an arm (1 target, 0 comparator)."""
        return int(((self.weight > 0) & (self.treated == arm)).sum())

    def effective_n(self, arm: int) -> float:
        """Effective sample size of an arm after matching."""
        weight = self.weight[self.treated == arm]
        return float(weight.sum()) ** 2 / float(weight @ weight)

    def summary(self) -> pd.DataFrame:
        """A row an arm: people, matched, unmatched, effective sample size."""
        rows = {name: self._row(arm) for name, arm in (("target", 1), ("comparator", 0))}
        return pd.DataFrame.from_dict(rows, orient="index")

    def _row(self, arm: int) -> dict[str, float]:
        n, matched = int((self.treated == arm).sum()), self.n_matched(arm)
        return {"n": n, "matched": matched, "unmatched": n - matched, "ess": self.effective_n(arm) if matched else 0.0}

    def __repr__(self) -> str:
        caliper = "" if self.caliper is None else f", caliper {self.caliper:.5g}"
        sets = (
            f"{len(self.pairs.focal)} pairs"
            if self.pairs is not None
            else f"{len(np.unique(self.subclass)) if self.subclass is not None else 0} subclasses"
        )
        return f"Matching: {sets}{caliper}\n\n{self.summary().to_string(float_format=lambda value: f'{value:.5g}')}"


def match(
    score: ArrayLike,
    treated: ArrayLike,
    *,
    ratio: int = 1,
    caliper: float | None = 0.2,
    caliper_in_sd: bool = True,
    order: Order = "largest",
    replace: bool = False,
    exact: ArrayLike | None = None,
    estimand: Estimand = "ATT",
    seed: int = 1,
    focal_order: Sequence[int] | None = None,
    truncated_distances: bool = False,
) -> Matching:
    """Greedy nearest-neighbour matching on a score (n,), such as the logit of the propensity score.

    caliper : largest distance, in standard deviations of the score over both arms, or on its scale with `caliper_in_sd=False`; None for
    none. exact : (n,) labels that pairs must share. estimand : ATT finds partners for the target arm, ATC for the comparator.
    order : who chooses first, by score (`largest`, `smallest`), by row (`data`), at `random` from the seed; or `closest`: of all pairs
    still possible the nearest forms first, as in MatchIt from 4.6. focal_order : positions among those who choose, overrides `order`.
    truncated_distances : compare distances without decimals, as MatchIt before 4.5.5 did on some systems; only to reproduce such
    results. Raises EQ-EST-105 (an arm is empty), 106.

    Misleads when: many of the target arm stay unmatched: the answer is then for those who were matched.
    """
    values = floats(score, "score")
    arm = arms(treated, len(values))
    if estimand == "ATE":
        raise BAD_ARGUMENT.error("nearest-neighbour matching finds partners for one arm: estimand ATT or ATC")
    if not 0 < arm.sum() < len(arm):
        raise NO_PEOPLE.error("matching needs people in both arms")
    width = None if caliper is None else caliper * (float(values.std(ddof=1)) if caliper_in_sd else 1.0)
    places = None if focal_order is None else tuple(focal_order)
    rule = MatchRule(ratio, width, order, replace, seed, places, truncated_distances)
    focal = arm if estimand == "ATT" else 1 - arm
    pairs = greedy_match(values, focal, rule, None if exact is None else codes(exact, len(values)))
    distance = np.abs(values[pairs.focal] - values[pairs.partner])
    return Matching(pair_weights(pairs, len(values)), arm, pairs, None, distance, width)


def subclassify(score: ArrayLike, treated: ArrayLike, subclasses: int = 5, *, estimand: Estimand = "ATT") -> Matching:
    """Subclasses between quantiles of a score (n,), weighted to the estimand's population.

    Misleads when: subclasses are few and wide: confounding remains inside each (about a tenth of it with five).
    """
    values = floats(score, "score")
    arm = arms(treated, len(values))
    return _subclassified(score_subclasses(values, arm, subclasses, estimand), arm, estimand)


def match_exactly(columns: Columns, treated: ArrayLike, *, estimand: Estimand = "ATT") -> Matching:
    """Subclasses of people with equal values in every column of a data frame; those without a counterpart are left out."""
    frame = data_frame(columns)
    if frame is None:
        raise BAD_ARGUMENT.error("columns must be a data frame")
    arm = arms(treated, len(frame))
    return _subclassified(exact_subclasses([codes(frame[name], len(arm)) for name in frame], arm), arm, estimand)


def match_coarsened(x: Columns, treated: ArrayLike, cutpoints: Mapping[str, Sequence[float]], *, estimand: Estimand = "ATT") -> Matching:
    """Coarsened exact matching (Iacus, King, Porro 2012): exact on bins [cut, next cut); Sturges' bins for columns without cut points.

    Misleads when: bins are so narrow that few people remain: the estimand is then theirs.
    """
    names, columns = named_columns(x)
    arm = arms(treated, len(columns))
    if strange := [name for name in cutpoints if name not in names]:
        raise BAD_ARGUMENT.error(f"cutpoints name a column that x has not: {strange[0]}", did_you_mean=closest(strange[0], names))
    bins = [coarsen(column, cutpoints.get(name)) for name, column in zip(names, columns.T, strict=True)]
    return _subclassified(exact_subclasses(bins, arm, first_arm=0), arm, estimand)


def match_in_bins(score: ArrayLike, treated: ArrayLike, bins: int = 50, *, population: Population = "matched") -> Matching:
    """Weights within bins of a propensity score (n,) from 0 to 1, as a network makes them from counts alone: people of both arms are made
    to stand for as many as the bin's smaller arm has (`matched`), for the target arm, for everyone, or for the overlap. Raises EQ-EST-106.

    Misleads when: bins are few and wide, or many people lie in bins that lack the other arm.
    """
    values = floats(score, "score")
    if np.any((values < 0) | (values > 1)):
        raise BAD_ARGUMENT.error("propensity scores lie from 0 to 1")
    arm = arms(treated, len(values))
    data = CovariateData(values[:, None], arm, np.ones(len(arm)))
    found = run_local(ScoreBinsHub(bins, population), score_bins.summarise, data)
    weight = found.weight_of(values, arm)
    return Matching(weight, arm, subclass=np.where(weight > 0, bin_of(values, found.edges), NO_SUBCLASS))


def _subclassified(subclass: Ints, arm: Ints, estimand: Estimand) -> Matching:
    return Matching(subclass_weights(subclass, arm, estimand), arm, subclass=subclass)
