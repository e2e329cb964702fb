"""Score test of proportional hazards (Therneau and Grambsch 1994, as computed by R's `cox.zph` since survival 3.0)."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.cox.summary import ProportionalHazardsTest
from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT

TRANSFORMS = ("km", "identity", "rank", "log")


def time_multipliers(transforms: tuple[str, ...], grid: Floats, counts: tuple[Ints, Ints, Ints]) -> Floats:
    """(1 + 2 t, k): ones, then g and g^2 of each transform, g centred and scaled over the events (the test does not notice).

    counts: (k,) numbers of people leaving, dying and at risk at each grid time.
    """
    _, dying, _ = counts
    rows = [np.ones(grid.size)]
    for transform in transforms:
        g = np.where(dying > 0, _transformed(transform, grid, counts), 0.0)
        mean = (g @ dying) / max(dying.sum(), 1)
        spread = np.sqrt(((g - mean) ** 2 @ dying) / max(dying.sum(), 1)) or 1.0
        centred = (g - mean) / spread
        rows += [centred, centred**2]
    return np.stack(rows)


def _transformed(transform: str, grid: Floats, counts: tuple[Ints, Ints, Ints]) -> Floats:
    leaving, dying, at_risk = counts
    if transform == "identity":
        return grid
    if transform == "log":
        return np.log(np.where(grid > 0, grid, 1.0))
    if transform == "rank":
        return np.cumsum(leaving) - leaving + (leaving + 1) / 2
    if transform == "km":
        survival = np.cumprod(1 - dying / np.maximum(at_risk, 1))
        return 1 - np.concatenate(([1.0], survival[:-1]))
    raise BAD_ARGUMENT.error(f"transform is {transform!r}; it may be one of {', '.join(TRANSFORMS)}")


def proportionality_test(
    transform: str, score: Floats, blocks: tuple[Floats, Floats, Floats], terms: tuple[Ints, ...]
) -> ProportionalHazardsTest:
    """Test by term, and globally if there are several.

    score: (p,) of the g(t) interactions. blocks: (p, p) each, the information of x, of x by g x, and of g x.
    """
    plain, cross, drift = blocks
    remaining = drift - cross.T @ np.linalg.solve(plain, cross)
    sets = [*terms, np.arange(score.size)] if len(terms) > 1 else list(terms)
    chisq = np.array([_quadratic(score[t], remaining[np.ix_(t, t)], np.diag(drift)[t]) for t in sets])
    df = np.array([t.size for t in sets], dtype=np.int64)
    return ProportionalHazardsTest(transform, chisq, df, np.asarray(chi2.sf(chisq, df)))


def _quadratic(score: Floats, remaining: Floats, drift: Floats) -> float:
    """The chi-square; NaN when drift cannot be told from a constant effect, as with a single event time. drift: what `remaining` was of."""
    if np.any(np.diag(remaining) <= 1e-10 * drift):
        return float("nan")
    spread = np.sqrt(np.diag(remaining))
    if np.linalg.cond(remaining / np.outer(spread, spread)) > 1e12:
        return float("nan")
    return float(score @ np.linalg.solve(remaining, score))
