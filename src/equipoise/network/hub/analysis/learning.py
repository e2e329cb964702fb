"""What the network teaches before any model: medians, missing values, levels that occur; and the crude Table 1 on the way."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.moments.hub import MomentsHub
from equipoise.estimators.moments.summary import MomentsResult
from equipoise.estimators.quantiles.hub import QuantilesHub
from equipoise.estimators.quantiles.summary import QuantilesResult
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.rounds import Job, run_job
from equipoise.network.wire.views import Setting, View
from equipoise.study.learned import Learned, RawColumn, columns_needed, learned_columns, raw_columns_of
from equipoise.study.model import Study

MEDIAN = 0.5
CONSTANT = 1e-12
"""A variance below this share of the squared median counts as none."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """q raw columns. shift: (q,) medians, 0 for levels. crude: moments by arm (0 comparator, 1 target). one_armed: what of the propensity
    model's covariates occurs in one arm only, as (label, value)."""

    columns: tuple[RawColumn, ...]
    shift: Floats
    crude: MomentsResult
    learned: Learned
    one_armed: tuple[tuple[str, str], ...] = ()


def learn(talk: Conversation, study: Study) -> Lesson:
    """Ask for quantiles of the raw columns, then for their moments about the medians, and make the recipe of the design."""
    columns = raw_columns_of(study)
    needed = columns_needed(study)
    asked = sorted({MEDIAN, *(p for _, probabilities in needed.splines for p in probabilities)})
    quantiles: QuantilesResult = run_job(
        talk, Setting(), Job("quantiles", QuantilesHub(len(columns), tuple(asked)), View(columns="raw", group="none"))
    )
    medians = quantiles.value[:, asked.index(MEDIAN)]
    shift = np.where([column.level is None for column in columns], np.nan_to_num(medians), 0.0)
    crude: MomentsResult = run_job(talk, Setting(), moments_job(len(columns), shift))
    numbers = {column.covariate: place for place, column in enumerate(columns) if column.level is None}
    knots = {name: tuple(float(quantiles.value[numbers[name], asked.index(p)]) for p in probs) for name, probs in needed.splines}
    learned = learned_columns(
        study,
        medians={name: float(medians[place]) for name, place in numbers.items()},
        missing={name: int(crude.missing[:, place].sum()) for name, place in numbers.items()},
        present=_present(columns, crude),
        knots={name: found for name, found in knots.items() if all(map(isfinite, found))},
        constant=[name for name, place in numbers.items() if _constant(crude, place, float(shift[place]))],
        one_armed=(one_armed := _one_armed(columns, crude)),
    )
    used = {*needed.numbers, *(name for name, _ in needed.categories)}
    labels = {column.covariate: column.label for column in columns}
    return Lesson(columns, shift, crude, learned, tuple((labels[name], value) for name, value in one_armed if name in used))


def moments_job(n_columns: int, shift: Floats, weighting: View = View(columns="raw")) -> Job:  # noqa: B008 - frozen
    """Means, variances and counts of the raw columns by arm."""
    return Job("moments", MomentsHub(2, n_columns, shift), weighting)


def _present(columns: tuple[RawColumn, ...], crude: MomentsResult) -> dict[tuple[str, str], int]:
    """Persons at each level of a category, and at 0 and 1 of a binary number."""
    found = {}
    for place, column in enumerate(columns):
        yes, known = int(ones(crude, place).sum()), int(crude.n[:, place].sum())
        if column.level is not None:
            found[column.covariate, column.level] = yes
        elif column.binary:
            found[column.covariate, "1"], found[column.covariate, "0"] = yes, known - yes
    return found


def _one_armed(columns: tuple[RawColumn, ...], crude: MomentsResult) -> tuple[tuple[str, str], ...]:
    """(covariate, level or value or "missing") that somebody in one arm has, and nobody in the other."""
    found: list[tuple[str, str]] = []
    for place, column in enumerate(columns):
        yes, known, missing = ones(crude, place), crude.n[:, place], crude.missing[:, place]
        if column.level is not None:
            counts = {column.level: yes}
        else:
            counts = {"1": yes, "0": known - yes, "missing": missing} if column.binary else {"missing": missing}
        found += [(column.covariate, value) for value, n in counts.items() if np.count_nonzero(n) == 1]
    return tuple(found)


def ones(moments: MomentsResult, place: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(2,) persons of each arm whose value of a 0/1 column is 1."""
    share = np.nan_to_num(moments.crude_mean[:, place])
    return np.rint(share * moments.n[:, place]).astype(np.int64)


def _constant(crude: MomentsResult, place: int, median: float) -> bool:
    """Whether everyone has the same value: no spread in either arm and the same mean."""
    mean, variance = crude.crude_mean[:, place], crude.crude_variance[:, place]
    scale = CONSTANT * max(1.0, median**2)
    return bool(np.nanmax(np.append(variance, 0.0)) <= scale and np.nanmax(np.append((mean - median) ** 2, 0.0)) <= scale)
