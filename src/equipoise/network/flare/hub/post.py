"""The hub's post: takes questions from the line, asks all sites at once, and hands each answer back as it comes."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection, Listener
from threading import Event, Lock, Thread
from typing import Protocol

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.errors import BAD_PARCEL, REVOKED
from equipoise.network.flare.hub.asking import Asking, Limits, RefusedAtTheDeskError, Send, Stamped
from equipoise.network.flare.hub.line import Ask, Came, Connected, Who
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
        """One caller's questions, one after the other. When the caller leaves, its questions are given up."""
        gone, speaking = Event(), Lock()
        try:
            while True:
                frame = decode_any(caller.recv_bytes(), Ask | Who)
                if isinstance(frame, Who):
                    caller.send_bytes(encode(Connected(self._members.connected())))
                else:
                    Thread(target=self._ask_all, args=(caller, speaking, gone, frame), daemon=True).start()
        except (EOFError, OSError, EquipoiseError):
            gone.set()
            caller.close()

    def _ask_all(self, caller: Connection, speaking: Lock, gone: Event, ask: Ask) -> None:
        with ThreadPoolExecutor(min(AT_A_TIME, max(len(ask.sites), 1))) as pool:
            for site in ask.sites:
                pool.submit(self._ask_one, caller, speaking, gone, ask, site)

    def _ask_one(self, caller: Connection, speaking: Lock, gone: Event, ask: Ask, site: str) -> None:
        asking = self._asking(site, ask.message, ask.limits, gone)
        came = _answer(asking, site) if self._members.may_be_asked(site) else Came(site, None, f"{REVOKED.code} {REVOKED.title}")
        try:
            with speaking:
                caller.send_bytes(encode(came))
        except OSError:
            gone.set()
        else:
            if came.message is not None:
                asking.settle()

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
