"""Time at risk and events of each person, in days from the index date.

Follow-up ends with the first of: death, the last record, `max_days`, `end_date`, the end of the observation period (as the study
asks). A death is a fact of the record too: it ends follow-up even where no other record is as late. At `end_at_observation`, persons
without a period that holds the index date are not followed, and a death after the period's end is not seen.

A death recorded before the last record, at most `death_grace` days before it, is moved to the last record's day (dates known to the
month only); one further back is an error of the record and dropped: the person lived on. With `month_level_deaths`, each date is taken
for day 15 of its month first.

Who is not at risk has neither time nor event: follow-up ends before `start_day` (or before the risk window opens), or on the index
day itself. The one exception is a death (or, where the risk window opens on day 0, an event) on the index day: it counts as half a
day, so that deaths of the procedure are not lost. Survival analysts do the same when a time of zero is not allowed.

Misleads when deaths reach the record more completely than other facts: whoever lives is censored at the last record, whoever dies
is followed to the death, and survival looks worse than it is. The site's rate of deaths after the last record shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from equipoise.kernel.days import to_day
from equipoise.study.event_columns import StoredEvent
from equipoise.study.model import DeathOutcome, EventOutcome, FollowUp, Study, TimedOutcome, Window
from equipoise.table.analysis_table import ENOUGH_DEATHS, DeathCount
from equipoise.table.arrow import Bools, Floats, Ints, NewColumn, real
from equipoise.table.events.composites import composite_days
from equipoise.table.records import Records, counted, first_day, no_records

CENSORED, HAPPENED, DIED_FIRST = 0, 1, 2
MIDDLE = 15
INDEX_DAY_TIME = 0.5
"""Days at risk of a person who dies on the index day."""


@dataclass(frozen=True, slots=True)
class Ends:
    """day: (n,) float64, the last day of follow-up from index. died: (n,) bool, whether death is that end."""

    day: Floats
    died: Bools


@dataclass(frozen=True, slots=True)
class Timed:
    """One outcome. at_risk: (n,) bool; time: (n,) float64 > 0 and event: (n,) int8 where at risk, meaningless elsewhere.

    event: CENSORED, HAPPENED, or, for events that death precludes, DIED_FIRST.
    """

    at_risk: Bools
    time: Floats
    event: NDArray[np.int8]


def cleaned_deaths(death: Floats, last: Floats, grace: int) -> tuple[Floats, DeathCount]:
    """Days of death after correction (NaN: alive), and how many were corrected. death, last: (n,) days, NaN when unknown."""
    back = last - death
    dropped, moved = back > grace, (back > 0) & (back <= grace)
    day = np.where(dropped, np.nan, np.where(moved, last, death))
    return day, DeathCount(int(np.isfinite(death).sum()), int(moved.sum()), int(dropped.sum()))


def mid_month(day: Floats) -> Floats:
    """Day 15 of the month of each date (n,), days since 1970; NaN stays. Half a month off at most, and not in one direction."""
    return np.where(np.isfinite(day), _month_start(day) + MIDDLE - 1, np.nan)


def on_one_day_of_month(day: Floats) -> bool:
    """Whether at least `ENOUGH_DEATHS` dates, days since 1970, NaN when unknown, lie on one day of the month all."""
    known = day[np.isfinite(day)]
    return len(known) >= ENOUGH_DEATHS and len(np.unique(known - _month_start(known))) == 1


def _month_start(day: Floats) -> Floats:
    dates = np.nan_to_num(day).astype("datetime64[D]")
    return np.asarray(dates.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64), dtype=np.float64)


def follow_up_ends(follow: FollowUp, index_day: Ints, found: pa.Table) -> tuple[Ends, DeathCount]:
    """The end of each person's follow-up. found: the rows of `Engine.follow_up` in the order of `index_day` (days since 1970)."""
    last = real(found["last_record_date"]) - index_day
    recorded = real(found["death_date"])
    dated = mid_month(recorded) if follow.month_level_deaths else recorded
    death, count = cleaned_deaths(dated - index_day, last, follow.death_grace)
    count = replace(count, one_day_of_month=on_one_day_of_month(recorded))
    censored = np.full(len(index_day), float(follow.max_days))
    if follow.end_date is not None:
        censored = np.minimum(censored, to_day(follow.end_date) - index_day)
    if follow.end_at_observation:
        censored = np.minimum(censored, np.nan_to_num(real(found["observation_end"]) - index_day, nan=-1.0))
    if follow.end_at_last_record:
        censored = np.where(np.isnan(death), np.minimum(censored, np.nan_to_num(last, nan=0.0)), censored)
    died = death <= censored
    return Ends(np.where(died, death, censored), died), count


