"""Which sparse covariates may enter a model of the arm: neither rare, nor everybody's, nor a name for an arm. Letters: p columns."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from equipoise.estimators.data import Floats, Ints

Fate: TypeAlias = Literal["kept", "rare", "everyone", "one arm only", "tells the arm"]
"""kept; fewer people than asked for; all people; all who have it, or all who lack it, in one arm; kept, yet close to the arm itself."""

DROPPED: tuple[Fate, ...] = ("rare", "everyone", "one arm only")
"""Fates of those that stay out of the model."""
STRONG = 0.5
"""A correlation with the arm beyond which a covariate is likely to be a part of the treatment."""


def having(x: sparse.csc_array, arm: Ints) -> Ints:
    """(2, p) people by arm with a value other than 0 in each column of x (n, p), which stores no zeros; arm: (n,)."""
    held = np.diff(x.indptr).astype(np.int64)
    running = np.concatenate(([0], np.cumsum(arm[x.indices])))
    target = running[x.indptr[1:]] - running[x.indptr[:-1]]
    return np.stack([held - target, target])


def fates(held: Ints, people: Ints, least: int) -> NDArray[np.str_]:
    """The fate (p,) of binary covariates; held: (2, p) people who have each, by arm; people: (2,) by arm; least: people to keep one.

    Works on counts, so on counts summed over sites. Misleads when: a covariate is one arm's by chance: with few people in an arm that
    happens often, and `least` should be larger.
    """
    lacking = people[:, None] - held
    fate = np.full(held.shape[1], "kept", dtype="<U16")
    fate[np.abs(arm_correlation(held, people)) > STRONG] = "tells the arm"
    fate[((held == 0) | (lacking == 0)).any(axis=0)] = "one arm only"
    fate[lacking.sum(axis=0) == 0] = "everyone"
    fate[held.sum(axis=0) < max(least, 1)] = "rare"
    return fate


def arm_correlation(held: Ints, people: Ints) -> Floats:
    """The correlation (p,) of each covariate with the arm (phi), 0 where either does not vary."""
    n = float(people.sum())
    total = held.sum(axis=0)
    spread = np.sqrt(total * (n - total) * float(people[0]) * float(people[1]))
    difference = held[1] * float(people[0]) - held[0] * float(people[1])
    return np.asarray(np.divide(difference, spread, out=np.zeros(total.size), where=spread > 0))
