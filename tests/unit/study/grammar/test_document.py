"""No text makes the reader fail with anything but its own coded errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.errors import ALL_KINDS
from equipoise.study.reading import LoadedStudy, parse_study

STUDIES = Path(__file__).resolve().parents[4] / "studies"
TEXTS = {name: (STUDIES / f"{name}.yaml").read_text(encoding="utf-8") for name in ("bclm", "nsaid-gibleed")}
FRAGMENTS = [
    *(
        "[",
        "]",
        "{",
        "}",
        ":",
        ": ",
        "- ",
        "\n",
        "\t",
        "  ",
        ",",
        "'",
        '"',
        "#",
        "&a ",
        "*a ",
        "!!x ",
        "|",
        ">",
        "%",
        "---\n",
        "...",
        "? ",
        "~",
    ),
    *(
        "-1",
        "0",
        "99999999999",
        "1e400",
        ".nan",
        "\x00",
        "\ud800",
        "\U0001f600",
        "²",
        "٣",
        "in [5, 1]",
        "[[1]]",
        "twice",
        "any time",
        "null",
    ),
    *(
        "2023-02-30",
        "9999-99-99",
        "0000-00-00",
        "at least 99999999 records",
        "first of []",
        "index is []",
        "day 1 to",
        "\r",
        "\x85",
        "\u2028",
    ),
]


def attempt(text: str) -> LoadedStudy | EquipoiseError:
    try:
        return parse_study(text, STUDIES / "bclm.yaml")
    except EquipoiseError as error:
        return error


def is_read_or_refused(text: str) -> None:
    outcome = attempt(text)
    if isinstance(outcome, LoadedStudy):
        assert len(outcome.hash) == 64
        return
    assert outcome.problems
    for problem in outcome.problems:
        assert problem.kind in ALL_KINDS
        assert problem.where.line is None or 1 <= problem.where.line <= text.count("\n") + 200
        str(problem).encode()


@settings(max_examples=200)
@given(st.text() | st.lists(st.sampled_from(FRAGMENTS)).map("".join))
def test_any_text_is_read_or_refused(text):
    is_read_or_refused(text)


@settings(max_examples=150)
@given(st.data())
def test_any_damaged_study_is_read_or_refused(data):
    text = TEXTS[data.draw(st.sampled_from(sorted(TEXTS)))]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.sampled_from(FRAGMENTS) | st.text(max_size=4)) + text[end:]
    is_read_or_refused(text)


VALUES = st.recursive(
    st.sampled_from(FRAGMENTS) | st.integers() | st.floats() | st.booleans() | st.none() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    *(
        "title",
        "period",
        "codes",
        "index",
        "include",
        "exclude",
        "arms",
        "follow",
        "outcomes",
        "covariates",
        "propensity",
        "analysis",
        "sites",
    ),
]


def as_yaml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{as_text(key)}": {as_yaml(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_yaml(item) for item in value) + "]"
    return f'"{as_text(value)}"' if isinstance(value, str) else str(value).lower()


def as_text(text: str) -> str:
    return "".join(c if (c.isalnum() and c.isascii()) or c in " [],:-." else f"\\U{ord(c):08X}" for c in text)


@settings(max_examples=200)
@given(st.sampled_from(KEYS), VALUES)
def test_any_value_of_any_key_is_read_or_refused(key, value):
    kept = [line for line in TEXTS["nsaid-gibleed"].splitlines() if line and not line.startswith("#")]
    blocks: dict[str, list[str]] = {}
    for line in kept:
        if not line.startswith(" "):
            name = line.split(":")[0]
        blocks.setdefault(name, []).append(line)
    blocks[key] = [f"{key}: {as_yaml(value)}"]
    is_read_or_refused("\n".join(line for block in blocks.values() for line in block))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", ["", "[]", "{}", "1", "x", "[[[]]]", "{a: {b: {c: d}}}", "{? : }"])
def test_each_key_refuses_what_it_cannot_take(key, value):
    text = "\n".join([f"{key}: {value}" if key != "title" else f"title: {value}", "equipoise: 1"])
    with pytest.raises(EquipoiseError):
        parse_study(text, STUDIES / "bclm.yaml")
