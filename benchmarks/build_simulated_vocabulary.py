"""Writes the simulator's vocabulary slice, `src/equipoise/simulate/data/concepts.csv`, from the flagship protocol's code list.

Run: `python benchmarks/build_simulated_vocabulary.py [SHARED]`, where SHARED holds `clinical/codes.csv` (default: $EQUIPOISE_SHARED or
`../shared`). Concepts whose OMOP id the code list does not know get an id of 2,000,000,000 or more, which OMOP reserves for local
concepts; it depends on vocabulary and code alone, so that it stays the same when the list grows.
"""

from __future__ import annotations

import csv
import os
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src/equipoise/simulate/data/concepts.csv"
LOCAL = "Equipoise"
SKIPPED = {"OMOP"}
ICD = {"ICD10CM", "ICD9CM"}

DIRECT = {
    "C50": 4112853, "C50.911": 4112853, "C50.912": 4112853, "C50.919": 4112853, "174": 4112853, "175": 4112853,
    "Z85.3": 4324190, "C78.7": 198700, "197.7": 198700, "C78.00": 254591, "C78.01": 254591, "C78.02": 254591, "C22.0": 4101758,
}  # fmt: skip
"""ICD codes that map to a SNOMED concept whose id is known."""

PARENTS = {
    "C79.51": [432851], "C79.31": [432851], "R11.0": [31967], "R11.2": [31967, 441408], "R50.9": [437663], "R10.11": [200219],
    "R53.83": [4223659], "K72.00": [4245975], "K72.90": [4245975], "R18.8": [200528], "R17": [137977], "K75.1": [192670],
    "K25.9": [4265600], "K92.2": [192671], "J70.0": [253506], "K85.90": [199074], "A41.9": [132797], "N17.9": [197320],
    "I26.99": [440417], "I82.409": [4133004], "I81": [199837], "D70.9": [320073], "D69.6": [432870], "K75.4": [200762],
    "I10": [316866], "E11.9": [201820], "E11.22": [201820], "I25.10": [4185932], "I50.9": [316139], "I48.91": [313217],
    "J44.9": [255573], "N18.30": [46271022], "I63.9": [381316], "E66.9": [433736], "F32.9": [440383], "D64.9": [439777],
    "K74.60": [4064161], "K76.0": [4059290],
}  # fmt: skip
"""SNOMED ancestors of the local standard concept to which an ICD code maps."""

SNOMED_PARENTS = {198700: [432851], 254591: [432851], 4101758: [201519]}

LEAVES = {
    "C50.911": "malignant neoplasm of right female breast, site unspecified",
    "C50.912": "malignant neoplasm of left female breast, site unspecified",
    "C50.919": "malignant neoplasm of female breast, side and site unspecified",
    "R11.0": "nausea", "R11.2": "nausea with vomiting", "R50.9": "fever", "R10.11": "right upper quadrant pain",
    "R53.83": "fatigue",
    "K72.00": "acute hepatic failure without coma", "K72.90": "hepatic failure without coma", "R18.8": "ascites",
    "R17": "jaundice",
    "K81.0": "acute cholecystitis", "K83.1": "obstruction of bile duct", "K75.0": "abscess of liver", "K25.9": "gastric ulcer",
    "K92.2": "gastrointestinal haemorrhage", "J70.0": "acute radiation pneumonitis", "K85.90": "acute pancreatitis",
    "A41.9": "sepsis",
    "N17.9": "acute kidney failure", "I26.99": "pulmonary embolism", "I82.409": "deep vein thrombosis of leg",
    "I81": "portal vein thrombosis",

    "D70.9": "neutropenia", "D69.6": "thrombocytopenia", "K75.4": "autoimmune hepatitis", "H25.9": "age-related cataract",
    "H26.9": "cataract", "H90.3": "sensorineural hearing loss, both ears", "H91.90": "hearing loss", "L60.0": "ingrown nail",
    "H61.20": "impacted cerumen", "S61.209A": "open wound of finger", "I10": "essential hypertension", "E11.9": "type 2 diabetes",
    "E11.22": "type 2 diabetes with chronic kidney disease", "I25.10": "coronary atherosclerosis", "I50.9": "heart failure",
    "I48.91": "atrial fibrillation", "J44.9": "chronic obstructive pulmonary disease", "N18.30": "chronic kidney disease stage 3",
    "I63.9": "cerebral infarction", "E66.9": "obesity", "K74.60": "cirrhosis of liver",
    "F32.9": "depressive episode", "D64.9": "anaemia", "I73.9": "peripheral vascular disease",
    "F03.90": "dementia", "G81.90": "hemiplegia", "M05.9": "rheumatoid arthritis with rheumatoid factor", "K76.0": "fatty liver",
    "Z17.0": "oestrogen receptor positive status", "Z17.1": "oestrogen receptor negative status",
    "Z51.5": "palliative care", "Z72.0": "tobacco use",
}  # fmt: skip
"""ICD-10-CM codes that the simulator records and the code list holds only as a prefix, or not at all."""