def _timed(end: Floats, event: NDArray[np.int8], start: int) -> Timed:
    """Time at risk up to `end`. Whoever has an event or dies on day 0 was at risk for half a day."""
    halved = (end == 0) & (event != CENSORED) & (start <= 1)
    return Timed((end >= max(start, 1)) | halved, np.where(halved, INDEX_DAY_TIME, end), event)


def death_outcome(follow: FollowUp, ends: Ends) -> Timed:
    """Death of any cause."""
    return _timed(ends.day, np.where(ends.died, HAPPENED, CENSORED).astype(np.int8), follow.start_day)


def risk_window(outcome: EventOutcome, follow: FollowUp) -> Window:
    """The window in which first records are looked for: the outcome's own, from day 0 at the earliest; an open start is `start_day`."""
    start = outcome.risk_window.start
    return Window(start=max(0, follow.start_day if start is None else start), end=outcome.risk_window.end)


def washout_window(outcome: EventOutcome, follow: FollowUp) -> Window | None:
    """Days before the risk window in which a record leaves the person out; None without a washout."""
    opens = risk_window(outcome, follow).start or 0
    return None if outcome.washout is None else Window(start=-outcome.washout, end=opens - 1)


def risk_opens(outcome: TimedOutcome, follow: FollowUp) -> int:
    """The first day at risk: that of the risk window, or of a later start of follow-up (a landmark)."""
    if isinstance(outcome, DeathOutcome):
        return follow.start_day
    opens = risk_window(outcome, follow).start or 0
    return opens if follow.start_day <= 1 else max(opens, follow.start_day)


def event_outcome(outcome: EventOutcome, follow: FollowUp, ends: Ends, found: Records, washed_out: Records) -> Timed:
    """First record in the risk window; records in the washout leave the person out. See `event_on`."""
    n = len(ends.day)
    return event_on(outcome, follow, ends, first_day(found, n), np.isfinite(first_day(washed_out, n)))


def event_on(outcome: EventOutcome, follow: FollowUp, ends: Ends, first: Floats, washed_out: Bools) -> Timed:
    """An event on its first day in the risk window; death before it competes; the end of follow-up censors.

    first: (n,) days from index, infinity without an event. washed_out: (n,) who is left out. With a `start_day` after day 1 (a landmark),
    an event in the risk window before the landmark leaves the person out too.
    """
    window, start = risk_window(outcome, follow), risk_opens(outcome, follow)
    end = np.minimum(ends.day, np.inf if window.end is None else window.end)
    happened, died = first <= end, ends.died & (ends.day <= end)
    event = np.where(happened, HAPPENED, np.where(died, DIED_FIRST, CENSORED)).astype(np.int8)
    timed = _timed(np.where(happened, first, end), event, start)
    return Timed(timed.at_risk & ~washed_out & ~(first < start), timed.time, timed.event)


def outcome_columns(study: Study, ends: Ends, records: Mapping[str, Records]) -> dict[str, NewColumn]:
    """`<outcome>_time` and `<outcome>_event` of every timed outcome, and what `study.event_columns` names of those that death precludes.

    records: by request, see `requests.py`.
    """
    columns: dict[str, NewColumn] = {}
    for outcome in study.timed_outcomes:
        if isinstance(outcome, DeathOutcome):
            columns |= _time_and_event(outcome, death_outcome(study.follow, ends))
        else:
            columns |= _event_columns(study, outcome, ends, records)
    return columns


def _time_and_event(outcome: TimedOutcome, timed: Timed) -> dict[str, NewColumn]:
    return {
        f"{outcome.name}_time": pa.array(timed.time, pa.float64(), mask=~timed.at_risk),
        f"{outcome.name}_event": pa.array(timed.event, pa.int8(), mask=~timed.at_risk),
    }


def _event_columns(study: Study, outcome: EventOutcome, ends: Ends, records: Mapping[str, Records]) -> dict[str, NewColumn]:
    n = len(ends.day)
    found, before = (records.get(f"{part} {outcome.name}", no_records()) for part in ("outcome", "washout"))
    if outcome.composite is not None:
        first, washed_out = composite_days(outcome, outcome.composite, records, study.code_sets, n)
    else:
        first, washed_out = first_day(found, n), np.isfinite(first_day(before, n))
    timed = event_on(outcome, study.follow, ends, first, washed_out)
    columns = _time_and_event(outcome, timed)
    columns[StoredEvent(outcome.name, "in_window").name] = pa.array(np.isfinite(first), pa.bool_())
    columns[StoredEvent(outcome.name, "washed_out").name] = pa.array(washed_out, pa.bool_())
    if outcome.composite is None:
        instances = counted(found.take(found.day <= ends.day[found.row]), n, "dates")
        columns[StoredEvent(outcome.name, "instances").name] = pa.array(instances, pa.int64(), mask=~timed.at_risk)
    return columns
