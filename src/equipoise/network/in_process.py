"""Sites in this process, on two threads. Every message becomes bytes and is read back, as it would be on a wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Protocol

from equipoise.network.hub.transport import Reply

THREADS = 2


class Answering(Protocol):
    """Something that answers bytes with bytes: a site."""

    def answer(self, message: bytes, /) -> bytes:
        """The reply."""
        ...


class InProcess:
    """The transport of the laptop and of the tests. A site that raises is a site that failed, not the end of the run."""

    def __init__(self, sites: Mapping[str, Answering]) -> None:
        self._sites = dict(sites)

    @property
    def sites(self) -> tuple[str, ...]:
        """Names in the order given."""
        return tuple(self._sites)

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        """Ask the sites on a pool of threads."""
        with ThreadPoolExecutor(THREADS) as pool:
            replies = {pool.submit(self._sites[site].answer, message): site for site in sites}
            for number, _ in enumerate(as_completed(replies), start=1):
                answered(number)
        return tuple(_reply(site, future) for future, site in replies.items())


def _reply(site: str, future: Future[bytes]) -> Reply:
    error = future.exception()
    if error is None:
        return Reply(site, future.result())
    if not isinstance(error, Exception):
        raise error
    return Reply(site, None, f"no reply: {type(error).__name__}")
