"""A p-value as abstracts print it."""

from __future__ import annotations

from equipoise.study.errors import UNREADABLE_PHRASE
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.tree import Node, Scalar
from equipoise.study.grammar.shapes.values import Number, Schema, Shape, wrong_type


class PublishedP(Shape[tuple[float, bool]]):
    """`0.03`, or `below 0.001`: the number, and whether it is a bound."""

    def read(self, node: Node, desk: Desk) -> tuple[float, bool] | None:
        """See `Shape.read`."""
        if not isinstance(node, Scalar):
            return wrong_type(node, desk, "a p-value such as 0.03, or `below 0.001`")
        if not isinstance(node.value, str):
            value = Number(low=0, high=1).read(node, desk)
            return None if value is None else (value, False)
        words = node.text.split()
        try:
            value = float(words[1]) if len(words) == 2 and words[0] in ("below", "<") else -1.0
        except ValueError:
            value = -1.0
        if not 0 < value <= 1:
            return desk.report(UNREADABLE_PHRASE, "a p-value is written as 0.03, or as `below 0.001`", node)
        return (value, True)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [Number(low=0, high=1).schema(), {"type": "string"}]}
