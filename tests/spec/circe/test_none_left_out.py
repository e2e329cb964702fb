"""No operation of the language is without a literal test that notices when it is taken out or changed.

Operations follow from the model: every attribute of every domain, every value that it may take, every column that is counted, every limit,
exit and option of a window. The literal tests are run on the reference once more; each of their definitions is changed in one place at a
time, and an operation is noticed when the rows change.
"""

from __future__ import annotations

import ast

import pytest

from operations.circe import WITHOUT_EFFECT, Case, operations
from operations.recording import NOTICED, SPEC, noticing_tests, read_noticed


@pytest.fixture(scope="module")
def found(literal_cases: list[Case]) -> dict[str, str]:
    return noticing_tests(literal_cases)


def test_every_operation_is_noticed(found):
    assert [one for one in operations() if one not in found] == []


def test_what_is_noticed_is_an_operation(found):
    """A name that no longer follows from the model has no place in the table."""
    assert sorted(set(found) - set(operations())) == []


def test_the_table_of_support_says_what_the_tests_notice(found):
    assert read_noticed() == found, f"write {NOTICED.name} anew: python tests/operations/recording.py, then make docs"


def test_what_is_without_effect_is_said_to_be(found):
    """All of it is asked in one test, whose definitions find what they would find without it."""
    assert {found[one] for one in WITHOUT_EFFECT} <= {
        "test_attributes.py::test_moved_dates_of_deaths_and_specimens",
        "test_every_domain.py::test_what_is_read_and_not_used",
    }


def test_every_literal_test_runs_on_every_engine():
    """They ask through fixtures that are there once for each engine, and what they ask is asked of Spark as well."""
    alone = {"test_cdms.py", "test_none_left_out.py", "test_on_spark.py"}
    files = [file for file in SPEC.glob("test_*.py") if file.name not in alone]
    tests = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)]
    asks = {node.name: {one.arg for one in node.args.args} & {"cohort", "run"} for node in tests if node.name.startswith("test_")}
    assert len(asks) > 70
    assert {name for name, by in asks.items() if not by} == {"test_no_attribute_is_left_out"}
