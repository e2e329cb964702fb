"""Lines of therapy by plain Python, one person and one day at a time: the oracle of the vectorised pass. Small and slow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pyarrow as pa

from equipoise.engine.lines.treatments import LINE_COLUMNS, PERSON_LINE_COLUMNS, LinesFound, Treatments
from equipoise.study.model.lines.pack import Pack

Row: TypeAlias = dict[str, Any]
NEVER = -(2**40)


@dataclass(frozen=True)
class Given:
    """One drug on one day: the last day covered, and the last day on which it still counts as going on."""

    drug: str
    end: int
    until: int


@dataclass
class Line:
    """A line while it is being built: its drugs, and for each the last day given and the last day covered in this line."""

    start: int
    began: str
    regimen: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    given: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    until: int = NEVER
    rechallenge: bool = False

    @property
    def drugs(self) -> set[str]:
        """All drugs of the line so far."""
        return self.regimen | self.later


def find_lines(treatments: Treatments, pack: Pack) -> LinesFound:
    """Lines of therapy of every person. See `Treatments` and `LinesFound`."""
    named = Named(pack)
    anchors = _earliest(treatments.anchors) if treatments.anchors is not None and pack.anchor else None
    sessions = _by_person(treatments.local.to_pylist()) if treatments.local is not None else {}
    lines: dict[int, list[Row]] = {}
    for person, records in sorted(_by_person(treatments.administrations.to_pylist()).items()):
        days = _days(records, [row["day"] for row in sessions.get(person, [])], named)
        lines[person] = _rows(_Person(named, anchors, person).lines(days), pack, anchors, person)
    rows = [{"person_id": person} | row for person, own in lines.items() for row in own]
    index = sorted(_earliest(treatments.index).items()) if treatments.index is not None else []
    persons = [_summary(person, day, lines.get(person, []), pack, anchors) for person, day in index]
    return LinesFound(
        pa.Table.from_pylist(rows, schema=pa.schema(list(LINE_COLUMNS.items()))),
        pa.Table.from_pylist(persons, schema=pa.schema(list(PERSON_LINE_COLUMNS.items()))),
    )


class Named:
    """A pack whose rules speak of drugs only, no longer of classes and groups. `to` is None when anything will do."""

    def __init__(self, pack: Pack) -> None:
        of = pack.drugs_of
        self.pack, self.contained, self.class_of = pack, pack.contained(), pack.class_of()
        self.local = [(of(rule.drugs), rule.last_day) for rule in pack.local]
        self.substitutions = [(of(rule.between), rule.within) for rule in pack.substitutions]
        self.additions = [(of(rule.added), of(rule.to) or None, rule.within) for rule in pack.additions]
        self.advances = [(of(rule.added), of(rule.to) or None) for rule in pack.advances]
        self.after_stop = [(of(rule.added), of(rule.to) or None, of(rule.stopped), rule.within) for rule in pack.after_stop]


def _by_person(rows: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row["person_id"] is not None and row["day"] is not None:
            found[row["person_id"]].append(row)
    return found


def _earliest(table: pa.Table) -> dict[int, int]:
    return {person: min(row["day"] for row in rows) for person, rows in _by_person(table.to_pylist()).items()}


def _days(records: list[Row], sessions: list[int], named: Named) -> dict[int, list[Given]]:
    """What counts of one person's records, by day, in order."""
    single = [row | {"drug": drug} for row in records for drug in named.contained.get(row["drug"], ())]
    systemic = [row for row in single if not _local(row, sessions, named)]
    counted = [row for row in systemic if not row.get("ordered") or _confirmed(row, systemic, named.pack)]
    days: dict[int, list[Given]] = defaultdict(list)
    for row in sorted(counted, key=lambda row: int(row["day"])):
        own = row.get("route")
        gap = named.pack.gap[own if own in named.pack.gap else named.class_of[row["drug"]].route]
        days[row["day"]].append(Given(row["drug"], _end(row), _end(row) + gap.days))
    return days


def _end(row: Row) -> int:
    supplied = None if row.get("days_supply") is None else row["day"] + row["days_supply"] - 1
    end = row.get("end_day") if row.get("end_day") is not None else supplied
    return max(int(row["day"]), int(row["day"] if end is None else end))


def _local(row: Row, sessions: list[int], named: Named) -> bool:
    return any(row["drug"] in drugs and 0 <= row["day"] - day <= last for drugs, last in named.local for day in sessions)


def _confirmed(order: Row, records: list[Row], pack: Pack) -> bool:
    if pack.orders is None:
        return True
    later = [row["day"] - order["day"] for row in records if row["drug"] == order["drug"]]
    return any(0 < days <= pack.orders.confirmed_within for days in later)


