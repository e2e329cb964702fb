"""A site's own log of what left it: one JSON line a decision, each bound to the one before it. Holds names, shapes and sizes; no value.

`audit.jsonl` is only ever added to. Every line ends with a SHA-256 over itself and the line before, and `audit.head` holds how many lines
there are, the last of these, and the site's signature: so a changed byte, a line taken out (the last too) or put elsewhere is found
(`audit_check.py`), as is a log that is gone or was put back (`audit_memory.py`). Whoever has the site's signing key can write another
history; what the hub's own log says would contradict him.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from equipoise.guard.audit_memory import missing, remember
from equipoise.guard.errors import AUDIT_BROKEN
from equipoise.guard.secure_sums.identity import Identity, signed_by
from equipoise.kernel.errors import Where

LOG_FILE, HEAD_FILE, UNSEALED = "audit.jsonl", "audit.head", "audit.unsealed.jsonl"
BEGINNING = "0" * 64
SEAL = ', "hash": "'


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. `shape`: each field's name and array shape. `terms`: those it was taken under, and met. `who` asked.

    decision: `released`, `answered` (nothing of people in it) or the code of the refusal.
    """

    study_hash: str
    question: int
    estimator: str
    shape: str
    size_bytes: int
    decision: str
    terms: str = ""
    who: str = ""


NAMES = tuple(part.name for part in fields(Entry))


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log ends: lines, bytes, the last line's hash."""

    lines: int = 0
    size: int = 0
    hash: str = BEGINNING

    def statement(self) -> bytes:
        """What the site signs."""
        return f"equipoise audit head 1 {self.lines} {self.size} {self.hash}".encode()


class AuditLog:
    """Writes the log in a folder of the site; without a folder it keeps nothing.

    Entries of one answer are written together: `flush` before the answer leaves. `who`: in whose name questions come here.
    `anew`: the site's office says that there need be no log before.
    """

    def __init__(self, folder: Path | None, identity: Identity | None = None, who: str = "this machine", *, anew: bool = False) -> None:
        self.path = folder / LOG_FILE if folder else None
        self.who = who
        self.taken = 0
        """Entries so far, by this process."""
        self._identity, self._anew = identity, anew
        self._written: Head | None = None
        self._waiting: list[dict[str, object]] = []
        self._lock = Lock()

    def append(self, entry: Entry) -> None:
        """Take an entry, with the time in UTC and who asked."""
        self.taken += 1
        if self.path is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        said = {name: getattr(entry, name) for name in NAMES}
        with self._lock:
            self._waiting.append({"when": now, **said, "who": entry.who or self.who})

    def released(self, *, study: str = "", since: str = "") -> int:
        """Summaries that were released, by this process or before. study: of one study alone. since: a moment or a day (ISO, UTC)."""
        if self.path is None or not self.path.exists():
            return 0
        with self.path.open("rb") as log:
            lines = (line for line in log if b'"decision": "released"' in line and study.encode() in line)
            return sum(_counts(json.loads(line), study, since) for line in lines)

    def flush(self) -> None:
        """Write what was taken. Raises OSError when it cannot be written, EQ-GUARD-015 when the log was changed meanwhile."""
        with self._lock:
            said, self._waiting = self._waiting, []
            if self.path is None or not said:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            set_aside(self.path)
            with _alone(self.path) as log:
                head = self._found(log)
                lines = []
                for one in said:
                    line = sealed({"line": head.lines + 1, **one}, head.hash)
                    head = Head(head.lines + 1, head.size + len(line), hash_of(line))
                    lines.append(line)
                os.write(log, b"".join(lines))
                self._write_head(head)
                if self._identity:
                    remember(self.path.parent, head.lines)

    def _found(self, log: int) -> Head:
        """The head, which must be where the log ends; lines that a killed process wrote after it are taken in if they follow.

        Raises EQ-GUARD-015 for another length, a head that is not the site's, and a log that is not its last.
        """
        assert self.path is not None  # noqa: S101 - only called with a file
        (head, signature), size = read_head(self.path.with_name(HEAD_FILE)), os.fstat(log).st_size
        ours, where = head == self._written, Where(file=self.path)
        if head.lines and not ours and self._identity and not signed(head, signature, self._identity):
            raise AUDIT_BROKEN.error("the head of the log is not signed by this site", where)
        if size > head.size:
            with self.path.open("rb") as file:
                file.seek(head.size)
                head = followed(file.read(), head, self.path)
        if size != head.size:
            raise AUDIT_BROKEN.error(f"the log has {size} bytes, its head says {head.size}", where)
        if self._identity and not ours and not self._anew and (what := missing(self.path.parent, head.lines)):
            raise AUDIT_BROKEN.error(what, where)
        return head

    def _write_head(self, head: Head) -> None:
        assert self.path is not None  # noqa: S101 - only called with a file
        signature = self._identity.sign(head.statement()).hex() if self._identity else ""
        content = {"lines": head.lines, "size": head.size, "hash": head.hash, "signature": signature}
        path = self.path.with_name(HEAD_FILE)
        new = path.with_name(f"{HEAD_FILE}.{os.getpid()}.new")
        new.write_text(json.dumps(content) + "\n", encoding="utf-8")
        new.replace(path)
        self._written, self._anew = head, False


