"""A site's own log of what left it: one JSON line a decision. Holds names, shapes and sizes; no value."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. `shape`: each field's name and array shape. `decision`: `released` or the code of the refusal."""

    study_hash: str
    question: int
    estimator: str
    shape: str
    size_bytes: int
    decision: str


NAMES = tuple(part.name for part in fields(Entry))


class AuditLog:
    """Writes `audit.jsonl` in a folder of the site; without a folder it keeps nothing.

    Entries of one answer are written together: `flush` before the answer leaves.
    """

    def __init__(self, folder: Path | None) -> None:
        self.path = folder / "audit.jsonl" if folder else None
        self._waiting: list[str] = []
        self._lock = Lock()

    def append(self, entry: Entry) -> None:
        """Take an entry, with the time in UTC."""
        if self.path is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            self._waiting.append(json.dumps({"when": now, **{name: getattr(entry, name) for name in NAMES}}) + "\n")

    def flush(self) -> None:
        """Write what was taken. Raises OSError when it cannot be written: then nothing may leave."""
        with self._lock:
            lines, self._waiting = self._waiting, []
            if self.path is None or not lines:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as log:
                log.writelines(lines)
