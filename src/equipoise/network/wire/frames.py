"""What a process that holds sites is told over its pipes, and what it says: frames of a length and that many bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from equipoise.guard.policy import Policy

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Place:
    """A site that the process is to hold. cdm, home: paths; home is where its tables, log and identity are kept, None for nowhere."""

    name: str
    cdm: str
    home: str | None
    policy: Policy


@dataclass(frozen=True, slots=True)
class Hold:
    """The first frame: the sites."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """The answer to it: each site's public key, in the order of the places; or why there is none: an error's code and what it says."""

    keys: tuple[bytes, ...]
    refused: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Believe:
    """The second frame: the names and keys of all sites of the network. It has no answer."""

    names: tuple[str, ...]
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """Every further frame: a message, and the sites to put it to. Each is answered by a frame of its own: the site's reply."""

    message: bytes
    sites: tuple[str, ...]


def write_frame(pipe: BinaryIO, data: bytes) -> None:
    """Send a frame."""
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> bytes | None:
    """The next frame; None when the other end is gone, at the end of a frame or in the middle."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    data = pipe.read(size)
    return data if len(data) == size else None
