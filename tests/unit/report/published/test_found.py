"""Claims held against records typed in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.report.published.found import NO_ANSWER, Line, Sentence, answers, higher, published
from equipoise.report.published.table import NO_OUTCOME, cell, shown_claims
from equipoise.report.published.words import Names
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Claim

MONTH = 365.25 / 12
MEDIAN = Claim(
    words="36 and 25 months.",
    outcome="os",
    measure="median_survival",
    arm="TARE",
    comparator="TACE",
    value=36,
    comparator_value=25,
    unit="months",
    p_value=0.04,
    n=334,
    comparator_n=84,
)


def median(arm: str, months: float, adjustment: str = "overlap", analysis: str = "main") -> Record:
    return Record(analysis, "all", "os", "median_survival", arm, None, adjustment, months * MONTH, n_target=100)


def test_published_numbers_are_printed_as_they_stand() -> None:
    assert published(MEDIAN) == "TARE 36 months; TACE 25 months; p = 0.04; n = 334 (TARE); n = 84 (TACE)"
    ratio = Claim(words="x", measure="hazard_ratio", value=0.8, lower=0.6, upper=1.1, p_value=0.001, p_below=True)
    assert published(ratio) == "0.8 (0.6 to 1.1); p < 0.001"
    assert published(Claim(words="x", arm="TACE", comparator="TARE", direction="higher")) == "TACE higher than TARE"
    assert published(Claim(words="x", arm="A", value=12, unit="%")) == "A 12%"
    assert published(Claim(words="x")) == ""


def test_the_main_adjustment_comes_first_and_tests_stand_beside_the_medians() -> None:
    logrank = Record("main", "all", "os", "logrank", "TARE", "TACE", "overlap", 4.2, p_value=0.03)
    records = (median("TARE", 36.5, "crude"), median("TACE", 24, "crude"), median("TARE", 34.6), median("TACE", 27.7), logrank)
    assert answers(MEDIAN, records, "overlap") == (
        Line("Overlap weighting", "TARE 34.6 months; TACE 27.7 months; Log-rank test p = 0.03", True),
        Line("Unadjusted", "TARE 36.5 months; TACE 24.0 months", False),
    )


def test_every_analysis_that_has_the_arm_answers() -> None:
    claim = Claim(words="38 months.", outcome="os", measure="median_survival", arm="TARE with immunotherapy", value=38)
    records = (
        median("TARE", 34.6),
        median("TARE with immunotherapy", 38.2, "crude", "at index"),
        median("TARE with immunotherapy", 33.0, "crude", "landmark day 60"),
        median("TARE with immunotherapy", 99.0, "crude", "subgroups"),
    )
    assert [(line.label, line.text) for line in answers(claim, records, "overlap")] == [
        ("At index, unadjusted", "TARE with immunotherapy 38.2 months, n = 100"),
        ("Landmark day 60, unadjusted", "TARE with immunotherapy 33.0 months, n = 100"),
    ]
    named = claim.model_copy(update={"analysis": "landmark day 60"})
    assert [line.text for line in answers(named, records, "overlap")] == ["TARE with immunotherapy 33.0 months, n = 100"]


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ({"measure": "hazard_ratio", "arm": "TARE", "comparator": "TACE"}, "hazard ratio 0.80 (0.65–0.98), p = 0.03"),
        ({"measure": "hazard_ratio"}, "hazard ratio 0.80 (0.65–0.98), p = 0.03 (TARE against TACE)"),
        ({"arm": "TACE", "comparator": "TARE", "direction": "higher"}, "hazard ratio 0.80 (0.65–0.98), p = 0.03 (TARE against TACE)"),
        ({"measure": "survival", "arm": "TARE", "at_days": 731}, "TARE 60.0% by month 24, n = 100"),
        ({"measure": "survival", "arm": "TARE"}, "TARE 80.0% by month 12, n = 100; TARE 60.0% by month 24, n = 100"),
        ({"measure": "hazard_ratio", "arm": "TARE with chemotherapy"}, NO_ANSWER),
    ],
)
def test_measures_of_two_arms_and_time_points(claim: dict[str, object], text: str) -> None:
    ratio = Record("main", "all", "os", "hazard_ratio", "TARE", "TACE", "overlap", 0.8, 0.65, 0.98, 0.03)
    survival = Record("main", "all", "os", "survival", "TARE", None, "overlap", 0.8, n_target=100, time_days=365)
    records = (ratio, survival, replace(survival, estimate=0.6, time_days=731))
    assert [line.text for line in answers(Claim(words="x", outcome="os", **claim), records, "overlap")] == [text]


def test_the_table_has_every_sentence(made: StudyResult) -> None:
    claims = (MEDIAN.model_copy(update={"status": "verified"}), Claim(words="There may be synergy."))
    table = shown_claims(replace(made, study=made.study.model_copy(update={"claims": claims})))
    assert table is not None
    first, last = (row.cells for row in table.rows)
    assert first[1].endswith("n = 84 (TACE)\n(read in its source)")
    assert (
        first[2].splitlines()[0] == "Overlap weighting: TARE 34.6 (29.1–42.2) months; TACE 27.7 (23.3–33.8) months; Log-rank test p = 0.03"
    )
    assert len(first[2].splitlines()) == 5
    assert last == ("There may be synergy.", "(not checked against its source)", NO_OUTCOME)
    assert shown_claims(made) is None


def ratio_of(outcome: str, estimate: float, lower: float, upper: float, adjustment: str = "overlap") -> Record:
    return Record("main", "all", outcome, "risk_ratio", "TARE", "TACE", adjustment, estimate, lower, upper)


def test_many_outcomes_of_one_sentence_are_counted_and_told_under_the_main_adjustment() -> None:
    claims = tuple(
        Claim(words="More events.", outcome=name, measure="risk_ratio", arm="TACE", comparator="TARE", direction="higher")
        for name in ("fever", "pain", "ulcer", "sepsis", "rare")
    )
    records = (
        ratio_of("fever", 0.5, 0.3, 0.8),
        ratio_of("fever", 0.1, 0.01, 0.2, "crude"),
        ratio_of("pain", 0.9, 0.6, 1.3),
        ratio_of("ulcer", 2.0, 1.2, 3.3),
        ratio_of("sepsis", 1.1, 0.9, 1.4),
    )
    text = cell(Sentence("More events.", claims), records, "overlap", Names({"fever": "Fever"}))
    assert text.splitlines() == [
        "TACE higher than TARE in 2 of 4 comparisons, not estimated in 1; the interval leaves out no difference in 1 of the higher "
        "and in 1 of the lower. No correction for so many comparisons.",
        "Overlap weighting (TARE against TACE):",
        "Fever: risk ratio 0.50 (0.30\u20130.80)",
        "pain: risk ratio 0.90 (0.60\u20131.30)",
        "ulcer: risk ratio 2.00 (1.20\u20133.30)",
        "sepsis: risk ratio 1.10 (0.90\u20131.40)",
        "Not shown, not estimated or not asked: rare.",
    ]


def test_analyses_have_their_days_in_their_names() -> None:
    claim = Claim(words="38.", outcome="os", measure="median_survival", arm="TARE with immunotherapy", value=38)
    records = (median("TARE with immunotherapy", 38.2, "crude", "around"),)
    (line,) = answers(claim, records, "overlap", Names(analyses={"around": "exposed in days \u221230 to 90"}))
    assert line.label == "Exposed in days \u221230 to 90, unadjusted"


def test_means_of_two_arms_are_compared_without_a_test() -> None:
    claim = Claim(words="x", outcome="alt", measure="mean_value", analysis="year", arm="TACE", comparator="TARE", direction="higher")
    records = tuple(
        Record("year", "all", "alt", "mean_value", arm, None, "matched", value) for arm, value in (("TARE", 41.0), ("TACE", 45.0))
    )
    assert higher(claim, records, "matched") == (True, False)
    assert higher(claim, records, "overlap") is None
