"""The `codes` block: names for sets, and which rows count."""

from __future__ import annotations

import pytest

ANY = "any time up to index"


def codes(study, name):
    return [code.code for found in study.code_sets if found.name == name for code in found.codes]


def test_sets_go_by_the_names_of_the_file(read):
    study = read(exclude=f"exclude: [{{cancer: {ANY}}}]")
    assert [found.name for found in study.code_sets] == ["cancer", "drug_a", "drug_b"]
    assert codes(study, "drug_a") == ["140587"]


def test_a_name_may_stand_for_several_sets(read):
    study = read(codes="codes: {file: codes.csv, sets: {sick: [cancer, ulcer], bleed: bleed}}", exclude=f"exclude: [{{sick: {ANY}}}]")
    assert codes(study, "sick") == ["C50", "K25"]


def test_support_rows_count_only_where_asked(read):
    study = read(codes="codes: {file: codes.csv, support rows: [ulcer]}", exclude=f"exclude: [{{ulcer: {ANY}}}]")
    assert codes(study, "ulcer") == ["K25", "K26"]
    assert codes(read(exclude=f"exclude: [{{ulcer: {ANY}}}]"), "ulcer") == ["K25"]


def test_codes_may_lie_in_several_files(read, folder):
    (folder / "more.csv").write_text("set,vocabulary,code,match\nflu,ICD10CM,J10,prefix\ncancer,ICD10CM,C51,prefix\n", encoding="utf-8")
    study = read(codes="codes: {file: [codes.csv, more.csv]}", exclude=f"exclude: [{{flu: {ANY}}}, {{cancer: {ANY}}}]")
    assert codes(study, "flu") == ["J10"]
    assert codes(study, "cancer") == ["C50", "C51"]


def test_an_arm_may_name_a_part_of_the_index_set(read):
    study = read(codes="codes: {file: codes.csv, sets: {either: [drug_a, drug_b]}}", index="index: first either")
    assert codes(study, "either") == ["140587", "3355"]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("codes: nowhere.csv", ["030"]),
        ("codes: 'a\\tb.csv'", ["030"]),
        ("codes: .", ["030"]),
        ("codes: {file: code.csv, sets: {x: DX}}", ["030"]),
        ("codes: {file: codes.csv, sets: {sick: cancr}}", ["016"]),
        ("codes: {file: codes.csv, sets: {label: cancer}}", ["029"]),
        ("codes: {file: codes.csv, sets: {a set: cancer}}", ["029"]),
        ("codes: {file: codes.csv, support rows: [nothing]}", ["016"]),
        ("codes: {sets: {sick: cancer}}", ["007"]),
        ("codes: 5", ["008"]),
    ],
)
def test_a_codes_block_that_cannot_be_meant_is_refused(codes_of, block, expected):
    assert codes_of(codes=block) == [f"EQ-STUDY-{code}" for code in expected]


def test_a_missing_file_is_answered_with_the_nearest_and_no_set_is_called_unknown(problems):
    found = problems(codes="codes: code.csv", exclude=f"exclude: [{{whatever: {ANY}}}]")
    assert [(problem.kind.code, problem.did_you_mean, problem.where.line) for problem in found] == [("EQ-STUDY-030", "codes.csv", 4)]
