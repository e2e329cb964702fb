"""Two cardiac devices that share one procedure code, told apart from YAML alone: no word of this domain is in the program.

Each hospital's patients are written down with what was recorded, so every count is known before the study is run.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equipoise.network.local import count_study, open_network, run_study
from equipoise.omop.tables import arrow_schema
from equipoise.study.reading import read_study

CODES = {"C1786": 2, "33208": 3, "C1898": 4, "93290": 5, "I50": 6}
STUDY = """
equipoise: 1
title: Leadless against transvenous pacing and heart failure
period: 2018-01-01 to 2022-12-31
codes: codes.csv
# One code for the implantation, whatever was implanted.
index: first session of implantation, merged over 2 days
treatments:
  leadless:
    evidence: {capsule: "in [-1, 2]"}
    weak evidence: {remote_programming: "in [1, 14]"}
    deciding evidence: {capsule: on index day}
  transvenous:
    evidence: {leads: "in [-1, 2]"}
    weak evidence: {leads: "in [-30, -2]"}
    deciding evidence: {leads: on index day}
classification: {definition: main, both go to: leadless, unspecified join: transvenous}
include: [age at index >= 18]
arms: {Leadless: session is leadless, Transvenous: session is transvenous}
follow: day 1 to death, last record, 3 years
outcomes:
  os: death
  heart_failure: first heart_failure in [1, 730], washout 365 days
covariates: {age: age at index, sex: sex}
propensity: {covariates: [age, sex]}
analysis: {adjustments: [crude, overlap], main: overlap}
sites: {drop when: not observable in 30 sessions}
"""
CODE_FILE = """set_id,vocabulary,code,match
implantation,CPT4,33208,exact
capsule,HCPCS,C1786,exact
leads,HCPCS,C1898,exact
remote_programming,CPT4,93290,exact
heart_failure,ICD10CM,I50,exact
"""
VOCABULARIES = {"33208": "CPT4", "C1786": "HCPCS", "C1898": "HCPCS", "93290": "CPT4", "I50": "ICD10CM"}
KINDS = {
    "leadless": [("33208", 0), ("C1786", 0)],
    "leadless, billed twice": [("33208", 0), ("C1786", 1), ("33208", 2)],
    "leadless, probable": [("33208", 0), ("93290", 14)],
    "transvenous": [("33208", 0), ("C1898", 0)],
    "transvenous, probable": [("33208", 0), ("C1898", -30)],
    "both, decided": [("33208", 0), ("C1786", 0), ("C1898", 0)],
    "both, undecided": [("33208", 0), ("C1786", 2), ("C1898", 0)],
    "unspecified": [("33208", 0)],
    "no session": [("C1786", 0)],
}
USUAL = dict(zip(KINDS, (60, 20, 15, 50, 14, 12, 13, 16, 30), strict=True))
HOSPITALS = {
    "H1": USUAL,
    "H2": USUAL | {"both, undecided": 0, "leadless": 40},
    "H3": {"transvenous": 25, "unspecified": 30},
    "H4": {"leadless": 11, "transvenous": 14, "both, decided": 3},
}
POLICY = "{share: deidentified-rows}"


def write(folder: Path, table: str, rows: list[dict[str, object]]) -> None:
    schema = pa.schema([field.with_nullable(True) for field in arrow_schema(table)])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{table}.parquet")


def write_hospital(folder: Path, kinds: dict[str, int]) -> None:
    folder.mkdir(parents=True)
    concepts = [
        {"concept_id": place, "vocabulary_id": VOCABULARIES[code], "concept_code": code, "standard_concept": "S"}
        for code, place in CODES.items()
    ]
    people = [kind for kind, n in kinds.items() for _ in range(n)]
    persons, procedures, visits, deaths, conditions = [], [], [], [], []
    for key, kind in enumerate(people, start=1):
        index = date(2019, 1, 1) + timedelta(7 * (key % 90))
        persons.append({"person_id": key, "gender_concept_id": (8507, 8532)[key % 2], "year_of_birth": 1940 + key % 23})
        procedures += [
            {"person_id": key, "procedure_concept_id": CODES[code], "procedure_date": index + timedelta(at)} for code, at in KINDS[kind]
        ]
        visits.append({"person_id": key, "visit_concept_id": 9202, "visit_start_date": index + timedelta(800 + key % 37)})
        if key % 3 == 0:
            deaths.append({"person_id": key, "death_date": index + timedelta(810 + key % 41)})
        if key % 4 == 0:
            conditions.append(
                {"person_id": key, "condition_concept_id": CODES["I50"], "condition_start_date": index + timedelta(20 + 7 * (key % 50))}
            )
    tables = {"concept": concepts, "person": persons, "procedure_occurrence": procedures, "visit_occurrence": visits}
    for table, rows in (tables | {"death": deaths, "condition_occurrence": conditions}).items():
        write(folder, table, rows)


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("devices")
    for name, kinds in HOSPITALS.items():
        write_hospital(folder / name, kinds)
    sites = "\n".join(f"  - {{name: {name}, cdm: {name}, policy: {POLICY}}}" for name in HOSPITALS)
    (folder / "network.yaml").write_text(f"equipoise_network: 1\nsites:\n{sites}\n", encoding="utf-8")
    (folder / "codes.csv").write_text(CODE_FILE, encoding="utf-8")
    return folder


def study(folder: Path, changes: dict[str, str] | None = None):
    text = STUDY
    for before, after in (changes or {}).items():
        assert before in text
        text = text.replace(before, after)
    path = folder / "devices.yaml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def tally(*names: str) -> Counter[str]:
    return sum((Counter(HOSPITALS[name]) for name in names), Counter())


KEPT = ("H1", "H2", "H4")
ARMS = {
    "main": (
        ("leadless", "leadless, billed twice", "leadless, probable", "both, decided"),
        ("transvenous", "transvenous, probable"),
    ),
    "strict": (("leadless", "leadless, billed twice"), ("transvenous",)),
    "liberal": (
        ("leadless", "leadless, billed twice", "leadless, probable", "both, decided"),
        ("transvenous", "transvenous, probable", "unspecified"),
    ),
}


@pytest.mark.parametrize("definition", ARMS)
def test_the_definition_decides_who_is_in_the_arms(hospitals, definition):
    loaded = study(hospitals, {"definition: main": f"definition: {definition}"})
    counted = count_study(loaded, open_network(hospitals))
    people = tally(*KEPT)
    expected = tuple(sum(people[kind] for kind in kinds) for kinds in ARMS[definition])
    assert (counted.flow[-1].n_target, counted.flow[-1].n_comparator) == expected
    assert {one.site: one.status for one in counted.sites} == {
        "H1": "contributed",
        "H2": "contributed",
        "H3": "left out",
        "H4": "contributed",
    }


@pytest.fixture(scope="module")
def result(hospitals):
    return run_study(study(hospitals), open_network(hospitals))


def test_the_audit_tells_how_sessions_were_classified(result):
    people = tally(*KEPT)
    sessions = sum(people.values()) - people["no session"]
    expected = {
        ("sessions", ""): sessions,
        ("evidenced", "leadless"): people["leadless"] + people["leadless, billed twice"],
        ("evidenced", "transvenous"): people["transvenous"],
        ("probable", "leadless"): people["leadless, probable"],
        ("probable", "transvenous"): people["transvenous, probable"],
        ("both", "leadless"): people["both, decided"],
        ("both", ""): people["both, undecided"],
        ("unspecified", ""): people["unspecified"],
        ("deciding", "leadless"): people["leadless"] + people["both, decided"],
        ("deciding", "transvenous"): people["transvenous"] + people["both, decided"] + people["both, undecided"],
    }
    network = [row for row in result.sessions if row.site == ""]
    assert {(row.what, row.treatment): row.n for row in network} == expected
    assert all(row.share == pytest.approx(row.n / sessions) for row in network)


def test_a_site_whose_records_cannot_show_a_treatment_is_left_out_and_named(result):
    left_out = [one for one in result.sites if one.status == "left out"]
    assert [(one.site, one.why) for one in left_out] == [("H3", "its records never show the deciding evidence of leadless")]
    assert [note.text for note in result.notes if note.code == "EQ-HUB-007"] == [
        "H3 was left out: its records never show the deciding evidence of leadless."
    ]
    assert "H3" not in {row.site for row in result.sessions}


def test_without_the_rule_the_site_stays(hospitals):
    loaded = study(hospitals, {"sites: {drop when: not observable in 30 sessions}": ""})
    counted = count_study(loaded, open_network(hospitals))
    assert {one.status for one in counted.sites} == {"contributed"}
    assert counted.flow[0].n == sum(tally(*HOSPITALS).values()) - tally(*HOSPITALS)["no session"]


def test_one_session_more_than_it_has_keeps_the_site(hospitals):
    kept = count_study(study(hospitals, {"in 30 sessions": "in 56 sessions"}), open_network(hospitals))
    gone = count_study(study(hospitals, {"in 30 sessions": "in 55 sessions"}), open_network(hospitals))
    assert [next(one.status for one in found.sites if one.site == "H3") for found in (kept, gone)] == ["contributed", "left out"]


def test_rows_of_sites_come_whole_or_not_at_all(result):
    """H4 has a small count. With H1 and H2 shown, subtraction from the network's counts would give it away, so H2 is hidden too."""
    assert Counter(row.site for row in result.sessions) == {"": 10, "H1": 10}


