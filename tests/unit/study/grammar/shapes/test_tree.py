"""YAML that is refused, with its line; and values as YAML 1.2 has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.tree import as_plain, read_tree


def problems(text: str) -> list[tuple[str, int | None]]:
    desk = Desk(Path("x.yaml"))
    read_tree(text, desk)
    return [(problem.kind.code[-3:], problem.where.line) for problem in desk.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2\nb: 3\n", [("002", 2)]),
        ("a: 1\n\tb: 2\n", [("002", 2)]),
        ("a: >= 3\n", [("002", 1)]),
        ('a: "open\n', [("002", 2)]),
        ("a: b: c\n", [("002", 1)]),
        ("a: 1\nb: &x 2\n", [("003", 2)]),
        ("a: *x\n", [("003", 1)]),
        ("a: !!python/object:os.system 2\n", [("003", 1)]),
        ("a: !mine 2\n", [("003", 1)]),
        ("a: 1\n---\nb: 2\n", [("003", 2)]),
        ("%YAML 1.1\n---\na: 1\n", [("003", 2)]),
        ('a: "\\0"\n', [("003", 1)]),
        ('a: "\\ud800"\n', [("003", 1)]),
        ('a: "\\UFFFFFFFF"\n', [("002", None)]),
        ("a: 1\nb\x00b", [("002", 2)]),
        ("a: " + "[" * 100 + "]" * 100, [("003", 1)]),
        ("a: 1\nb: 2\na: 3\n", [("004", 3)]),
        ("a:\n  b: 1\n  b: 2\n", [("004", 3)]),
        ("1: a\n", [("005", 1)]),
        ("true: a\n", [("005", 1)]),
        ("? [a, b]\n: c\n", [("005", 1)]),
        ("'': a\n", [("005", 1)]),
        (": a\n", [("005", 1)]),
        ("a: 1\na: 2\n1: 3\n", [("004", 2), ("005", 3)]),
    ],
)
def test_what_is_refused(text, expected):
    assert problems(text) == expected


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert problems(bomb) == [("003", 1)]


@pytest.mark.parametrize(
    "text", ["1", "-3", "+3", "1.5", "1e3", ".5", "true", "no", "null", "~", "", "0o17", "0x1F", "'5'", "a b", "1 2", "yes"]
)
def test_values_are_those_of_yaml_1_2(text):
    node = read_tree(f"[{text}, x]" if text else "[~, x]", Desk(Path("x.yaml")))
    assert as_plain(node) == YAML(typ="safe", pure=True).load(f"[{text or '~'}, x]")


def test_a_date_and_a_number_without_end_stay_text():
    node = read_tree("[2016-01-01, .inf, 1e999, " + "9" * 5000 + "]", Desk(Path("x.yaml")))
    assert as_plain(node) == ["2016-01-01", ".inf", "1e999", "9" * 5000]


def test_every_node_knows_its_line_and_path():
    node = read_tree("a:\n  b:\n    - c\n    - d: e\n", Desk(Path("x.yaml")))
    inner = node.pairs[0].value.pairs[0].value.items[1].pairs[0]
    assert (inner.line, inner.value.path, inner.value.name) == (4, "a.b[2].d", "d")
