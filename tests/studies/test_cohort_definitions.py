"""A study of cohort definitions (index, arms, exclusion, outcome, covariate) gives the numbers of the same study said by code sets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from equipoise.network.local import SitePlace, open_network, run_study
from equipoise.report.write import write_report
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import LoadedStudy, read_study

CODES = Path(__file__).resolve().parents[2] / "studies" / "codes" / "diabetes.csv"
STUDY = """
equipoise: 1
title: SGLT2 versus DPP-4 inhibitors, said twice
period: 2016-01-01 to 2024-07-31
{sets}
index: first of [sglt2, dpp4]
include: [age at index >= 18]
exclude: [{{heart_failure: 'in [-365, -1]'}}]
arms: {{SGLT2: index is sglt2, DPP4: index is dpp4}}
outcomes:
  os: death
  heart_failure: {{first of: heart_failure, risk window: '[1, 365]', washout: 365 days}}
covariates:
  age: age at index
  sex: sex
  failure_before: {{records of: heart_failure, window: any time up to index}}
analysis: {{adjustments: [crude, overlap]}}
"""
BY_CODES = f"codes: {{{{file: '{CODES}', sets: {{{{sglt2: DRUG_SGLT2, dpp4: DRUG_DPP4, heart_failure: HF}}}}}}}}"
BY_DEFINITIONS = "cohorts:\n  sglt2: {{circe: sglt2.json}}\n  dpp4: {{circe: dpp4.json}}\n  heart_failure: {{circe: heart_failure.json}}"
SGLT2, DPP4 = (45774751, 44785829, 43526465, 793293), (1580747, 40166035, 40239216, 43013884)


def definition(name: str, criterion: dict[str, Any], concepts: Iterable[int], *, descendants: bool) -> str:
    items = [{"concept": {"CONCEPT_ID": one}, "includeDescendants": descendants} for one in concepts]
    return json.dumps(
        {
            "ConceptSets": [{"id": 0, "name": name, "expression": {"items": items}}],
            "PrimaryCriteria": {
                "CriteriaList": [criterion],
                "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
                "PrimaryCriteriaLimit": {"Type": "All"},
            },
            "QualifiedLimit": {"Type": "All"},
            "ExpressionLimit": {"Type": "All"},
            "InclusionRules": [],
            "EndStrategy": {"DateOffset": {"DateField": "StartDate", "Offset": 0}},
            "CensoringCriteria": [],
            "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
            "CensorWindow": {},
        }
    )


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[SitePlace, ...]:
    folder = tmp_path_factory.mktemp("definitions") / "net"
    simulate_network(folder, 2, 700, 5, "diabetes")
    return open_network(folder)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory, network: tuple[SitePlace, ...]) -> dict[str, LoadedStudy]:
    folder = tmp_path_factory.mktemp("studies")
    concepts = pq.read_table(network[0].cdm / "concept.parquet", columns=["concept_id", "vocabulary_id", "concept_code"]).to_pylist()
    failure = [row["concept_id"] for row in concepts if row["vocabulary_id"] == "ICD10CM" and row["concept_code"].startswith("I50")]
    drug = {"DrugExposure": {"CodesetId": 0}}
    texts = {
        "sglt2": definition("SGLT2 inhibitors", drug, SGLT2, descendants=True),
        "dpp4": definition("DPP-4 inhibitors", drug, DPP4, descendants=True),
        "heart_failure": definition("Heart failure", {"ConditionOccurrence": {"ConditionSourceConcept": 0}}, failure, descendants=False),
    }
    for name, text in texts.items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    for name, sets in {"codes": BY_CODES, "definitions": BY_DEFINITIONS}.items():
        (folder / f"{name}.yaml").write_text(STUDY.format(sets=sets.format()), encoding="utf-8")
    return {name: read_study(folder / f"{name}.yaml") for name in ("codes", "definitions")}


@pytest.fixture(scope="module")
def by_definitions(studies: dict[str, LoadedStudy], network: tuple[SitePlace, ...]) -> StudyResult:
    return run_study(studies["definitions"], network)


def numbers(result: StudyResult) -> list[tuple[object, ...]]:
    return [tuple(r.as_plain().values()) for r in result.records]


def test_definitions_and_code_sets_give_one_result(
    studies: dict[str, LoadedStudy], network: tuple[SitePlace, ...], by_definitions: StudyResult
) -> None:
    by_codes = run_study(studies["codes"], network)
    assert len(by_codes.records) > 20
    assert numbers(by_definitions) == numbers(by_codes)
    assert by_definitions.flow == by_codes.flow
    assert studies["codes"].hash != studies["definitions"].hash


def test_federated_is_pooled(studies: dict[str, LoadedStudy], network: tuple[SitePlace, ...], by_definitions: StudyResult) -> None:
    pooled = run_study(studies["definitions"], network, pooled=True)
    assert len(pooled.records) == len(by_definitions.records)
    for one, other in zip(numbers(by_definitions), numbers(pooled), strict=True):
        floats = [(a, b) for a, b in zip(one, other, strict=True) if isinstance(a, float)]
        assert [a for a in one if not isinstance(a, float)] == [b for b in other if not isinstance(b, float)]
        assert [a for a, _ in floats] == pytest.approx([b for _, b in floats], rel=1e-9, abs=1e-12, nan_ok=True)


def test_the_protocol_says_the_definitions_in_words(by_definitions: StudyResult, tmp_path: Path) -> None:
    write_report(by_definitions, tmp_path)
    page = (tmp_path / "protocol.md").read_text(encoding="utf-8")
    assert "Cohort definitions" in page
    assert "SGLT2 inhibitors" in page
    assert "A person enters on the start of any of these events" in page
