"""Code lists: what is read, and every bad row with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.study.code_file import read_code_file
from equipoise.study.model import Code

HEADER = "set_id,vocabulary,code,match,concept_id,role\n"


def listed(folder: Path, text: str | bytes):
    path = folder / "codes.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_code_file(path)


def found(folder: Path, text: str | bytes) -> list[tuple[str, int | None, str | None]]:
    return [(p.kind.code[-3:], p.where.line, p.where.column) for p in listed(folder, text).problems]


def test_spaces_a_byte_order_mark_and_blank_lines_are_tolerated(tmp_path):
    text = (
        b"\xef\xbb\xbf Set , Vocabulary,code , match ,omop_concept_id,Description\r\n\r\n a , SNOMED , 1 , exact , 12 , one \r\n ,,,,,\r\n"
    )
    rows = listed(tmp_path, text).rows
    assert [(row.set_id, row.code) for row in rows] == [
        ("a", Code(vocabulary="SNOMED", code="1", match="exact", concept_id=12, description="one"))
    ]


def test_a_short_row_lacks_only_its_last_cells(tmp_path):
    assert listed(tmp_path, HEADER + "a,SNOMED,1,exact\n").rows[0].code.concept_id is None


def test_a_concept_id_may_stand_for_a_code(tmp_path):
    assert listed(tmp_path, HEADER + "a,SNOMED,,omop_descendants,44813781,\n").rows[0].code.concept_id == 44813781


def test_support_rows_are_marked(tmp_path):
    assert [row.support for row in listed(tmp_path, HEADER + "a,SNOMED,1,exact,,Support\na,SNOMED,2,exact,,include\n").rows] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADER + "a,SNOMED,1,exact,,\n,SNOMED,1,exact,,\n", [("032", 3, "set_id")]),
        (HEADER + "a,SNOMED,,exact,,\n", [("032", 2, "code")]),
        (HEADER + "a,SNOMED,,prefix,12,\n", [("032", 2, "code")]),
        (HEADER + "a,SNOMED,1,exact,-5,\n", [("032", 2, "concept_id")]),
        (HEADER + "a,SNOMED,1,exact,²,\n", [("032", 2, "concept_id")]),
        (HEADER + "a,SNOMED,1,exact,99999999999999,\n", [("032", 2, "concept_id")]),
        (HEADER + "a,Snomed,1,exactly,,\n", [("033", 2, "vocabulary"), ("034", 2, "match")]),
        (HEADER + 'a,SNOMED,"1\n2",exact,,\nb,ICD,1,exact,,\n', [("033", 4, "vocabulary")]),
        (HEADER + 'a,SNOMED,1,exact,,\nb,"SNOMED"x,1,exact,,\n', [("032", 3, None)]),
        ("set_id;vocabulary;code;match\n", [("031", 1, "set_id"), ("031", 1, "vocabulary"), ("031", 1, "code"), ("031", 1, "match")]),
        ("set_id,vocabulary,code\n", [("031", 1, "match")]),
        ("", [("031", 1, "set_id"), ("031", 1, "vocabulary"), ("031", 1, "code"), ("031", 1, "match")]),
        (b"set_id,vocabulary,code,match\n\xff\xfe,1,2,3\n", [("030", None, None)]),
    ],
)
def test_bad_rows_are_named_with_their_line(tmp_path, text, expected):
    assert found(tmp_path, text) == expected


def test_what_was_meant_is_guessed(tmp_path):
    problems = listed(tmp_path, HEADER + "a,snomed,1,omop descendant,,\n").problems
    assert [problem.did_you_mean for problem in problems] == ["SNOMED", "omop_descendants"]
