"""A study's memory at the hub: every reply as it came, so that a run that was killed goes on without asking again what was answered.

The conduct of a study follows from its replies alone; said again from the beginning, it puts the same questions, and those that are
remembered are answered from here. What is kept is what arrived, masks and all. A record that was cut off is left out.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from zlib import crc32

from equipoise.kernel.errors import EquipoiseError
from equipoise.kernel.whole_file import write_whole
from equipoise.network.hub.transport import Reply, Transport
from equipoise.network.wire.codec import decode, encode

SEED, ABOUT, REPLIES = "seed", "about", "replies"
_HEAD = 8
"""Bytes before a record: its length and its check sum."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One reply, and the digest of the question it answers."""

    question: bytes
    site: str
    message: bytes | None
    why: str


@dataclass(slots=True)
class Memory:
    """The folder of one study at the hub. `about`: what must be the same for a memory to be of use: version, study, sites."""

    folder: Path
    about: str
    _seed: bytes = b""
    _known: dict[tuple[bytes, str], tuple[int, int]] = field(default_factory=dict)
    """Where each record lies: offset and length."""
    _names: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        if self._is_ours():
            self._seed = (self.folder / SEED).read_bytes()
            self._read()
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        self._seed = secrets.token_bytes(32)
        write_whole(self.folder / SEED, self._seed, mode=0o600)
        write_whole(self.folder / ABOUT, self.about.encode(), mode=0o600)

    @property
    def remembered(self) -> int:
        """Replies that are known."""
        return len(self._known)

    def name(self) -> bytes:
        """(16 bytes) a name that nobody can foresee, the n-th of this study: the same when it is said again."""
        self._names += 1
        return hmac.digest(self._seed, self._names.to_bytes(8, "big"), hashlib.sha256)[:16]

    def reply(self, question: bytes, site: str) -> Reply | None:
        """What a site replied to a question, or None. question: its digest."""
        place = self._known.get((question, site))
        if place is None:
            return None
        with (self.folder / REPLIES).open("rb") as file:
            file.seek(place[0])
            kept = decode(file.read(place[1]), Kept)
        return Reply(kept.site, kept.message, kept.why)

    def keep(self, question: bytes, reply: Reply) -> None:
        """Write a reply down before anybody hears of it. The first one stands."""
        record = encode(Kept(question, reply.site, reply.message, reply.why))
        with self._lock:
            if (question, reply.site) in self._known:
                return
            with (self.folder / REPLIES).open("ab") as file:
                start = file.tell() + _HEAD
                file.write(len(record).to_bytes(4, "big") + crc32(record).to_bytes(4, "big") + record)
            self._known[question, reply.site] = start, len(record)

    def forget(self) -> None:
        """The study is done."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ours(self) -> bool:
        try:
            return (self.folder / ABOUT).read_text(encoding="utf-8") == self.about and (self.folder / SEED).is_file()
        except (OSError, UnicodeDecodeError):
            return False

    def _read(self) -> None:
        """Find the records; what follows a broken one is cut off."""
        path = self.folder / REPLIES
        if not path.exists():
            return
        whole = 0
        with path.open("rb") as file:
            while len(head := file.read(_HEAD)) == _HEAD:
                record = file.read(int.from_bytes(head[:4], "big"))
                if crc32(record) != int.from_bytes(head[4:], "big"):
                    break
                try:
                    kept = decode(record, Kept)
                except EquipoiseError:
                    break
                self._known[kept.question, kept.site] = whole + _HEAD, len(record)
                whole += _HEAD + len(record)
        os.truncate(path, whole)


class Remembering:
    """A transport with a memory. A transport beneath whose replies come one by one keeps each as it comes (`Memory.keep`)."""

    def __init__(self, transport: Transport, memory: Memory) -> None:
        self._transport = transport
        self._memory = memory

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites of the transport beneath."""
        return self._transport.sites

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        """From memory where the site replied before; the others are asked. A reply is kept before it is used."""
        question = digest(message)
        known = {site: reply for site in sites if (reply := self._memory.reply(question, site)) is not None}
        if known:
            answered(len(known))
        left = tuple(site for site in sites if site not in known)
        if left:
            for reply in self._transport.ask(message, left, lambda number: answered(len(known) + number)):
                self._memory.keep(question, reply)
                known[reply.site] = reply
        return tuple(known[site] for site in sites)


def digest(message: bytes) -> bytes:
    """(32 bytes) the name of a question in the memory."""
    return hashlib.sha256(message).digest()
