"""The `lines` block: rules of lines of therapy from a pack, changed where the study says so, and the records that they are found in."""

from equipoise.study.grammar.lines.block import LINES
from equipoise.study.grammar.lines.completing import Uses, complete_lines

__all__ = ["LINES", "Uses", "complete_lines"]
