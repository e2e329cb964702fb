"""Which sparse covariates may enter a model of the arm: neither rare, nor everybody's, nor a name for an arm. Letters: p columns."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints

Fate: TypeAlias = Literal["kept", "rare", "everyone", "one arm only", "tells the arm"]
"""kept; fewer people than asked for; all people; all who have it, or all who lack it, in one arm; kept, yet close to the arm itself."""

STRONG = 0.5
"""A correlation with the arm beyond which a covariate is likely to be a part of the treatment."""


def fates(having: Ints, people: Ints, least: int) -> NDArray[np.str_]:
    """The fate (p,) of binary covariates; having: (2, p) people who have each, by arm; people: (2,) by arm; least: people to keep one.

    Works on counts, so on counts summed over sites. Misleads when: a covariate is one arm's by chance: with few people in an arm that
    happens often, and `least` should be larger.
    """
    lacking = people[:, None] - having
    fate = np.full(having.shape[1], "kept", dtype="<U16")
    fate[np.abs(arm_correlation(having, people)) > STRONG] = "tells the arm"
    fate[((having == 0) | (lacking == 0)).any(axis=0)] = "one arm only"
    fate[lacking.sum(axis=0) == 0] = "everyone"
    fate[having.sum(axis=0) < max(least, 1)] = "rare"
    return fate


def arm_correlation(having: Ints, people: Ints) -> Floats:
    """The correlation (p,) of each covariate with the arm (phi), 0 where either does not vary."""
    n = float(people.sum())
    total = having.sum(axis=0)
    spread = np.sqrt(total * (n - total) * float(people[0]) * float(people[1]))
    difference = having[1] * float(people[0]) - having[0] * float(people[1])
    return np.asarray(np.divide(difference, spread, out=np.zeros(total.size), where=spread > 0))