def test_pooled_and_federated_agree(hospitals, result):
    pooled = run_study(study(hospitals), open_network(hospitals), pooled=True)
    assert [row for row in pooled.sessions if row.site == ""] == [row for row in result.sessions if row.site == ""]
    assert [note.text for note in pooled.notes if note.code == "EQ-HUB-007"] == [
        note.text for note in result.notes if note.code == "EQ-HUB-007"
    ]
    for one, other in zip(result.records, pooled.records, strict=True):
        assert (one.estimate is None) == (other.estimate is None)
        assert one.estimate is None or one.estimate == pytest.approx(other.estimate, rel=1e-9), one
        assert (one.n_target, one.n_comparator) == (other.n_target, other.n_comparator)


def test_the_report_has_the_table(hospitals, tmp_path, equipoise):
    study(hospitals)
    done = equipoise("run", hospitals / "devices.yaml", "--network", hospitals, "--out", tmp_path / "out", "--no-cache", "-q")
    assert done.exit_code == 0, done.output
    assert "H3 was left out" in done.output
    with (tmp_path / "out" / "tables" / "sessions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {"site": "all sites", "class": "sessions", "treatment": "", "n": str(int(rows[0]["n"])), "share": "1.0"}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "How treatments were told apart" in page
    assert "How index sessions were classified" in page
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert {record["target"] for record in found} == {"Leadless", "Transvenous", None}, "follow-up is told of both arms together too"
