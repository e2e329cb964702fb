"""Processes of hubs and sites that start in a moment: forked from one that has read all code and has done nothing yet."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from equipoise.network.flare.processes import GRACE
from equipoise.network.flare.running import run_hub, run_site
from equipoise.network.flare.with_parent import WITH_PARENT

READ_BEFORE = [
    "nvflare.private.fed.app.client.client_train",
    "nvflare.private.fed.app.server.server_train",
    "equipoise.network.flare.site.component",
    "equipoise.network.flare.hub.component",
]
RUN = {"hub": run_hub, "site": run_site}


class Forked:
    """As `equipoise.network.flare.processes.Processes`, for what runs a hub or a site."""

    def __init__(self) -> None:
        self._forking = multiprocessing.get_context("forkserver")
        self._forking.set_forkserver_preload(READ_BEFORE)
        self._running: dict[str, BaseProcess] = {}

    def start(self, name: str, kind: str, folder: Path, log: Path) -> None:
        """Run a hub or a site from its folder; what it says goes to `log`."""
        process = self._forking.Process(target=serve, args=(kind, folder, log), daemon=True)
        process.start()
        self._running[name] = process

    def kill(self, name: str) -> None:
        """End a process as a power cut would (SIGKILL)."""
        process = self._running.pop(name)
        process.kill()
        process.join()

    def number(self, name: str) -> int:
        """Its process number."""
        return self._running[name].pid or 0

    def alive(self, name: str) -> bool:
        """Whether a process runs."""
        return name in self._running and self._running[name].is_alive()

    def end(self) -> None:
        """Ask all to end, then end those that did not."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.join(GRACE)
            process.kill()
            process.join()
        self._running.clear()


def serve(kind: str, folder: Path, log: Path) -> None:
    """What the process does."""
    from nvflare.fuel.f3.streaming import stream_utils

    # FLARE numbers its streams from the moment at which its code was read, and passes over a number that it has seen from a site before.
    stream_utils.sid_base = time.time_ns() // 1000
    os.environ[WITH_PARENT] = "1"
    with log.open("ab") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    RUN[kind](folder)
