"""The pass over all persons: a wave takes the k-th day of every person that has one, so that nothing loops over persons.

State is kept for some thousand persons at a time, so that it stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from equipoise.engine.lines.compiled import ALWAYS, CompiledPack, Flags, Ints
from equipoise.engine.lines.exposures import Exposures
from equipoise.engine.lines.state import Closed, Joined, State
from equipoise.engine.lines.today import Decision, Today, decide

CELLS_AT_A_TIME = 1_500_000
"""Persons times drugs in one block of state."""
Rows = TypeVar("Rows", Closed, Joined)


@dataclass(frozen=True, slots=True)
class _Block:
    """Persons with the most days first. `day_rows`: first row of each day, and the end; `first_day`: each person's first among the days."""

    persons: Ints
    days: Ints
    first_day: Ints
    day_rows: Ints


def all_lines(given: Exposures, borders: Ints, rules: CompiledPack) -> tuple[Closed, Joined]:
    """Every line of every person, and the drugs of each, in no particular order. `borders` by person; `ALWAYS` for none."""
    closed: list[Closed] = []
    joined: list[Joined] = []
    for block in _blocks(given, len(rules.drugs)):
        _run(block, given, borders, rules, (closed, joined))
    nothing = np.zeros(0, np.int64)
    no, small = np.zeros(0, np.bool_), np.zeros(0, np.int8)
    return (
        stacked([Closed(nothing, nothing, nothing, nothing, small, no, no), *closed]),
        stacked([Joined(nothing, nothing, nothing, no), *joined]),
    )


def stacked(parts: list[Rows]) -> Rows:
    """The rows of all parts, one after the other."""
    kind = type(parts[0])
    return kind(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(kind)))


def _blocks(given: Exposures, drugs: int) -> Iterator[_Block]:
    if not len(given.day):
        return
    fresh = (given.person[1:] != given.person[:-1]) | (given.day[1:] != given.day[:-1])
    day_rows = np.append(np.flatnonzero(np.concatenate(([True], fresh))), len(given.day))
    who = given.person[day_rows[:-1]]
    persons, first_day, days = np.unique(who, return_index=True, return_counts=True)
    size = max(1, CELLS_AT_A_TIME // drugs)
    for low in range(0, len(persons), size):
        order = low + np.argsort(-days[low : low + size], kind="stable")
        yield _Block(persons[order], days[order], first_day[order], day_rows)


def _run(block: _Block, given: Exposures, borders: Ints, rules: CompiledPack, into: tuple[list[Closed], list[Joined]]) -> None:
    state = State.before_anything(len(block.persons), len(rules.drugs))
    for wave in range(int(block.days[0])):
        people = int(np.searchsorted(-block.days, -wave, side="left"))
        today = _today(block, given, borders, wave, people)
        decision = decide(state, today, rules)
        into[0].extend(_close(state, block, today, decision, rules.silent))
        _take(state, block, today, rules, into[1])
    everyone = np.arange(len(block.persons))
    into[0].append(Closed.of(state, everyone, block.persons, None, rules.silent))


def _today(block: _Block, given: Exposures, borders: Ints, wave: int, people: int) -> Today:
    which = block.first_day[:people] + wave
    begin = block.day_rows[which]
    count = block.day_rows[which + 1] - begin
    first_row = np.cumsum(count) - count
    place = np.repeat(np.arange(people), count)
    rows = np.arange(len(place)) + (begin - first_row)[place]
    return Today(place, given.drug[rows], given.end[rows], given.until[rows], given.day[begin], borders[block.persons[:people]], first_row)


def _close(state: State, block: _Block, today: Today, decision: Decision, silent: int) -> Iterator[Closed]:
    who = np.flatnonzero(decision.begins)
    state.rechallenge[: len(today.day)] |= decision.rechallenge
    ended = who[state.line[who] > 0]
    if len(ended):
        yield Closed.of(state, ended, block.persons[ended], today.day[ended] - 1, silent)
    if len(who):
        state.begin(who, today.day[who], decision.reason[who].astype(np.int8))


def _take(state: State, block: _Block, today: Today, rules: CompiledPack, into: list[Joined]) -> None:
    people, place, drug = len(today.day), today.place, today.drug
    line = state.line[place]
    fresh = np.flatnonzero(state.member[place, drug] != line)
    if len(fresh):
        new = place[fresh]
        in_window: Flags = today.day[new] <= state.start[new] + rules.pack.window.days
        into.append(Joined(block.persons[new], line[fresh], drug[fresh], in_window))
    state.member[place, drug] = line
    state.ends[place, drug] = np.maximum(state.ends[place, drug], today.end)
    state.untils[place, drug] = np.maximum(state.untils[place, drug], today.until)
    _raise(state.end[:people], today.latest(today.end))
    _raise(state.until[:people], today.latest(today.until))
    _raise(state.induction_end[:people], today.latest(np.where(rules.induction[drug], today.end, -ALWAYS)))
    _raise(state.continued_day[:people], np.where(today.any_row(rules.continued[drug]), today.day, -ALWAYS))


def _raise(held: Ints, to: Ints) -> None:
    np.maximum(held, to, out=held)
