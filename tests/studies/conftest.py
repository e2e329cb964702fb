"""Whole studies through the command line, as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from equipoise.cli.main import app

STUDIES = Path(__file__).resolve().parents[2] / "studies"


@pytest.fixture(scope="session")
def equipoise() -> Callable[..., Result]:
    """Call the command line with these words."""

    def call(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    return call


def records(out: Path, **wanted: object) -> list[dict[str, Any]]:
    """The records of a run whose fields are as wanted."""
    found: list[dict[str, Any]] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return [record for record in found if all(record[field] == value for field, value in wanted.items())]
