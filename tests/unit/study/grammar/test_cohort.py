"""Period, index, arms and follow-up."""

from __future__ import annotations

from datetime import date

import pytest

from equipoise.study.model import Arm, FollowUp, Index


def test_the_period_holds_both_its_days(read):
    study = read()
    assert (study.period_start, study.period_end) == (date(2016, 1, 1), date(2024, 7, 31))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("first of [drug_a, drug_b]", Index(sets=("drug_a", "drug_b"))),
        ("first of any of [drug_a, drug_b]", Index(sets=("drug_a", "drug_b"))),
        ("second of [drug_b, drug_a]", Index(sets=("drug_b", "drug_a"), nth=2)),
        ("3rd of [drug_a, drug_b]", Index(sets=("drug_a", "drug_b"), nth=3)),
        ("first of [drug_a, drug_b, drug_a]", Index(sets=("drug_a", "drug_b"))),
    ],
)
def test_the_index_event(read, text, meaning):
    assert read(index=f"index: {text}").index == meaning


def test_one_set_may_be_the_index_of_both_arms_codes(read, folder):
    study = read(
        codes="codes: {file: codes.csv, sets: {either: [drug_a, drug_b]}}",
        index="index: first either",
    )
    assert study.index == Index(sets=("either",))


def test_the_first_arm_is_the_target(read):
    study = read(
        arms="arms:\n  New drug: index is one of [drug_b, ulcer]\n  Old drug: index is drug_a",
        index="index: first of [drug_a, drug_b, ulcer]",
    )
    assert study.arms == (
        Arm(name="New drug", role="target", sets=("drug_b", "ulcer")),
        Arm(name="Old drug", role="comparator", sets=("drug_a",)),
    )
    assert study.target.name == "New drug"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("day 1 to death, last record, 60 months", FollowUp(max_days=1826)),
        ("day 1 to death, last record or 5 years", FollowUp(max_days=1826)),
        ("day 1 to death, last record, or 60 months", FollowUp(max_days=1826)),
        ("from day 0 to last record, 90 days", FollowUp(start_day=0, max_days=90)),
        ("day 1 to death, end of observation, 2 weeks", FollowUp(end_at_last_record=False, end_at_observation=True, max_days=14)),
        ("day 91 to death, last record, 2023-12-31, 1826 days", FollowUp(start_day=91, end_date=date(2023, 12, 31))),
        ("{time: 'day 1 to death, last record, 12 months', death grace: 45}", FollowUp(max_days=365, death_grace=45)),
    ],
)
def test_follow_up(read, text, meaning):
    assert read(follow=f"follow: {text}").follow == meaning


def test_follow_up_has_a_default(read):
    assert read().follow == FollowUp()


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"period": "period: 2024-07-31 to 2016-01-01"}, "012"),
        ({"period": "period: 2023-02-29 to 2024-01-01"}, "011"),
        ({"period": "period: last year"}, "009"),
        ({"period": "period: 2016"}, "008"),
        ({"index": "index: [drug_a, drug_b]"}, "008"),
        ({"index": "index: first of [drug_a, drug_b, drug_c]"}, "016"),
        ({"index": "index: 0th of [drug_a, drug_b]"}, "020"),
        ({"arms": "arms: {A: index is drug_a, B: index is ulcer}"}, "017"),
        ({"arms": "arms: {A: index is drug_a}"}, "018"),
        ({"arms": "arms: {A: index is drug_a, B: index is drug_b, C: index is drug_b}"}, "018"),
        ({"arms": "arms: {A: index is drug_a, B: 'index is [drug_a, drug_b]'}"}, "018"),
        ({"arms": "arms: {A: index is drug_a, a: index is drug_b}"}, "019"),
        ({"arms": "arms: {A: index is drug_a, B: drug_b}"}, "009"),
        ({"follow": "follow: day 1 to death, last record"}, "026"),
        ({"follow": "follow: day 1 to death, 60 months"}, "026"),
        ({"follow": "follow: day 1 to death, last record, 60 months, 5 years"}, "009"),
        ({"follow": "follow: day 1 to death, last recrd, 60 months"}, "009"),
        ({"follow": "follow: day 100 to death, last record, 90 days"}, "020"),
        ({"follow": "follow: day 1 to death, last record, 2023-02-30, 90 days"}, "011"),
        ({"follow": "follow: day 1 to death, last record, 0 days"}, "020"),
    ],
)
def test_people_that_cannot_be_meant_are_refused(codes_of, block, code):
    assert codes_of(**block) == [f"EQ-STUDY-{code}"]


def test_days_of_death_may_be_masked(read):
    text = "follow: {time: 'day 1 to death, last record, 60 months', month-level death dates: mid-month}"
    assert read(follow=text).follow == FollowUp(month_level_deaths="mid-month")
    assert "month_level_deaths" not in FollowUp().model_dump()
