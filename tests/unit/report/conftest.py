"""The hand-made study result and its hard variants."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from equipoise.report import ReportPaths, write_report
from equipoise.results.study_result import StudyResult

HERE = Path(__file__).parent


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"report_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made() -> StudyResult:
    return load("made_result").made_result()


@pytest.fixture(scope="session")
def hard(made: StudyResult) -> dict[str, StudyResult]:
    return load("hard_results").hard_results(made)


@pytest.fixture(scope="session")
def report(made: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> ReportPaths:
    return write_report(made, tmp_path_factory.mktemp("reports") / "bclm")
