"""The vocabulary slice: whole, and true to the code list it comes from."""

from __future__ import annotations

import csv
from pathlib import Path

from equipoise.simulate.cdm.codebook import ancestors, codebook
from equipoise.simulate.cdm.vocabulary import vocabulary_rows

LOCAL = 2_000_000_000


def test_ids_are_unique_and_targets_are_standard() -> None:
    concepts = codebook().concepts
    by_id = {concept.concept_id: concept for concept in concepts}
    assert len(by_id) == len(concepts)
    for concept in concepts:
        if concept.maps_to:
            assert concept.standard != "S"
            assert by_id[concept.maps_to].standard == "S"
        assert all(parent in by_id for parent in concept.parents)
        assert concept.concept_id < 2**31


def test_every_standard_concept_is_its_own_ancestor() -> None:
    rows = ancestors(codebook().concepts)
    own = {descendant for ancestor, descendant, low, _ in rows if ancestor == descendant and low == 0}
    assert own == {concept.concept_id for concept in codebook().concepts if concept.standard == "S"}


def test_an_infusion_code_leads_to_its_ingredient() -> None:
    """J9271 maps to a clinical drug whose ancestor is pembrolizumab, RxNorm 1547545, OMOP 45775965."""
    book = codebook()
    drug = book.standard_ids[book.at("HCPCS", "J9271")]
    assert (45775965, drug, 1, 1) in ancestors(book.concepts)
    related = {(a, b, name) for a, b, name, *_ in vocabulary_rows(book)["concept_relationship"]}
    assert (book.ids[book.at("HCPCS", "J9271")], drug, "Maps to") in related


def test_ids_agree_with_the_code_list(shared: Path) -> None:
    """Each code with a known OMOP id is in the slice under that id; all codes are there; other ids are local."""
    book = codebook()
    with (shared / "clinical/codes.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["vocabulary"] != "OMOP"]
    known = {int(row["omop_concept_id"]) for row in rows if row["omop_concept_id"]}
    assert known <= set(book.ids.tolist())
    for row in rows:
        if row["code"] and not row["vocabulary"].startswith("RxNorm or"):
            found = book.concepts[book.at(row["vocabulary"], row["code"])]
            assert found.concept_id in (int(row["omop_concept_id"] or 0), *known) or found.concept_id >= LOCAL
