"""The literal tables on Spark: it begins slowly, so it is asked once. The other tests here hold the reference to rows written out.

They are run on the reference once more to see what they ask; then it is one CDM and one batch. Of the many definitions that ask one
attribute of one domain after the other, those are asked that are the first to notice something; every operation is among them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from equipoise.engine.circe.generating import Generated, Options, Request, generate
from equipoise.engine.circe.opening import open_warehouse
from equipoise.engine.sql.warehouse import Warehouse
from operations.circe import Case, telling
from operations.merging import Questions, answers_of

Write = Callable[[Path, dict[str, list[dict[str, object]]]], None]
OpenOn = Callable[[str, Path], Warehouse]


def on_reference(case: Case) -> Generated:
    requests = [Request(number, one) for number, one in enumerate(case.expressions)]
    return generate(open_warehouse(str(case.folder), "reference"), requests, Options(with_statistics=case.with_statistics))


def tables_of(case: Case) -> dict[str, list[dict[str, object]]]:
    return {file.stem: pq.read_table(file).to_pylist() for file in sorted(case.folder.glob("*.parquet"))}


def test_literal_tables_all_at_once(spark: None, literal_cases: list[Case], open_on: OpenOn, tmp_path: Path, written: Write):
    of_attributes = [one for one in literal_cases if one.test.startswith("test_attributes")]
    others = [one for one in literal_cases if one not in of_attributes and not one.with_statistics]
    cases = [*telling(of_attributes), *others]
    answers = [on_reference(case) for case in cases]
    assert sum(len(made.failed) for made in answers) < 5
    questions = Questions()
    for case in cases:
        questions.add(tables_of(case), case.expressions)
    written(tmp_path, questions.tables)
    warehouse = open_on("spark", tmp_path)
    try:
        made = generate(warehouse, questions.requests())
    finally:
        warehouse.close()
    expected = [answers_of(one.rows, range(len(case.expressions))) for one, case in zip(answers, cases, strict=True)]
    found = questions.answers(made)
    assert [case.test for case, one, other in zip(cases, found, expected, strict=True) if one != other] == []
    assert len(made.failed) == sum(len(one.failed) for one in answers)
    assert sum(len(rows) for one in found for rows in one) > 500


def test_statistics(spark: None, literal_cases: list[Case], open_on: OpenOn):
    for case in (one for one in literal_cases if one.with_statistics):
        warehouse = open_on("spark", case.folder)
        try:
            requests = [Request(number, one) for number, one in enumerate(case.expressions)]
            made = generate(warehouse, requests, Options(with_statistics=True))
        finally:
            warehouse.close()
        expected = on_reference(case)
        assert made.rows.equals(expected.rows), case.test
        assert made.statistics == expected.statistics, case.test
