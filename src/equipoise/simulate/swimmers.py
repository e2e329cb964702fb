"""Single simulated patients over time, read back from a simulated network for a picture. Nobody in it exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

INDEX_CODES = frozenset({"37243", "79445", "96420", "C2616"})
"""Procedures of the flagship's two treatments, as the generator writes them."""
CANCER = ("C50", "C78", "C79", "C77")
TREATED_AGAIN, DRUG, DIAGNOSIS, DEATH = "embolised again", "systemic drug", "diagnosis", "death"
APART = 14
"""Days: a session so soon after the last is the same."""


@dataclass(frozen=True, slots=True)
class SimulatedPatient:
    """Arm, days from the index to the last record, and what happened on which day after the index."""

    arm: str
    days: int
    events: tuple[tuple[int, str], ...]


def simulated_patients(network: Path, each: int = 12) -> tuple[SimulatedPatient, ...]:
    """So many study patients of each arm of a network that `simulate_network` wrote, from its first hospitals.

    The marker is the file of the truth, which no real site has: without it there are none.
    """
    truth = network / "truth_patients.parquet"
    if not truth.is_file():
        return ()
    found: dict[str, list[SimulatedPatient]] = {}
    rows = pq.read_table(truth, columns=["site", "person_id", "arm"]).to_pylist()
    for site in dict.fromkeys(str(row["site"]) for row in rows):
        arms = {int(row["person_id"]): str(row["arm"]) for row in rows if row["site"] == site}
        for patient in _of_site(network / site, arms):
            found.setdefault(patient.arm, []).append(patient)
        if len(found) == len({str(row["arm"]) for row in rows}) and all(len(several) >= each for several in found.values()):
            break
    return tuple(patient for arm in sorted(found, reverse=True) for patient in found[arm][:each])


def _of_site(folder: Path, arms: dict[int, str]) -> Iterator[SimulatedPatient]:
    sessions = _days(folder, "procedure_occurrence", "procedure_date", "procedure_source_value")
    drugs = _days(folder, "drug_exposure", "drug_exposure_start_date", "drug_source_value")
    diagnoses = _days(folder, "condition_occurrence", "condition_start_date", "condition_source_value")
    deaths = {person: rows[0][0] for person, rows in _days(folder, "death", "death_date", "death_date").items()}
    ends = {person: rows[0][0] for person, rows in _days(folder, "observation_period", "observation_period_end_date", "person_id").items()}
    for person, arm in arms.items():
        treated = sorted(day for day, code in sessions.get(person, ()) if code in INDEX_CODES)
        if not treated or person not in ends:
            continue
        index = treated[0]
        events = [(day, TREATED_AGAIN) for day in _again(treated)]
        events += [(day, DRUG) for day, _ in drugs.get(person, ()) if day > index]
        events += [(day, DIAGNOSIS) for day, code in diagnoses.get(person, ()) if day > index and not str(code).startswith(CANCER)]
        last = deaths.get(person, ends[person])
        marks = {((day - index).days, kind) for day, kind in events if day <= last}
        marks |= {((last - index).days, DEATH)} if person in deaths else set()
        yield SimulatedPatient(arm, (last - index).days, tuple(sorted(marks)))


def _again(treated: list[date]) -> list[date]:
    found, last = [], treated[0]
    for day in treated[1:]:
        if (day - last).days > APART:
            found.append(day)
            last = day
    return found


def _days(folder: Path, table: str, day: str, code: str) -> dict[int, list[tuple[date, Any]]]:
    rows = pq.read_table(folder / f"{table}.parquet", columns=list(dict.fromkeys(["person_id", day, code]))).to_pylist()
    found: dict[int, list[tuple[date, Any]]] = {}
    for row in rows:
        found.setdefault(int(row["person_id"]), []).append((row[day], row[code]))
    return found
