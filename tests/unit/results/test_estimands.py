from __future__ import annotations

from pathlib import Path

from equipoise.results.estimands import estimands
from equipoise.study.model import ScoreBins
from equipoise.study.reading import read_study

STUDIES = Path(__file__).resolve().parents[3] / "studies"


def test_each_adjustment_is_named_by_whose_effect_it_is():
    found = {one.adjustment: (one.short, one.main) for one in estimands(read_study(STUDIES / "bclm.yaml").study)}
    assert found == {
        "crude": ("none", False),
        "overlap": ("ATO", True),
        "iptw": ("ATE", False),
        "att": ("ATT", False),
        "matched": ("ATT", False),
    }


def test_trimming_and_focal_arm_are_part_of_it():
    study = read_study(STUDIES / "bclm.yaml").study
    assert study.propensity is not None
    trimmed = study.model_copy(update={"propensity": study.propensity.model_copy(update={"trim": (0.1, 0.9)})})
    words = {one.adjustment: one.population for one in estimands(trimmed)}
    assert words["iptw"] == "all eligible patients with a propensity score from 0.1 to 0.9"
    assert words["matched"].startswith("patients of the smaller of TARE and TACE for whom a partner was found")
    matching = study.analysis.matching.model_copy(update={"focal": "target"})
    focal = study.model_copy(update={"analysis": study.analysis.model_copy(update={"matching": matching, "adjustments": ("matched",)})})
    assert [one.adjustment for one in estimands(focal)] == ["crude", "matched"]
    assert estimands(focal)[1].population.startswith("patients of TARE for whom")


def test_score_bins_are_of_whom_the_study_says():
    study = read_study(STUDIES / "bclm.yaml").study
    for population, short in (("matched", "ATM"), ("target", "ATT"), ("everyone", "ATE"), ("overlap", "ATO")):
        bins = {"adjustments": ("score-bins",), "score_bins": ScoreBins(population=population)}
        found = estimands(study.model_copy(update={"analysis": study.analysis.model_copy(update=bins)}))[1]
        assert found.short == short
        assert found.population.endswith("bins that lack an arm are left out")
