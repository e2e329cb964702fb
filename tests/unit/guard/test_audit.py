from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.guard.audit import AuditLog, Entry, begin_anew
from equipoise.guard.audit_check import lines_of, verify
from equipoise.guard.secure_sums.identity import Identity
from equipoise.kernel.errors import EquipoiseError


def entry(number: int) -> Entry:
    return Entry("abc", number, "moments", "n[2]", 16, "released", "under masks")


def log_of(home: Path, lines: int = 6) -> list[bytes]:
    log = AuditLog(home, Identity.of(home), who="hub of the network")
    for number in range(1, lines + 1):
        log.append(entry(number))
        if number % 2:
            log.flush()
    log.flush()
    return (home / "audit.jsonl").read_bytes().splitlines(keepends=True)


def test_a_log_as_it_was_written_is_verified_and_read(tmp_path: Path) -> None:
    log_of(tmp_path)
    log_of(tmp_path, 3)  # another process goes on
    assert verify(tmp_path) == 9
    found = list(lines_of(tmp_path))
    assert [one.question for one in found] == [1, 2, 3, 4, 5, 6, 1, 2, 3]
    assert [one.line for one in found] == list(range(1, 10))
    assert (found[0].who, found[0].terms, found[0].decision) == ("hub of the network", "under masks", "released")
    assert verify(tmp_path / "nothing") == 0


def test_one_changed_byte_anywhere_is_found(tmp_path: Path) -> None:
    whole = b"".join(log_of(tmp_path, 3))
    path = tmp_path / "audit.jsonl"
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(EquipoiseError, match="EQ-GUARD-015"):
            verify(tmp_path)
    path.write_bytes(whole)
    assert verify(tmp_path) == 3


def test_the_changed_line_is_named(tmp_path: Path) -> None:
    lines = log_of(tmp_path)
    lines[2] = lines[2].replace(b'"question": 3', b'"question": 9')
    (tmp_path / "audit.jsonl").write_bytes(b"".join(lines))
    with pytest.raises(EquipoiseError) as caught:
        verify(tmp_path)
    assert [problem.where.line for problem in caught.value.problems] == [3]


@pytest.mark.parametrize("place", range(6))
def test_a_line_taken_out_is_found_the_last_too(tmp_path: Path, place: int) -> None:
    lines = log_of(tmp_path)
    (tmp_path / "audit.jsonl").write_bytes(b"".join(lines[:place] + lines[place + 1 :]))
    with pytest.raises(EquipoiseError, match="EQ-GUARD-015"):
        verify(tmp_path)


def swap(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], *lines[2:]]


def repeat(lines: list[bytes]) -> list[bytes]:
    return [*lines, lines[-1]]


def empty(lines: list[bytes]) -> list[bytes]:
    return []


@pytest.mark.parametrize("change", [swap, repeat, empty])
def test_lines_elsewhere_twice_or_gone_are_found(tmp_path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = log_of(tmp_path)
    (tmp_path / "audit.jsonl").write_bytes(b"".join(change(lines)))
    with pytest.raises(EquipoiseError, match="EQ-GUARD-015"):
        verify(tmp_path)


def test_a_shorter_history_with_a_head_to_match_is_not_signed(tmp_path: Path) -> None:
    lines = log_of(tmp_path)
    head = json.loads((tmp_path / "audit.head").read_text())
    (tmp_path / "audit.jsonl").write_bytes(b"".join(lines[:-1]))
    last = json.loads(lines[-2])["hash"]
    (tmp_path / "audit.head").write_text(json.dumps({**head, "lines": 5, "size": sum(map(len, lines[:-1])), "hash": last}))
    with pytest.raises(EquipoiseError, match="not signed by this site"):
        verify(tmp_path)


def test_nothing_leaves_once_the_log_was_cut(tmp_path: Path) -> None:
    lines = log_of(tmp_path)
    (tmp_path / "audit.jsonl").write_bytes(b"".join(lines[:-1]))
    log = AuditLog(tmp_path, Identity.of(tmp_path))
    log.append(entry(7))
    with pytest.raises(EquipoiseError, match="EQ-GUARD-015"):
        log.flush()


def test_lines_written_by_a_process_that_was_killed_before_the_head_are_taken_in(tmp_path: Path) -> None:
    log_of(tmp_path, 3)
    head = (tmp_path / "audit.head").read_bytes()
    log_of(tmp_path, 2)
    (tmp_path / "audit.head").write_bytes(head)
    log_of(tmp_path, 1)
    assert verify(tmp_path) == 6


def test_the_log_is_its_owner_s(tmp_path: Path) -> None:
    log_of(tmp_path)
    if os.name == "posix":
        assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_log_of_an_earlier_version_is_set_aside_and_kept(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").write_text('{"when": "2026-01-01", "decision": "released"}\n')
    log_of(tmp_path, 2)
    assert verify(tmp_path) == 2
    assert "2026-01-01" in (tmp_path / "audit.unsealed.jsonl").read_text()


def refused(home: Path, identity: Identity | None = None) -> bool:
    """Whether a process that comes later neither verifies the log nor adds to it."""
    log = AuditLog(home, identity or Identity.of(home))
    log.append(entry(7))
    with pytest.raises(EquipoiseError, match="EQ-GUARD-015"):
        log.flush()
    with pytest.raises(EquipoiseError, match="EQ-GUARD-015"):
        verify(home)
    return True


@pytest.mark.parametrize("others", [(), ("memory/log.lines",)])
def test_a_log_that_is_gone_with_its_head_is_missed(tmp_path: Path, others: tuple[str, ...]) -> None:
    log_of(tmp_path)
    for name in ("audit.jsonl", "audit.head", *others):
        (tmp_path / name).unlink()
    assert refused(tmp_path)
    assert Identity.of(tmp_path).public == Identity.of(tmp_path).public  # the key file is still one


def test_a_log_that_goes_while_the_site_runs_is_missed(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, Identity.of(tmp_path))
    for _ in range(2):
        log.append(entry(1))
        log.flush()
    for name in ("audit.jsonl", "audit.head"):
        (tmp_path / name).unlink()
    log.append(entry(2))
    with pytest.raises(EquipoiseError, match="are gone"):
        log.flush()


def test_a_log_put_back_to_an_earlier_day_is_found(tmp_path: Path) -> None:
    log_of(tmp_path, 3)
    kept = {name: (tmp_path / name).read_bytes() for name in ("audit.jsonl", "audit.head")}
    log_of(tmp_path, 3)
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    assert refused(tmp_path)


def test_the_log_of_another_site_is_found(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    log_of(here, 3)
    log_of(there, 5)
    for name in ("audit.jsonl", "audit.head", "memory/log.lines"):
        (here / name).write_bytes((there / name).read_bytes())
    assert refused(here)


def test_another_log_is_begun_only_when_the_office_says_so(tmp_path: Path) -> None:
    lines = log_of(tmp_path)
    (tmp_path / "audit.jsonl").write_bytes(b"".join(lines[:-1]))
    assert refused(tmp_path)
    aside = begin_anew(tmp_path, "office")
    assert aside[0].read_bytes() == b"".join(lines[:-1])
    assert [(line.who, line.decision) for line in lines_of(tmp_path)] == [("office", "begun anew")]
    log_of(tmp_path, 2)
    assert verify(tmp_path) == 3
    for name in ("audit.jsonl", "audit.head"):
        (tmp_path / name).unlink()
    begin_anew(tmp_path, "office")
    assert verify(tmp_path) == 1
