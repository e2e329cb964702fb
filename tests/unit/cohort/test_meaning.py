from __future__ import annotations

import pytest

from equipoise.cohort.algebra import (
    AgeAtIndex,
    Between,
    DaysSpanned,
    Every,
    HowMany,
    Negation,
    ObservedAround,
    RecordsNear,
    SexIs,
    Some,
    ValueRange,
    leaves,
)
from equipoise.cohort.errors import DAYS_APART_OF_MANY
from equipoise.cohort.meaning import meaning
from equipoise.cohort.sets_used import records_asked
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import (
    AgeCriterion,
    AllOf,
    AnyOf,
    EventCriterion,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
    Window,
)

NEAR = RecordsNear(("a",), Window(end=0))


@pytest.mark.parametrize(
    ("criterion", "truth"),
    [
        (EventCriterion(sets=("a",), window=Window(end=0), at_most=3, count="dates"), Between(HowMany(NEAR, "dates"), 1, 3)),
        (
            EventCriterion(sets=("a",), window=Window(end=0), at_least=2, days_apart=30),
            Every((Between(HowMany(NEAR), 2, None), Between(DaysSpanned(NEAR), 30, None))),
        ),
        (
            MeasurementCriterion(sets=("a",), window=Window(end=0), unit="g/L", low=1),
            Between(HowMany(RecordsNear(("a",), Window(end=0), ValueRange("g/L", 1, None))), 1, None),
        ),
        (AgeCriterion(at_least=18, at_most=64), Between(AgeAtIndex(), 18, 64)),
        (SexCriterion(sex="male"), SexIs("male")),
        (PriorObservation(days=365, after=1), ObservedAround(365, 1)),
        (AllOf(criteria=(SexCriterion(sex="male"),)), Every((SexIs("male"),))),
        (AnyOf(criteria=(SexCriterion(sex="male"),)), Some((SexIs("male"),))),
        (Not(criterion=SexCriterion(sex="male")), Negation(SexIs("male"))),
    ],
)
def test_meaning(criterion, truth):
    assert meaning(criterion) == truth


def test_three_records_days_apart_are_refused():
    with pytest.raises(EquipoiseError) as raised:
        meaning(EventCriterion(sets=("a",), at_least=3, days_apart=30))
    assert raised.value.code == DAYS_APART_OF_MANY.code


def test_leaves_and_records_asked_come_once_in_order():
    one, other = Between(HowMany(NEAR), 1), SexIs("female")
    truth = Every((one, Negation(Some((other, one)))))
    assert leaves(truth) == (one, other, one)
    assert records_asked(truth) == (NEAR,)
