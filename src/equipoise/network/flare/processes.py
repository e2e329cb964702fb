"""Hubs and sites as child processes of a demonstration or a test: started by the command line, ended with their parent."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.errors import NOT_UP
from equipoise.network.flare.homes import HubHome
from equipoise.network.flare.hub.transport import FlareTransport
from equipoise.network.flare.with_parent import WITH_PARENT

GRACE = 10.0
"""Seconds between asking a process to end and ending it."""


class Processes:
    """Child processes by name. Leaving the block ends them all."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    def start(self, name: str, *arguments: str | Path, log: Path) -> subprocess.Popen[bytes]:
        """Run `equipoise ARGUMENTS` in the background; what it says goes to `log`."""
        with log.open("ab") as said:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "equipoise", *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={**os.environ, WITH_PARENT: "1"},
            )
        self._running[name] = process
        return process

    def kill(self, name: str) -> None:
        """End a process as a power cut would (SIGKILL)."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def alive(self, name: str) -> bool:
        """Whether a process runs."""
        process = self._running.get(name)
        return process is not None and process.poll() is None

    def end(self) -> None:
        """Ask all to end, then end those that did not."""
        for process in self._running.values():
            process.terminate()
        until = time.monotonic() + GRACE
        for process in self._running.values():
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()


def free_port() -> int:
    """A port of this machine that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_sites(hub: HubHome, sites: tuple[str, ...], still_alive: Callable[[], bool], seconds: float = 120.0) -> None:
    """Until all of these are connected. Raises EQ-FLARE-020 when the time is over, or a process ended."""
    until, there = time.monotonic() + seconds, set[str]()
    while not set(sites) <= there:
        if time.monotonic() > until or not still_alive():
            raise NOT_UP.error(f"not connected: {', '.join(sorted(set(sites) - there))}")
        time.sleep(0.3)
        there = set(_connected(hub))


def _connected(hub: HubHome) -> tuple[str, ...]:
    try:
        transport = FlareTransport(hub.run, ())
        try:
            return transport.connected()
        finally:
            transport.close()
    except (EquipoiseError, EOFError, OSError):
        return ()
