"""A result written as text is read back as it was."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from equipoise.kernel.masked import Masked
from equipoise.results.study_result import StudyResult
from equipoise.results.whole import read_whole, whole_text

MADE = Path(__file__).resolve().parents[1] / "report"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"whole_{name}", MADE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made() -> StudyResult:
    return load("made_result").made_result()


def test_nothing_is_lost(made: StudyResult) -> None:
    assert read_whole(whole_text(made)) == made
    for result in load("hard_results").hard_results(made).values():
        assert read_whole(whole_text(result)) == result


def test_a_masked_count_stays_of_its_kind(made: StudyResult) -> None:
    counts = (0, Masked(), Masked(below=11, shown_as=10), Masked(below=5, complementary=True))
    records = tuple(replace(made.records[0], n_target=count) for count in counts)
    assert tuple(r.n_target for r in read_whole(whole_text(replace(made, records=records))).records) == counts


def test_another_text_is_refused() -> None:
    for text in ("", "[]", '{"study": {}}'):
        with pytest.raises(ValueError, match="StudyResult"):
            read_whole(text)
