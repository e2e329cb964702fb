from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.networks import open_network


def cdm(folder: Path, person: str = "person.parquet") -> Path:
    folder.mkdir(parents=True)
    (folder / person).touch()
    return folder


def codes(path: Path) -> list[str]:
    with pytest.raises(EquipoiseError) as caught:
        open_network(path)
    return [problem.kind.code for problem in caught.value.problems]


def test_a_folder_of_cdms_takes_part_with_secure_sums(tmp_path: Path) -> None:
    cdm(tmp_path / "south")
    cdm(tmp_path / "north", "PERSON.Parquet")
    (tmp_path / "west.duckdb").touch()
    (tmp_path / "notes").mkdir()
    (tmp_path / ".hidden").mkdir()
    places = open_network(tmp_path)
    assert [place.name for place in places] == ["north", "south", "west"]
    assert {place.policy for place in places} == {Policy(share="secure-sums")}


def test_one_cdm_alone_may_match_its_rows(tmp_path: Path) -> None:
    folder, database = cdm(tmp_path / "mine"), tmp_path / "mine.duckdb"
    database.touch()
    for path in (folder, database):
        (place,) = open_network(path)
        assert (place.name, place.cdm, place.policy.share) == ("mine", path, "deidentified-rows")


NETWORK = """
equipoise_network: 1
sites:
  - name: A
    cdm: data/a
    policy: {share: site-aggregates, minimum_count: 20, masking: show-10}
  - {name: B, cdm: data/b}
"""


def test_a_network_file_names_sites_and_their_terms(tmp_path: Path) -> None:
    cdm(tmp_path / "data" / "a")
    cdm(tmp_path / "data" / "b")
    (tmp_path / "network.yaml").write_text(NETWORK)
    for path in (tmp_path, tmp_path / "network.yaml"):
        a, b = open_network(path)
        assert (a.name, a.cdm, a.policy) == ("A", tmp_path / "data" / "a", Policy("site-aggregates", 20, "show-10"))
        assert (b.name, b.policy) == ("B", Policy())


def test_a_path_that_is_not_there_is_guessed(tmp_path: Path) -> None:
    cdm(tmp_path / "network")
    with pytest.raises(EquipoiseError, match=r"EQ-NETWORK-001[\s\S]*did you mean: network\?"):
        open_network(tmp_path / "netwrok")


def test_a_folder_without_a_cdm_is_refused(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["EQ-NETWORK-002"]


def test_all_problems_of_a_network_file_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(
        "equipoise_network: 2\nsites:\n  - {name: A, cdm: a, policy: {share: everything}}\n  - {cdm: b, x: 1}\n"
    )
    assert codes(tmp_path) == ["EQ-NETWORK-003"] * 4


def test_missing_sites_and_doubles_come_at_once(tmp_path: Path) -> None:
    cdm(tmp_path / "alpha")
    (tmp_path / "network.yaml").write_text("equipoise_network: 1\nsites:\n  - {name: A, cdm: alpha}\n  - {name: A, cdm: alhpa}\n")
    with pytest.raises(EquipoiseError) as caught:
        open_network(tmp_path)
    assert [problem.kind.code for problem in caught.value.problems] == ["EQ-NETWORK-003", "EQ-NETWORK-004"]
    assert caught.value.problems[1].did_you_mean == "alpha"


@pytest.mark.parametrize("content", [b"sites: [", b"\xff\xfe\x00", b"", b"just words"])
def test_what_is_no_network_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "network.yaml").write_bytes(content)
    assert codes(tmp_path) == ["EQ-NETWORK-003"]


def test_problems_of_a_network_file_have_their_lines(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(
        "equipoise_network: 1\nsites:\n  - name: A\n    cdm: a\n    policy: {share: all}\n  - {nam: B, cdm: b}\n  - just words\n"
    )
    with pytest.raises(EquipoiseError) as caught:
        open_network(tmp_path)
    found = [(problem.where.line, problem.what) for problem in caught.value.problems]
    assert found[1:] == [(6, "`name` is missing"), (6, "unknown key `nam`"), (7, "keys with values should stand here")]
    assert found[0][0] == 5


def test_doubles_and_missing_sites_have_their_lines(tmp_path: Path) -> None:
    cdm(tmp_path / "a")
    (tmp_path / "network.yaml").write_text(
        "equipoise_network: 1\nsites:\n  - {name: A, cdm: a}\n  - {name: A, cdm: a}\n  - {name: B, cdm: b}\n"
    )
    with pytest.raises(EquipoiseError) as caught:
        open_network(tmp_path)
    assert [problem.where.line for problem in caught.value.problems] == [4, 5]
