"""Code lists of classes of drugs become one code set a drug."""

from __future__ import annotations

import csv

from equipoise.study.lines.naming import sets_by_drug
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model import Code, CodeSet, LineDrug

BREAST = bundled_pack("breast")


def code(text: str, description: str) -> Code:
    return Code(vocabulary="HCPCS", code=text, match="exact", description=description)


def test_codes_are_sorted_by_the_drug_that_their_description_names():
    chemotherapy = CodeSet(name="chemotherapy", codes=(code("1", "paclitaxel"), code("2", "docetaxel"), code("3", "paclitaxel")))
    others = CodeSet(name="others", codes=(code("4", "leuprolide"), code("5", "paclitaxel (old code)"), code("6", "vitamin")))
    found = sets_by_drug(BREAST, (chemotherapy, others))
    assert {one.name: [code.code for code in one.codes] for one in found.code_sets} == {
        "lines of therapy: docetaxel": ["2"],
        "lines of therapy: paclitaxel": ["1", "3", "5"],
    }
    assert found.drugs == tuple(LineDrug(drug=one, sets=(f"lines of therapy: {one}",)) for one in ("docetaxel", "paclitaxel"))
    assert found.unknown == ("vitamin",)


def test_all_drugs_of_the_protocol_s_code_lists_find_their_place(shared):
    with (shared / "clinical" / "codes.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set_id"].startswith("DRUG_")]
    codes = tuple(code(row["code"], row["description"]) for row in rows)
    found = sets_by_drug(BREAST, (CodeSet(name="all", codes=codes),))
    assert found.unknown == ()
    contained = BREAST.contained()
    assert {drug for one in found.drugs for drug in contained[one.drug]} == set(BREAST.drugs())
