"""The rules by which treatments become lines of therapy, as frozen values. A pack is a set of them; engines carry them out.

Where a rule takes names, a name is a drug, a class or a group of classes of the pack. Days are whole days, borders included.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from equipoise.study.model.base import Model

Status: TypeAlias = Literal["verified", "memory", "derived", "assumption"]
WholeDays: TypeAlias = Annotated[int, Field(ge=0, le=36500, strict=True)]
Names: TypeAlias = Annotated[tuple[str, ...], Field(min_length=1)]


class Rule(Model):
    """Every rule says how well it is known: `verified` in the source named, from `memory`, `derived` from others, or an `assumption`."""

    status: Status
    source: str = ""


class Days(Rule):
    """A number of days."""

    days: WholeDays


class DrugClass(Rule):
    """Drugs that make lines. `route` names the gap that ends them; a record's own route comes before it.

    `another`: what a second drug of the class does to a running line: it `advances` the line (as cytotoxics do) or `joins` it.
    """

    drugs: Names
    route: str
    another: Literal["advances", "joins"] = "advances"


class Never(Rule):
    """Drugs that are never part of a line: they begin none, end none, keep none running."""

    drugs: Names


class Local(Rule):
    """Drugs that do not count from the day of a local treatment to `last_day` days after it, because they were given with it."""

    drugs: Names
    last_day: WholeDays = 0


class Orders(Rule):
    """A record that is only an order counts when a later day within `confirmed_within` days has a record of the same drug."""

    confirmed_within: WholeDays


class Substitution(Rule):
    """Any of these drugs may stand in for another: no new line when the other's last covered day is at most `within` days ago."""

    between: Names
    within: WholeDays


class Addition(Rule):
    """`added` joins a line that has a drug of `to` (of anything, when empty) up to `within` days after the line's start."""

    added: Names
    to: tuple[str, ...] = ()
    within: WholeDays


class AfterStop(Rule):
    """`added` joins a line with a drug of `to` up to `within` days after the last covered day of the line's drugs of `stopped`.

    Not on a day on which a drug of `stopped` is given. Whether those drugs come back later is not looked at.
    """

    added: Names
    to: tuple[str, ...] = ()
    stopped: Names
    within: WholeDays


class Advance(Rule):
    """`added` always begins a new line when the running one has a drug of `to` (anything, when empty), whatever else would let it join."""

    added: Names
    to: tuple[str, ...] = ()


class Maintenance(Rule):
    """Flags a line if a drug of `continued` is recorded more than `silent` days after the last covered day of its drugs of `after`."""

    after: Names
    continued: Names
    silent: WholeDays


class Anchor(Model):
    """The day (of metastasis, say) before which lines are curative and do not count.

    A treatment that begins on or after the anchor less `lead_in` never joins a line begun before that. A line begun before it that ends at
    most `ongoing` days after the anchor is curative. `early_relapse`: most days from the last curative line's end to the anchor.
    """

    lead_in: Days
    ongoing: Days
    early_relapse: Days
