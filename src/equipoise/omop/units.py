"""Units of laboratory values: from an OMOP unit concept (UCUM) to the unit a study asks for.

Units of one dimension convert by their definition. Mass to amount of substance needs the analyte (bilirubin, creatinine, ...), which
is recognised from the LOINC codes or concept ids of the code set. Conversions that are not a plain factor (degrees Fahrenheit, HbA1c
per cent to mmol/mol, Quick per cent to INR) are not offered: such values count as not convertible.

Concept ids and codes: the UCUM and LOINC rows of the OHDSI vocabulary that ships with Eunomia's Synthea27Nj data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

NO_UNIT = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `scale` of it makes one base unit of its dimension (`value * scale` is in base units)."""

    name: str
    dimension: str
    scale: float
    concept_ids: tuple[int, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analyte:
    """A measured substance. `mmol_per_mg_dl`: mmol/L that make 1 mg/dL. `valence`: mEq/L that make 1 mmol/L. None: not converted so."""

    name: str
    mmol_per_mg_dl: float | None
    valence: int | None
    loinc: tuple[str, ...]
    concept_ids: tuple[int, ...]
    source: str


_KAT_PER_U = 1e-6 / 60
"""The enzyme unit is 1 micromole a minute, the katal 1 mole a second (BIPM; IUPAC Gold Book, 'enzyme unit')."""

UNITS = (
    Unit("g/L", "mass concentration", 1.0, (8636,)),
    Unit("g/dL", "mass concentration", 10.0, (8713, 8950)),
    Unit("g/mL", "mass concentration", 1e3, (9514,)),
    Unit("mg/dL", "mass concentration", 1e-2, (8840, 9028)),
    Unit("mg/L", "mass concentration", 1e-3, (8751,)),
    Unit("mg/mL", "mass concentration", 1.0, (8861,)),
    Unit("ug/dL", "mass concentration", 1e-5, (8837,)),
    Unit("ug/L", "mass concentration", 1e-6, (8748,)),
    Unit("ug/mL", "mass concentration", 1e-3, (8859,)),
    Unit("ng/mL", "mass concentration", 1e-6, (8842,)),
    Unit("ng/dL", "mass concentration", 1e-8, (8817,)),
    Unit("ng/L", "mass concentration", 1e-9, (8725,)),
    Unit("pg/mL", "mass concentration", 1e-9, (8845,)),
    Unit("pg/dL", "mass concentration", 1e-11, (8820,)),
    Unit("mol/L", "amount concentration", 1.0, (9586,)),
    Unit("mmol/L", "amount concentration", 1e-3, (8753,)),
    Unit("mmol/dL", "amount concentration", 1e-2, (9575,)),
    Unit("mmol/mL", "amount concentration", 1.0, (45891014,)),
    Unit("umol/L", "amount concentration", 1e-6, (8749,)),
    Unit("umol/dL", "amount concentration", 1e-5, (8839,)),
    Unit("umol/mL", "amount concentration", 1e-3, (9673,)),
    Unit("nmol/L", "amount concentration", 1e-9, (8736,)),
    Unit("nmol/dL", "amount concentration", 1e-8, (9608,)),
    Unit("nmol/mL", "amount concentration", 1e-6, (8843,)),
    Unit("pmol/L", "amount concentration", 1e-12, (8729,)),
    Unit("eq/L", "charge concentration", 1.0, (9490,)),
    Unit("meq/L", "charge concentration", 1e-3, (9557,), ("10*-3.eq/L",)),
    Unit("meq/dL", "charge concentration", 1e-2, (9553,), ("10*-3.eq/dL",)),
    Unit("/L", "number concentration", 1.0, (9254, 44777569), ("{cells}/L",)),
    Unit("10*3/L", "number concentration", 1e3, (9435, 44777580)),
    Unit("/mL", "number concentration", 1e3, (9257,)),
    Unit("10*6/L", "number concentration", 1e6, (9442, 44777586)),
    Unit("/uL", "number concentration", 1e6, (8647, 8784, 8785, 8888), ("{cells}/uL", "/mm3", "{cells}/mm3")),
    Unit("10*3/mL", "number concentration", 1e6, (9436,)),
    Unit("10*9/L", "number concentration", 1e9, (9444, 44777588), ("10^9/L",)),
    Unit("10*3/uL", "number concentration", 1e9, (8848, 8961, 8792, 8903), ("10^3/uL", "10*3/mm3", "K/uL", "K/mm3")),
    Unit("10*6/mL", "number concentration", 1e9, (8816,)),
    Unit("10*6/uL", "number concentration", 1e12, (8815, 8931), ("10^6/uL", "10*6/mm3")),
    Unit("10*12/L", "number concentration", 1e12, (8734, 44777575), ("10^12/L",)),
    Unit("U/L", "catalytic concentration", _KAT_PER_U, (8645, 8923), ("[U]/L", "[iU]/L", "IU/L")),
    Unit("U/mL", "catalytic concentration", 1e3 * _KAT_PER_U, (8763, 8985), ("[U]/mL", "[iU]/mL", "IU/mL")),
    Unit("kU/L", "catalytic concentration", 1e3 * _KAT_PER_U, (8810, 9058), ("10*3.[U]/L", "10*3.[iU]/L", "k[iU]/L")),
    Unit("mU/mL", "catalytic concentration", _KAT_PER_U, (8719, 9550), ("10*-3.[U]/mL", "10*-3.[iU]/mL", "m[iU]/mL")),
    Unit("mU/L", "catalytic concentration", 1e-3 * _KAT_PER_U, (9040, 44777578), ("10*-3.[iU]/L", "10*-3.[U]/L", "m[iU]/L")),
    Unit("kat/L", "catalytic concentration", 1.0, (44777601,)),
    Unit("ukat/L", "catalytic concentration", 1e-6, (32995,)),
    Unit("nkat/L", "catalytic concentration", 1e-9, (33013, 8955)),
    Unit("{ratio}", "ratio", 1.0, (8523,), ("ratio", "INR", "{INR}")),
    Unit("%", "fraction", 1e-2, (8554,)),
    Unit("{fraction}", "fraction", 1.0, (720868, 44777604), ("L/L", "fraction")),
    Unit("s", "time", 1.0, (8555,)),
    Unit("min", "time", 60.0, (8550,)),
    Unit("kg", "mass", 1e3, (9529,)),
    Unit("g", "mass", 1.0, (8504,)),
    Unit("[lb_av]", "mass", 453.59237, (8739,), ("[lb_us]", "lb")),
    Unit("[oz_av]", "mass", 28.349523125, (9373,), ("oz",)),
    Unit("m", "length", 1.0, (9546,)),
    Unit("cm", "length", 1e-2, (8582,)),
    Unit("mm", "length", 1e-3, (8588,)),
    Unit("[in_i]", "length", 0.0254, (9327, 9330, 8533), ("[in_us]", "in")),
    Unit("[ft_i]", "length", 0.3048, (9306, 9307), ("[ft_us]", "ft")),
    Unit("kg/m2", "body mass index", 1.0, (9531,)),
    Unit("Cel", "temperature", 1.0, (586323, 8653), ("[degC]",)),
    Unit("mL/min", "flow", 1.0, (8795,)),
    Unit("mL/min/{1.73_m2}", "flow by surface", 1.0, (720870, 9117, 9062), ("mL/min/1.73m2", "mL/min/(173.10*-2.m2)")),
    Unit("mL/s/{1.73_m2}", "flow by surface", 60.0, (720869,), ("mL/s/1.73m2",)),
    Unit("mm[Hg]", "pressure", 1.0, (8876,), ("mmHg",)),
    Unit("kPa", "pressure", 1 / 0.133322387415, (44777602,)),
    Unit("mm/h", "sedimentation", 1.0, (8752,)),
    Unit("fL", "volume", 1.0, (8583,)),
    Unit("pg", "cell mass", 1.0, (8564,)),
)
"""All units understood. The pound and ounce are avoirdupois, inch and foot international (NIST SP 811); 1 mmHg = 133.322387415 Pa.
K/uL and K/mm3 (8792, 8903) are named "Kelvin per ..." in the vocabulary, but laboratories mean thousands of cells."""

_AMA = "AMA Manual of Style, SI conversion factors"
ANALYTES = (
    Analyte("bilirubin", 0.017104, None, ("1975-2", "14631-6", "42719-5", "1968-7", "14629-0"), (3024128, 3006140, 3028833, 3027597), _AMA),
    Analyte("creatinine", 0.08842, None, ("2160-0", "14682-9", "38483-4"), (3016723, 3051825, 3020564), _AMA),
    Analyte("haemoglobin", 0.0006206, None, ("718-7", "59260-0", "20509-6", "30313-1"), (3000963,), "NGSP/IFCC: monomer, 16,114 g/mol"),
    Analyte("urea nitrogen", 0.357, None, ("3094-0", "6299-2", "14937-7"), (3013682, 3004295), _AMA),
    Analyte("calcium", 10 / 40.078, 2, ("17861-6", "2000-8"), (3006906,), "IUPAC atomic weight 40.078"),
    Analyte("magnesium", 10 / 24.305, 2, ("19123-9", "2601-3"), (3001420,), "IUPAC atomic weight 24.305"),
    Analyte("glucose", 10 / 180.156, None, ("2345-7", "14749-6", "2339-0", "15074-8"), (3004501, 3000483), "molar mass 180.156 g/mol"),
    Analyte("cholesterol", 10 / 386.65, None, ("2093-3", "14647-2", "2085-9", "14646-4"), (3027114, 3007070), "molar mass 386.65 g/mol"),
    Analyte("triglycerides", 10 / 885.4, None, ("2571-8", "14927-8"), (3022192,), "mean molar mass 885.4 g/mol"),
    Analyte("sodium", 10 / 22.990, 1, ("2951-2", "2947-0"), (3019550, 3000285), "IUPAC atomic weight 22.990"),
    Analyte("potassium", 10 / 39.098, 1, ("2823-3", "6298-4"), (3023103, 3005456), "IUPAC atomic weight 39.098"),
    Analyte("chloride", 10 / 35.45, 1, ("2075-0",), (3014576,), "IUPAC atomic weight 35.45"),
    Analyte("bicarbonate", None, 1, ("1963-8", "2028-9"), (3015632,), "valence of HCO3-"),
)
"""Analytes whose units convert only when it is known what was measured."""

_BY_CONCEPT = {concept: unit for unit in UNITS for concept in unit.concept_ids}
_ANALYTE_BY_CONCEPT = {concept: analyte.name for analyte in ANALYTES for concept in analyte.concept_ids}
_ANALYTE_BY_LOINC = {code: analyte.name for analyte in ANALYTES for code in analyte.loinc}
_ANALYTES = {analyte.name: analyte for analyte in ANALYTES}


def _key(name: str) -> str:
    return name.strip().replace("µ", "u").replace("μ", "u").casefold()


_BY_NAME = {_key(name): unit for unit in UNITS for name in (unit.name, *unit.aliases)}


class MeasurementCode(Protocol):
    """What is read of a row of a code list."""

    @property
    def vocabulary(self) -> str:
        """Such as `LOINC`."""
        ...

    @property
    def code(self) -> str:
        """The code, empty when only the concept id is given."""
        ...

    @property
    def concept_id(self) -> int | None:
        """The OMOP concept id, if given."""
        ...


def known_units() -> tuple[str, ...]:
    """Names that a study may write as a unit: UCUM codes and usual spellings. Letter case does not matter."""
    return tuple(name for unit in UNITS for name in (unit.name, *unit.aliases))


def unit_named(name: str) -> Unit | None:
    """The unit written as `name` (UCUM or a usual spelling, any letter case), None when unknown."""
    return _BY_NAME.get(_key(name))


def unit_of(concept_id: int) -> Unit | None:
    """The unit of an OMOP unit concept, None when unknown."""
    return _BY_CONCEPT.get(concept_id)


def analyte_of(concept_id: int) -> str | None:
    """The analyte that a measurement concept measures, None when it is none of `ANALYTES`."""
    return _ANALYTE_BY_CONCEPT.get(concept_id)


def analyte_of_set(codes: Iterable[MeasurementCode]) -> str | None:
    """The analyte of a code set: the one that its LOINC codes and concept ids speak of; None when they name none or several."""
    found = {_analyte_of_code(code) for code in codes} - {None}
    return found.pop() if len(found) == 1 else None


def _analyte_of_code(code: MeasurementCode) -> str | None:
    by_loinc = _ANALYTE_BY_LOINC.get(code.code) if code.vocabulary == "LOINC" else None
    return by_loinc or (analyte_of(code.concept_id) if code.concept_id else None)


def conversion_factor(analyte: str | None, from_unit_concept_id: int, to_unit: str) -> float | None:
    """What a value in the unit of `from_unit_concept_id` is multiplied by to be in `to_unit`; None when it cannot be converted.

    `analyte` is needed between mass, amount and charge only. A missing unit (0) gives None: see `factors_to` and `convert`.
    """
    source, target = unit_of(from_unit_concept_id), unit_named(to_unit)
    if source is None or target is None:
        return None
    bridge = 1.0 if source.dimension == target.dimension else _bridge(_ANALYTES.get(analyte or ""), source.dimension, target.dimension)
    return None if bridge is None else _tidy(source.scale * bridge / target.scale)


def _bridge(analyte: Analyte | None, source: str, target: str) -> float | None:
    """Base units of `target` in one base unit of `source`, by way of mol/L."""
    if analyte is None:
        return None
    into, out_of = _mol_per_base(analyte, source), _mol_per_base(analyte, target)
    return None if into is None or out_of is None else into / out_of


def _mol_per_base(analyte: Analyte, dimension: str) -> float | None:
    if dimension == "mass concentration" and analyte.mmol_per_mg_dl is not None:
        return 0.1 * analyte.mmol_per_mg_dl
    if dimension == "charge concentration" and analyte.valence is not None:
        return 1 / analyte.valence
    return 1.0 if dimension == "amount concentration" else None


def _tidy(factor: float) -> float:
    """Free of binary rounding (0.1 / 0.01 is 10): twelve significant digits."""
    return float(f"{factor:.12g}")


@lru_cache(maxsize=256)
def _factors(analyte: str | None, to_unit: str) -> tuple[tuple[int, float], ...]:
    found = ((concept, conversion_factor(analyte, concept, to_unit)) for concept in _BY_CONCEPT)
    return tuple((concept, factor) for concept, factor in found if factor is not None)


def factors_to(analyte: str | None, to_unit: str, *, unitless: Literal["wanted", "drop"] = "wanted") -> dict[int, float]:
    """Every unit concept that converts to `to_unit`, with its factor. `unitless="wanted"` adds the missing unit (0) with factor 1."""
    bare = {NO_UNIT: 1.0} if unitless == "wanted" else {}
    return bare | dict(_factors(analyte, to_unit))


@dataclass(frozen=True, slots=True)
class Converted:
    """values: (n,) float64 in the wanted unit, NaN where dropped. How many were dropped, and why."""

    values: NDArray[np.float64]
    not_convertible: int
    out_of_bounds: int


def convert(
    values: NDArray[np.float64],
    unit_concept_ids: NDArray[np.int64],
    factors: dict[int, float],
    low: float | None = None,
    high: float | None = None,
) -> Converted:
    """Convert n values with `factors` (see `factors_to`); drop what has no factor or lies outside the physiologic [low, high].

    Misleads when a site leaves the unit empty and measures in another one whose values also fit the bounds (bilirubin in umol/L
    read as mg/dL): give narrow bounds, or drop values without a unit. NaN values stay NaN and count as neither.
    """
    concepts, position = np.unique(unit_concept_ids, return_inverse=True)
    table = np.array([factors.get(int(concept), np.nan) for concept in concepts], dtype=np.float64)
    given = np.isfinite(values)
    out = values * table[position] if len(concepts) else values.copy()
    convertible = given & np.isfinite(out)
    outside = convertible & ~((out >= (-np.inf if low is None else low)) & (out <= (np.inf if high is None else high)))
    out[outside | ~convertible] = np.nan
    return Converted(out, int(np.sum(given & ~convertible)), int(np.sum(outside)))
