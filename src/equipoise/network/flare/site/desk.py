"""A site's desk: takes parcels from the hub, has whole questions answered one after the other, and hands the answers out in parts.

The same question put twice is answered once: until the hub says that it has the answer, the desk gives the same bytes again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorkingError
from dataclasses import dataclass, field
from threading import Lock

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.errors import BAD_PARCEL
from equipoise.network.flare.parcel import HOLD, LARGEST, PART, Request, Response
from equipoise.network.flare.stamp import Verifier
from equipoise.network.site.errors import UNEXPECTED

MOST_KEPT = 8
"""Questions that are kept at a time, arriving or answered."""


@dataclass(slots=True)
class _Kept:
    """One question: what has arrived of it, and its answer when it is whole."""

    total: int
    arrived: bytearray = field(default_factory=bytearray)
    answer: Future[bytes] | None = None


class Desk:
    """Answers requests; `answer` is the site's service. `hold`: seconds to keep a request open."""

    def __init__(self, site: str, verifier: Verifier, answer: Callable[[bytes], bytes], hold: float = HOLD) -> None:
        self.site = site
        self._verifier = verifier
        self._answer = answer
        self._hold = hold
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="equipoise-site")

    def handle(self, request: Request) -> Response:
        """The response; a refusal names its rule. Never raises for what a request can cause."""
        try:
            self._verifier.verify(request.certificate, request.stamp, self.site, request.digest, request.total)
            return self._handled(request)
        except EquipoiseError as error:
            return Response("refused", request.digest, why=f"{error.code} {error.problems[0].what}")
        except Exception as error:  # noqa: BLE001 - the edge of the site: only the type's name leaves
            return Response("refused", request.digest, why=f"{UNEXPECTED.code} a {type(error).__name__} was not expected here")

    def _handled(self, request: Request) -> Response:
        match request.act:
            case "put":
                return self._put(request)
            case "get":
                return self._given(request.digest, request.offset)
            case "done":
                with self._lock:
                    self._kept.pop(request.digest, None)
                return Response("unknown", request.digest)

    def _put(self, request: Request) -> Response:
        with self._lock:
            kept = self._kept.get(request.digest) or self._new(request)
            if kept.answer is None:
                self._add(kept, request)
            if kept.answer is None:
                return Response("more", request.digest, offset=len(kept.arrived))
        return self._given(request.digest, 0)

    def _new(self, request: Request) -> _Kept:
        if not 0 <= request.total <= LARGEST:
            raise BAD_PARCEL.error(f"a question of {request.total} bytes, {LARGEST} allowed")
        while len(self._kept) >= MOST_KEPT:
            self._kept.popitem(last=False)
        self._kept[request.digest] = kept = _Kept(request.total)
        return kept

    def _add(self, kept: _Kept, request: Request) -> None:
        """Take a part that continues what has arrived; one that came before is passed over."""
        if request.offset != len(kept.arrived):
            return
        kept.arrived += request.part
        if len(kept.arrived) < kept.total:
            return
        if hashlib.sha256(kept.arrived).hexdigest() != request.digest:
            del self._kept[request.digest]
            raise BAD_PARCEL.error("the parts do not make the question that was announced")
        message = bytes(kept.arrived)
        kept.arrived = bytearray()
        kept.answer = self._worker.submit(self._answer, message)

    def _given(self, digest: str, offset: int) -> Response:
        with self._lock:
            kept = self._kept.get(digest)
        if kept is None or kept.answer is None:
            return Response("unknown", digest)
        try:
            answer = kept.answer.result(self._hold)
        except StillWorkingError:
            return Response("working", digest)
        return Response("answer", digest, len(answer), offset, answer[offset : offset + PART])
