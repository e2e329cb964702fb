"""Claims held against records typed in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.report.published.found import NO_ANSWER, Line, answers, published
from equipoise.report.published.table import NO_OUTCOME, shown_claims
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
        ("At index, unadjusted", "TARE with immunotherapy 38.2 months"),
        ("Landmark day 60, unadjusted", "TARE with immunotherapy 33.0 months"),
    ]
    named = claim.model_copy(update={"analysis": "landmark day 60"})
    assert [line.text for line in answers(named, records, "overlap")] == ["TARE with immunotherapy 33.0 months"]


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ({"measure": "hazard_ratio", "arm": "TARE", "comparator": "TACE"}, "hazard ratio 0.80 (0.65–0.98), p = 0.03"),
        ({"measure": "hazard_ratio"}, "hazard ratio 0.80 (0.65–0.98), p = 0.03 (TARE against TACE)"),
        ({"arm": "TACE", "comparator": "TARE", "direction": "higher"}, "hazard ratio 0.80 (0.65–0.98), p = 0.03 (TARE against TACE)"),
        ({"measure": "survival", "arm": "TARE", "at_days": 731}, "TARE 60.0%"),
        ({"measure": "survival", "arm": "TARE"}, "TARE 80.0% by month 12; TARE 60.0% by month 24"),
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
