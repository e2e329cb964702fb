"""The robust variance of a Cox model whose weights come from models that were fitted to the same people.

Taking estimated weights for known ones makes intervals too wide (or, rarely, too narrow). Both models solve estimating equations; a
person's influence on the log hazard ratios is the score residual under the weights, and what the person's own part in the propensity
model did to everybody's weights:

    u_i + B H^-1 g_i,   u_i = w_i r_i,  B = sum_i r_i (dw_i / d gamma)',  g_i and H the score and information of the propensity model

(Stefanski and Boos, Am Stat 2002; 56: 29; for weighted Cox models Shu, Young, Toh, Wang, Biometrics 2021; 77: 728). Intercepts of sites
are profiled out where they are: their part of u_i needs the site's rows only, and g_i and H are those of the profiled likelihood. So one
sum over sites of outer products of (u, g), with B and H beside it, gives the pooled answer.
"""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import EstimatedWeights, Floats, Ints


def joint_sums(residual: Floats, weight: Floats, rows: Ints, model: EstimatedWeights) -> tuple[Floats, Floats]:
    """The site's part: outer products of (u, g), (p + q, p + q), and B over H, (p + q, q).

    residual: (m, p) score residuals per unit of weight. weight: (m,). rows: (m,) their places among the n rows of the data.
    """
    person, slope = model.person[rows], model.slope[rows]
    n, p = model.fitted.size, residual.shape[1]
    variance = model.fitted * (1 - model.fitted)
    error = model.outcome - model.fitted
    moved = np.zeros((n, p))
    np.add.at(moved, person, residual * slope[:, None])
    x, own = _profiled(model, variance, moved)
    u = own * error[:, None]
    np.add.at(u, person, residual * weight[:, None])
    joint = np.concatenate([u, x * error[:, None]], axis=1)
    return joint.T @ joint, np.concatenate([moved.T @ x, (x * variance[:, None]).T @ model.x])


def _profiled(model: EstimatedWeights, variance: Floats, moved: Floats) -> tuple[Floats, Floats]:
    """The columns net of what the site's own intercept takes up, (N, q); and what a person's error does to the score through that
    intercept, (N, p)."""
    if model.precision is None:
        return model.x, np.zeros_like(moved)
    blocks, at = np.unique(model.block, return_inverse=True)
    total = np.bincount(at, weights=variance, minlength=blocks.size) + model.precision
    taken, shifted = np.zeros((blocks.size, model.x.shape[1])), np.zeros((blocks.size, moved.shape[1]))
    np.add.at(taken, at, model.x * variance[:, None])
    np.add.at(shifted, at, moved)
    return model.x - (taken / total[:, None])[at], (shifted / total[:, None])[at]


def corrected_meat(meat: Floats, slopes: Floats, precision: float = 0.0) -> Floats:
    """(p, p) the sum of outer products of u_i + B H^-1 g_i. meat: (p + q, p + q); slopes: (p + q, q), B over H. precision: of the normal
    prior that every coefficient of the model but the first had.

    A column that the model left out because it is redundant has no influence: H is inverted on the others.
    """
    p = meat.shape[0] - slopes.shape[1]
    prior = np.diag(np.append(0.0, np.full(slopes.shape[1] - 1, precision)))
    through = np.linalg.pinv(slopes[p:] + prior, rcond=1e-10, hermitian=True) @ slopes[:p].T
    spread = np.concatenate([np.eye(p), through])
    found: Floats = spread.T @ meat @ spread
    return found
