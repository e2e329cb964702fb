"""Where every person stands while the days go by: the running line, and for each drug when it last was given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.engine.lines.compiled import NEVER, Flags, Ints


@dataclass(frozen=True, slots=True)
class State:
    """Arrays by person, changed in place. `line` counts from 1; 0: none yet.

    `ends`, `untils`: by person and drug, the last day covered and the last day of the gap, whatever the line. `member`: by person and drug,
    the last line that the drug was part of; -1: none. `induction_end`, `continued_day`: for the maintenance flag of the running line.
    """

    line: Ints
    start: Ints
    end: Ints
    until: Ints
    began: npt.NDArray[np.int8]
    rechallenge: Flags
    induction_end: Ints
    continued_day: Ints
    ends: Ints
    untils: Ints
    member: Ints

    @classmethod
    def before_anything(cls, persons: int, drugs: int) -> State:
        """No line, no drug."""
        never = [np.full(persons, NEVER, np.int64) for _ in range(5)]
        return cls(
            line=np.zeros(persons, np.int64),
            start=never[0],
            end=never[1],
            until=never[2],
            began=np.zeros(persons, np.int8),
            rechallenge=np.zeros(persons, np.bool_),
            induction_end=never[3],
            continued_day=never[4],
            ends=np.full((persons, drugs), NEVER, np.int64),
            untils=np.full((persons, drugs), NEVER, np.int64),
            member=np.full((persons, drugs), -1, np.int64),
        )

    def begin(self, who: Ints, day: Ints, reason: npt.NDArray[np.int8]) -> None:
        """A new line for these persons on these days, still without drugs."""
        self.line[who] += 1
        self.start[who] = day
        self.began[who] = reason
        self.rechallenge[who] = False
        for one in (self.end, self.until, self.induction_end, self.continued_day):
            one[who] = NEVER


@dataclass(frozen=True, slots=True)
class Closed:
    """Lines that have ended: person (place in the table of ids), the line's number among all of the person's, and what it was."""

    person: Ints
    line: Ints
    start: Ints
    end: Ints
    began: npt.NDArray[np.int8]
    rechallenge: Flags
    maintenance: Flags

    @classmethod
    def of(cls, state: State, who: Ints, person: Ints, last_day: Ints | None, silent: int) -> Closed:
        """The running lines of these places of the state; they end on `last_day` at the latest."""
        end = state.end[who] if last_day is None else np.minimum(state.end[who], last_day)
        kept = (state.induction_end[who] > NEVER) & (state.continued_day[who] > state.induction_end[who] + silent)
        return cls(person, state.line[who], state.start[who], end, state.began[who], state.rechallenge[who], kept)


@dataclass(frozen=True, slots=True)
class Joined:
    """Drugs that became part of a line, and whether inside the regimen window."""

    person: Ints
    line: Ints
    drug: Ints
    in_window: Flags
