"""The JSON Schema: the studies satisfy it, and what it refuses is refused when read."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.tree import as_plain, read_tree
from equipoise.study.reading import parse_study
from equipoise.study.schema import study_schema

STUDIES = Path(__file__).resolve().parents[3] / "studies"
VALIDATOR = Draft202012Validator(study_schema())
REPLACEMENTS = [None, True, -1, 0.5, "", "death", [], ["x"], [1, 2, 3], {}, {"x": "y"}, {"label": "x"}]


def plain(name: str) -> object:
    node = read_tree((STUDIES / f"{name}.yaml").read_text(encoding="utf-8"), Desk(Path("x.yaml")))
    assert node is not None
    return as_plain(node)


def refused_by_reader(document: object) -> bool:
    try:
        parse_study(json.dumps(document, ensure_ascii=False), STUDIES / "bclm.yaml")
    except EquipoiseError:
        return True
    return False


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def changed(document: object, path: tuple[str | int, ...], value: object, how: str) -> object:
    """The document with one place replaced, removed or renamed."""
    if not path:
        return value
    document = copy.deepcopy(document)
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    if how == "replace" or isinstance(parent, list):
        parent[path[-1]] = value
    else:
        old = parent.pop(path[-1])
        if how == "rename":
            parent[f"{path[-1]}x"] = old
    return document


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(study_schema())
    assert json.loads(json.dumps(study_schema())) == study_schema()


@pytest.mark.parametrize("name", ["bclm", "nsaid-gibleed"])
def test_the_studies_satisfy_the_schema(name):
    assert [error.message for error in VALIDATOR.iter_errors(plain(name))] == []
    assert not refused_by_reader(plain(name))


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"title": None},
        {"title": 2024},
        {"equipoise": 2},
        {"equipoise": "1"},
        {"include": "female"},
        {"include": []},
        {"include": [{"sex": "unknown"}]},
        {"include": [{"any of": ["female"]}]},
        {"include": [{"distinct sets of": ["tare"]}]},
        {"arms": {}},
        {"outcomes": {"my os": "death"}},
        {"outcomes": {"x": {"first of": "tare", "windows": [1, 2]}}},
        {"outcomes": {"x": {"first of": "tare", "risk window": [1]}}},
        {"covariates": {"x": {"comorbidity index": "Charlston"}}},
        {"covariates": {"x": {"nearest value of": "albumin", "spline knots": 12}}},
        {"propensity": {"site intercept sd": 0}},
        {"analysis": {"main": "overlp"}},
        {"analysis": {"matching": {"ratio": 0}}},
        {"sites": {"minimum": "three"}},
    ],
)
def test_what_the_schema_refuses_the_reader_refuses(change):
    document = {**plain("nsaid-gibleed"), **change}
    assert not VALIDATOR.is_valid(document)
    assert refused_by_reader(document)


@settings(max_examples=150)
@given(st.data())
def test_no_change_of_a_study_is_refused_by_the_schema_alone(data):
    document = plain(data.draw(st.sampled_from(["bclm", "nsaid-gibleed"])))
    path = data.draw(st.sampled_from(list(places(document))))
    how = data.draw(st.sampled_from(["replace", "replace", "remove", "rename"]))
    mutant = changed(document, path, data.draw(st.sampled_from(REPLACEMENTS)), how)
    if not VALIDATOR.is_valid(mutant):
        assert refused_by_reader(mutant), (path, how)
