"""The `cohorts` block: cohort definitions of ATLAS (Circe JSON) under names that stand wherever a code set may."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from equipoise.cohort.circe.errors import UNREADABLE
from equipoise.cohort.circe.reading import read_circe
from equipoise.cohort.circe.writing import to_tree
from equipoise.kernel.errors import EquipoiseError, closest
from equipoise.study.errors import DEFINITION_UNREADABLE, DEFINITION_UNUSABLE, DUPLICATE_NAME
from equipoise.study.grammar.shapes.desk import Desk, Spot
from equipoise.study.grammar.shapes.records import RESERVED, ByName, Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import Schema, Shape, Text
from equipoise.study.model import CodeSet


def _definition(path: str, node: Node, desk: Desk) -> str | None:
    """The definition as compact JSON, which travels inside the study document; its problems, each with its own file and place."""
    file = desk.file.parent / path
    try:
        tree = to_tree(read_circe(file))
    except EquipoiseError as error:
        first = error.problems[0]
        if first.kind is UNREADABLE:
            return desk.report(DEFINITION_UNREADABLE, f"`{path[:80]}`: {first.what}", node, _near(file))
        desk.problems.extend(error.problems)
        counted = "one problem" if len(error.problems) == 1 else f"{len(error.problems)} problems"
        return desk.report(DEFINITION_UNUSABLE, f"the cohort definition `{path[:80]}` has {counted}", node)
    except ValueError:
        return desk.report(DEFINITION_UNREADABLE, f"`{path[:80]}` is no path of a definition", node)
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _near(file: Path) -> str | None:
    try:
        return closest(file.name, [other.name for other in file.parent.glob("*.json")]) if file.parent.is_dir() else None
    except (OSError, ValueError):
        return None


@dataclass(frozen=True)
class _Definition(Shape[str]):
    """A path to a definition."""

    def read(self, node: Node, desk: Desk) -> str | None:
        """See `Shape.read`."""
        path = Text(300).read(node, desk)
        return None if path is None else _definition(path, node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return Text(300).schema()


_CIRCE = Field(
    "circe",
    _Definition(),
    "A cohort definition of ATLAS (Circe JSON), from the folder of the study file.",
    required=True,
    example="cohorts/tare.json",
)


def _cohort(entry: Entry) -> CodeSet | None:
    return CodeSet(name=entry.node.name, codes=(), circe=entry.need(_CIRCE)) if entry.whole else None


@dataclass(frozen=True)
class Cohorts(ByName[CodeSet]):
    """Names with definitions. They join those of the code sets, also when a definition cannot be used: then it alone is complained of."""

    def read(self, node: Node, desk: Desk) -> tuple[CodeSet, ...] | None:
        """See `Shape.read`."""
        found = super().read(node, desk)
        if desk.sets is None or not isinstance(node, Mapping):
            return found
        for pair in node.pairs:
            if pair.key in desk.sets:
                desk.report(DUPLICATE_NAME, f"`{pair.key[:60]}` is a code set already", Spot(pair.line, pair.value.path))
        desk.sets |= {pair.key for pair in node.pairs}
        return found


COHORTS = Cohorts(Record((_CIRCE,), _cohort), reserved=RESERVED)
