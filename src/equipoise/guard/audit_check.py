"""Reading a site's log, and whether it is as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from equipoise.guard.audit import BEGINNING, HEAD_FILE, LOG_FILE, fits, hash_of, read_head, signed
from equipoise.guard.audit_memory import missing
from equipoise.guard.errors import AUDIT_BROKEN
from equipoise.guard.secure_sums.identity import KEY_FILE, Identity
from equipoise.kernel.errors import EquipoiseError, Problem, Where


@dataclass(frozen=True, slots=True)
class Line:
    """One decision as it stands in the log; names as in `audit.Entry`."""

    line: int
    when: str
    who: str
    study_hash: str
    question: int
    estimator: str
    shape: str
    size_bytes: int
    terms: str
    decision: str


def lines_of(folder: Path) -> Iterator[Line]:
    """The log's lines, in order. Raises EQ-GUARD-015 for one that cannot be read, by its number."""
    path = folder / LOG_FILE
    if not path.exists():
        return
    with path.open("rb") as log:
        for number, text in enumerate(log, start=1):
            try:
                content = json.loads(text)
                yield Line(**{name: content[name] for name in Line.__slots__})
            except (ValueError, KeyError, TypeError):
                raise AUDIT_BROKEN.error("this line cannot be read", Where(file=path, line=number)) from None


def verify(folder: Path) -> int:
    """How many lines the log has. Raises EQ-GUARD-015 with every place where it is not as it was written.

    A line that does not follow the one before it is named; after it, the chain is taken up again, so that later damage is named too.
    """
    path, before, number, size = folder / LOG_FILE, BEGINNING, 0, 0
    problems: list[Problem] = []

    def wrong(what: str, line: int | None = None) -> None:
        problems.extend(AUDIT_BROKEN.error(what, Where(file=path, line=line)).problems)

    if path.exists():
        with path.open("rb") as log:
            for number, text in enumerate(log, start=1):
                if not fits(text, before):
                    wrong("this line was changed, or lines before it were changed, taken out or put elsewhere", number)
                before, size = hash_of(text), size + len(text)
    try:
        head, signature = read_head(folder / HEAD_FILE)
    except EquipoiseError as error:
        raise EquipoiseError(*problems, *error.problems) from None
    if (head.lines, head.size, head.hash) != (number, size, before):
        wrong(f"the log has {number} lines; its head was written after {head.lines} lines, or another last line")
    if head.lines and (folder / KEY_FILE).exists() and not signed(head, signature, Identity.of(folder)):
        wrong("the head of the log is not signed by this site")
    if what := missing(folder, number):
        wrong(what)
    if problems:
        raise EquipoiseError(*problems)
    return number
