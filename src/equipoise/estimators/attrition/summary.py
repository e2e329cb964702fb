"""What crosses the border for the flow diagram: people left after each step. Letters: s steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Ints
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True)
class AttritionData:
    """A site's own counts after each step (s,) int64, the index event first: all, of the target arm, of the comparator arm.

    Or (k, s): the counts of k databases at one site.
    """

    n: Ints
    n_target: Ints
    n_comparator: Ints


@dataclass(frozen=True)
class AttritionAsk:
    """Report the people left after each of `n_steps` steps."""

    n_steps: int


@dataclass(frozen=True)
class AttritionSummary(Additive):
    """People left after each step."""

    n: Ints = disclosed("count", "(s,)", "people left")
    n_target: Ints = disclosed("count", "(s,)", "of them in the target arm")
    n_comparator: Ints = disclosed("count", "(s,)", "of them in the comparator arm")


@dataclass(frozen=True)
class AttritionResult:
    """People left after each step (s,) int64 over the network."""

    n: Ints
    n_target: Ints
    n_comparator: Ints

    @property
    def excluded(self) -> Ints:
        """People who left at each step (s,); 0 at the first."""
        return -np.diff(self.n, prepend=self.n[:1])
