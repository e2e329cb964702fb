"""Sessions of one person, told apart by the evidence around them: the protocol's rules as plain steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.sessions import Tier
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.reference.person import Person, holds
from equipoise.study.model import Arm, Classification, Criterion, Treatment


@dataclass(frozen=True, slots=True)
class Session:
    """A session: which one, on which day, how it was classified. `treatment`: the one it is taken for. `deciding`: one flag a treatment."""

    nth: int
    day: int
    tier: Tier
    treatment: str | None
    deciding: tuple[bool, ...]


def sessions_of(person: Person, plan: CohortPlan, classes: Classification, prepared: PreparedSets) -> list[Session]:
    """The person's sessions in order."""
    core = prepared.numbers(plan.index.sets)
    days = sorted({record.start for number, record in person.events if number in core})
    first_days: list[int] = []
    for day in days:
        if not first_days or day > first_days[-1] + (plan.index.merge_days or 0):
            first_days.append(day)
    return [_classified(nth, day, person, classes, prepared) for nth, day in enumerate(first_days, start=1)]


def _classified(nth: int, day: int, person: Person, classes: Classification, prepared: PreparedSets) -> Session:
    def there(criterion: Criterion | None) -> bool:
        return criterion is not None and holds(criterion, person, day, prepared)

    strong = [one for one in classes.treatments if there(one.evidence)]
    weak = [one for one in classes.treatments if there(one.weak_evidence)]
    deciding = tuple(there(one.deciding_evidence) for one in classes.treatments)
    if len(strong) == 1:
        return Session(nth, day, "evidenced", strong[0].name, deciding)
    if strong:
        return Session(nth, day, "both", next((one.name for one in strong if _settles(one, classes, there)), None), deciding)
    if len(weak) == 1:
        return Session(nth, day, "probable", weak[0].name, deciding)
    return Session(nth, day, "both" if weak else "unspecified", None, deciding)


def _settles(treatment: Treatment, classes: Classification, there: Callable[[Criterion | None], bool]) -> bool:
    return treatment.name == classes.both and (treatment.deciding_evidence is None or there(treatment.deciding_evidence))


def arm_of(session: Session, classes: Classification, arms: tuple[Arm, Arm]) -> int | None:
    """1 target, 0 comparator, None for a session that the definition does not count, or counts as neither."""
    taken_for = session.treatment
    if classes.definition == "strict" and session.tier != "evidenced":
        return None
    if classes.definition == "liberal" and session.tier == "unspecified":
        taken_for = classes.unspecified
    return next((int(arm.role == "target") for arm in arms if taken_for is not None and arm.treatment == taken_for), None)
