"""Anderson's acceleration of an iteration that maps a point to the next one: fewer rounds to the same fixed point.

The next point is where a combination of the last points would stand still if the map were linear. Anderson, J ACM 1965;12:547;
Walker and Ni, SIAM J Numer Anal 2011;49:1715. What is remembered is plain numbers, so that it can travel in an ask.
"""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats

FEWEST, MOST = 3, 4
"""How many points are combined."""
ASTRAY = 10.0
"""A move this many times as long as the last one shows that the points before say nothing of the way."""
LEAST_SHARE = 1e-8
"""Directions of past moves that hold less than this share of the largest are rounding, and are left out."""


def accelerated(past: Floats, point: Floats, move: Floats, unit: Floats) -> tuple[Floats, Floats]:
    """The next point, and what to remember for the one after it. point, move, unit: (d,); the plain iteration would go to point + move.

    past: (h, 2, d) points and moves of the last rounds, or size 0. unit: what a change of each coordinate weighs (1 over its spread).
    The first rounds, and one that went astray, take the plain step.
    """
    here = np.stack([point, move])[None]
    if past.size and np.linalg.norm(move * unit) >= ASTRAY * np.linalg.norm(past[-1, 1] * unit):
        return point + move, here
    known = np.concatenate([past.reshape(-1, 2, len(point)), here])[-MOST:]
    if len(known) < FEWEST:
        return point + move, known
    points, moves = np.diff(known[:, 0], axis=0), np.diff(known[:, 1], axis=0)
    share = np.linalg.lstsq((moves * unit).T, move * unit, rcond=LEAST_SHARE)[0]
    found: Floats = point + move - share @ (points + moves)
    return found, known
