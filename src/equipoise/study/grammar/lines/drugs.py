"""By which code sets a study knows the drugs of its lines of therapy."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.kernel.errors import closest
from equipoise.study.errors import UNKNOWN_SET
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import ByName
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import OneOrMore, Schema, SetName, Shape, Text, Turned


@dataclass(frozen=True, slots=True)
class Named:
    """A drug with the sets that are it."""

    drug: str
    sets: tuple[str, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class DrugsSaid:
    """Either sets whose descriptions name drugs (`lists`), or each drug with its own (`named`)."""

    lists: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()


def _list_of(text: str, node: Node, desk: Desk) -> str | None:
    """The name of a set that is read here and taken apart; the study does not use it whole."""
    if desk.sets is None or text in desk.sets:
        return text
    return desk.report(UNKNOWN_SET, f"there is no code set `{text[:60]}`", node, closest(text, desk.sets))


_LISTS = OneOrMore(Turned(Text(80), _list_of))
_BY_DRUG: ByName[Named] = ByName(Turned(OneOrMore(SetName()), lambda sets, node, _desk: Named(node.name, sets, node)), plain_names=False)


@dataclass(frozen=True)
class Drugs(Shape[DrugsSaid]):
    """A list of sets, or sets by drug."""

    def read(self, node: Node, desk: Desk) -> DrugsSaid | None:
        """See `Shape.read`."""
        if isinstance(node, Mapping):
            named = _BY_DRUG.read(node, desk)
            return None if named is None else DrugsSaid(named=named)
        lists = _LISTS.read(node, desk)
        return None if lists is None else DrugsSaid(lists=lists)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [_LISTS.schema(), _BY_DRUG.schema()]}


DRUGS = Drugs()
