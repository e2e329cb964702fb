"""The program of a process that holds some sites of this machine: `python -m equipoise.network.worker`, frames in, frames out.

It ends when its input ends, and leaves Ctrl-C to the one who started it. What is printed by accident goes to the error stream.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from equipoise.guard.secure_sums.identity import Roster
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.site.service import SiteService
from equipoise.network.site.tables import CdmTables
from equipoise.network.wire.codec import decode, encode
from equipoise.network.wire.frames import Believe, Hold, Holding, Place, Put, read_frame, write_frame


def serve(told: BinaryIO, says: BinaryIO) -> None:
    """Hold the sites of the first frame, and answer until the pipe ends."""
    first = read_frame(told)
    if first is None:
        return
    try:
        sites = {place.name: _site(place) for place in decode(first, Hold).places}
    except EquipoiseError as error:
        write_frame(says, encode(Holding((), (error.code, error.problems[0].what))))
        return
    write_frame(says, encode(Holding(tuple(site.identity for site in sites.values()))))
    second = read_frame(told)
    if second is None:
        return
    peers = decode(second, Believe)
    roster = Roster(dict(zip(peers.names, peers.keys, strict=True)))
    for site in sites.values():
        site.believe(roster)
    while (frame := read_frame(told)) is not None:
        put = decode(frame, Put)
        for name in put.sites:
            write_frame(says, sites[name].answer(put.message))


def _site(place: Place) -> SiteService:
    home = None if place.home is None else Path(place.home)
    return SiteService(place.name, CdmTables(place.name, Path(place.cdm), home), place.policy, home)


def main() -> None:
    """Serve on standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    says = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, says)
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
