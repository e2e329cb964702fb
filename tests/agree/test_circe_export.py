"""A study's arms, exported as Circe definitions and run as such, hold the persons and days that the study's own cohort holds."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from equipoise.cohort.circe.exporting.cohort import export
from equipoise.cohort.circe.reading import parse_circe
from equipoise.cohort.circe.writing import write_circe
from equipoise.cohort.from_study import cohort_plan
from equipoise.engine.circe.generating import Request, generate, open_for_cohorts
from equipoise.engine.open import open_cdm
from equipoise.simulate.network import simulate_network
from equipoise.study.model import (
    AllOf,
    AnyOf,
    Code,
    CodeSet,
    Criterion,
    EventCriterion,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
    Step,
    Study,
    Window,
)
from equipoise.study.reading import read_study

STUDY = Path(__file__).resolve().parents[2] / "studies" / "bclm.yaml"
CLASSES = ("endocrine", "chemotherapy", "her2_targeted")
YEAR_BEFORE = Window(start=-365, end=-1)

CRITERIA: dict[str, Criterion] = {
    "an event in a window": EventCriterion(sets=("liver_metastasis",), window=YEAR_BEFORE),
    "an event after the index": EventCriterion(sets=("chemotherapy",), window=Window(start=1, end=90)),
    "no event": EventCriterion(sets=("chemotherapy",), window=YEAR_BEFORE, at_least=0, at_most=0),
    "two records apart before": EventCriterion(sets=("breast_cancer",), window=Window(end=0), at_least=2, days_apart=120),
    "two records apart after": EventCriterion(sets=("breast_cancer",), window=Window(start=0), at_least=2, days_apart=120),
    "two days": EventCriterion(sets=("endocrine",), window=Window(end=0), at_least=2, count="dates"),
    "one to two sets": EventCriterion(sets=CLASSES, window=Window(end=-1), at_least=1, at_most=2, count="sets"),
    "at most one set": EventCriterion(sets=CLASSES, window=Window(end=-1), at_least=0, at_most=1, count="sets"),
    "always": EventCriterion(sets=CLASSES, at_least=0),
    "a value": MeasurementCriterion(sets=("albumin",), window=Window(start=-90, end=0), unit="g/dL", low=3.5),
    "a value between": MeasurementCriterion(sets=("bilirubin",), window=Window(start=-90, end=0), unit="umol/L", low=5, high=15),
    "any value": MeasurementCriterion(sets=("inr",), window=Window(start=-5, end=-1)),
    "observed": PriorObservation(days=365, after=90),
    "a woman": SexCriterion(sex="female"),
    "not a woman": Not(criterion=SexCriterion(sex="female")),
    "any of, all of, not": AnyOf(
        criteria=(
            AllOf(criteria=(EventCriterion(sets=("chemotherapy",), window=YEAR_BEFORE), PriorObservation(days=600))),
            Not(criterion=EventCriterion(sets=("endocrine",), window=Window(end=0))),
        )
    ),
    "not any of": Not(
        criterion=AnyOf(criteria=(EventCriterion(sets=("endocrine",), window=YEAR_BEFORE), MeasurementCriterion(sets=("inr",), low=1.1)))
    ),
    "any of none": AnyOf(criteria=()),
    "all of none": AllOf(criteria=()),
}


@pytest.fixture(scope="module")
def cdm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated") / "network"
    simulate_network(out, hospitals=1, patients=400, seed=7, scenario="flagship")
    return out / "H01"


@pytest.fixture(scope="module")
def study(cdm: Path) -> Study:
    """The flagship study, each code listed with its concept id; without age, which Circe counts otherwise."""
    concepts = pq.read_table(cdm / "concept.parquet", columns=["concept_id", "vocabulary_id", "concept_code"]).to_pylist()
    read = read_study(STUDY).study
    sets = tuple(
        CodeSet(name=code_set.name, codes=tuple(c for code in code_set.codes for c in with_ids(code, concepts)))
        for code_set in read.code_sets
    )
    steps = tuple(step for step in read.steps if step.criterion.kind != "age")
    return read.model_copy(update={"code_sets": sets, "steps": steps})


def with_ids(code: Code, concepts: list[dict[str, object]]) -> list[Code]:
    def named(found: str) -> bool:
        prefix = code.match == "prefix"
        return found.replace(".", "").startswith(code.code.replace(".", "")) if prefix else found == code.code

    rows = [row for row in concepts if row["vocabulary_id"] == code.vocabulary and named(str(row["concept_code"]))]
    match = "exact" if code.match == "prefix" else code.match
    return [Code(vocabulary=code.vocabulary, code=str(r["concept_code"]), match=match, concept_id=r["concept_id"]) for r in rows]


def own(study: Study, cdm: Path) -> set[tuple[object, ...]]:
    engine = open_cdm(cdm, "H01")
    engine.prepare(study.code_sets)
    rows = engine.cohort(cohort_plan(study)).rows
    engine.close()
    return set(zip(rows["arm"].to_pylist(), rows["person_id"].to_pylist(), rows["index_date"].to_pylist(), strict=True))


def as_circe(study: Study, cdm: Path) -> set[tuple[object, ...]]:
    definitions = [parse_circe(write_circe(arm.expression)) for arm in export(study)]
    numbers = [int(arm.role == "target") for arm in study.arms]
    warehouse = open_for_cohorts(cdm, "H01")
    asked = [Request(number, definition) for number, definition in zip(numbers, definitions, strict=True)]
    made = generate(warehouse, asked)
    warehouse.close()
    assert made.failed == ()
    columns = [made.rows[name].to_pylist() for name in ("cohort_definition_id", "subject_id", "cohort_start_date")]
    return set(zip(*columns, strict=True))


def test_the_flagship_study(study, cdm):
    found = own(study, cdm)
    assert len(found) > 300
    assert as_circe(study, cdm) == found


@pytest.mark.parametrize("name", CRITERIA)
def test_each_kind_of_criterion(study, cdm, name):
    one = study.model_copy(update={"steps": (Step(label=name, criterion=CRITERIA[name]),)})
    everyone = own(study.model_copy(update={"steps": ()}), cdm)
    found = own(one, cdm)
    assert as_circe(one, cdm) == found
    if name in ("always", "all of none"):
        assert found == everyone
    elif name not in ("any of none", "a woman", "not a woman"):
        assert set() < found < everyone, "the data tell"