FIXED = [
    (0, "No matching concept", "Metadata", "None", "Undefined", "", "No matching concept"),
    (8507, "MALE", "Gender", "Gender", "Gender", "S", "M"),
    (8532, "FEMALE", "Gender", "Gender", "Gender", "S", "F"),
    (8527, "White", "Race", "Race", "Race", "S", "5"),
    (8516, "Black or African American", "Race", "Race", "Race", "S", "3"),
    (8515, "Asian", "Race", "Race", "Race", "S", "2"),
    (38003563, "Hispanic or Latino", "Ethnicity", "Ethnicity", "Ethnicity", "S", "Hispanic"),
    (38003564, "Not Hispanic or Latino", "Ethnicity", "Ethnicity", "Ethnicity", "S", "Not Hispanic"),
    (32817, "EHR", "Type Concept", "Type Concept", "Type Concept", "S", "OMOP4976890"),
    (756265, "OMOP CDM Version 5.4.0", "Metadata", "CDM", "CDM", "S", "CDM v5.4.0"),
]

CLASSES = {
    "ICD10CM": "ICD10 code", "ICD9CM": "ICD9 code", "SNOMED": "Clinical Finding", "CPT4": "CPT4", "HCPCS": "HCPCS",
    "ICD10PCS": "ICD10PCS",
    "LOINC": "Lab Test", "RxNorm": "Ingredient", "RxNorm Extension": "Ingredient", "UCUM": "Unit", "Visit": "Visit",
    "Cancer Modifier": "Metastasis",
}  # fmt: skip
DEVICES = {"C2616", "C2699", "C1982", "Q3001"}


@dataclass
class Concept:
    id: int
    name: str
    domain: str
    vocabulary: str
    concept_class: str
    standard: str
    code: str
    maps_to: int | None = None
    parents: list[int] = field(default_factory=list)


def local_id(vocabulary: str, code: str) -> int:
    return 2_000_000_000 + zlib.crc32(f"{vocabulary}|{code}".encode()) % 100_000_000


def domain(vocabulary: str, code: str, set_id: str) -> str:
    if vocabulary in ICD:
        return "Observation" if code.startswith(("Z", "V")) else "Condition"
    if vocabulary == "HCPCS" and not code.startswith(("S", "C9797")):
        return "Device" if code in DEVICES else "Drug" if set_id.startswith(("DRUG", "TACE_DRUG")) else "Procedure"
    fixed = {
        "LOINC": "Measurement",
        "RxNorm": "Drug",
        "RxNorm Extension": "Drug",
        "UCUM": "Unit",
        "Visit": "Visit",
        "Cancer Modifier": "Measurement",
    }
    if vocabulary == "SNOMED":
        return "Observation" if set_id == "BC_DX_HX" else "Procedure" if set_id.startswith("TARE") else "Condition"
    return fixed.get(vocabulary, "Procedure")


