"""What is written can be read again, by us and by ATLAS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.reading import from_tree, parse_circe, read_circe
from equipoise.cohort.circe.writing import to_tree, write_circe


def test_the_example_is_written_as_it_was_read(gout):
    assert to_tree(from_tree(gout)) == gout


@given(data=st.data())
def test_any_definition_survives_the_round_trip(expressions, data):
    expression = data.draw(expressions)
    again = parse_circe(write_circe(expression))
    assert again == expression
    assert fingerprint(again) == fingerprint(expression)


def test_every_attribute_of_every_domain_survives(domain, a_full, definition_with):
    expression = definition_with(censoring_criteria=(a_full(domain),))
    tree = json.loads(write_circe(expression))
    assert from_tree(tree) == expression
    assert list(tree["CensoringCriteria"][0]) == [domain.__name__]


def test_every_public_definition_survives_unchanged(shared):
    files = sorted((shared / "circe" / "definitions").glob("*.json"))
    assert len(files) == 534
    for file in files:
        expression = read_circe(file)
        written = write_circe(expression)
        again = parse_circe(written)
        assert again == expression, file.name
        assert fingerprint(again) == fingerprint(expression), file.name
        assert said(json.loads(written)) == said(json.loads(file.read_text(encoding="utf-8"))), file.name
        assert expression.unknown == (), file.name


def test_the_reference_suites_own_definitions_survive(shared):
    files = sorted((shared / "circe" / "behavioural-tests").glob("*/definitions/*.json"))
    assert len(files) > 30
    for file in files:
        if "throws" in file.name:
            continue
        expression = read_circe(file)
        assert parse_circe(write_circe(expression)) == expression, file.name


def said(tree: Any) -> Any:
    """Without what only repeats a default: nulls, false and empty lists and objects."""
    if isinstance(tree, dict):
        return {key: said(value) for key, value in tree.items() if value not in (None, False, [], {})}
    return [said(item) for item in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize("name", ["3_throws.json"])
def test_what_the_reference_refuses_is_refused(shared, name):
    (file,) = (shared / "circe" / "behavioural-tests").glob(f"*/definitions/{name}")
    with pytest.raises(Exception, match="EQ-CIRCE-004"):
        read_circe(Path(file))
