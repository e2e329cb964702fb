"""Time at risk, case by case."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf, nan

import numpy as np
import pyarrow as pa
import pytest

from equipoise.kernel.days import to_date
from equipoise.study.model import EventOutcome, FollowUp, Window
from equipoise.table.analysis_table import DeathCount
from equipoise.table.arrow import Floats
from equipoise.table.outcomes import (
    Ends,
    Timed,
    cleaned_deaths,
    death_outcome,
    event_outcome,
    follow_up_ends,
    mid_month,
    on_one_day_of_month,
    risk_opens,
    risk_window,
    washout_window,
)
from equipoise.table.records import Records, no_records

INDEX = 18_000
FAR = FollowUp(max_days=10_000)


def ends(follow: FollowUp, last: float, death: float = nan, period_end: float = nan) -> Ends:
    def on(day: float) -> pa.Array:
        return pa.array([None if np.isnan(day) else to_date(INDEX + int(day))], pa.date32())

    found = pa.table({"death_date": on(death), "last_record_date": on(last), "observation_end": on(period_end)})
    return follow_up_ends(follow, np.array([INDEX]), found)[0]


def shown(timed: Timed) -> tuple[float, int] | None:
    return (float(timed.time[0]), int(timed.event[0])) if timed.at_risk[0] else None


def days(*found: int) -> Records:
    day = np.array(found, dtype=np.int64)
    zero = np.zeros_like(day)
    return Records(zero, day, zero, zero, zero.astype(np.float64), zero, zero) if found else no_records()


@pytest.mark.parametrize(
    ("death", "last", "expected"),
    [
        (nan, 100.0, nan),
        (120.0, 100.0, 120.0),
        (100.0, 100.0, 100.0),
        (90.0, 100.0, 100.0),
        (70.0, 100.0, 100.0),
        (69.0, 100.0, nan),
        (-3.0, 0.0, 0.0),
        (50.0, nan, 50.0),
    ],
)
def test_deaths_before_the_last_record(death: float, last: float, expected: float) -> None:
    day, count = cleaned_deaths(np.array([death]), np.array([last]), 30)
    np.testing.assert_array_equal(day, [expected])
    assert count.recorded == int(np.isfinite(death))
    assert count.dropped == int(death == 69)
    assert count.moved == int(death in (90, 70, -3))


@pytest.mark.parametrize(
    ("follow", "last", "death", "expected"),
    [
        (FAR, 400, nan, (400, False)),
        (FAR, 400, 410, (410, True)),
        (FAR, 400, 380, (400, True)),
        (FAR, 400, 300, (400, False)),
        (FollowUp(max_days=365), 400, 410, (365, False)),
        (FollowUp(max_days=410), 400, 410, (410, True)),
        (FollowUp(max_days=365, end_at_last_record=False), 100, nan, (365, False)),
        (FollowUp(end_date=to_date(INDEX + 50)), 400, 51, (50, False)),
        (FollowUp(end_date=to_date(INDEX + 50)), 40, 50, (50, True)),
        (FollowUp(end_date=to_date(INDEX - 5)), 400, nan, None),
        (FAR, 0, nan, None),
        (FAR, 0, 0, (0.5, True)),
        (FAR, 1, nan, (1, False)),
        (FollowUp(start_day=0), 0, nan, None),
        (FollowUp(start_day=0), 0, 0, (0.5, True)),
        (FollowUp(start_day=90), 89, nan, None),
        (FollowUp(start_day=90), 0, 0, None),
        (FollowUp(start_day=90), 90, nan, (90, False)),
    ],
)
def test_death_outcome(follow: FollowUp, last: float, death: float, expected: tuple[float, bool] | None) -> None:
    assert shown(death_outcome(follow, ends(follow, last, death))) == expected


@pytest.mark.parametrize(
    ("period", "death", "expected"), [(200, nan, (200, False)), (200, 201, (200, False)), (200, 200, (200, True)), (nan, nan, None)]
)
def test_end_of_the_observation_period(period: float, death: float, expected: tuple[float, bool] | None) -> None:
    follow = FollowUp(end_at_observation=True)
    assert shown(death_outcome(follow, ends(follow, 300 if np.isnan(death) else 190, death, period))) == expected


def test_without_any_death_or_record() -> None:
    none = pa.nulls(2, pa.date32())
    found = pa.table({"death_date": none, "last_record_date": none, "observation_end": none})
    got, count = follow_up_ends(FollowUp(), np.array([INDEX, INDEX]), found)
    assert got.day.tolist() == [0.0, 0.0]
    assert count == DeathCount(0, 0, 0)


def event(start: int | None = 1, end: int | None = None, washout: int | None = None) -> EventOutcome:
    return EventOutcome(name="ascites", sets=("a",), risk_window=Window(start=start, end=end), washout=washout)


def end_of(day: float, died: bool = False) -> Ends:
    return Ends(np.array([day]), np.array([died]))


@pytest.mark.parametrize(
    ("outcome", "last", "died", "found", "washed", "expected"),
    [
        (event(), 100, False, (20, 40), (), (20, True)),
        (event(), 100, False, (), (), (100, False)),
        (event(end=90), 100, False, (), (), (90, False)),
        (event(end=90), 60, True, (), (), (60, 2)),
        (event(end=90), 60, True, (60,), (), (60, True)),
        (event(), 60, False, (70,), (), (60, False)),
        (event(start=30, end=90), 100, False, (35,), (), (35, True)),
        (event(start=30, end=90), 20, True, (), (), None),
        (event(washout=180), 100, False, (20,), (-30,), None),
        (event(), 0, True, (), (), (0.5, 2)),
        (event(), 0, False, (), (), None),
        (event(start=0), 100, False, (0,), (), (0.5, True)),
        (event(start=0), 0, False, (0,), (), (0.5, True)),
        (event(start=0), 0, False, (), (), None),
    ],
)
def test_event_outcome(
    outcome: EventOutcome, last: float, died: bool, found: tuple[int, ...], washed: tuple[int, ...], expected: tuple[float, bool] | None
) -> None:
    assert shown(event_outcome(outcome, FAR, end_of(last, died), days(*found), days(*washed))) == expected


@pytest.mark.parametrize(("found", "expected"), [((40,), None), ((100,), (100, True)), ((), (200, False))])
def test_landmark_leaves_out_events_before_it(found: tuple[int, ...], expected: tuple[float, bool] | None) -> None:
    follow = FollowUp(start_day=90)
    assert shown(event_outcome(event(), follow, end_of(200), days(*found), days())) == expected


def test_windows_that_are_asked_for() -> None:
    assert risk_window(event(start=None, end=9), FollowUp(start_day=2)) == Window(start=2, end=9)
    assert risk_window(event(start=-5), FAR) == Window(start=0, end=None)
    assert washout_window(event(start=1, washout=180), FAR) == Window(start=-180, end=0)
    assert washout_window(event(start=30, washout=0), FAR) == Window(start=0, end=29)
    assert washout_window(event(), FAR) is None


def test_many_persons_agree_with_a_plain_loop() -> None:
    rng = np.random.default_rng(4)
    n = 500
    last = rng.integers(0, 300, n)
    death = np.where(rng.random(n) < 0.5, last + rng.integers(-60, 60, n), -999)
    follow = FollowUp(max_days=200, end_date=date(2019, 8, 1))
    index = rng.integers(17_900, 18_050, n)

    def dates(values: Floats, known: np.ndarray) -> pa.Array:
        return pa.array([to_date(int(v)) if k else None for v, k in zip(values, known, strict=True)], pa.date32())

    some = np.ones(n, dtype=bool)
    found = pa.table(
        {
            "death_date": dates(index + death, death > -999),
            "last_record_date": dates(index + last, some),
            "observation_end": dates(index, ~some),
        }
    )
    got = death_outcome(follow, follow_up_ends(follow, index, found)[0])
    for i in range(n):
        assert shown(Timed(got.at_risk[i : i + 1], got.time[i : i + 1], got.event[i : i + 1])) == by_hand(
            int(last[i]), int(death[i]), follow, int(index[i])
        )


def by_hand(last: int, death: int, follow: FollowUp, index: int) -> tuple[float, bool] | None:
    dies: float = inf if death == -999 else death
    if dies < last:
        dies = last if last - dies <= 30 else inf
    assert follow.end_date is not None
    stop = min(follow.max_days, (follow.end_date - to_date(index)).days)
    if dies == inf:
        stop = min(stop, last)
    day = min(dies, stop)
    if day == 0 and dies <= stop:
        return (0.5, True)
    return (day, dies <= stop) if day >= 1 else None


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [("2024-01-01", "2024-01-15"), ("2024-02-29", "2024-02-15"), ("1969-12-31", "1969-12-15"), ("2020-01-15", "2020-01-15")],
)
def test_middle_of_the_month(recorded: str, expected: str) -> None:
    day = (date.fromisoformat(recorded) - date(1970, 1, 1)).days
    got = mid_month(np.array([day, nan]))
    assert date(1970, 1, 1) + timedelta(int(got[0])) == date.fromisoformat(expected)
    assert np.isnan(got[1])


@pytest.mark.parametrize(
    ("death", "last", "expected"),
    [
        ("2019-05-01", "2019-05-03", (14, True)),
        ("2019-05-01", "2019-05-28", (27, True)),
        ("2019-05-01", "2019-06-14", (44, True)),
        ("2019-05-01", "2019-06-15", (45, False)),
        ("2019-05-31", "2019-05-02", (14, True)),
    ],
)
def test_deaths_of_which_the_month_is_known(death: str, last: str, expected: tuple[float, bool]) -> None:
    found = pa.table(
        {
            "death_date": pa.array([date.fromisoformat(death)], pa.date32()),
            "last_record_date": pa.array([date.fromisoformat(last)], pa.date32()),
            "observation_end": pa.nulls(1, pa.date32()),
        }
    )
    index = np.array([(date(2019, 5, 1) - date(1970, 1, 1)).days])
    follow = FollowUp(max_days=10_000, month_level_deaths="mid-month")
    assert shown(death_outcome(follow, follow_up_ends(follow, index, found)[0])) == expected


def test_one_day_of_the_month_is_seen_in_enough_deaths() -> None:
    firsts = np.array([(date(2015 + month // 12, month % 12 + 1, 1) - date(1970, 1, 1)).days for month in range(11)], dtype=float)
    assert on_one_day_of_month(np.append(firsts, nan))
    assert not on_one_day_of_month(firsts[1:])
    assert not on_one_day_of_month(np.append(firsts, firsts[0] + 1))


def test_the_first_day_at_risk() -> None:
    assert risk_opens(event(start=28, end=56), FAR) == 28
    assert risk_opens(event(start=0, end=9), FAR) == 0
    assert risk_opens(event(start=28), FollowUp(start_day=90)) == 90
