"""Sites of this machine shared out among processes, a core each: what one interpreter does for a site keeps others waiting."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO

import equipoise
from equipoise.network.errors import NO_PROCESS
from equipoise.network.hub.transport import Reply
from equipoise.network.wire.codec import decode, encode
from equipoise.network.wire.frames import Believe, Hold, Holding, Place, Put, read_frame, write_frame

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SECONDS_TO_END = 10.0


class _Process:
    """One process and the sites that it holds. It is a program of its own: nothing of this one is forked or run again."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.sites = tuple(place.name for place in places)
        above = str(Path(equipoise.__file__).parents[1])
        paths = os.pathsep.join(part for part in (above, os.environ.get("PYTHONPATH", "")) if part)
        env = {**os.environ, "PYTHONPATH": paths, **{name: os.environ.get(name, "1") for name in ONE_THREAD}}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "equipoise.network.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
        )
        self._send(encode(Hold(tuple(places))))

    def holding(self) -> Holding:
        """The keys of its sites. Raises EQ-NETWORK-005 when the process did not start, or cannot hold a site."""
        answer = read_frame(self._out)
        if answer is None:
            raise NO_PROCESS.error(f"the process of {', '.join(self.sites)} ended before it answered")
        found = decode(answer, Holding)
        if found.refused is not None:
            raise NO_PROCESS.error(" ".join(found.refused))
        return found

    def believe(self, peers: Believe) -> None:
        """Tell its sites whom to believe."""
        self._send(encode(peers))

    def put(self, message: bytes, sites: tuple[str, ...], answered: Callable[[], None]) -> list[Reply]:
        """Replies of some of its sites. A process that is gone has sites that failed."""
        self._send(encode(Put(message, sites)))
        replies = []
        for site in sites:
            answer = read_frame(self._out)
            replies.append(Reply(site, answer, "" if answer is not None else "no reply: its process ended"))
            answered()
        return replies

    def end(self) -> None:
        """Close its input, at which it ends; kill it when it does not."""
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _out(self) -> BinaryIO:
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdout  # type: ignore[return-value]

    def _send(self, data: bytes) -> None:
        """A pipe that is broken is told by the answer that does not come."""
        try:
            if self._process.stdin is not None:
                write_frame(self._process.stdin, data)  # type: ignore[arg-type]
        except OSError:
            pass


class InProcesses:
    """A transport like `InProcess`, with the same messages, over processes that end with it: use it in a `with` statement."""

    def __init__(self, places: Sequence[Place], processes: int) -> None:
        self._sites = tuple(place.name for place in places)
        self._processes = [_Process(places[first::processes]) for first in range(min(processes, len(places)))]
        try:
            held = [(process, process.holding()) for process in self._processes]
            keys = {site: key for process, found in held for site, key in zip(process.sites, found.keys, strict=True)}
            for process in self._processes:
                process.believe(Believe(tuple(keys), tuple(keys.values())))
        except BaseException:
            self.end()
            raise

    def __enter__(self) -> InProcesses:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.end()

    @property
    def sites(self) -> tuple[str, ...]:
        """Names in the order given."""
        return self._sites

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        """Ask each process for its sites, all at once."""
        numbers, lock = count(1), Lock()

        def one_more() -> None:
            with lock:
                answered(next(numbers))

        asked = [(process, tuple(site for site in process.sites if site in sites)) for process in self._processes]
        with ThreadPoolExecutor(len(self._processes)) as pool:
            waiting = [pool.submit(process.put, message, its, one_more) for process, its in asked if its]
            replies = {reply.site: reply for future in waiting for reply in future.result()}
        return tuple(replies[site] for site in sites)
