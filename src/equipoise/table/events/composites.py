"""The day on which a composite outcome is met: so many of its members, perhaps close together, and nothing that rules it out.

Misleads when a member is measured more often in one arm (a value cannot be beyond a threshold on a day without a draw), and when the
window of `without` reaches past the event: whether the event counts then depends on what came later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from equipoise.omop.units import analyte_of_set, convert, factors_to
from equipoise.study.model import CodeSet, Composite, EventOutcome, Member, ValueMember, Window
from equipoise.table.arrow import Bools, Floats, Ints
from equipoise.table.records import Records, first_day, no_records

DIGITS = 9
FAR = 1_000_000
"""More days than lie between any two records."""


def member_request(part: str, outcome: EventOutcome, place: int) -> str:
    """The name of the request for the records of one member; part: `outcome` or `washout`."""
    return f"{part} {outcome.name} member {place}"


def without_request(outcome: EventOutcome) -> str:
    """The name of the request for the records that rule the composite out."""
    return f"without {outcome.name}"


def without_window(composite: Composite, opens: Window) -> Window | None:
    """The days of the records that rule the composite out; from the index day to the end of the risk window when the study names none."""
    if composite.without is None:
        return None
    return composite.without.window or Window(start=0, end=opens.end)


def first_met(members: Sequence[Records], need: int, within: int | None, n: int) -> Floats:
    """(n,) the first day on which `need` of the members have a record, the oldest of these at most `within` days ago; infinity if never.

    members: the records of each, sorted by person's row, then day. Every record counts for its own member alone.
    """
    row = np.concatenate([part.row for part in members])
    day = np.concatenate([part.day for part in members])
    member = np.repeat(np.arange(len(members)), [len(part.row) for part in members])
    order = np.lexsort((day, row))
    row, day, member = row[order], day[order], member[order]
    oldest = row * FAR if within is None else np.maximum(row * FAR, _moment(row, day) - within)
    met = sum((_latest(row, day, member == place) >= oldest).astype(np.int64) for place in range(len(members)))
    found = np.full(n, np.inf)
    np.minimum.at(found, row[met >= need], day[met >= need])
    return found


def _moment(row: Ints, day: Ints) -> Ints:
    """A number that grows with the day within a person, and from person to person."""
    return row * FAR + day + FAR // 2


def _latest(row: Ints, day: Ints, mine: Bools) -> Ints:
    """The moment of the member's latest record up to each record; -1 before the first."""
    return np.maximum.accumulate(np.where(mine, _moment(row, day), -1)) if len(row) else np.zeros(0, dtype=np.int64)


def meeting(member: Member, records: Records, code_sets: tuple[CodeSet, ...]) -> Records:
    """The records that meet a member: all of its sets, or those whose value stands to the threshold as asked."""
    if not isinstance(member, ValueMember):
        return records
    usable = records.take(np.isfinite(records.value))
    values = np.round(convert(usable.value, usable.unit, _factors(member, usable, code_sets), member.low, member.high).values, DIGITS)
    limit = round(member.threshold, DIGITS)
    compare = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}[member.comparison]
    return usable.take(np.isfinite(values) & compare(np.nan_to_num(values), limit))


def _factors(member: ValueMember, found: Records, code_sets: tuple[CodeSet, ...]) -> dict[int, float]:
    if member.unit is None:
        return dict.fromkeys(np.unique(found.unit).tolist(), 1.0)
    analyte = analyte_of_set(code for codes in code_sets if codes.name in member.sets for code in codes.codes)
    return factors_to(analyte, member.unit)


def composite_days(
    outcome: EventOutcome, composite: Composite, records: Mapping[str, Records], code_sets: tuple[CodeSet, ...], n: int
) -> tuple[Floats, Bools]:
    """(n,) the day on which the composite is first met in the risk window, infinity if never; (n,) who met it in the washout."""
    found = _members(outcome, composite, "outcome", records, code_sets)
    day = first_met(found, composite.at_least, composite.within, n)
    if composite.without is not None:
        ruled_out = first_day(records.get(without_request(outcome), no_records()), n)
        limit = day if composite.without.window is None else np.full(n, np.inf)
        day = np.where(np.isfinite(ruled_out) & (ruled_out <= limit), np.inf, day)
    if outcome.washout is None:
        return day, np.zeros(n, dtype=bool)
    before = _members(outcome, composite, "washout", records, code_sets)
    need = 1 if composite.washout_by == "any member" else composite.at_least
    return day, np.isfinite(first_met(before, need, composite.within, n))


def _members(
    outcome: EventOutcome, composite: Composite, part: str, records: Mapping[str, Records], code_sets: tuple[CodeSet, ...]
) -> list[Records]:
    named = ((member, member_request(part, outcome, place)) for place, member in enumerate(composite.members))
    return [meeting(member, records.get(name, no_records()), code_sets) for member, name in named]
