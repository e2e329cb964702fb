"""A run that was interrupted goes on: nothing that was answered is asked again, and nothing half-written is believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.network.hub.remembering import REPLIES, Memory, Remembering, digest
from equipoise.network.hub.transport import Reply


class Sites:
    """Sites that are counted each time they are asked; `down` gives no message."""

    sites = ("A", "B", "C")

    def __init__(self, down: tuple[str, ...] = ()) -> None:
        self.down, self.asked = down, list[tuple[bytes, str]]()

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        self.asked += [(message, site) for site in sites]
        answered(len(sites))
        return tuple(Reply(s, None, "EQ-FLARE-004 silent") if s in self.down else Reply(s, message + s.encode()) for s in sites)


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    first = Sites(down=("B",))
    once = Remembering(first, Memory(tmp_path / "study", "v1")).ask(b"q1", first.sites, lambda _: None)
    again, told = Sites(), list[int]()
    memory = Memory(tmp_path / "study", "v1")
    transport = Remembering(again, memory)
    assert memory.remembered == 3
    assert transport.ask(b"q1", again.sites, told.append) == once
    assert (again.asked, told) == ([], [3])
    transport.ask(b"q2", ("C", "A"), told.append)
    assert again.asked == [(b"q2", "C"), (b"q2", "A")]


def test_replies_kept_one_by_one_spare_those_sites(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "study", "v1")
    memory.keep(digest(b"q"), Reply("B", b"early"))
    sites, told = Sites(), list[int]()
    replies = Remembering(sites, Memory(tmp_path / "study", "v1")).ask(b"q", sites.sites, told.append)
    assert sites.asked == [(b"q", "A"), (b"q", "C")]
    assert [reply.message for reply in replies] == [b"qA", b"early", b"qC"]
    assert told == [1, 3]


def test_the_first_reply_stands(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "study", "v1")
    memory.keep(digest(b"q"), Reply("A", b"first"))
    memory.keep(digest(b"q"), Reply("A", b"second"))
    for known in (memory, Memory(tmp_path / "study", "v1")):
        assert known.reply(digest(b"q"), "A") == Reply("A", b"first")


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 30])
def test_a_record_that_was_cut_off_is_left_out(tmp_path: Path, cut: int) -> None:
    memory = Memory(tmp_path / "study", "v1")
    memory.keep(digest(b"q1"), Reply("A", b"whole"))
    whole = (tmp_path / "study" / REPLIES).stat().st_size
    memory.keep(digest(b"q2"), Reply("A", b"torn" * 100))
    path = tmp_path / "study" / REPLIES
    path.write_bytes(path.read_bytes()[: whole + cut])
    left = Memory(tmp_path / "study", "v1")
    assert left.remembered == 1
    left.keep(digest(b"q3"), Reply("A", b"later"))
    assert [Memory(tmp_path / "study", "v1").reply(digest(q), "A") for q in (b"q1", b"q2", b"q3")] == [
        Reply("A", b"whole"),
        None,
        Reply("A", b"later"),
    ]


def test_a_changed_byte_is_not_believed(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "study", "v1")
    memory.keep(digest(b"q1"), Reply("A", b"1234567890"))
    path = tmp_path / "study" / REPLIES
    path.write_bytes(path.read_bytes().replace(b"1234567890", b"1234567891"))
    assert Memory(tmp_path / "study", "v1").remembered == 0


def test_a_memory_of_another_version_or_other_sites_is_none(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "study", "v1")
    memory.keep(digest(b"q"), Reply("A", b"x"))
    names = [memory.name(), memory.name()]
    assert Memory(tmp_path / "study", "v2").remembered == 0
    assert Memory(tmp_path / "study", "v1").name() not in names


def test_names_come_again_in_the_same_order_and_end_with_the_study(tmp_path: Path) -> None:
    first = Memory(tmp_path / "study", "v1")
    names = [first.name() for _ in range(3)]
    second = Memory(tmp_path / "study", "v1")
    assert [second.name() for _ in range(3)] == names
    assert len({*names}) == 3
    second.forget()
    assert Memory(tmp_path / "study", "v1").name() not in names
