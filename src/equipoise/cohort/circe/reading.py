"""Circe JSON becomes the model, or one error that holds all the problems, each with its place."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from equipoise.cohort.circe.decoding import Decoder
from equipoise.cohort.circe.errors import NOT_JSON, NOT_TEXT, REPEATED_KEY, TOO_DEEP, UNREADABLE
from equipoise.cohort.circe.model import CohortExpression
from equipoise.cohort.circe.place import Place, path_of
from equipoise.kernel.errors import EquipoiseError, Problem, Where

LARGEST_FILE = 64_000_000
"""Bytes. The largest public definitions are about a hundredth of this."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_circe(path: Path) -> CohortExpression:
    """Read a definition from a file, as ATLAS exports it or as its web service answers (then under `expression`).

    Raises
    ------
    EquipoiseError
        One error with every problem (`EQ-CIRCE-...`), each with its path inside the document.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UNREADABLE.error("the definition is too large", Where(file=path))
        return parse_circe(path.read_text(encoding="utf-8-sig"), path)
    except FileNotFoundError:
        raise UNREADABLE.error("there is no such definition", Where(file=path)) from None
    except UnicodeDecodeError:
        raise UNREADABLE.error("the definition is not UTF-8 text", Where(file=path)) from None
    except OSError:
        raise UNREADABLE.error("the definition cannot be opened", Where(file=path)) from None


def parse_circe(text: str, file: Path | None = None) -> CohortExpression:
    """Read a definition from JSON text; `file` is named in errors.

    Raises
    ------
    EquipoiseError
        As `read_circe`.
    """
    return from_tree(_tree(text, file), file)


def from_tree(tree: object, file: Path | None = None) -> CohortExpression:
    """Read a definition from plain values, as `json.loads` gives them.

    Raises
    ------
    EquipoiseError
        As `read_circe`.
    """
    return Decoder(file).expression(_unwrapped(tree, file))


def _tree(text: str, file: Path | None) -> Any:
    repeated: list[tuple[dict[str, Any], str]] = []
    tree = _parsed(text, file, repeated)
    if repeated:
        raise EquipoiseError(*(_twice(holder, key, tree, file) for holder, key in repeated))
    if _SURROGATE.search(text) and not _storable(tree):
        raise NOT_TEXT.error("the definition holds a lone surrogate", Where(file=file))
    return tree


def _parsed(text: str, file: Path | None, repeated: list[tuple[dict[str, Any], str]]) -> Any:
    def built(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counted = Counter(key for key, _ in pairs)
            repeated.extend((found, key) for key, n in counted.items() if n > 1)
        return found

    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=built)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "the text ends in the middle" if cut else f"{error.msg} in column {error.colno}"
        raise NOT_JSON.error(what, Where(file=file, line=error.lineno)) from None
    except RecursionError:
        raise TOO_DEEP.error("the JSON is nested too deep", Where(file=file)) from None
    except ValueError:
        raise NOT_JSON.error("a number that JSON or any database does not have", Where(file=file)) from None


def _twice(holder: dict[str, Any], key: str, tree: object, file: Path | None) -> Problem:
    place = next((place for place, found in _objects(tree) if found is holder), ())
    return Problem(REPEATED_KEY, f"the key {key[:60]!r} is there twice", Where(file=file, path=path_of((*place, key))))


def _objects(tree: object) -> Iterator[tuple[Place, object]]:
    """Every object of a tree with its place."""
    left: list[tuple[Place, object]] = [((), tree)]
    while left:
        place, found = left.pop()
        if isinstance(found, dict):
            yield place, found
        steps = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        left += [((*place, step), inner) for step, inner in steps]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _storable(tree: object) -> bool:
    try:
        json.dumps(tree, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _unwrapped(tree: object, file: Path | None) -> object:
    """The definition itself, where a web service put it under `expression`."""
    if not isinstance(tree, dict) or "PrimaryCriteria" in tree or "expression" not in tree:
        return tree
    inner = tree["expression"]
    return _tree(inner, file) if isinstance(inner, str) else inner
