"""The `cohorts` block: cohort definitions of ATLAS (Circe JSON) under names that stand wherever a code set may."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from equipoise.cohort.circe.errors import UNREADABLE
from equipoise.cohort.circe.reading import read_circe
from equipoise.cohort.circe.writing import to_tree
from equipoise.kernel.errors import EquipoiseError, closest
from equipoise.study.errors import COHORT_WITHOUT_VALUES, DEFINITION_UNREADABLE, DEFINITION_UNUSABLE, DUPLICATE_NAME
from equipoise.study.grammar.shapes.desk import Desk, Spot
from equipoise.study.grammar.shapes.records import RESERVED, ByName, Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import Schema, Shape, Text
from equipoise.study.model import CodeSet, LabOutcome, MeasurementCovariate, MeasurementCriterion, Model, ValueMember


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

_OF_VALUES = (MeasurementCriterion, MeasurementCovariate, LabOutcome, ValueMember)


def check_values(parts: Iterable[object], cohorts: tuple[CodeSet, ...], desk: Desk) -> None:
    """Report each cohort whose values are asked for, where the study first names it."""
    named = {cohort.name for cohort in cohorts}
    valued = {name for part in parts for model in _inside(part) if isinstance(model, _OF_VALUES) for name in model.sets}
    for name in sorted(named & valued):
        desk.report(COHORT_WITHOUT_VALUES, f"`{name}` is a cohort and has no values", Spot(desk.used_sets[name], f"cohorts.{name}"))


def _inside(part: object) -> Iterator[object]:
    """A part of the study and all parts of it."""
    yield part
    for inner in part if isinstance(part, tuple) else vars(part).values() if isinstance(part, Model) else ():
        yield from _inside(inner)
