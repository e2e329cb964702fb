"""Sensitivity analyses: literal text, and the model that it means."""

from __future__ import annotations

import pytest

from equipoise.study.fingerprint import study_hash
from equipoise.study.model import (
    BetaPrior,
    Grids,
    MatchOrder,
    MisclassifiedArms,
    MissedDeaths,
    Sensitivity,
    TippingPoint,
    TriangularPrior,
)

OUTCOMES = """outcomes:
  os: death
  bleed: first bleed
  other_bleed: first bleed
"""
WHOLE = """sensitivity:
  e-values: yes
  negative controls: [bleed, other_bleed]
  misclassified arms:
    outcome: os
    sensitivity: [0.8, 0.9, 1]
    specificity: [0.9, 1]
    sensitivity prior: triangular 0.7 to 0.98, most likely 0.9
    specificity prior: beta 90, 10
    draws: 5000
    seed: 3
  missed deaths: {sensitivity: [0.66, 0.8, 1]}
  tipping point: {outcome: os, deltas: [2, 4]}
  match order: {seeds: 50}
  grids:
    trims: [0, 0.05]
    calipers: [0.1, 0.2]
    follow-up ends: [24 months, 36 months]
    minimum arms: [1, 5]
"""
COVARIATES = "covariates: {age: age at index}"


def test_every_part_is_read(read):
    assert read(outcomes=OUTCOMES, covariates=COVARIATES, sensitivity=WHOLE).sensitivity == Sensitivity(
        e_values=True,
        negative_controls=("bleed", "other_bleed"),
        misclassified_arms=MisclassifiedArms(
            outcome="os",
            sensitivity=(0.8, 0.9, 1),
            specificity=(0.9, 1),
            sensitivity_prior=TriangularPrior(least=0.7, likely=0.9, greatest=0.98),
            specificity_prior=BetaPrior(a=90, b=10),
            draws=5000,
            seed=3,
        ),
        missed_deaths=MissedDeaths(sensitivity=(0.66, 0.8, 1)),
        tipping_point=TippingPoint(outcome="os", deltas=(2, 4)),
        match_order=MatchOrder(seeds=50),
        grids=Grids(trims=(0, 0.05), calipers=(0.1, 0.2), follow_up_ends=(731, 1096), minimum_arms=(1, 5)),
    )


@pytest.mark.parametrize("said", ["yes", "no", "true", "false"])
def test_yes_and_no_as_yaml_knows_them_and_does_not(read, said):
    found = read(sensitivity=f"sensitivity: {{e-values: {said}}}").sensitivity
    assert found == Sensitivity(e_values=said in ("yes", "true"))


@pytest.mark.parametrize(
    ("keys", "code", "words"),
    [
        ("e-values: perhaps", "EQ-STUDY-008", "takes `yes` or `no`"),
        ("negative controls: [bleed]", "EQ-STUDY-020", "needs at least 2"),
        ("negative controls: [bleed, os]", "EQ-STUDY-024", "`os` is not the first record of a code set"),
        ("negative controls: [bleed, othr_bleed]", "EQ-STUDY-024", "there is no outcome `othr_bleed`"),
        ("misclassified arms: {sensitivity: [0.5, 0.9], specificity: [0.4]}", "EQ-STUDY-020", "add to more than 1"),
        ("misclassified arms: {sensitivity: [1.2]}", "EQ-STUDY-020", "above 0"),
        ("misclassified arms: {sensitivity prior: normal 1}", "EQ-STUDY-009", "as a share that is drawn"),
        ("misclassified arms: {sensitivity prior: 'triangular 0.9 to 0.8, most likely 0.85'}", "EQ-STUDY-020", "most likely one between"),
        ("misclassified arms: {specificity prior: 'beta 0, 1'}", "EQ-STUDY-020", "above 0"),
        ("missed deaths: {outcome: bleed, sensitivity: [0.8]}", "EQ-STUDY-024", "`bleed` is not death"),
        ("missed deaths: {}", "EQ-STUDY-007", "`sensitivity` is missing"),
        ("tipping point: {outcome: oss}", "EQ-STUDY-024", "there is no outcome `oss`"),
        ("match order: {seeds: 5000}", "EQ-STUDY-020", "from 2 to 1000"),
        ("grids: {trims: [0.5]}", "EQ-STUDY-020", "below 0.5"),
        ("e value: yes", "EQ-STUDY-006", "unknown key `e value`"),
    ],
)
def test_mistakes_are_named(problems, keys, code, words):
    found = problems(outcomes=OUTCOMES, covariates=COVARIATES, sensitivity=f"sensitivity:\n  {keys}")
    assert [(problem.kind.code, words in problem.what) for problem in found] == [(code, True)]
    assert found[0].where.line is not None


def test_only_what_the_study_runs_can_be_repeated(codes_of):
    """Without covariates there is neither matching nor weighting."""
    block = "sensitivity: {match order: {seeds: 5}, grids: {trims: [0.01], calipers: [0.1]}}"
    assert codes_of(sensitivity=block) == ["EQ-STUDY-025"] * 3


def test_a_study_without_them_keeps_its_hash_and_they_count(read):
    assert "sensitivity" not in read().model_dump(mode="json")
    texts = (None, "sensitivity: {e-values: yes}", "sensitivity: {missed deaths: {sensitivity: [0.8]}}")
    assert len({study_hash(read(sensitivity=text)) for text in texts}) == 3


def test_a_mistake_in_one_outcome_makes_no_reference_to_an_outcome_complain(problems):
    broken = OUTCOMES.replace("os: death", "os: deaths")
    claims = "claims:\n  - {says: Longer., outcome: os}\n  - {says: Shorter., outcome: oss}\n"
    found = problems(outcomes=broken, covariates=COVARIATES, sensitivity=WHOLE, claims=claims)
    assert sorted((problem.where.path, problem.did_you_mean) for problem in found) == [("claims[2]", "os"), ("outcomes.os", "death")]
