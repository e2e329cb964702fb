"""Units convert as they are defined; factors that need the analyte agree with hand arithmetic and the clinical protocol."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from equipoise.omop.units import (
    ANALYTES,
    UNITS,
    analyte_of,
    analyte_of_set,
    conversion_factor,
    convert,
    factors_to,
    known_units,
    unit_named,
    unit_of,
)
from equipoise.study.model import Code

MG_DL, G_DL, G_L, MG_L, UMOL_L, MMOL_L, MEQ_L = 8840, 8713, 8636, 8751, 8749, 8753, 9557
U_L, IU_L, UKAT_L, K_UL, GIGA_L, CELLS_UL = 8645, 8923, 32995, 8848, 9444, 8784


@pytest.mark.parametrize(
    ("concept", "to", "factor"),
    [
        (G_DL, "g/L", 10.0),
        (G_L, "g/dL", 0.1),
        (MG_DL, "mg/L", 10.0),
        (MG_L, "mg/dL", 0.1),
        (K_UL, "10*9/L", 1.0),
        (GIGA_L, "10*3/uL", 1.0),
        (CELLS_UL, "10*3/uL", 0.001),
        (IU_L, "U/L", 1.0),
        (U_L, "[iU]/L", 1.0),
        (UKAT_L, "U/L", 60.0),
        (9529, "[lb_av]", 2.20462262185),
        (9327, "cm", 2.54),
        (44777602, "mm[Hg]", 7.50061575846),
        (8554, "{fraction}", 0.01),
        (720869, "mL/min/1.73m2", 60.0),
    ],
)
def test_same_dimension(concept: int, to: str, factor: float) -> None:
    assert conversion_factor(None, concept, to) == pytest.approx(factor, rel=1e-11)


@pytest.mark.parametrize(
    ("analyte", "concept", "to", "factor", "rel"),
    [
        ("bilirubin", MG_DL, "umol/L", 17.104, 1e-12),
        ("bilirubin", UMOL_L, "mg/dL", 1 / 17.104, 1e-11),
        ("creatinine", MG_DL, "umol/L", 88.42, 1e-12),
        ("haemoglobin", G_DL, "mmol/L", 0.6206, 1e-12),
        ("haemoglobin", MMOL_L, "g/dL", 1.6114, 1e-4),
        ("urea nitrogen", MG_DL, "mmol/L", 0.357, 1e-12),
        ("calcium", MG_DL, "mmol/L", 0.2495, 1e-3),
        ("calcium", MEQ_L, "mmol/L", 0.5, 1e-12),
        ("calcium", MEQ_L, "mg/dL", 2.004, 1e-3),
        ("magnesium", MG_DL, "mmol/L", 0.4114, 1e-3),
        ("glucose", MG_DL, "mmol/L", 0.0555, 1e-3),
        ("glucose", MMOL_L, "mg/dL", 18.0156, 1e-6),
        ("cholesterol", MG_DL, "mmol/L", 0.0259, 2e-3),
        ("triglycerides", MG_DL, "mmol/L", 0.0113, 2e-3),
        ("sodium", MEQ_L, "mmol/L", 1.0, 1e-12),
        ("sodium", MG_DL, "mmol/L", 0.43497, 1e-4),
        ("potassium", MMOL_L, "mEq/L", 1.0, 1e-12),
        ("potassium", MG_DL, "mmol/L", 0.25577, 1e-4),
        ("chloride", MEQ_L, "mmol/L", 1.0, 1e-12),
        ("chloride", MG_DL, "mmol/L", 0.28209, 1e-4),
        ("bicarbonate", MEQ_L, "mmol/L", 1.0, 1e-12),
    ],
)
def test_analyte_factors(analyte: str, concept: int, to: str, factor: float, rel: float) -> None:
    assert conversion_factor(analyte, concept, to) == pytest.approx(factor, rel=rel)


def test_every_analyte_is_tested_with_a_source() -> None:
    tested = {mark.args[1][i][0] for mark in test_analyte_factors.pytestmark for i in range(len(mark.args[1]))}  # type: ignore[attr-defined]
    assert {analyte.name for analyte in ANALYTES} == tested
    assert all(analyte.source for analyte in ANALYTES)


def test_no_factor_across_dimensions_or_for_unknown_units() -> None:
    assert conversion_factor(None, MG_DL, "umol/L") is None
    assert conversion_factor("sodium", K_UL, "mmol/L") is None
    assert conversion_factor("bicarbonate", MG_DL, "mmol/L") is None
    assert conversion_factor("bilirubin", 0, "mg/dL") is None
    assert conversion_factor("bilirubin", 99999, "mg/dL") is None
    assert conversion_factor("bilirubin", MG_DL, "furlong") is None
    assert conversion_factor(None, 9289, "Cel") is None, "degrees Fahrenheit are not a plain factor"


def test_there_and_back_again_is_one() -> None:
    for unit in UNITS:
        for other in UNITS:
            if unit.dimension == other.dimension:
                there, back = (
                    conversion_factor(None, unit.concept_ids[0], other.name),
                    conversion_factor(None, other.concept_ids[0], unit.name),
                )
                assert there is not None
                assert back is not None
                assert there * back == pytest.approx(1, rel=1e-10)


def test_names_and_concepts_are_unique() -> None:
    names = [name.casefold() for name in known_units()]
    concepts = [concept for unit in UNITS for concept in unit.concept_ids]
    assert len(set(names)) == len(names)
    assert len(set(concepts)) == len(concepts)
    assert unit_named("µmol/L") == unit_of(UMOL_L)
    assert unit_named("mEq/L") == unit_of(MEQ_L)


def test_analyte_from_the_code_set() -> None:
    bilirubin = (
        Code(vocabulary="LOINC", code="1975-2", match="exact"),
        Code(vocabulary="LOINC", code="", match="exact", concept_id=3006140),
    )
    alt = (Code(vocabulary="LOINC", code="1742-6", match="exact", concept_id=3006923),)
    assert analyte_of_set(bilirubin) == "bilirubin"
    assert analyte_of_set(alt) is None
    assert analyte_of_set((*bilirubin, Code(vocabulary="LOINC", code="2160-0", match="exact"))) is None
    assert analyte_of(3016723) == "creatinine"


def test_values_without_a_unit_count_as_wanted_within_bounds_only() -> None:
    factors = factors_to("bilirubin", "mg/dL")
    values = np.array([1.2, 17.104, 1.0, 900.0, np.nan, 5.0])
    units = np.array([MG_DL, UMOL_L, 0, 0, MG_DL, K_UL])
    done = convert(values, units, factors, 0.05, 60)
    np.testing.assert_allclose(done.values, [1.2, 1.0, 1.0, np.nan, np.nan, np.nan], rtol=1e-11)
    assert (done.not_convertible, done.out_of_bounds) == (1, 1)
    strict = convert(values, units, factors_to("bilirubin", "mg/dL", unitless="drop"), 0.05, 60)
    assert (strict.not_convertible, strict.out_of_bounds) == (3, 0)
    assert convert(np.array([]), np.array([], dtype=np.int64), factors).values.shape == (0,)


def test_concepts_are_those_of_the_vocabulary(shared: Path) -> None:
    rows = list(csv.DictReader((shared / "clinical" / "codes.csv").read_text(encoding="utf-8").splitlines()))
    units = {row["code"]: int(row["omop_concept_id"]) for row in rows if row["set_id"] == "UNIT"}
    assert len(units) == 14
    assert all(unit_named(code) == unit_of(concept) is not None for code, concept in units.items())
    loinc = {
        row["code"]: int(row["omop_concept_id"]) for row in rows if row["vocabulary"] == "LOINC" and row["code"] and row["omop_concept_id"]
    }
    for analyte in ANALYTES:
        assert {loinc[code] for code in analyte.loinc if code in loinc} <= set(analyte.concept_ids)


def test_unit_concepts_bear_the_ucum_codes_of_the_ohdsi_vocabulary(shared: Path) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(shared / "circe" / "synthea27nj_cdm" / "concept.parquet", columns=["concept_id", "concept_code", "vocabulary_id"])
    ucum = table.filter(pc.equal(table["vocabulary_id"], "UCUM"))
    codes = dict(zip(ucum["concept_id"].to_pylist(), ucum["concept_code"].to_pylist(), strict=True))
    absent = [concept for unit in UNITS for concept in unit.concept_ids if concept not in codes]
    assert absent == []
    named = {concept: unit_named(code) for concept, code in codes.items() if code in known_units()}
    assert {concept: unit for concept, unit in named.items() if unit_of(concept) != unit} == {}
