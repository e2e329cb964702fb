"""A study file becomes a `Study`, or one error that holds all its problems."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from equipoise.kernel.errors import EquipoiseError, Problem
from equipoise.study.errors import FILE_UNREADABLE
from equipoise.study.fingerprint import study_hash
from equipoise.study.grammar.document import read_document
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.tree import read_tree
from equipoise.study.model import Study

LARGEST_FILE = 1_000_000
"""Characters. A study is a page or two; what is larger is no study."""


@dataclass(frozen=True, slots=True)
class LoadedStudy:
    """A study with the text it was read from and the hash that names its results."""

    study: Study
    text: str
    hash: str


def read_study(path: Path) -> LoadedStudy:
    """Read a study file and its code lists.

    Raises
    ------
    EquipoiseError
        One error with every problem of the file and of its code lists (`EQ-STUDY-...`), each with file and line, in order.
    """
    try:
        if path.stat().st_size > 4 * LARGEST_FILE:
            _refuse(path, "the study file is too large")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        _refuse(path, "there is no such study file")
    except UnicodeDecodeError:
        _refuse(path, "the study file is not UTF-8 text")
    except (OSError, ValueError):
        _refuse(path, "the study file cannot be opened")
    return parse_study(text, path)


def parse_study(text: str, path: Path) -> LoadedStudy:
    """Read a study from text that stands, or would stand, at `path`: code files are sought beside it.

    Raises
    ------
    EquipoiseError
        As `read_study`.
    """
    desk = Desk(path)
    if len(text) > LARGEST_FILE:
        _refuse(path, "the study file is too large")
    root = read_tree(text, desk)
    study = None if root is None else read_document(root, desk)
    if study is None or desk.problems:
        raise EquipoiseError(*sorted(desk.problems, key=lambda problem: _order(problem, path)))
    return LoadedStudy(study, text, study_hash(study))


def _order(problem: Problem, path: Path) -> tuple[bool, str, int]:
    return problem.where.file != path, str(problem.where.file), problem.where.line or 0


def _refuse(path: Path, what: str) -> NoReturn:
    desk = Desk(path)
    desk.report(FILE_UNREADABLE, what, None)
    raise EquipoiseError(*desk.problems)
