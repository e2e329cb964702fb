"""A whole file: all its mistakes at once; the two studies; the way over a wire."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import Study
from equipoise.study.reading import parse_study, read_study

STUDIES = Path(__file__).resolve().parents[3] / "studies"

TEN_MISTAKES = """equipoise: 1
titel: A versus B
period: 2024-07-31 to 2016-01-01
codes: codes.csv
index: first of [drug_a, drug_b]
include:
  - age at index => 18
  - cancer: in [7, -365]
  - cancr: any time up to index
  - ulcer: at least 3 records, 30 days apart, in [-365, 0]
arms: {A: index is drug_a, B: index is ulcer}
outcomes:
  bleed: {first of: bleed, risk window: [-5, 90], washout: 180 days}
covariates:
  age: age at index
  ulcer: in [-365, 30]
propensity: {covariates: [age, sexx]}
analysis: {main: overlp}
"""


def problems_of(text: str, folder: Path) -> list[tuple[str, int | None]]:
    with pytest.raises(EquipoiseError) as caught:
        parse_study(text, folder / "study.yaml")
    return [(problem.kind.code[-3:], problem.where.line) for problem in caught.value.problems]


def test_all_mistakes_are_told_in_one_go_with_their_lines(folder):
    assert problems_of(TEN_MISTAKES, folder) == [
        ("007", 1),
        ("006", 2),
        ("012", 3),
        ("009", 7),
        ("013", 8),
        ("016", 9),
        ("021", 10),
        ("017", 11),
        ("015", 13),
        ("014", 16),
        ("023", 17),
        ("024", 18),
    ]


def test_mistakes_in_the_code_file_are_told_with_them(folder):
    (folder / "codes.csv").write_text("set_id,vocabulary,code,match\ndrug_a,Snomed,1,exact\ndrug_b,SNOMED,2,exakt\n", encoding="utf-8")
    with pytest.raises(EquipoiseError) as caught:
        parse_study(TEN_MISTAKES, folder / "study.yaml")
    in_codes = [(p.kind.code[-3:], p.where.line, Path(str(p.where.file)).name) for p in caught.value.problems][-2:]
    assert in_codes == [("033", 2, "codes.csv"), ("034", 3, "codes.csv")]


@pytest.mark.parametrize(("text", "code"), [("", "008"), ("[]", "008"), ("just text", "008"), ("a: [1", "002"), ("a: &b 1", "003")])
def test_what_is_no_study_is_refused(tmp_path, text, code):
    assert [found for found, _ in problems_of(text, tmp_path)] == [code]


def test_another_version_of_the_grammar_is_refused(codes_of):
    assert codes_of(equipoise="equipoise: 2") == ["EQ-STUDY-010"]


@pytest.mark.parametrize("make", ["missing", "folder", "latin-1", "huge"])
def test_an_unreadable_file_is_one_error(tmp_path, make):
    path = tmp_path / "study.yaml"
    if make == "folder":
        path.mkdir()
    elif make != "missing":
        path.write_bytes("title: Ä\n".encode("latin-1") if make == "latin-1" else b"#" * 5_000_000)
    with pytest.raises(EquipoiseError) as caught:
        read_study(path)
    assert caught.value.code == "EQ-STUDY-001"


def test_the_name_comes_from_the_file_or_the_study(read):
    assert read().name == "small"
    assert read(name="name: a-b2").name == "a-b2"


@pytest.mark.parametrize("name", ["My Study", "a/b", "..", "-"])
def test_a_name_that_is_no_file_name_is_refused(codes_of, name):
    assert codes_of(name=f"name: '{name}'") == ["EQ-STUDY-029"]


@pytest.mark.parametrize("name", ["bclm", "nsaid-gibleed"])
def test_the_studies_read_and_travel(name):
    loaded = read_study(STUDIES / f"{name}.yaml")
    assert Study.model_validate(loaded.study.model_dump(mode="json")) == loaded.study
    assert Study.model_validate_json(loaded.study.model_dump_json()) == loaded.study
    assert loaded.text == (STUDIES / f"{name}.yaml").read_text(encoding="utf-8")
    assert loaded.study.name == name


TWENTY_LINES = """equipoise: 1
title: Drug A versus drug B and bleeding
period: 2016-01-01 to 2024-07-31
codes: codes.csv
index: first of [drug_a, drug_b]
include:
  - age at index >= 18
  - prior observation >= 365 days
