"""Claims held against records typed in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.report.published.found import entries, higher, published
from equipoise.results.records import Record
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


@pytest.mark.parametrize(
    ("claim", "texts"),
    [
        ({"measure": "hazard_ratio", "arm": "TARE", "comparator": "TACE"}, ["0.80 (0.65–0.98)", "0.03"]),
        ({"measure": "hazard_ratio"}, ["0.80 (0.65–0.98)", "0.03"]),
        ({"arm": "TACE", "comparator": "TARE", "direction": "higher"}, ["0.80 (0.65–0.98)", "0.03"]),
        ({"measure": "survival", "arm": "TARE", "at_days": 731}, ["60.0%, n = 100"]),
        ({"measure": "survival", "arm": "TARE"}, ["80.0%, n = 100", "60.0%, n = 100"]),
        ({"measure": "hazard_ratio", "arm": "TARE with chemotherapy"}, []),
    ],
)
def test_measures_of_two_arms_and_time_points(claim: dict[str, object], texts: list[str]) -> None:
    ratio = Record("main", "all", "os", "hazard_ratio", "TARE", "TACE", "overlap", 0.8, 0.65, 0.98, 0.03)
    survival = Record("main", "all", "os", "survival", "TARE", None, "overlap", 0.8, n_target=100, time_days=365)
    records = (ratio, survival, replace(survival, estimate=0.6, time_days=731))
    assert [entry.text for entry in entries(Claim(words="x", outcome="os", **claim), records)] == texts


def test_tests_stand_beside_the_medians_of_their_own_adjustment() -> None:
    logrank = Record("main", "all", "os", "logrank", "TARE", "TACE", "overlap", 4.2, p_value=0.03)
    records = (median("TARE", 36.5, "crude"), median("TARE", 34.6), median("TACE", 27.7), logrank)
    assert [(entry.adjustment, entry.head, entry.text) for entry in entries(MEDIAN, records)] == [
        ("crude", "TARE, months", "36.5"),
        ("overlap", "TARE, months", "34.6"),
        ("overlap", "TACE, months", "27.7"),
        ("overlap", "p, log-rank test", "0.03"),
    ]


def test_means_of_two_arms_are_compared_without_a_test() -> None:
    claim = Claim(words="x", outcome="alt", measure="mean_value", analysis="year", arm="TACE", comparator="TARE", direction="higher")
    records = tuple(
        Record("year", "all", "alt", "mean_value", arm, None, "matched", value) for arm, value in (("TARE", 41.0), ("TACE", 45.0))
    )
    assert higher(claim, records, "matched") == (True, False)
    assert higher(claim, records, "overlap") is None