class Slice:
    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], Concept] = {}

    def add(self, concept: Concept) -> Concept:
        return self.by_key.setdefault((concept.vocabulary, concept.code), concept)

    def icd(self, vocabulary: str, code: str, name: str) -> None:
        where = domain(vocabulary, code, "")
        target = DIRECT.get(code)
        if target is None:
            target = self.add(
                Concept(
                    local_id(LOCAL, f"STD-{code}"), name, where, LOCAL, "Clinical Finding", "S", f"STD-{code}", None, PARENTS.get(code, [])
                )
            ).id
        self.add(Concept(local_id(vocabulary, code), name, where, vocabulary, CLASSES[vocabulary], "", code, target))

    def ingredient(self, row: dict[str, str], name: str) -> None:
        known = int(row["omop_concept_id"] or 0)
        vocabulary = "RxNorm Extension" if "Extension" in row["vocabulary"] else "RxNorm"
        code = row["code"] or f"OMOP{known}"
        found = self.add(Concept(known or local_id(vocabulary, code), name, "Drug", vocabulary, "Ingredient", "S", code))
        self.add(
            Concept(
                local_id(LOCAL, f"CD-{code}"), f"{name}, clinical drug", "Drug", LOCAL, "Clinical Drug", "S", f"CD-{code}", None, [found.id]
            )
        )

    def other(self, row: dict[str, str], name: str, drugs: dict[str, int]) -> None:
        vocabulary, code = row["vocabulary"], row["code"]
        known = int(row["omop_concept_id"] or 0)
        code = code or f"OMOP{known}"
        where = domain(vocabulary, code, row["set_id"])
        target = (
            drugs.get(name.rsplit(" ", 2)[0] if row["set_id"] == "TACE_DRUG" else name)
            if where == "Drug" and vocabulary == "HCPCS"
            else None
        )
        standard = "" if target else "" if row["omop_standard"] == "N" else "S"
        known = known if not any(found.id == known for found in self.by_key.values()) else 0
        parents = SNOMED_PARENTS.get(known, [])
        self.add(
            Concept(known or local_id(vocabulary, code), name, where, vocabulary, CLASSES[vocabulary], standard, code, target, parents)
        )


def build(rows: list[dict[str, str]]) -> list[Concept]:
    found = Slice()
    for fixed in FIXED:
        found.add(Concept(*fixed))
    for row in rows:
        if row["vocabulary"].startswith("RxNorm"):
            found.ingredient(row, row["description"].split(" (ovarian")[0])
    drugs = {
        concept.name.removesuffix(", clinical drug"): concept.id
        for concept in found.by_key.values()
        if concept.concept_class == "Clinical Drug"
    }
    drugs["fam-trastuzumab deruxtecan"] = drugs["fam-trastuzumab deruxtecan (T-DXd)"]
    drugs["pertuzumab/trastuzumab/hyaluronidase"] = drugs["pertuzumab"]
    for code, name in LEAVES.items():
        found.icd("ICD10CM", code, name)
    for row in rows:
        name = (row["description"] or row["code"]).split(" (ovarian")[0]
        if row["vocabulary"] in ICD:
            found.icd(row["vocabulary"], row["code"], name)
        elif row["vocabulary"] not in SKIPPED and not row["vocabulary"].startswith("RxNorm"):
            found.other(row, name, drugs)
    return sorted(found.by_key.values(), key=lambda concept: concept.id)


def main() -> None:
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("EQUIPOISE_SHARED", ROOT.parent / "shared"))
    with (shared / "clinical/codes.csv").open(newline="", encoding="utf-8") as file:
        concepts = build(list(csv.DictReader(file)))
    ids = [concept.id for concept in concepts]
    clash = {one for one in ids if ids.count(one) > 1}
    if clash:
        raise SystemExit(f"one id, several concepts: {sorted(clash)}")
    if lost := {target for concept in concepts for target in [*concept.parents, *([concept.maps_to] if concept.maps_to else [])]} - set(
        ids
    ):
        raise SystemExit(f"targets that the slice does not hold: {sorted(lost)}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            [
                "concept_id",
                "concept_name",
                "domain_id",
                "vocabulary_id",
                "concept_class_id",
                "standard_concept",
                "concept_code",
                "maps_to",
                "parents",
            ]
        )
        for c in concepts:
            writer.writerow(
                [
                    c.id,
                    c.name[:255],
                    c.domain,
                    c.vocabulary,
                    c.concept_class,
                    c.standard,
                    c.code,
                    c.maps_to or "",
                    " ".join(map(str, c.parents)),
                ]
            )
    print(f"{len(concepts)} concepts in {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
