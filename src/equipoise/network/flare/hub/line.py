"""The line inside the hub's machine: from a command that runs a study to the hub's own process. A local socket with a key, for one user.

The address and the key lie in a file that only the user who runs the hub can read; both ends prove that they know the key.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

from equipoise.kernel.whole_file import write_whole
from equipoise.network.flare.errors import NO_SUCH_HUB
from equipoise.network.flare.hub.asking import Limits

POINTER = "line.json"


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a message to sites. Answered by one `Came` a site."""

    sites: tuple[str, ...]
    limits: Limits
    message: bytes


@dataclass(frozen=True, slots=True)
class Who:
    """Which sites are connected? Answered by `Connected`."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A site's answer to the question of this digest is kept: the site may forget it. Answered by nothing."""

    site: str
    digest: str


@dataclass(frozen=True, slots=True)
class Came:
    """A site's answer, or None and why there is none."""

    site: str
    message: bytes | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Connected:
    """The sites that have a line to the hub now."""

    sites: tuple[str, ...]


def open_line(folder: Path) -> Listener:
    """Listen, and write down where. The folder is the hub's `run` folder."""
    key = secrets.token_bytes(32)
    listener = Listener(None, "AF_UNIX", backlog=16, authkey=key)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / POINTER, json.dumps({"address": str(listener.address), "key": key.hex()}).encode(), mode=0o600)
    return listener


def connect(folder: Path) -> Connection:
    """A line to the hub's process. Raises EQ-FLARE-003 when there is none."""
    try:
        pointer = json.loads((folder / POINTER).read_text(encoding="utf-8"))
        return Client(pointer["address"], "AF_UNIX", authkey=bytes.fromhex(pointer["key"]))
    except (OSError, ValueError, KeyError, EOFError):
        raise NO_SUCH_HUB.error("no hub listens at this folder") from None
