"""Who is in the study and in which arm: index event, steps, arms, and how treatments that share a code are told apart."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from equipoise.study.model.base import Model, absent
from equipoise.study.model.criteria import Criterion


class Step(Model):
    """One line of the flow diagram: those who do not meet the criterion leave here."""

    label: str
    """As written in the study file, fit for the flow diagram."""
    criterion: Criterion


class Index(Model):
    """The index event: each person's `nth` day (1 = first ever) with a record of any of the sets; then the day must lie in the period.

    With `merge_days`, the event is a session. A session's day is its first day with a record; records up to so many days later belong
    to it, and the next record begins the next session. `nth` counts sessions.
    """

    sets: tuple[str, ...]
    nth: int = Field(default=1, ge=1)
    merge_days: int | None = Field(default=None, ge=0, exclude_if=absent)


class Arm(Model):
    """Persons whose index day has a record of one of these sets. With both arms on one day, the arm listed first takes the person.

    With `treatment` there are no sets: the arm holds persons whose index session is classified as that treatment.
    """

    name: str
    role: Literal["target", "comparator"]
    sets: tuple[str, ...]
    treatment: str | None = Field(default=None, exclude_if=absent)


class Treatment(Model):
    """How a session of this treatment is known. Windows are days from the session's day.

    `deciding_evidence`: what settles the question where there is evidence of several treatments, and what its audit counts.
    """

    name: str
    evidence: Criterion
    weak_evidence: Criterion | None = None
    deciding_evidence: Criterion | None = None


Definition = Literal["main", "strict", "liberal"]


class Classification(Model):
    """Treatments that share the codes of a session, told apart by what else was recorded around it; which tiers count.

    Tiers: `evidenced`, evidence of one treatment; `both`, evidence of several (or none, and weak evidence of several); `probable`, weak
    evidence of one, and evidence of none; `unspecified`, neither. `main` takes the evidenced, the probable, and those of `both` that
    have evidence and deciding evidence of the treatment named in `both` (a treatment without deciding evidence always gets them);
    `strict` takes the evidenced alone; `liberal` takes what `main` takes, and counts the unspecified as the treatment in `unspecified`.
    """

    treatments: tuple[Treatment, ...] = Field(min_length=2)
    definition: Definition = "main"
    both: str | None = None
    unspecified: str | None = None
