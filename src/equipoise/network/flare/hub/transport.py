"""The transport over a live network: through the hub's own process to the sites. A hub that restarts is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.errors import HUB_LOST
from equipoise.network.flare.hub.asking import Limits
from equipoise.network.flare.hub.line import Ask, Came, Connected, Settled, Who, connect
from equipoise.network.hub.remembering import Memory, digest
from equipoise.network.hub.transport import Reply
from equipoise.network.wire.codec import decode, encode

PATIENCE = 60.0
"""Seconds to wait for a hub that went away in the middle."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How the hub asks. patience: seconds to wait for a hub's process that went away. memory: where answers are kept as they come."""

    limits: Limits = field(default_factory=Limits)
    patience: float = PATIENCE
    memory: Memory | None = None


class FlareTransport:
    """Asks through the hub that runs in `folder`. Sites that are down are asked too, so that they are named."""

    def __init__(self, folder: Path, sites: tuple[str, ...], terms: Terms | None = None) -> None:
        self._folder = folder
        self._sites = sites
        self._terms = terms or Terms()
        self._line: Connection | None = connect(folder)

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that the hub has admitted."""
        return self._sites

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        """Ask all at once. Raises EQ-FLARE-007 when the hub goes away and stays away."""
        came: dict[str, Reply] = {}
        lost = 0.0
        while len(came) < len(sites):
            try:
                self._collect(message, tuple(site for site in sites if site not in came), came, answered)
            except (EOFError, OSError, EquipoiseError):
                lost = lost or time.monotonic()
                self.close()
                if time.monotonic() - lost > self._terms.patience:
                    raise HUB_LOST.error("the line to the hub broke and did not come back") from None
                time.sleep(0.5)
        return tuple(came[site] for site in sites)

    def connected(self) -> tuple[str, ...]:
        """The sites that have a line to the hub now."""
        line = self._open()
        line.send_bytes(encode(Who()))
        return decode(line.recv_bytes(), Connected).sites

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _open(self) -> Connection:
        self._line = self._line or connect(self._folder)
        return self._line

    def _collect(self, message: bytes, sites: tuple[str, ...], came: dict[str, Reply], answered: Callable[[int], None]) -> None:
        """One answer a site; a second one, or one from a site that was not asked, is passed over."""
        line = self._open()
        line.send_bytes(encode(Ask(sites, self._terms.limits, message)))
        waiting, question = set(sites), digest(message)
        while waiting:
            reply = decode(line.recv_bytes(), Came)
            if reply.site not in waiting:
                continue
            waiting.discard(reply.site)
            came[reply.site] = heard = Reply(reply.site, reply.message, reply.why)
            if heard.message is not None:
                if self._terms.memory is not None:
                    self._terms.memory.keep(question, heard)
                with suppress(OSError):  # a hub that went away: what it sent before can still be read
                    line.send_bytes(encode(Settled(reply.site, question.hex())))
            answered(len(came))
