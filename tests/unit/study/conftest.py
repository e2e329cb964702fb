"""A small study to vary, and ways to read variants of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError, Problem
from equipoise.study.model import Study
from equipoise.study.reading import read_study

CODES = """set_id,vocabulary,code,match,concept_id,description,role
drug_a,RxNorm,140587,omop_descendants,1118084,first drug,include
drug_b,RxNorm,3355,omop_descendants,1124300,second drug,include
bleed,SNOMED,74474003,omop_descendants,,bleeding,
ulcer,ICD10CM,K25,prefix,,ulcer,
ulcer,ICD10CM,K26,prefix,,ulcer,support
cancer,ICD10CM,C50,prefix,,cancer,
lab,LOINC,1751-7,exact,,albumin,
only_support,ICD10CM,Z99,prefix,,none,support
"""

BLOCKS = {
    "equipoise": "equipoise: 1",
    "title": "title: A versus B and bleeding",
    "period": "period: 2016-01-01 to 2024-07-31",
    "codes": "codes: codes.csv",
    "index": "index: first of [drug_a, drug_b]",
    "arms": "arms: {A: index is drug_a, B: index is drug_b}",
    "outcomes": "outcomes: {os: death}",
}

Reader = Callable[..., Study]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "codes.csv").write_text(CODES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def read(folder: Path) -> Reader:
    """Read the small study with blocks replaced, added or (None) left out; keys with spaces are written with underscores."""

    def run(**blocks: str | None) -> Study:
        path = folder / "small.yaml"
        path.write_text("\n".join(text for text in {**BLOCKS, **blocks}.values() if text is not None) + "\n", encoding="utf-8")
        return read_study(path).study

    return run


@pytest.fixture
def problems(read: Reader) -> Callable[..., list[Problem]]:
    """The problems of the small study with blocks replaced."""

    def run(**blocks: str | None) -> list[Problem]:
        with pytest.raises(EquipoiseError) as caught:
            read(**blocks)
        return list(caught.value.problems)

    return run


@pytest.fixture
def codes_of(problems: Callable[..., list[Problem]]) -> Callable[..., list[str]]:
    """The error codes of the small study with blocks replaced, in order."""
    return lambda **blocks: [problem.kind.code for problem in problems(**blocks)]
