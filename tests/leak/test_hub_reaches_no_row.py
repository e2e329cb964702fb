"""The hub's code cannot import a row: what it loads in a fresh process says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

FORBIDDEN = (
    "duckdb",
    "pyarrow",
    "pandas",
    "sqlglot",
    "equipoise.table",
    "equipoise.engine",
    "equipoise.network.site",
    "equipoise.estimators.site_side",
)


@pytest.mark.parametrize(
    "module", ["equipoise.network.hub.rounds", "equipoise.network.hub.analysis.conduct", "equipoise.network.in_process"]
)
def test_loading_the_hub_loads_no_code_that_sees_rows(module: str) -> None:
    script = f"import sys, {module}; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert module in loaded
    assert not [name for name in loaded if name in FORBIDDEN or name.startswith(tuple(f"{prefix}." for prefix in FORBIDDEN))]
    assert not [name for name in loaded if name.startswith("equipoise.estimators.") and name.endswith(".site")]
