"""The hub's post: takes questions from the line, asks all sites at once, and hands each answer back as it comes."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Listener
from threading import Event, Lock, Thread
from typing import Protocol

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.errors import BAD_PARCEL, REVOKED
from equipoise.network.flare.hub.asking import Asking, Limits, RefusedAtTheDeskError, Send, Stamped
from equipoise.network.flare.hub.line import Ask, Came, Connected, Settled, Who
from equipoise.network.flare.parcel import Request, Response, digest_of
from equipoise.network.wire.codec import decode_any, encode

AT_A_TIME = 128
"""Sites that are asked at the same time."""
_LOG = logging.getLogger(__name__)


class Stamps(Protocol):
    """Gives the hub's stamp."""

    @property
    def certificate(self) -> bytes:
        """PEM."""
        ...

    def stamp(self, site: str, digest: str, total: int) -> bytes:
        """For one site and one question."""
        ...


class Members(Protocol):
    """The sites of the network, as they are now."""

    def connected(self) -> tuple[str, ...]:
        """Those that have a line to the hub."""
        ...

    def may_be_asked(self, site: str) -> bool:
        """Whether a site is admitted and not revoked."""
        ...


class GoneError(Exception):
    """Nobody waits for the answer any more."""


@dataclass(slots=True)
class _Call:
    """A caller, and the answers it has not said that it keeps."""

    caller: Connection
    gone: Event = field(default_factory=Event)
    unsettled: dict[tuple[str, str], Asking] = field(default_factory=dict)
    _speaking: Lock = field(default_factory=Lock)

    def say(self, frame: object) -> None:
        try:
            with self._speaking:
                self.caller.send_bytes(encode(frame))
        except OSError:
            self.gone.set()

    def settle(self, settled: Settled) -> None:
        asking = self.unsettled.pop((settled.site, settled.digest), None)
        if asking is not None:
            asking.settle()


class Post:
    """Serves the line. `send` carries a request to a site; `members` says who may be asked, and who has a line now."""

    def __init__(self, send: Send, stamps: Stamps, members: Members) -> None:
        self._send = send
        self._stamps = stamps
        self._members = members

    def serve(self, listener: Listener) -> None:
        """Accept callers until the listener is closed."""
        while True:
            try:
                caller = listener.accept()
            except OSError:
                return
            except Exception as error:  # noqa: BLE001 - a caller without the key, or one that left at once
                _LOG.warning("a caller was turned away: %s", type(error).__name__)
                continue
            Thread(target=self._attend, args=(caller,), daemon=True).start()

    def _attend(self, caller: Connection) -> None:
        """One caller's frames. When the caller leaves, its questions are given up; what was not settled stays at the sites."""
        call = _Call(caller)
        try:
            while True:
                frame = decode_any(caller.recv_bytes(), Ask | Who | Settled)
                match frame:
                    case Who():
                        call.say(Connected(self._members.connected()))
                    case Settled():
                        Thread(target=call.settle, args=(frame,), daemon=True).start()
                    case Ask():
                        Thread(target=self._ask_all, args=(call, frame), daemon=True).start()
        except (EOFError, OSError, EquipoiseError):
            call.gone.set()
            caller.close()

    def _ask_all(self, call: _Call, ask: Ask) -> None:
        with ThreadPoolExecutor(min(AT_A_TIME, max(len(ask.sites), 1))) as pool:
            for site in ask.sites:
                pool.submit(self._ask_one, call, ask, site)

    def _ask_one(self, call: _Call, ask: Ask, site: str) -> None:
        if not self._members.may_be_asked(site):
            call.say(Came(site, None, f"{REVOKED.code} {REVOKED.title}"))
            return
        asking = self._asking(site, ask.message, ask.limits, call.gone)
        came = _answer(asking, site)
        if came.message is not None:
            call.unsettled[site, digest_of(ask.message)] = asking
        call.say(came)

    def _asking(self, site: str, message: bytes, limits: Limits, gone: Event) -> Asking:
        def send(to: str, request: Request) -> Response | None:
            if gone.is_set():
                raise GoneError
            return self._send(to, request)

        stamp = self._stamps.stamp(site, digest_of(message), len(message))
        return Asking(send, site, Stamped(message, stamp, self._stamps.certificate), limits)


def _answer(asking: Asking, site: str) -> Came:
    try:
        return Came(site, asking.ask())
    except RefusedAtTheDeskError as refusal:
        return Came(site, None, refusal.why)
    except EquipoiseError as error:
        return Came(site, None, f"{error.code} {error.problems[0].what}")
    except GoneError:
        return Came(site, None, "nobody waits for it")
    except Exception as error:  # noqa: BLE001 - a fault at one site's line must not end the others'
        return Came(site, None, f"{BAD_PARCEL.code} a {type(error).__name__} at the hub's post")
