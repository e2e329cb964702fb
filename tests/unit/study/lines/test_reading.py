"""Rule packs: what Equipoise brings along can be read, and every mistake of a file is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.lines.reading import bundled_pack, pack_names, parse_pack, read_pack

SOUND = """\
lines: 1
name: small
title: Two drugs
window: {days: 28, status: verified, source: a paper}
gap:
  iv: {days: 90, status: assumption}
rechallenge: {days: 180, status: assumption}
current: {days: 30, status: assumption}
classes:
  one: {drugs: [alpha, beta], route: iv, status: assumption}
  two: {drugs: [gamma], route: iv, status: assumption}
"""


def problems(text: str) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(EquipoiseError) as caught:
        parse_pack(text, Path("small.yaml"))
    assert {str(one.where.file) for one in caught.value.problems} == {"small.yaml"}
    return [(one.kind.code, one.where.line, one.did_you_mean) for one in caught.value.problems]


def test_a_sound_pack_is_read():
    pack = parse_pack(SOUND, Path("small.yaml"))
    assert pack.drugs() == ("alpha", "beta", "gamma")
    assert (pack.window.days, pack.window.status, pack.window.source) == (28, "verified", "a paper")


@pytest.mark.parametrize("name", pack_names())
def test_bundled_packs_are_read_and_bear_their_name(name):
    assert bundled_pack(name).name == name


def test_there_are_packs_for_more_than_one_disease():
    assert set(pack_names()) >= {"breast", "diabetes"}


def test_an_unknown_pack_is_named_with_what_was_meant():
    with pytest.raises(EquipoiseError) as caught:
        bundled_pack("braest")
    assert [(one.kind.code, one.did_you_mean) for one in caught.value.problems] == [("EQ-STUDY-062", "breast")]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(EquipoiseError, match="EQ-STUDY-062"):
        read_pack(tmp_path / "none.yaml")


def test_a_file_is_read_as_its_text_is(tmp_path):
    (tmp_path / "small.yaml").write_text(SOUND, encoding="utf-8")
    assert read_pack(tmp_path / "small.yaml") == parse_pack(SOUND, Path("small.yaml"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (("title: Two drugs", "titel: Two drugs"), [("EQ-STUDY-065", 1, None)]),
        (("days: 180", "days: -1"), [("EQ-STUDY-065", 7, None)]),
        (("days: 180", 'days: "180"'), [("EQ-STUDY-065", 7, None)]),
        (("status: verified", "status: sure"), [("EQ-STUDY-065", 4, None)]),
        (("route: iv, status: assumption}\n  two", "route: iv}\n  two"), [("EQ-STUDY-064", 10, None)]),
        (("gamma], route: iv", "gamma], route: oral"), [("EQ-STUDY-061", 11, None)]),
        (("[gamma]", "[beta]"), [("EQ-STUDY-066", 11, None)]),
        (("[gamma]", "[one]"), [("EQ-STUDY-066", 10, None)]),
        (("rechallenge: {", "rechallenge: {days: 3, "), [("EQ-STUDY-004", 7, None)]),
        (("gap:", "gap: ["), [("EQ-STUDY-002", 7, None)]),
    ],
)
def test_one_mistake_is_found_at_its_line(changed, expected):
    found = problems(SOUND.replace(*changed))
    if changed[0].startswith("title"):
        expected = [("EQ-STUDY-064", 1, None), ("EQ-STUDY-063", 3, "title")]
    assert found == expected


def test_all_mistakes_between_rules_are_found_at_once():
    text = SOUND + (
        "groups:\n  both: [one, twoo]\nproducts:\n  alpha-bis: [alfa]\n  beta: [beta]\n"
        "never:\n  - {drugs: [delta, gamma], status: assumption}\n"
        "substitutions:\n  - {between: [both, gama], within: 60, status: assumption}\n"
        "maintenance: {after: [one], continued: [tree], silent: 28, status: assumption}\n"
    )
    assert problems(text) == [
        ("EQ-STUDY-061", 13, "two"),
        ("EQ-STUDY-061", 15, "alpha"),
        ("EQ-STUDY-066", 16, None),
        ("EQ-STUDY-066", 18, None),
        ("EQ-STUDY-061", 20, "gamma"),
        ("EQ-STUDY-061", 21, None),
    ]


def test_all_mistakes_of_types_are_found_at_once():
    text = SOUND.replace("days: 28", "days: many").replace("route: iv, status", "rout: iv, status") + "unheard: of\n"
    codes = [code for code, _, _ in problems(text)]
    assert sorted(codes) == sorted(["EQ-STUDY-065", "EQ-STUDY-064", "EQ-STUDY-063", "EQ-STUDY-064", "EQ-STUDY-063", "EQ-STUDY-063"])
