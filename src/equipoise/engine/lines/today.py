"""One day of many persons at once: which drugs return, which are new, and where a new line begins.

`place` is a person's place in the state; rows are drugs given, sorted by place, and every person of the day has at least one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.engine.lines.compiled import NEVER, CompiledPack, Flags, Ints, StopRule
from equipoise.engine.lines.state import State

FIRST, NEW_DRUG, GAP, ANCHOR = range(4)


@dataclass(frozen=True, slots=True)
class Today:
    """`place`, `drug`, `end`, `until` by row; `day`, `border` and `first_row` by person, for the first `len(day)` places of the state."""

    place: Ints
    drug: Ints
    end: Ints
    until: Ints
    day: Ints
    border: Ints
    first_row: Ints

    def any_row(self, flags: Flags) -> Flags:
        """By person: whether any row is flagged."""
        found: Flags = np.logical_or.reduceat(flags, self.first_row)
        return found

    def latest(self, days: Ints) -> Ints:
        """By person: the largest of the rows."""
        found: Ints = np.maximum.reduceat(days, self.first_row)
        return found


@dataclass(frozen=True, slots=True)
class Decision:
    """By person: whether a line begins and why, and whether the running one was taken up again after a gap."""

    begins: Flags
    reason: Ints
    rechallenge: Flags


def decide(state: State, today: Today, rules: CompiledPack) -> Decision:
    """What today's drugs do to the running lines. The state is not changed."""
    people = len(today.day)
    line, start, day = state.line[:people], state.start[:people], today.day
    known, carried, stopped = _returns(state, today, rules)
    new = ~(known | carried)
    any_new = today.any_row(new)
    first, over = line == 0, day > state.until[:people]
    crossing = (start < today.border) & (today.border <= day)
    late = day > start + rules.pack.window.days
    advances = np.zeros(people, np.bool_)
    asked = new & (late & ~over & ~crossing & ~first)[today.place]
    if asked.any():
        rows = np.flatnonzero(asked)
        advances[today.place[rows[_advancing(state, today, rules, rows)]]] = True
    begins = first | (over & (crossing | any_new)) | (crossing & any_new) | advances
    reason = np.select([first, crossing, over], [FIRST, ANCHOR, GAP], NEW_DRUG)
    return Decision(begins, reason, ~begins & today.any_row(known & stopped))


def _returns(state: State, today: Today, rules: CompiledPack) -> tuple[Flags, Flags, Flags]:
    """By row: known to the running line, carried over from the one before, away for longer than its gap."""
    place, drug = today.place, today.drug
    member, line, day = state.member[place, drug], state.line[place], today.day[place]
    ends, untils = state.ends[place, drug], state.untils[place, drug]
    stopped = day > untils
    known = (member == line) & (~stopped | (day <= ends + rules.pack.rechallenge.days))
    carried = (member == line - 1) & (ends >= state.start[place] - rules.pack.window.days) & ~stopped
    return known, carried, stopped


def _advancing(state: State, today: Today, rules: CompiledPack, rows: Ints) -> Flags:
    """Of these rows, each a new drug after the window of a running line: which begin a new line."""
    place, drug = today.place[rows], today.drug[rows]
    member = state.member[place] == state.line[place][:, None]
    ends, day = state.ends[place], today.day[place]
    joins = member & ((day[:, None] - ends <= rules.stands_in[drug]) | ((day - state.start[place])[:, None] <= rules.joins[drug]))
    let = joins.any(axis=1)
    for rule in rules.after_stop:
        let |= _after_stop(rule, today, rows, member, ends)
    always: Flags = (member & rules.advances[drug]).any(axis=1)
    advances: Flags = always | ~let
    return advances


def _after_stop(rule: StopRule, today: Today, rows: Ints, member: Flags, ends: Ints) -> Flags:
    place = today.place[rows]
    stop = np.where(member & rule.stopped, ends, NEVER).max(axis=1)
    ago = today.day[place] - stop
    given_today = today.any_row(rule.stopped[today.drug])[place]
    has = (member & rule.to).any(axis=1)
    fits: Flags = rule.added[today.drug[rows]] & has & ~given_today & (ago > 0) & (ago <= rule.within)
    return fits
