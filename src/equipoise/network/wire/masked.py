"""What is said for sums under masks: sites join a session, agree on who is in it, and answer in words that mean nothing alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.shape import Additive, disclosed
from equipoise.guard.secure_sums.agreement import Offer
from equipoise.guard.secure_sums.fixed_point import Layout

__all__ = ["Agree", "Agreed", "CohortTotals", "Join", "Layout", "MaskedEstimates", "Offer", "Totals"]


@dataclass(frozen=True, slots=True)
class Join:
    """Make a key for this session of the study. session: (16 bytes)."""

    session: bytes


@dataclass(frozen=True, slots=True)
class Agree:
    """The session's sites, each with its offer. A site takes it only if it believes every one of them."""

    session: bytes
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """A site has taken the set. digest: (32 bytes) of all offers, so that the hub sees that all took the same."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers of `Prepared` and of the index sessions, to be added under masks."""


@dataclass(frozen=True)
class CohortTotals(Additive):
    """What a site counted. Persons left after each step, in all, target, comparator; records by code set; index sessions by class."""

    attrition: NDArray[np.int64] = disclosed("count", "(s, 3)", "persons left after a step: all, target, comparator")
    code_records: NDArray[np.int64] = disclosed("count", "(c,)", "records of a code set")
    sessions: NDArray[np.int64] = disclosed("count", "(m,)", "persons by class of their index session")


@dataclass(frozen=True, slots=True)
class MaskedEstimates:
    """An answer under masks: how each summary lies among the words, in the batch's order, and the words; the last adds to 0."""

    layouts: tuple[Layout, ...]
    words: NDArray[np.uint64]