class _Person:
    """One person's days in order, one running line. `ends` and `untils` by drug go on from line to line."""

    def __init__(self, named: Named, anchors: dict[int, int] | None, person: int) -> None:
        self.named, self.pack = named, named.pack
        self.ends: dict[str, int] = {}
        self.untils: dict[str, int] = {}
        self.done: list[Line] = []
        day = anchors.get(person) if anchors is not None else None
        self.border = day - self.pack.anchor.lead_in.days if day is not None and self.pack.anchor else None

    def lines(self, days: dict[int, list[Given]]) -> list[Line]:
        """All lines, in order."""
        for day, given in days.items():
            drugs = {one.drug for one in given}
            reason = self._reason_to_begin(day, drugs)
            if reason:
                self.done.append(Line(day, reason))
            elif any(self._known(drug, day) and day > self.untils[drug] for drug in drugs):
                self.done[-1].rechallenge = True
            for one in given:
                self._take(day, one)
        return self.done

    def _reason_to_begin(self, day: int, drugs: set[str]) -> str | None:
        if not self.done:
            return "first"
        line = self.done[-1]
        crossing = self.border is not None and line.start < self.border <= day
        new = {drug for drug in drugs if not self._known(drug, day) and not self._carried(drug, day)}
        if day > line.until:
            return "anchor" if crossing else "gap" if new else None
        if crossing and new:
            return "anchor"
        late = day > line.start + self.pack.window.days
        return "new drug" if late and any(self._advances(drug, day, drugs) for drug in new) else None

    def _known(self, drug: str, day: int) -> bool:
        """A drug of the line that was not away for too long."""
        return drug in self.done[-1].drugs and day <= max(self.untils[drug], self.ends[drug] + self.pack.rechallenge.days)

    def _carried(self, drug: str, day: int) -> bool:
        """A drug of the line before, still being taken when this line began, and since."""
        if len(self.done) < 2 or drug in self.done[-1].drugs or drug not in self.done[-2].drugs:
            return False
        return self.ends[drug] >= self.done[-1].start - self.pack.window.days and day <= self.untils[drug]

    def _advances(self, drug: str, day: int, today: set[str]) -> bool:
        if any(drug in added and self._has(to) for added, to in self.named.advances):
            return True
        return not (self._same_class(drug) or self._stands_in(drug, day) or self._added(drug, day) or self._after_stop(drug, day, today))

    def _has(self, to: frozenset[str] | None) -> bool:
        return to is None or bool(self.done[-1].drugs & to)

    def _same_class(self, drug: str) -> bool:
        one = self.named.class_of[drug]
        return one.another == "joins" and bool((self.done[-1].drugs - {drug}) & set(one.drugs))

    def _stands_in(self, drug: str, day: int) -> bool:
        others = self.done[-1].drugs - {drug}
        pairs = [(others & between, within) for between, within in self.named.substitutions if drug in between]
        return any(day - self.ends[other] <= within for fitting, within in pairs for other in fitting)

    def _added(self, drug: str, day: int) -> bool:
        since = day - self.done[-1].start
        return any(drug in added and self._has(to) and since <= within for added, to, within in self.named.additions)

    def _after_stop(self, drug: str, day: int, today: set[str]) -> bool:
        for added, to, stopped, within in self.named.after_stop:
            ends = [self.ends[one] for one in self.done[-1].drugs & stopped]
            if drug in added and self._has(to) and ends and not today & stopped and 0 < day - max(ends) <= within:
                return True
        return False

    def _take(self, day: int, one: Given) -> None:
        line = self.done[-1]
        if one.drug not in line.drugs:
            (line.regimen if day <= line.start + self.pack.window.days else line.later).add(one.drug)
        line.given[one.drug] = day
        line.ends[one.drug] = max(one.end, line.ends.get(one.drug, one.end))
        line.until = max(one.until, line.until)
        self.ends[one.drug] = max(one.end, self.ends.get(one.drug, one.end))
        self.untils[one.drug] = max(one.until, self.untils.get(one.drug, one.until))


def _maintained(line: Line, pack: Pack) -> bool:
    if pack.maintenance is None:
        return False
    ended = [day for drug, day in line.ends.items() if drug in pack.drugs_of(pack.maintenance.after)]
    given = [day for drug, day in line.given.items() if drug in pack.drugs_of(pack.maintenance.continued)]
    return bool(ended and given) and max(given) > max(ended) + pack.maintenance.silent


def _rows(lines: list[Line], pack: Pack, anchors: dict[int, int] | None, person: int) -> list[Row]:
    rows: list[Row] = []
    numbers = {True: 0, False: 0}
    for line, following in zip(lines, [*lines, None][1:], strict=True):
        covered = max(line.ends.values())
        end = covered if following is None else min(covered, following.start - 1)
        curative = _curative(line.start, end, pack, anchors, person)
        numbers[curative] += 1
        row = {"line": numbers[curative], "start_day": line.start, "end_day": end, "began": line.began, "curative": curative}
        drugs = {"regimen": sorted(line.regimen), "later": sorted(line.later)}
        rows.append(row | drugs | {"maintenance": _maintained(line, pack), "rechallenge": line.rechallenge})
    return rows


def _curative(start: int, end: int, pack: Pack, anchors: dict[int, int] | None, person: int) -> bool:
    if anchors is None or pack.anchor is None:
        return False
    day = anchors.get(person)
    return day is None or (start < day - pack.anchor.lead_in.days and end <= day + pack.anchor.ongoing.days)


def _summary(person: int, index: int, lines: list[Row], pack: Pack, anchors: dict[int, int] | None) -> Row:
    counted = [row for row in lines if not row["curative"]]
    current = [row["line"] for row in counted if row["start_day"] <= index <= row["end_day"] + pack.current.days]
    cured = [row["end_day"] for row in lines if row["curative"]]
    day = anchors.get(person) if anchors else None
    return {
        "person_id": person,
        "prior_lines": sum(row["start_day"] < index for row in counted),
        "current_line_at_index": max(current, default=None),
        "early_relapse": bool(cured and day is not None and pack.anchor and day - max(cured) <= pack.anchor.early_relapse.days),
    }
