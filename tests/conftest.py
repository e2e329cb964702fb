"""Fixtures for the whole suite: where the shared reference data lie, and what must run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from engines.required import skip_or_fail

ROOT = Path(__file__).resolve().parent.parent
pytest_plugins = ["engines.postgres", "engines.spark", "engines.opening"]

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with reference data that others made."""
    folder = Path(os.environ.get("EQUIPOISE_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        skip_or_fail("shared", f"no reference data at {folder.name}: set EQUIPOISE_SHARED to the folder that holds gold/, circe/ and omop/")
    return folder
