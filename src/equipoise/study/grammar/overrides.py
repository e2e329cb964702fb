"""Findings of the design checks that the authors know of, each with their reason."""

from __future__ import annotations

import re

from equipoise.study.errors import BAD_OVERRIDE
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import ByName
from equipoise.study.grammar.shapes.tree import Node
from equipoise.study.grammar.shapes.values import Schema, Shape, Text
from equipoise.study.model import Override

CHECK_CODE = r"DC\d\d"
SHORTEST_REASON = 20
"""Characters: an override without a reason is a finding ignored."""


class Reason(Shape[Override]):
    """Why a finding is gone on in spite of; the name is the check's code."""

    def read(self, node: Node, desk: Desk) -> Override | None:
        """See `Shape.read`."""
        text = Text(500).read(node, desk)
        if text is None:
            return None
        if not re.fullmatch(CHECK_CODE, node.name):
            return desk.report(BAD_OVERRIDE, f"`{node.name[:20]}` is no code of a check, such as DC01", node)
        if len(text.strip()) < SHORTEST_REASON:
            return desk.report(BAD_OVERRIDE, f"the reason for {node.name} is too short to be one", node)
        return Override(check=node.name, reason=text.strip())

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return Text(500).schema()


OVERRIDES: ByName[Override] = ByName(Reason(), plain_names=False)
