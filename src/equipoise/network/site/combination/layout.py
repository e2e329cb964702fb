"""Rows of the layouts that do not clone: one row a person with a label, or a row for each label that a person goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.network.site.combination.exposures import Bools, Exposures
from equipoise.network.wire.combination import CombinationFrame


@dataclass(frozen=True, slots=True)
class Followed:
    """Persons at risk for the outcome. who: (m,) rows of the site's table. time, event: (m,), of the outcome."""

    who: Ints
    time: Floats
    event: Ints


@dataclass(frozen=True, slots=True)
class Laid:
    """r rows. who: (r,) the person's row in the site's table. label: (r,). entry: (r,), minus infinity from the start; None for all so.

    weight: (r,), None for all 1. pieces: several rows may belong to one person.
    """

    who: Ints
    time: Floats
    event: Ints
    label: Ints
    entry: Floats | None = None
    weight: Floats | None = None
    pieces: bool = False

    @property
    def weights(self) -> Floats:
        """(r,) weights, 1 where the layout has none."""
        return np.ones(len(self.who)) if self.weight is None else self.weight

    def take(self, kept: Bools) -> Laid:
        """The rows chosen."""
        entry, weight = (None if column is None else column[kept] for column in (self.entry, self.weight))
        return Laid(self.who[kept], self.time[kept], self.event[kept], self.label[kept], entry, weight, self.pieces)


def joined(parts: Sequence[Laid]) -> Laid:
    """The rows of all parts, which are of one kind."""
    first = parts[0]
    who, time, event, label = (np.concatenate([getattr(part, name) for part in parts]) for name in ("who", "time", "event", "label"))
    entry = None if first.entry is None else np.concatenate([part.entry for part in parts if part.entry is not None])
    weight = None if first.weight is None else np.concatenate([part.weight for part in parts if part.weight is not None])
    return Laid(who, time, event, label, entry, weight, first.pieces)


def in_window(of: Followed, exposures: Exposures, window: str) -> Laid:
    """One row a person, with the label of everything in the window, whether the person lived through it or not.

    Misleads when the window ends after the index: who dies before an exposure could begin is labelled unexposed, and who is labelled
    exposed could not die before it began (immortal time). The exposed then seem to live longer whatever the exposure does.
    """
    return Laid(of.who, of.time, of.event, exposures.label(exposures.exposed(window))[of.who])


def at_landmark(of: Followed, exposures: Exposures, day: int, *, left: bool) -> Laid:
    """Persons still followed after the day, the clock restarted there, with the label of all exposures up to it; or those who `left`.

    The effect, in those alive and followed at the landmark, of the label they have then; later exposures do not change it.
    Source: Anderson, Cain and Gelber, J Clin Oncol 1983;1:710.
    """
    label = exposures.label(exposures.exposed_by(day))[of.who]
    kept = of.time <= day if left else of.time > day
    time = of.time[kept] if left else of.time[kept] - day
    return Laid(of.who[kept], time, of.event[kept], label[kept])


def through_time(of: Followed, exposures: Exposures) -> Laid:
    """A row (begin, end] for each label that a person goes through: unexposed before the first exposure, exposed ever after.

    A first exposure on day d counts from the day after: who has the event on day d has it with the label before. Labels only rise in
    priority. Compares hazards of those exposed by then with those not; no statement on survival curves follows.
    Misleads when what brings on the exposure also changes the hazard and is not among the covariates. Source: Therneau and Grambsch,
    Modeling Survival Data (2000), section 3.7.
    """
    parts = [_with_label(of, exposures, label) for label in range(exposures.k + 1)]
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    who, time, event, label, entry = columns
    return Laid(who.astype(np.int64), time, event.astype(np.int64), label.astype(np.int64), entry, pieces=True)


def _with_label(of: Followed, exposures: Exposures, label: int) -> tuple[Ints, Floats, Ints, Ints, Floats]:
    begin, end = exposures.begins(label)[of.who], exposures.overtaken(label)[of.who]
    there = begin < np.minimum(end, of.time)
    begin, end, time = begin[there], end[there], of.time[there]
    event = np.where(time <= end, of.event[there], 0)
    entry = np.where(begin > 0, begin, -np.inf)
    return of.who[there], np.minimum(end, time), event, np.full(len(time), label, dtype=np.int64), entry


def kept_rows(laid: Laid, arm: Ints, frame: CombinationFrame, labels: int) -> Bools:
    """(r,) the rows that the frame lets in. arm: (n,) of the site's persons."""
    kept = np.isin(laid.label, frame.labels) if frame.labels else np.ones(len(laid.who), dtype=bool)
    return kept & np.isin(arm[laid.who] * labels + laid.label, frame.arms) if frame.arms else kept
