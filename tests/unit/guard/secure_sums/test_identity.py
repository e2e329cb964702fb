from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.guard.secure_sums.identity import KEY_FILE, Identity, Roster, fingerprint, signed_by
from equipoise.kernel.errors import EquipoiseError


def test_an_identity_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    home = tmp_path / "site"
    one, two = Identity.of(home), Identity.of(home)
    assert one.public == two.public
    assert (home / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert Identity.of(None).public != Identity.of(None).public


def test_a_key_that_others_can_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    Identity.of(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-008"):
        Identity.of(tmp_path)
    (tmp_path / KEY_FILE).write_text("no key")
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-008"):
        Identity.of(tmp_path)


def test_signatures() -> None:
    one, other = Identity.of(None), Identity.of(None)
    signature = one.sign(b"message")
    assert signed_by(one.public, signature, b"message")
    assert not signed_by(one.public, signature, b"other message")
    assert not signed_by(other.public, signature, b"message")
    assert not signed_by(b"short", signature, b"message")


def test_a_roster_is_written_and_read(tmp_path: Path) -> None:
    roster = Roster({"St. Mary's": Identity.of(None).public, "H02": Identity.of(None).public})
    path = tmp_path / "peers.txt"
    path.write_text(roster.text() + "\n# a comment\n")
    assert Roster.read(path) == roster


def test_every_bad_line_of_a_roster_is_named(tmp_path: Path) -> None:
    key = fingerprint(Identity.of(None).public)
    path = tmp_path / "peers.txt"
    path.write_text(f"{key} A\nrubbish\n{key[:-1]} B\n{key} A\n{key}\n")
    with pytest.raises(EquipoiseError) as caught:
        Roster.read(path)
    assert [problem.where.line for problem in caught.value.problems] == [2, 3, 4, 5]
    with pytest.raises(EquipoiseError, match="EQ-GUARD-009"):
        Roster.read(tmp_path / "none.txt")
