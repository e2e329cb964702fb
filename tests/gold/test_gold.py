"""Every reference case: the method's adapter in `methods/` computes it through `equipoise.stats`, and every key must agree.

Cases come from `data/` and `made/` here (always) and from the folder that `EQUIPOISE_GOLD` names (default `gold` in the shared folder).
"""

from __future__ import annotations

import importlib.util
import json
import os
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SHARED = Path(os.environ.get("EQUIPOISE_SHARED", ROOT.parent / "shared"))
GOLD = Path(os.environ.get("EQUIPOISE_GOLD", SHARED / "gold"))
SMALL = 1e-12
"""Absolute tolerance where a case gives none: below it two numbers are both zero."""


def cases_of(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    file = folder / "reference.json"
    return [(folder, case) for case in json.loads(file.read_text())["cases"]] if file.is_file() else []


def all_cases() -> list[Any]:
    committed = [*cases_of(HERE / "data"), *((HERE / "data", case) for _, case in cases_of(HERE / "made"))]
    known = {json.dumps(case, sort_keys=True) for _, case in committed}
    others = [(folder, case) for folder, case in cases_of(GOLD) if json.dumps(case, sort_keys=True) not in known]
    return [pytest.param(folder, case, id=case["case"]) for folder, case in [*committed, *others]]


@cache
def adapter(method: str) -> ModuleType | None:
    file = HERE / "methods" / f"{method}.py"
    if not file.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"gold_methods_{method}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def frame(folder: Path, dataset: str) -> pd.DataFrame:
    """A file of the folder; what is written in the case itself is read by `data_of`."""
    return pd.read_csv(folder / "data" / dataset)


def data_of(folder: Path, case: dict[str, Any]) -> pd.DataFrame | None:
    """The case's data: a file by name, columns written in the case, or none."""
    dataset = case.get("dataset")
    if isinstance(dataset, dict):
        return pd.DataFrame(dataset)
    return frame(folder, dataset).copy() if dataset else None


def number(value: Any) -> float:
    if value is None:
        return float("nan")
    return {"Inf": np.inf, "-Inf": -np.inf}[value] if isinstance(value, str) else float(value)


def differences(expected: Any, got: Any, path: str, rtol: float, atol: float) -> list[str]:
    """Where `got` departs from `expected`: one line a place. Numbers by tolerance, null equals NaN, everything else by equality."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return [f"{path}: expected a table, got {type(got).__name__}"]
        return [line for key, value in expected.items() for line in differences_at(key, value, got, path, rtol, atol)]
    if isinstance(expected, list):
        return list_differences(expected, got, path, rtol, atol)
    if isinstance(expected, bool) or (isinstance(expected, str) and expected not in ("Inf", "-Inf")):
        return [] if expected == got else [f"{path}: {got!r}, expected {expected!r}"]
    want, have = number(expected), number(got)
    return [] if np.isclose(have, want, rtol=rtol, atol=atol, equal_nan=True) else [f"{path}: {have!r}, expected {want!r}"]


def differences_at(key: str, value: Any, got: dict[str, Any], path: str, rtol: float, atol: float) -> list[str]:
    return differences(value, got[key], f"{path}/{key}", rtol, atol) if key in got else [f"{path}/{key}: not computed"]


def list_differences(expected: list[Any], got: Any, path: str, rtol: float, atol: float) -> list[str]:
    have = list(got)
    if len(have) != len(expected):
        return [f"{path}: {len(have)} values, expected {len(expected)}"]
    return [line for i, (e, g) in enumerate(zip(expected, have, strict=True)) for line in differences(e, g, f"{path}[{i}]", rtol, atol)]


def differences_within(expected: list[Any], got: Any, path: str, slack: list[float]) -> list[str]:
    """Where numbers depart by more than an absolute tolerance of their own: an adapter's `slack(case)` says where and, beside it, why."""
    if not len(got) == len(expected) == len(slack):
        return [f"/{path}: {len(got)} values, expected {len(expected)}"]
    each = zip(expected, got, slack, strict=True)
    return [line for i, (want, have, near) in enumerate(each) for line in differences(want, have, f"/{path}[{i}]", 0.0, near)]


@pytest.mark.parametrize(("folder", "case"), all_cases())
def test_agrees_with_r(folder: Path, case: dict[str, Any]) -> None:
    """What is not built is an expected failure that names the method; once it is built, the case is an ordinary test."""
    method = adapter(case["method"])
    if method is None:
        pytest.xfail(f"{case['method']} is not built")
    data = data_of(folder, case)
    not_built: dict[str, str] = getattr(method, "NOT_BUILT", {})
    expected = {key: value for key, value in case["expected"].items() if key not in not_built}
    try:
        got = method.compute(case["options"], data, case)
    except NotImplementedError as reason:
        pytest.xfail(f"{case['method']}: {reason}")
    stale = sorted(set(got) & set(not_built))
    assert not stale, f"listed as not built, yet computed: {stale}"
    own: dict[str, list[float]] = method.slack(case) if hasattr(method, "slack") else {}
    found = differences({key: value for key, value in expected.items() if key not in own}, got, "", case["rtol"], case.get("atol", SMALL))
    found += [line for key, slack in own.items() for line in differences_within(expected[key], got.get(key, ()), key, slack)]
    assert not found, f"{len(found)} differences from {case.get('r_call', 'R')}:\n" + "\n".join(found[:12])


def test_the_other_cases_are_there(request: pytest.FixtureRequest) -> None:
    """A folder named by EQUIPOISE_GOLD must hold cases; without one, the shared folder's absence is a skip that says so."""
    if "EQUIPOISE_GOLD" not in os.environ:
        request.getfixturevalue("shared")
    assert cases_of(GOLD), f"no cases in {GOLD.name}/reference.json"


def test_a_wrong_number_is_seen() -> None:
    assert differences({"a": [1.0, None]}, {"a": [1.0, np.nan]}, "", 1e-9, 0.0) == []
    assert differences({"a": [1.0, "Inf"]}, {"a": [1.0 + 1e-8, np.inf]}, "", 1e-9, 0.0) == ["/a[0]: 1.00000001, expected 1.0"]
    assert differences({"a": 1, "b": {}}, {"b": 2}, "", 1e-9, 0.0) == ["/a: not computed", "/b: expected a table, got int"]
    assert differences([1, 2], [1], "x", 1e-9, 0.0) == ["x: 1 values, expected 2"]
    assert differences(None, 0.0, "x", 1e-9, 1e-9) == ["x: 0.0, expected nan"]
    assert differences_within([1.0, 2.0], [1.1, 2.1], "x", [0.2, 0.05]) == ["/x[1]: 2.1, expected 2.0"]
    assert differences_within([1.0], [], "x", [0.2]) == ["/x: 0 values, expected 1"]
