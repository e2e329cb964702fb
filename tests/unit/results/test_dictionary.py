from __future__ import annotations

from pathlib import Path

from equipoise.results.columns import DISCLOSURES, FILES, MEASURES, RECORD_COLUMNS
from equipoise.results.dictionary import results_dictionary
from equipoise.results.records import RECORD_FIELDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "results.md"


def test_the_page_in_the_docs_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == results_dictionary(), (
        "write docs/reference/results.md again: see src/equipoise/results/README.md"
    )


def test_every_field_of_a_record_is_explained_in_its_order() -> None:
    assert tuple(column.name for column in RECORD_COLUMNS) == RECORD_FIELDS


def test_counts_of_persons_carry_the_class_that_is_masked() -> None:
    persons = [c for f in FILES for c in f.columns if c.unit == "persons" and c.name != "effective_n"]
    assert persons
    assert {c.disclosure for c in persons} == {"count"}


def test_every_class_used_is_explained() -> None:
    assert {c.disclosure for f in FILES for c in f.columns} == set(DISCLOSURES)


def test_names_are_unique() -> None:
    assert len({f.path for f in FILES}) == len(FILES)
    assert len({m.name for m in MEASURES}) == len(MEASURES)


def test_tables_of_the_page_have_equal_widths() -> None:
    blocks = [block.splitlines() for block in results_dictionary().split("\n\n") if block.startswith("|")]
    assert len(blocks) == 3 + len(FILES)
    for block in blocks:
        assert len({line.count(" | ") for line in block}) == 1, block[0]
