"""A rule pack as arrays: drugs are numbered in the order of their names, and rules become tables of drug against drug."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from equipoise.study.model.lines.pack import Pack

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
NEVER = -(2**40)
"""A number of days, or a day, that lies before all others."""
ALWAYS = 2**40


@dataclass(frozen=True, slots=True)
class StopRule:
    """`AfterStop` by drug number: which drugs may be added, to what, after which have stopped, within how many days."""

    added: Flags
    to: Flags
    stopped: Flags
    within: int


@dataclass(frozen=True, slots=True)
class CompiledPack:
    """Tables of shape (drugs, drugs): row the drug of today, column a drug of the running line.

    `stands_in`: most days since the column's last covered day. `joins`: most days since the line's start. `advances`: always a new line.
    """

    pack: Pack
    drugs: tuple[str, ...]
    gap: Ints
    """By drug, of its own route."""
    stands_in: Ints
    joins: Ints
    advances: Flags
    after_stop: tuple[StopRule, ...]
    induction: Flags
    continued: Flags
    silent: int


def compiled(pack: Pack) -> CompiledPack:
    """The arrays of a pack. Raises EQ-STUDY-061 for a name that the pack does not have."""
    drugs = pack.drugs()
    flags = _Flagger(pack, drugs)
    keep = pack.maintenance
    return CompiledPack(
        pack=pack,
        drugs=drugs,
        gap=np.array([pack.gap[pack.class_of()[drug].route].days for drug in drugs], np.int64),
        stands_in=_stands_in(pack, flags),
        joins=_joins(pack, flags),
        advances=_advances(pack, flags),
        after_stop=tuple(StopRule(flags(r.added), flags.to(r.to), flags(r.stopped), r.within) for r in pack.after_stop),
        induction=flags(keep.after if keep else ()),
        continued=flags(keep.continued if keep else ()),
        silent=keep.silent if keep else 0,
    )


class _Flagger:
    """From names to flags by drug number."""

    def __init__(self, pack: Pack, drugs: tuple[str, ...]) -> None:
        self.pack, self.drugs = pack, drugs

    def __call__(self, names: tuple[str, ...]) -> Flags:
        wanted = self.pack.drugs_of(names)
        return np.array([drug in wanted for drug in self.drugs], np.bool_)

    def to(self, names: tuple[str, ...]) -> Flags:
        """As called; no names stand for every drug."""
        return self(names) if names else np.ones(len(self.drugs), np.bool_)


def _stands_in(pack: Pack, flags: _Flagger) -> Ints:
    table = np.full((len(flags.drugs),) * 2, NEVER, np.int64)
    for rule in pack.substitutions:
        some = flags(rule.between)
        table = np.where(np.outer(some, some), np.maximum(table, rule.within), table)
    np.fill_diagonal(table, NEVER)
    return table


def _joins(pack: Pack, flags: _Flagger) -> Ints:
    table = np.full((len(flags.drugs),) * 2, NEVER, np.int64)
    for one in pack.classes.values():
        places = [flags.drugs.index(drug) for drug in one.drugs if one.another == "joins"]
        for row, column in product(places, places):
            table[row, column] = NEVER if row == column else ALWAYS
    for rule in pack.additions:
        table = np.where(np.outer(flags(rule.added), flags.to(rule.to)), np.maximum(table, rule.within), table)
    return table


def _advances(pack: Pack, flags: _Flagger) -> Flags:
    table = np.zeros((len(flags.drugs),) * 2, np.bool_)
    for rule in pack.advances:
        table |= np.outer(flags(rule.added), flags.to(rule.to))
    return table
