"""Nested lines of text, and how they become Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the lines under it."""

    text: str
    under: tuple[Line, ...] = ()


def bullets(lines: tuple[Line, ...], depth: int = 0) -> Iterator[str]:
    """Markdown list items, indented by depth."""
    for line in lines:
        yield f"{'  ' * depth}- {line.text}"
        yield from bullets(line.under, depth + 1)


def plain(text: str) -> str:
    """Text from a definition, in one line, with nothing that Markdown or HTML would take for its own."""
    one_line = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in one_line)


def listed(items: list[str], last: str = "or") -> str:
    """`a, b or c`."""
    return f" {last} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def counted(number: int | float, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
