"""Small CDMs for cohort definitions: few persons, few concepts, and days that cluster so that borders are hit."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

DAY_0 = date(2020, 1, 1)
CONCEPTS = (1, 2, 3, 4)
"""Concept 4 is not in `concept`."""
DAYS = (0, 1, 2, 5, 30)
Rows = list[dict[str, object]]
Tables = dict[str, Rows]

_COLUMNS = {
    "condition_occurrence": "condition_concept_id condition_start_date condition_end_date condition_type_concept_id stop_reason provider_id"
    " visit_occurrence_id condition_source_concept_id condition_status_concept_id",
    "death": "death_date death_type_concept_id cause_concept_id cause_source_concept_id",
    "device_exposure": "device_concept_id device_exposure_start_date device_exposure_end_date device_type_concept_id unique_device_id"
    " quantity provider_id visit_occurrence_id device_source_concept_id",
    "drug_exposure": "drug_concept_id drug_exposure_start_date drug_exposure_end_date drug_type_concept_id stop_reason refills"
    " quantity days_supply route_concept_id lot_number provider_id visit_occurrence_id drug_source_concept_id effective_drug_dose"
    " dose_unit_concept_id",
    "measurement": "measurement_concept_id measurement_date measurement_type_concept_id operator_concept_id value_as_number"
    " value_as_concept_id unit_concept_id range_low range_high provider_id visit_occurrence_id measurement_source_concept_id",
    "observation": "observation_concept_id observation_date observation_type_concept_id value_as_number value_as_string value_as_concept_id"
    " qualifier_concept_id unit_concept_id provider_id visit_occurrence_id observation_source_concept_id",
    "procedure_occurrence": "procedure_concept_id procedure_date procedure_type_concept_id modifier_concept_id quantity provider_id"
    " visit_occurrence_id procedure_source_concept_id",
    "specimen": "specimen_concept_id specimen_type_concept_id specimen_date quantity unit_concept_id anatomic_site_concept_id"
    " disease_status_concept_id specimen_source_id",
    "visit_detail": "visit_detail_concept_id visit_detail_start_date visit_detail_end_date visit_detail_type_concept_id provider_id"
    " care_site_id visit_detail_source_concept_id visit_occurrence_id",
    "visit_occurrence": "visit_concept_id visit_start_date visit_end_date visit_type_concept_id provider_id care_site_id"
    " visit_source_concept_id",
    "condition_era": "condition_concept_id condition_era_start_date condition_era_end_date condition_occurrence_count",
    "drug_era": "drug_concept_id drug_era_start_date drug_era_end_date drug_exposure_count gap_days",
    "dose_era": "drug_concept_id unit_concept_id dose_value dose_era_start_date dose_era_end_date",
    "observation_period": "observation_period_start_date observation_period_end_date period_type_concept_id",
    "payer_plan_period": "payer_plan_period_start_date payer_plan_period_end_date payer_concept_id payer_source_concept_id plan_concept_id"
    " plan_source_concept_id sponsor_concept_id sponsor_source_concept_id stop_reason_concept_id stop_reason_source_concept_id",
    "location_history": "location_id entity_id domain_id start_date end_date",
}
COLUMNS = {
    table: ((f"{table}_id",) if table != "death" else ()) + (() if table == "location_history" else ("person_id",)) + tuple(columns.split())
    for table, columns in _COLUMNS.items()
} | {
    "person": ("person_id", "gender_concept_id", "year_of_birth", "race_concept_id", "ethnicity_concept_id"),
    "concept": ("concept_id", "invalid_reason"),
    "concept_ancestor": ("ancestor_concept_id", "descendant_concept_id"),
    "concept_relationship": ("concept_id_1", "concept_id_2", "relationship_id", "invalid_reason"),
    "provider": ("provider_id", "specialty_concept_id"),
    "care_site": ("care_site_id", "place_of_service_concept_id"),
    "location": ("location_id", "region_concept_id"),
}
TEXTS = {
    "stop_reason": (None, "", "a", "ab", "b_", "a\\b", "it's"),
    "domain_id": ("PERSON", "CARE_SITE", "PROVIDER"),
    "relationship_id": ("Maps to", "Maps to", "Is a"),
    "invalid_reason": (None, None, None, "D", ""),
}
TEXTS |= dict.fromkeys(("unique_device_id", "lot_number", "value_as_string", "specimen_source_id"), TEXTS["stop_reason"])
WHOLE = {"refills", "days_supply", "condition_occurrence_count", "drug_exposure_count", "gap_days", "year_of_birth"}
_AMOUNTS = (None, 0.0, 1.0, 2.5, 4.00004, 5.0)

dates = st.sampled_from((0, 1, 2, 5, 6, 30, 31)).map(lambda day: DAY_0 + timedelta(day))


def _cells(column: str) -> st.SearchStrategy[object]:
    if column in TEXTS:
        return st.sampled_from(TEXTS[column])
    if column in ("person_id", "entity_id"):
        return st.integers(1, 3)
    if column == "year_of_birth":
        return st.sampled_from((1980, 1981, None))
    if column in WHOLE:
        return st.sampled_from((None, 0, 1, 5, 30))
    if column.endswith(("concept_id", "concept_id_1", "concept_id_2")):
        return st.sampled_from((None, *CONCEPTS[:3], 1, 2)) if "_" in column.removesuffix("_concept_id") else st.sampled_from(CONCEPTS[:3])
    if column.endswith("_id"):
        return st.sampled_from((None, 1, 2))
    return st.sampled_from(_AMOUNTS)


@st.composite
def _row(draw: st.DrawFn, table: str, number: int) -> dict[str, object]:
    row: dict[str, object] = {}
    for column in COLUMNS[table]:
        if column == f"{table}_id":
            row[column] = number
        elif column.endswith("end_date"):
            start = next(row[name] for name in row if name.endswith("start_date"))
            lasts = draw(st.sampled_from((None, 0, 1, 5, 30, -1)))
            row[column] = None if lasts is None else start + timedelta(lasts)  # type: ignore[operator]
        elif column.endswith("_date"):
            row[column] = draw(dates)
        else:
            row[column] = draw(_cells(column))
    return row


@st.composite
def records(draw: st.DrawFn, table: str, most: int = 6) -> Rows:
    """Rows of a table; their numbers come in any order, so that ties are not broken by place."""
    count = draw(st.integers(0, most))
    numbers = draw(st.permutations(range(1, count + 1)))
    rows = [draw(_row(table, number)) for number in numbers]
    return list({row["person_id"]: row for row in rows}.values()) if table in ("death", "person") else rows


@st.composite
def periods(draw: st.DrawFn, overlapping: bool) -> Rows:
    """Observation periods of three persons; a second one begins where the first has ended, unless they may overlap."""
    rows: Rows = []
    for person in (1, 2, 3):
        start = DAY_0 + timedelta(draw(st.sampled_from((-40, -40, -1, 0))))
        for _ in range(draw(st.sampled_from((1, 1, 2)))):
            end = start + timedelta(draw(st.sampled_from((100, 100, 31, 6, 0))))
            rows.append({"person_id": person, "observation_period_start_date": start, "observation_period_end_date": end})
            start = (start if overlapping else end) + timedelta(draw(st.sampled_from((1, 2, 5))))
    kinds = st.sampled_from((None, *CONCEPTS[:2]))
    return [row | {"observation_period_id": number, "period_type_concept_id": draw(kinds)} for number, row in enumerate(rows, start=1)]


@st.composite
def cdms(draw: st.DrawFn, tables: frozenset[str], overlapping: bool = False) -> Tables:
    """A CDM in which the tables have records; what they point to is there too."""
    known = st.sampled_from((None, None, None, "D", ""))
    pairs = st.tuples(st.sampled_from(CONCEPTS), st.sampled_from(CONCEPTS))
    made: Tables = {
        "person": list(draw(records("person", 3))),
        "observation_period": draw(periods(overlapping)),
        "concept": [{"concept_id": one, "invalid_reason": draw(known)} for one in CONCEPTS[:3]],
        "concept_ancestor": [{"ancestor_concept_id": a, "descendant_concept_id": b} for a, b in draw(st.lists(pairs, max_size=3))],
        "concept_relationship": [
            {"concept_id_1": a, "concept_id_2": b, "relationship_id": kind, "invalid_reason": reason}
            for a, b in draw(st.lists(pairs, max_size=3))
            for kind, reason in (draw(st.sampled_from((("Maps to", None), ("Maps to", "D"), ("Is a", None)))),)
        ],
    }
    for table in ("provider", "care_site", "location"):
        made[table] = draw(records(table, 2))
    for table in sorted(tables - made.keys()):
        made[table] = draw(records(table))
    return made


def _type(column: str) -> pa.DataType:
    if column in TEXTS:
        return pa.string()
    if column.endswith("_date"):
        return pa.date32()
    return pa.int64() if column in WHOLE or "_id" in column else pa.float64()


def write(folder: Path, tables: Tables) -> None:
    """Write the tables as a folder of Parquet files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = {column: pa.array([row.get(column) for row in rows], _type(column)) for column in COLUMNS[name]}
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
