"""The line inside the hub's machine: answers as they come, one a site; a hub that goes away is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Thread

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.hub.line import Ask, Came, connect, open_line
from equipoise.network.flare.hub.post import Post
from equipoise.network.flare.hub.transport import FlareTransport, Terms
from equipoise.network.flare.parcel import Request, Response
from equipoise.network.hub.remembering import Memory, digest
from equipoise.network.hub.transport import Reply
from equipoise.network.wire.codec import decode, encode

SITES = ("A", "B")


class NoStamp:
    """For sites that do not look."""

    certificate = b""

    def stamp(self, site: str, digest: str, total: int) -> bytes:
        return b""


class All:
    """Everybody is a member and connected, but for one."""

    def connected(self) -> tuple[str, ...]:
        return SITES

    def may_be_asked(self, site: str) -> bool:
        return site != "revoked"


def answering(site: str, request: Request) -> Response | None:
    body = b"hello from " + site.encode()
    return Response("answer", request.digest, len(body), 0, body)


@contextmanager
def serving(folder: Path, serve: Callable[[Listener], None]) -> Iterator[Listener]:
    listener = open_line(folder)
    Thread(target=serve, args=(listener,), daemon=True).start()
    yield listener
    listener.close()


def test_answers_come_in_the_order_asked_and_are_counted(tmp_path: Path) -> None:
    post = Post(answering, NoStamp(), All())
    with serving(tmp_path, post.serve):
        told = list[int]()
        with closing(FlareTransport(tmp_path, SITES)) as transport:
            assert transport.connected() == SITES
            assert transport.ask(b"q", ("B", "A"), told.append) == (Reply("B", b"hello from B"), Reply("A", b"hello from A"))
        assert told == [1, 2]


def test_a_site_that_answers_twice_is_counted_once_and_one_not_asked_never(tmp_path: Path) -> None:
    def twice(listener: Listener) -> None:
        with listener.accept() as line:
            decode(line.recv_bytes(), Ask)
            for site, said in (("A", b"1"), ("A", b"2"), ("Z", b"?"), ("B", b"3")):
                line.send_bytes(encode(Came(site, said)))

    with serving(tmp_path, twice):
        told = list[int]()
        with closing(FlareTransport(tmp_path, SITES)) as transport:
            assert transport.ask(b"q", SITES, told.append) == (Reply("A", b"1"), Reply("B", b"3"))
        assert told == [1, 2]


def test_a_hub_that_starts_again_is_asked_for_the_rest_only(tmp_path: Path) -> None:
    heard: list[tuple[str, ...]] = []

    def first(listener: Listener) -> None:
        with listener.accept() as line:
            heard.append(decode(line.recv_bytes(), Ask).sites)
            line.send_bytes(encode(Came("A", b"early")))
        listener.close()
        with open_line(tmp_path) as second, second.accept() as line:
            heard.append(decode(line.recv_bytes(), Ask).sites)
            line.send_bytes(encode(Came("B", b"late")))

    memory = Memory(tmp_path / "memory", "v1")
    with serving(tmp_path, first), closing(FlareTransport(tmp_path, SITES, Terms(memory=memory))) as transport:
        assert transport.ask(b"q", SITES, lambda _: None) == (Reply("A", b"early"), Reply("B", b"late"))
    assert heard == [("A", "B"), ("B",)]
    assert memory.reply(digest(b"q"), "A") == Reply("A", b"early")


def test_a_hub_that_stays_away_ends_the_run_with_its_code(tmp_path: Path) -> None:
    def gone(listener: Listener) -> None:
        listener.accept().close()
        listener.close()

    with (
        serving(tmp_path, gone),
        closing(FlareTransport(tmp_path, SITES, Terms(patience=0.2))) as transport,
        pytest.raises(EquipoiseError, match="EQ-FLARE-007"),
    ):
        transport.ask(b"q", SITES, lambda _: None)


def test_without_a_hub_it_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(EquipoiseError, match="equipoise hub run"):
        FlareTransport(tmp_path, SITES)


def test_a_caller_without_the_key_is_turned_away_and_the_next_is_served(tmp_path: Path) -> None:
    post = Post(answering, NoStamp(), All())
    with serving(tmp_path, post.serve) as listener:
        with pytest.raises(Exception, match="digest"):
            Client(str(listener.address), "AF_UNIX", authkey=b"guess")
        with connect(tmp_path) as line:
            line.send_bytes(b"garbage")
        with closing(FlareTransport(tmp_path, SITES)) as transport:
            assert transport.connected() == SITES


def test_a_fault_at_one_site_s_line_costs_that_site_alone(tmp_path: Path) -> None:
    def breaking(site: str, request: Request) -> Response | None:
        if site == "A":
            raise RuntimeError("patient 4711")
        return answering(site, request)

    with serving(tmp_path, Post(breaking, NoStamp(), All()).serve), closing(FlareTransport(tmp_path, SITES)) as transport:
        broken, fine = transport.ask(b"q", SITES, lambda _: None)
    assert (broken.message, fine.message) == (None, b"hello from B")
    assert "4711" not in broken.why
    assert broken.why.startswith("EQ-")


def test_a_site_that_is_no_member_is_not_asked(tmp_path: Path) -> None:
    asked: list[str] = []

    def noting(site: str, request: Request) -> Response | None:
        asked.append(site)
        return answering(site, request)

    with serving(tmp_path, Post(noting, NoStamp(), All()).serve), closing(FlareTransport(tmp_path, SITES)) as transport:
        gone, _ = transport.ask(b"q", ("revoked", "A"), lambda _: None)
    assert (gone.message, gone.why[:12]) == (None, "EQ-FLARE-021")
    assert "revoked" not in asked
