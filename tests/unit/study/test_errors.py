"""Kinds of error: each its own code, and each is reached by some test of this room."""

from __future__ import annotations

import re
from pathlib import Path

from equipoise.study.errors import ALL_KINDS

HERE = Path(__file__).resolve().parent


def test_codes_are_unique_and_of_this_room():
    codes = [kind.code for kind in ALL_KINDS]
    assert len(codes) == len(set(codes)) == 43
    assert all(re.fullmatch(r"EQ-STUDY-\d{3}", code) for code in codes)


def test_every_kind_says_why_and_what_to_do():
    assert all(kind.title and kind.why.endswith(".") and kind.remedy.endswith(".") for kind in ALL_KINDS)


def test_every_kind_is_expected_by_a_test():
    text = "".join(path.read_text(encoding="utf-8") for path in HERE.rglob("test_*.py"))
    assert [kind.code for kind in ALL_KINDS if f'"{kind.code[-3:]}"' not in text and f'"{kind.code}"' not in text] == []
