"""Problems that the laws try each estimator on, one of each."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings

from equipoise.estimators.loop import run_local
from equipoise.estimators.site_side import SITE_SIDE
from equipoise.kernel.errors import EquipoiseError

CASES = Path(__file__).resolve().parents[1] / "law" / "cases"


@cache
def problem(name: str) -> tuple[Any, Any]:
    """Data and hub half of one problem that the laws try an estimator on."""
    spec = importlib.util.spec_from_file_location(f"leak_cases_{name}", CASES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    quick = settings(max_examples=50, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))

    def has_an_answer(given: tuple[Any, Any]) -> bool:
        try:
            run_local(given[1], SITE_SIDE[name].summarise, given[0])
        except EquipoiseError:
            return False
        return True

    found: tuple[Any, Any] = find(module.problems(), has_an_answer, settings=quick)
    return found
