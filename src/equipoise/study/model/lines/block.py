"""Lines of therapy in a study: the rules, and the code sets by which a site's records are known."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from equipoise.study.model.base import Model
from equipoise.study.model.lines.pack import Pack
from equipoise.study.model.lines.rules import Names, WholeDays


class LineDrug(Model):
    """A drug or product of the pack, and the code sets whose records are that drug."""

    drug: str
    sets: Names


class LineAnchor(Model):
    """The anchor is the first day with a record of the sets; with `confirmed_within`, the first with a later such day so soon after it."""

    sets: Names
    confirmed_within: WholeDays | None = None


class Varied(Model):
    """A setting of the rules by its name in the study file, and the values it takes in the sensitivity grid: days, ascending.

    The setting `anchor records` takes 1 (one record is enough) and 2 (a second must confirm it).
    """

    setting: str
    values: Annotated[tuple[WholeDays, ...], Field(min_length=1)]


class LinesOfTherapy(Model):
    """Whose lines count, by which rules, found in which records. The pack is held whole, so that a study's hash covers every rule.

    Lines before the index are judged from what was recorded up to the index day. `local`: sets of local treatments, around which some
    drugs do not count. `pathways`: how many regimens are told apart where the courses of treatment are counted.
    """

    pack: Pack
    drugs: Annotated[tuple[LineDrug, ...], Field(min_length=1)]
    anchor: LineAnchor | None = None
    local: tuple[str, ...] = ()
    vary: tuple[Varied, ...] = ()
    pathways: Annotated[int, Field(ge=1, le=12)] = 8
