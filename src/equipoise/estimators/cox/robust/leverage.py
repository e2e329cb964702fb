"""Score residuals by person, freed of each person's own pull on the fit: for robust variances that hold in small samples too.

A fit follows those who pull at it, so their residuals are smaller than their errors, and a robust variance is too small: the more, the
fewer people carry the estimate (few with an exposure, large weights). With a person's part O_i of the information I, the sum of the
person's residuals u_i becomes (1 - O_i / I)^-1 u_i. To first order the variance then is that of the jackknife: fits without each person.
O_i takes the risk sets' mean of x for constant while the person is at risk.
A variance that few persons carry is itself uncertain: its degrees of freedom are those of a sum of squares with the variances that the
model gives each person's part (Satterthwaite).
Source: Mancl and DeRouen, Biometrics 2001;57:126; Fay and Graubard, Biometrics 2001;57:1198; for Cox models Wang, Turner and Li, Biom J
2023;65:2200113.
"""

from __future__ import annotations

import numpy as np

from equipoise.estimators.at_risk import cluster_sums, while_at_risk
from equipoise.estimators.cox.sweep import AtBeta
from equipoise.estimators.data import Floats, Ints

LARGEST = 0.9
"""The largest share of the information in a direction that a person is taken to have: a residual grows tenfold at most."""
PERSONS = 2048
"""Persons worked on at a time: (PERSONS, p, p) numbers are held."""


def freed(score: Floats, own: Floats, codes: Ints, inverse: Floats) -> Floats:
    """(n, p) sums of score residuals by person, each divided by one less the person's leverage.

    score: (n, p). own: (m, p) of each row a vector whose outer product is the row's part of the information. codes: (m,) persons of the
    rows, in [0, n). inverse: (p, p) of the whole information.
    """
    n, p = score.shape
    root = np.linalg.cholesky(inverse)
    standard, found = own @ root, score @ root
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], np.arange(n + 1))
    for begin in range(0, n, PERSONS):
        end = min(begin + PERSONS, n)
        mine = order[first[begin] : first[end]]
        squares = (standard[mine, :, None] * standard[mine, None, :]).reshape(-1, p * p)
        share, axes = np.linalg.eigh(cluster_sums(codes[mine] - begin, end - begin, squares).reshape(-1, p, p))
        along = np.einsum("nij,ni->nj", axes, found[begin:end]) / (1 - np.minimum(share, LARGEST))
        found[begin:end] = np.einsum("nij,nj->ni", axes, along)
    freed_of: Floats = np.linalg.solve(root.T, found.T).T
    return freed_of


def own_information(rows: AtBeta, faced: Floats, mean_hazard: Floats) -> Floats:
    """(m, p) vectors whose outer products are the rows' parts of the information. faced: (m,) the hazard that each row faced.
    mean_hazard: (s, k, p) the risk sets' means of x times the hazard."""
    means = while_at_risk(rows.placed, mean_hazard) / np.where(faced > 0, faced, 1.0)[:, None]
    found: Floats = (rows.columns.whole() - means) * np.sqrt(rows.risk * faced)[:, None]
    return found


def carried(own: Floats, weight: Floats, codes: Ints, n: int, inverse: Floats) -> Floats:
    """(2, p) sums over persons of the variance that each adds to each coefficient, by the model, and of its square. own, codes, inverse: as
    in `freed`; weight: (m,); n: persons."""
    by_person = cluster_sums(codes, n, (own @ inverse) ** 2 * weight[:, None])
    return np.stack([by_person.sum(axis=0), (by_person**2).sum(axis=0)])


def degrees_of_freedom(total: Floats) -> Floats:
    """(p,) of the variances. total: (2, p) the sums of all sites."""
    found: Floats = total[0] ** 2 / total[1]
    return found
