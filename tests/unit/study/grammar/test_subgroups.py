"""Subgroups, what is asked of sites, and the kind of design in a study file."""

from __future__ import annotations

import pytest

from equipoise.study.fingerprint import study_hash
from equipoise.study.model import CategoryLevel, CriterionSubgroup, CutSubgroup, EventCriterion, LevelSubgroup, Not, Window
from equipoise.study.subgroup_levels import subgroup_levels

COVARIATES = """covariates:
  age: age at index
  sex: sex
  year: year of index
  ulcer: in [-365, 0]
  lab: log of nearest value in [-45, 0], 0.8 to 7 g/dL
  stage:
    first that holds:
      early: {cancer: any time up to index}
    otherwise: late
    label: Stage of disease"""


def reading(read, block: str):
    return read(covariates=COVARIATES, subgroups=f"subgroups:\n{block}").subgroups


def test_levels_of_covariates(read):
    study = read(covariates=COVARIATES, subgroups="subgroups: {stage: each level, women: each level of sex, ulcer: Each level}")
    assert study.subgroups == (
        LevelSubgroup(name="stage", label="Stage of disease", covariate="stage"),
        LevelSubgroup(name="women", label="Sex", covariate="sex"),
        LevelSubgroup(name="ulcer", label="Ulcer", covariate="ulcer"),
    )
    assert [subgroup_levels(study, one) for one in study.subgroups] == [("early", "late"), ("female", "male"), ("yes", "no")]


@pytest.mark.parametrize(
    ("phrase", "covariate", "cuts"),
    [
        ("age: cut at 65", "age", (65,)),
        ("old: age cut at 50, 65", "age", (50, 65)),
        ("old: 'age, cut at 50,65'", "age", (50, 65)),
        ("era: year cut at 2019, 2022", "year", (2019, 2022)),
        ("lab: cut at 3.5", "lab", (3.5,)),
        ("old: {cut: age, at: [50, 65]}", "age", (50, 65)),
    ],
)
def test_numbers_are_cut(read, phrase: str, covariate: str, cuts: tuple[float, ...]):
    (made,) = reading(read, f"  {phrase}")
    assert isinstance(made, CutSubgroup)
    assert (made.covariate, made.cuts) == (covariate, cuts)


def test_criteria_and_labels(read):
    made = reading(
        read,
        """  spread:
    first that holds:
      liver only: {not: {cancer: "in [-365, 0]"}}
      young: age at index < 40
    label: Extent
  women: {each level of: sex, label: Sex as recorded}""",
    )
    first = CategoryLevel(level="liver only", criterion=Not(criterion=EventCriterion(sets=("cancer",), window=Window(start=-365, end=0))))
    assert isinstance(made[0], CriterionSubgroup)
    assert (made[0].label, made[0].levels[0], made[0].otherwise) == ("Extent", first, None)
    assert made[1] == LevelSubgroup(name="women", label="Sex as recorded", covariate="sex")


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("  stag: each level of stagee", "EQ-STUDY-023"),
        ("  age: each level", "EQ-STUDY-040"),
        ("  stage: cut at 3", "EQ-STUDY-040"),
        ("  sex: cut at 1", "EQ-STUDY-040"),
        ("  lab: cut at 0, 3", "EQ-STUDY-040"),
        ("  age: cut at 65, 50", "EQ-STUDY-022"),
        ("  age: cut at 65, 65", "EQ-STUDY-022"),
        ("  age: at 65", "EQ-STUDY-009"),
        ("  one: {first that holds: {a: age at index < 40}}", "EQ-STUDY-040"),
        ("  one: {first that holds: {a: age at index < 40}, otherwise: a}", "EQ-STUDY-022"),
        ('  one: {first that holds: {a: {cancer: "in [0, 30]"}}, otherwise: b}', "EQ-STUDY-014"),
    ],
)
def test_what_cannot_be_a_subgroup_is_said(codes_of, block: str, code: str):
    assert codes_of(covariates=COVARIATES, subgroups=f"subgroups:\n{block}") == [code]


def test_the_nearest_covariate_is_offered(problems):
    (problem,) = problems(covariates=COVARIATES, subgroups="subgroups: {stage: each level of stagee}")
    assert problem.did_you_mean == "stage"
    assert problem.where.line


def test_a_study_that_uses_none_of_it_keeps_its_hash(read):
    plain = read(covariates=COVARIATES)
    assert {"subgroups", "design"}.isdisjoint(plain.model_dump())
    assert "sites" not in plain.model_dump()["analysis"]
    assert study_hash(plain) != study_hash(read(covariates=COVARIATES, subgroups="subgroups: {age: cut at 65}"))


def test_sites_and_the_kind_of_design(read, codes_of):
    study = read(covariates=COVARIATES, analysis="analysis: {sites: [two-stage, leave-one-out]}", design="design: as published")
    assert study.analysis.sites == ("two-stage", "leave-one-out")
    assert study.design == "as published"
    assert codes_of(analysis="analysis: {sites: [meta]}") == ["EQ-STUDY-024"]
    assert codes_of(design="design: as I like it") == ["EQ-STUDY-024"]
