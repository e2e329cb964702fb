"""Many small questions as one: CDMs and their definitions moved apart, so that an engine that is slow to ask is asked once.

Each question's persons, visits, places and concepts get numbers of their own. What a definition finds among the persons of other questions
is left out of its answer: persons do not look at one another. Statistics count persons, so questions about these stay alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any

import pyarrow as pa

from equipoise.cohort.circe.language import attributes
from equipoise.cohort.circe.model import CohortExpression, Concept
from equipoise.engine.circe.generating import Generated, Request

APART = 1_000_000
MEANT = 4_000_000
"""Concepts from here on mean something to the engine itself (an abnormal value)."""
Rows = list[dict[str, object]]
Answer = list[tuple[int, object, object]]


@dataclass(slots=True)
class Questions:
    """All tables in one CDM, and the definitions of each question."""

    tables: dict[str, Rows] = field(default_factory=lambda: defaultdict(list))
    asked: list[list[CohortExpression]] = field(default_factory=list)

    def add(self, tables: dict[str, Rows], expressions: Sequence[CohortExpression]) -> None:
        """One more question."""
        apart = (len(self.asked) + 1) * APART
        for name, rows in tables.items():
            self.tables[name] += [{column: _moved(column, value, apart) for column, value in row.items()} for row in rows]
        self.asked.append([moved(one, apart) for one in expressions])

    def requests(self) -> list[Request]:
        """All definitions, numbered through."""
        return [Request(number, one) for number, one in enumerate(one for some in self.asked for one in some)]

    def answers(self, made: Generated) -> list[list[Answer]]:
        """For each question the rows of each of its definitions, of its own persons by their own numbers."""
        by_id: dict[int, Answer] = defaultdict(list)
        for row in made.rows.to_pylist():
            by_id[row["cohort_definition_id"]].append((row["subject_id"], row["cohort_start_date"], row["cohort_end_date"]))
        numbers = iter(range(sum(map(len, self.asked))))
        return [
            [[(one - place * APART, *days) for one, *days in by_id[next(numbers)] if one // APART == place] for _ in some]  # type: ignore[misc]
            for place, some in enumerate(self.asked, start=1)
        ]


def _moved(column: str, value: object, apart: int) -> object:
    names = column.endswith(("_id", "_id_1", "_id_2")) and column not in (
        "domain_id",
        "relationship_id",
        "unique_device_id",
        "specimen_source_id",
    )
    return value + apart if names and isinstance(value, int) and 0 < value < MEANT else value


def moved(node: Any, apart: int) -> Any:
    """The same part of a definition with its concepts' numbers moved."""
    if isinstance(node, Concept):
        return replace(node, concept_id=node.concept_id + apart) if 0 < node.concept_id < MEANT else node
    if isinstance(node, tuple):
        return tuple(moved(one, apart) for one in node)
    if not is_dataclass(node):
        return node
    inner = {one.name: getattr(node, one.name) for one in attributes(type(node))}
    return replace(node, **{name: moved(value, apart) for name, value in inner.items() if isinstance(value, tuple) or is_dataclass(value)})  # type: ignore[type-var]


def answers_of(rows: pa.Table, definitions: Iterable[int]) -> list[Answer]:
    """The rows of each definition."""
    found: dict[int, Answer] = {one: [] for one in definitions}
    for row in rows.to_pylist():
        found[row["cohort_definition_id"]].append((row["subject_id"], row["cohort_start_date"], row["cohort_end_date"]))
    return list(found.values())
