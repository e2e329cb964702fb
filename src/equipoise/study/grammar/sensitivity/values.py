"""Values of the block `sensitivity`: yes or no, and shares that are drawn."""

from __future__ import annotations

import re

from equipoise.study.errors import OUT_OF_RANGE
from equipoise.study.grammar.shapes.desk import Desk, Refused
from equipoise.study.grammar.shapes.phrases import NUMBER, Form, Sentence
from equipoise.study.grammar.shapes.tree import Node, Scalar
from equipoise.study.grammar.shapes.values import Schema, Shape, wrong_type
from equipoise.study.model import BetaPrior, Prior, TriangularPrior

LARGEST_VALIDATION = 1e9


class YesNo(Shape[bool]):
    """`yes` or `no`."""

    def read(self, node: Node, desk: Desk) -> bool | None:
        """See `Shape.read`."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool):
            return value
        words = {"yes": True, "no": False}
        return words[value] if isinstance(value, str) and value in words else wrong_type(node, desk, "`yes` or `no`")

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"enum": ["yes", "no", True, False]}


def _triangular(match: re.Match[str], node: Node, desk: Desk) -> Prior | Refused:
    least, greatest, likely = (float(match[name]) for name in ("least", "greatest", "likely"))
    if not 0 < least <= likely <= greatest <= 1 or least == greatest:
        return desk.report(OUT_OF_RANGE, "shares above 0, up to 1; the most likely one between the two others", node)
    return TriangularPrior(least=least, likely=likely, greatest=greatest)


def _beta(match: re.Match[str], node: Node, desk: Desk) -> Prior | Refused:
    a, b = float(match["a"]), float(match["b"])
    if not (0 < a <= LARGEST_VALIDATION and 0 < b <= LARGEST_VALIDATION):
        return desk.report(OUT_OF_RANGE, "the two numbers of a beta distribution must be above 0", node)
    return BetaPrior(a=a, b=b)


PRIOR: Sentence[Prior] = Sentence(
    "a share that is drawn",
    (
        Form(
            rf"triangular (?P<least>{NUMBER}) to (?P<greatest>{NUMBER}),? most likely (?P<likely>{NUMBER})",
            "triangular 0.7 to 0.98, most likely 0.9",
            "drawn between the two shares, the third most often",
            _triangular,
        ),
        Form(
            rf"beta (?P<a>{NUMBER}) ?, ?(?P<b>{NUMBER})",
            "beta 90, 10",
            "drawn from a beta distribution: of 100 people in a validation, 90 were right",
            _beta,
        ),
    ),
)
