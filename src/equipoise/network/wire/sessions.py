"""How a site's index sessions were classified: a question of its own, put to studies whose index is a session."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.data import Ints
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True, slots=True)
class Sessions:
    """Say how the index sessions were classified. Comes after prepare or count."""


@dataclass(frozen=True)
class SessionSummary(Additive):
    """Persons by the class of their index session (m,) int64, in the order of `cohort.session_counts.measures`."""

    count: Ints = disclosed("count")


@dataclass(frozen=True, slots=True)
class NotObservable:
    """A site that the study's rule leaves out, and the treatments that its records cannot show. Says nothing of a person."""

    site: str
    treatments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionsTold:
    """The answer. `summary`: a `SessionSummary`, encoded, as the guard let it go; empty where the counts come under masks."""

    summary: bytes
    left_out: tuple[NotObservable, ...]