exclude:
  - bleed: in the 180 days before index
arms:
  A: index is drug_a
  B: index is drug_b
follow: day 1 to death, last record, 12 months
outcomes:
  bleed: first of bleed in [1, 365]
covariates:
  age: age at index
  sex: sex
  ulcer: any time up to index
"""


def test_a_study_in_twenty_lines_is_adjusted_for_all_its_covariates(folder):
    study = parse_study(TWENTY_LINES, folder / "study.yaml").study
    assert len(TWENTY_LINES.splitlines()) == 20
    assert study.propensity is not None
    assert study.propensity.covariates == ("age", "sex", "ulcer")
    assert study.analysis.main == "overlap"


def test_the_flagship_says_what_its_protocol_says():
    study = read_study(STUDIES / "bclm.yaml").study
    assert (study.target.name, study.comparator.name, study.index.nth, study.follow.max_days) == ("TARE", "TACE", 1, 1826)
    assert [step.label for step in study.steps] == [
        "Age at index ≥ 18",
        "Breast cancer: twice, 30 days apart, any time up to index",
        "Liver metastasis: in [-365, 7]",
        "One to three classes of systemic therapy before index",
        "No primary liver cancer: any time up to index",
    ]
    assert study.propensity is not None
    assert study.propensity.covariates == ("age", "index_year", "subtype", "extrahepatic", "prior_classes", "albumin", "bilirubin")
    assert study.propensity.site_intercept_sd == 1.0
    assert (study.analysis.main, study.analysis.cox_strata, study.analysis.rmst_days) == ("overlap", "site", (365, 731, 1096))


def test_the_flagship_uses_every_set_of_its_code_file():
    used = {code for code_set in read_study(STUDIES / "bclm.yaml").study.code_sets for code in code_set.codes}
    rows = (STUDIES / "codes" / "bclm.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(used) == len({tuple(row.split(",")[1:5]) for row in rows})


def test_the_flagships_codes_are_those_of_its_protocol(shared):
    import csv

    with (shared / "clinical" / "codes.csv").open(encoding="utf-8", newline="") as lines:
        origin = {(row["set_id"], row["code"], row["match"], row["omop_concept_id"]) for row in csv.DictReader(lines)}
    with (STUDIES / "codes" / "bclm.csv").open(encoding="utf-8", newline="") as lines:
        ours = [(row["set_id"], row["code"], row["match"], row["concept_id"]) for row in csv.DictReader(lines)]
    assert set(ours) <= origin
    assert len(ours) == len(set(ours)) or Counter(ours).most_common(1)[0][1] <= 2


def test_the_nsaid_cohorts_have_the_sizes_that_eunomia_states(shared):
    study = read_study(STUDIES / "nsaid-gibleed.yaml").study
    sets = {found.name: {code.concept_id for code in found.codes} for found in study.code_sets}
    folder = shared / "omop" / "gibleed"
    concepts = pq.read_table(folder / "concept.parquet").to_pandas()
    known = {(row.vocabulary_id, row.concept_code): row.concept_id for row in concepts.itertuples()}
    for found in study.code_sets:
        assert all(known[code.vocabulary, code.code] == code.concept_id for code in found.codes)

    ancestors = pq.read_table(folder / "concept_ancestor.parquet").to_pandas()
    drugs = pq.read_table(folder / "drug_exposure.parquet").to_pandas()

    def users(name: str):
        below = ancestors[ancestors.ancestor_concept_id.isin(sets[name])].descendant_concept_id
        return drugs[drugs.drug_concept_id.isin(below)].groupby("person_id").drug_exposure_start_date.min()

    target, comparator = (users(arm.sets[0]) for arm in study.arms)
    both = target.index.intersection(comparator.index)
    assert (target[both] != comparator[both]).all()
    first_target = sum(person not in comparator.index or day < comparator[person] for person, day in target.items())
    first_comparator = sum(person not in target.index or day < target[person] for person, day in comparator.items())
    assert (first_target, first_comparator) == (1844, 850)
