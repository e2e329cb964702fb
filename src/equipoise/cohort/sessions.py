"""What the classification of a session can say. The rules are told in `study.model.Classification`; every engine follows them."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from equipoise.study.model import Arm, Classification, Criterion, EventCriterion

Tier: TypeAlias = Literal["evidenced", "probable", "both", "unspecified"]
TIERS: tuple[Tier, ...] = get_args(Tier)
NEVER = EventCriterion(sets=())
"""Stands for evidence that a treatment does not have: no record is in no set."""


def criteria_of(classes: Classification) -> tuple[Criterion, ...]:
    """All criteria about sessions: of each treatment in turn its evidence, weak evidence and deciding evidence, `NEVER` for none."""
    return tuple(criterion or NEVER for one in classes.treatments for criterion in (one.evidence, one.weak_evidence, one.deciding_evidence))


def settling(classes: Classification) -> tuple[int, bool] | None:
    """The place of the treatment that takes sessions with evidence of several, and whether only by deciding evidence; None for no such."""
    for place, treatment in enumerate(classes.treatments):
        if treatment.name == classes.both:
            return place, treatment.deciding_evidence is not None
    return None


def roles(classes: Classification, arms: tuple[Arm, Arm]) -> tuple[int | None, ...]:
    """The arm of each treatment: 1 target, 0 comparator, None for neither."""
    by_treatment = {arm.treatment: int(arm.role == "target") for arm in arms}
    return tuple(by_treatment.get(treatment.name) for treatment in classes.treatments)


def role_of_unspecified(classes: Classification, arms: tuple[Arm, Arm]) -> int | None:
    """The arm that takes unspecified sessions: only under `liberal`."""
    joined = next((arm for arm in arms if arm.treatment == classes.unspecified), None)
    return int(joined.role == "target") if joined and classes.definition == "liberal" and classes.unspecified else None
