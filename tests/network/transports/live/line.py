"""A line between two ports of this machine that a test can cut, delay and mute."""

from __future__ import annotations

import contextlib
import socket
import time
from threading import Event, Lock, Thread


class BadLine:
    """Carries bytes both ways from `port` to another. Good until told otherwise."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.delay = 0.0
        """Seconds before a piece is passed on."""
        self._open = Event()
        self._open.set()
        self._pairs: list[socket.socket] = []
        self._lock = Lock()
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection; new ones may be made."""
        with self._lock:
            for one in self._pairs:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._pairs.clear()

    def mute(self) -> None:
        """Pass nothing on; connections stay open."""
        self._open.clear()

    def speak(self) -> None:
        """Pass on again what came and comes."""
        self._open.set()

    def close(self) -> None:
        self._listener.close()
        self._open.set()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._pairs += [near, far]
            for one, other in ((near, far), (far, near)):
                Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65_536):
                time.sleep(self.delay)
                self._open.wait()
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
