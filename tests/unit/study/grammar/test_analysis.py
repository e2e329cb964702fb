"""Propensity model, analysis and sites."""

from __future__ import annotations

import pytest

from equipoise.study.model import Analysis, LargeScale, Matching, PropensityModel, ScoreBins, SiteRules, Window

COVARIATES = "covariates: {age: age at index, sex: sex}"


def test_without_covariates_nothing_is_adjusted(read):
    study = read()
    assert study.propensity is None
    assert (study.analysis.adjustments, study.analysis.main) == (("crude",), "crude")


def test_with_covariates_all_of_them_enter_the_model(read):
    study = read(covariates=COVARIATES)
    assert study.propensity == PropensityModel(covariates=("age", "sex"))
    assert study.analysis == Analysis()


def test_a_propensity_model(read):
    study = read(covariates=COVARIATES, propensity="propensity: {covariates: [sex], site intercept sd: 1.5, trim: [0.05, 0.95]}")
    assert study.propensity == PropensityModel(covariates=("sex",), site_intercept_sd=1.5, trim=(0.05, 0.95))
    assert read(covariates=COVARIATES, propensity="propensity: {site intercept sd: 1}").propensity == PropensityModel(
        covariates=("age", "sex"), site_intercept_sd=1.0
    )


def test_an_analysis(read):
    text = """analysis:
  adjustments: [att, crude]
  main: att
  cox strata: site
  ties: breslow
  survival at: [3 years, 12 months, 730]
  rmst at: [24 months]
  confidence: 90%
  matching: {ratio: 2, caliper sd: 0.1, scale: score, order: random, seed: 7}"""
    assert read(covariates=COVARIATES, analysis=text).analysis == Analysis(
        adjustments=("crude", "att"),
        main="att",
        cox_strata="site",
        ties="breslow",
        survival_at_days=(365, 730, 1096),
        rmst_days=(731,),
        confidence=0.9,
        matching=Matching(ratio=2, caliper_sd=0.1, scale="score", order="random", seed=7),
    )


def test_a_large_scale_propensity_model(read):
    text = """propensity:
  large scale:
    domains: [drugs, devices]
    windows: [[-365, -1], any time before index]
    minimum persons: 50
    folds: 5
    seed: 2"""
    assert read(covariates=COVARIATES, propensity=text).propensity == PropensityModel(
        covariates=("age", "sex"),
        large_scale=LargeScale(
            domains=("drugs", "devices"), windows=(Window(start=-365, end=-1), Window(end=-1)), minimum_persons=50, folds=5, seed=2
        ),
    )
    assert read(covariates=COVARIATES, propensity="propensity: {large scale: {}}").propensity.large_scale == LargeScale()


def test_windows_of_a_large_scale_model_end_at_the_index(problems):
    found = problems(covariates=COVARIATES, propensity="propensity: {large scale: {windows: [[-30, 7]]}}")
    assert [problem.kind.code for problem in found] == ["EQ-STUDY-014"]


def test_score_bins(read):
    found = read(
        covariates=COVARIATES, analysis="analysis: {adjustments: [score-bins], score bins: {bins: 30, population: target}}"
    ).analysis
    assert (found.adjustments, found.main) == (("score-bins",), "score-bins")
    assert found.score_bins == ScoreBins(bins=30, population="target")
    assert "score-bins" not in read(covariates=COVARIATES).analysis.adjustments


def test_the_main_adjustment_is_one_of_those_run(read):
    assert read(covariates=COVARIATES, analysis="analysis: {adjustments: [crude, iptw]}").analysis.main == "iptw"


def test_sites(read):
    assert read(sites="sites: {on failure: stop, minimum: 3}").sites == SiteRules(on_failure="stop", minimum_sites=3)
    assert read().sites == SiteRules()


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"propensity": "propensity: {covariates: [age, height]}"}, "023"),
        ({"propensity": "propensity: {trim: [0.9, 0.1]}"}, "022"),
        ({"propensity": "propensity: {trim: [0.1, 1.5]}"}, "020"),
        ({"propensity": "propensity: {site intercept sd: 0}"}, "020"),
        ({"analysis": "analysis: {adjustments: [crude, overlp]}"}, "024"),
        ({"analysis": "analysis: {adjustments: [crude], main: iptw}"}, "025"),
        ({"analysis": "analysis: {adjustments: crude}"}, "008"),
        ({"analysis": "analysis: {adjustments: []}"}, "020"),
        ({"analysis": "analysis: {confidence: 95}"}, "020"),
        ({"analysis": "analysis: {confidence: 950%}"}, "009"),
        ({"analysis": "analysis: {confidence: x%}"}, "009"),
        ({"analysis": "analysis: {survival at: [-1]}"}, "020"),
        ({"analysis": "analysis: {survival at: [0 days]}"}, "020"),
        ({"analysis": "analysis: {survival at: [soon]}"}, "009"),
        ({"analysis": "analysis: {matching: {caliper sd: -0.2}}"}, "020"),
        ({"analysis": "analysis: {matching: {callipers: 0.2}}"}, "006"),
        ({"sites": "sites: {minimum: 0}"}, "020"),
        ({"sites": "sites: {minimum: 2.5}"}, "008"),
        ({"sites": "sites: {minimum: true}"}, "008"),
        ({"sites": "sites: {on failure: panic}"}, "024"),
    ],
)
def test_an_analysis_that_cannot_be_made_is_refused(codes_of, block, code):
    assert codes_of(covariates=COVARIATES, **block) == [f"EQ-STUDY-{code}"]


def test_adjusting_without_covariates_is_refused(codes_of):
    assert codes_of(analysis="analysis: {adjustments: [crude, overlap]}") == ["EQ-STUDY-025"]


def test_an_unknown_covariate_is_answered_with_the_nearest(problems):
    assert problems(covariates=COVARIATES, propensity="propensity: {covariates: [agee]}")[0].did_you_mean == "age"
