"""One question to one site, over a line that may break: put it, wait, fetch the answer in parts. Knows nothing of what carries it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.errors import BAD_PARCEL, LATE, SILENT
from equipoise.network.flare.parcel import LARGEST, PART, Request, Response, digest_of

Send: TypeAlias = Callable[[str, Request], Response | None]
"""Carries a request to the site named; None when nothing came back."""
PAUSE = 0.25
"""Seconds before a request that nobody answered is sent again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. `silence`: without any sign of life; `work`: for one question in all."""

    silence: float = 20.0
    work: float = 3600.0


@dataclass(frozen=True, slots=True)
class Stamped:
    """A question as one site gets it: with the hub's stamp for that site, and the hub's certificate (PEM)."""

    message: bytes
    stamp: bytes
    certificate: bytes


class Asking:
    """One question on its way. `ask` gives the answer's bytes, or raises EQ-FLARE-004 to -006, or the site's refusal as EQ-FLARE-006."""

    def __init__(self, send: Send, site: str, question: Stamped, limits: Limits) -> None:
        self._send = send
        self._site = site
        self._message = message = question.message
        self._limits = limits
        self._plain = Request("get", digest_of(message), len(message), stamp=question.stamp, certificate=question.certificate)
        self._began = self._heard = time.monotonic()

    def ask(self) -> bytes:
        """Put, wait, fetch."""
        answer = bytearray()
        request = self._part(0)
        while True:
            response = self._exchange(request)
            match response.state:
                case "refused":
                    raise RefusedAtTheDeskError(response.why)
                case "more":
                    request = self._part(response.offset)
                case "working":
                    request = replace(self._plain, offset=len(answer))
                case "unknown":
                    answer.clear()
                    request = self._part(0)
                case "answer":
                    self._take(answer, response)
                    if len(answer) == response.total:
                        return bytes(answer)
                    request = replace(self._plain, offset=len(answer))

    def settle(self) -> None:
        """Tell the site that its answer has come: it need not keep it. Once; a site that does not hear it forgets in time."""
        self._send(self._site, replace(self._plain, act="done"))

    def _part(self, offset: int) -> Request:
        return replace(self._plain, act="put", offset=offset, part=self._message[offset : offset + PART])

    def _take(self, answer: bytearray, response: Response) -> None:
        fits = response.offset == len(answer) and len(answer) + len(response.part) <= response.total <= LARGEST
        if not fits or (not response.part and response.total > len(answer)):
            raise BAD_PARCEL.error("a part of the answer does not fit")
        answer += response.part

    def _exchange(self, request: Request) -> Response:
        """A response to this question, however often it must be sent; within the limits."""
        while True:
            response = self._send(self._site, request)
            now = time.monotonic()
            if response is not None and response.digest == request.digest:
                self._heard = now
            if now - self._began > self._limits.work:
                raise LATE.error(f"no answer within {self._limits.work:.0f} s (`answer` of its time-outs)")
            if response is not None and response.digest == request.digest:
                return response
            if now - self._heard > self._limits.silence:
                raise SILENT.error(f"no sign of life for {self._limits.silence:.0f} s (`silence` of its time-outs)")
            time.sleep(PAUSE)


class RefusedAtTheDeskError(EquipoiseError):
    """The site's desk refused the parcel, in its own words: a code and a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(*BAD_PARCEL.error(why).problems)
        self.why = why