def signed(head: Head, signature: str, identity: Identity) -> bool:
    """Whether a head is signed (in hexadecimals) by a site."""
    try:
        return signed_by(identity.public, bytes.fromhex(signature), head.statement())
    except ValueError:
        return False


def begin_anew(folder: Path, by: str) -> tuple[Path, ...]:
    """Set a log and its head aside, as they are, and begin another whose first line says so; the names of what was set aside."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    there = [folder / name for name in (LOG_FILE, HEAD_FILE) if (folder / name).exists()]
    aside = tuple(path.rename(folder / f"set-aside.{stamp}.{path.name}") for path in there)
    log = AuditLog(folder, Identity.of(folder), who=by, anew=True)
    log.append(Entry("", 0, "log", "", 0, "begun anew"))
    log.flush()
    return aside


def _counts(entry: dict[str, object], study: str, since: str) -> bool:
    """Whether a line is of a study and not before a moment. Moments are in UTC and of one form, so their texts stand in their order."""
    return (not study or entry.get("study_hash") == study) and str(entry.get("when", ""))[: len(since)] >= since


def set_aside(path: Path) -> None:
    """Rename a log that an earlier version wrote, without seals and without a head: it cannot be gone on with."""
    if not path.exists() or path.with_name(HEAD_FILE).exists():
        return
    with path.open("rb") as log:
        unsealed = SEAL.encode() not in log.readline()
    if unsealed and path.stat().st_size:
        path.replace(path.with_name(UNSEALED))


def sealed(content: dict[str, object], before: str) -> bytes:
    """A line, with its hash and that of the line before in it."""
    text = json.dumps(content)
    seal = hashlib.sha256(before.encode() + text.encode()).hexdigest()
    return f'{text[:-1]}{SEAL}{seal}"}}\n'.encode()


def hash_of(line: bytes) -> str:
    """The hash that a line ends with; empty where it has none."""
    return line.rpartition(SEAL.encode())[2].removesuffix(b'"}\n').decode("ascii", errors="replace")


def fits(line: bytes, before: str) -> bool:
    """Whether a line is as it was written, after the line with that hash."""
    content, seal, _ = line.rpartition(SEAL.encode())
    return bool(seal) and line == content + seal + hashlib.sha256(before.encode() + content + b"}").hexdigest().encode() + b'"}\n'


def followed(tail: bytes, head: Head, path: Path) -> Head:
    """The head after lines that were written behind it. Raises EQ-GUARD-015 for lines that do not follow."""
    for line in tail.splitlines(keepends=True):
        if not fits(line, head.hash):
            raise AUDIT_BROKEN.error(
                "lines stand at the end of the log that do not follow the others", Where(file=path, line=head.lines + 1)
            )
        head = Head(head.lines + 1, head.size + len(line), hash_of(line))
    return head


def read_head(path: Path) -> tuple[Head, str]:
    """The head and its signature in hexadecimals; that of an empty log where there is no file. Raises EQ-GUARD-015 when it is damaged."""
    if not path.exists():
        return Head(), ""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(content["lines"]), int(content["size"]), str(content["hash"])), str(content["signature"])
    except (OSError, ValueError, KeyError, TypeError):
        raise AUDIT_BROKEN.error("the head of the log cannot be read", Where(file=path)) from None


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The log, open for adding, while no other process adds to it."""
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(log, fcntl.LOCK_EX)
        yield log
    finally:
        os.close(log)
