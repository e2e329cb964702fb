"""How a message travels between the hub's post and a site's desk: in parts, named by the digest of the whole, and never twice.

A request is `put` (a part of the question), `get` (the answer from some byte on) or `done` (the hub has the answer). A reply says how the
site stands: `more` parts are wanted, it is `working`, it gives a part of the `answer`, it has no such question (`unknown`), or it refuses.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

TOPIC = "equipoise.parcel"
"""The one topic that a site's desk listens to."""
PART = 4 * 1024 * 1024
"""Bytes in one part: small enough that a part is a sign of life on a slow line."""
LARGEST = 512 * 1024 * 1024
"""Bytes in one question or answer."""
HOLD = 2.0
"""Seconds for which a site keeps a request open while it works."""

Act: TypeAlias = Literal["put", "get", "done"]
State: TypeAlias = Literal["more", "working", "answer", "unknown", "refused"]
ACTS = ("put", "get", "done")
STATES = ("more", "working", "answer", "unknown", "refused")


@dataclass(frozen=True, slots=True)
class Request:
    """From the hub. `digest`: SHA-256 of the whole question; `total`: its bytes; `offset`: where `part` begins, or where to read on."""

    act: Act
    digest: str
    total: int
    offset: int = 0
    part: bytes = b""
    stamp: bytes = b""
    certificate: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """From the site. `total`: bytes of the whole answer; `why`: for a refusal, the rule and a sentence."""

    state: State
    digest: str
    total: int = 0
    offset: int = 0
    part: bytes = b""
    why: str = ""


def digest_of(message: bytes) -> str:
    """The name of a message."""
    return hashlib.sha256(message).hexdigest()
