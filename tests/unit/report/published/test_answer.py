"""What a run answers to a sentence, from records typed in."""

from __future__ import annotations

from dataclasses import replace

from equipoise.kernel.masked import Masked
from equipoise.report.published.answer import NO_OUTCOME, answer, shown_claims
from equipoise.report.published.found import Sentence
from equipoise.report.published.verdict import ASKED_IN_VAIN, NOTHING_SHOWN
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
)


def cells(found) -> list[tuple[str, ...]]:
    return [row.cells for row in found.table.rows]


def median(arm: str, months: tuple[float, float | None, float | None], adjustment: str = "overlap", analysis: str = "main") -> Record:
    days = [None if value is None else value * MONTH for value in months]
    return Record(analysis, "all", "os", "median_survival", arm, None, adjustment, *days, n_target=100)


def test_the_main_adjustment_comes_first_and_published_numbers_are_held_against_intervals() -> None:
    logrank = Record("main", "all", "os", "logrank", "TARE", "TACE", "overlap", 4.2, p_value=0.03)
    records = (
        median("TARE", (40, 37, 44), "crude"),
        median("TACE", (24, 20, 30), "crude"),
        median("TARE", (34.6, 29, 42)),
        median("TACE", (27.7, 26, None)),
        logrank,
    )
    found = answer(Sentence(MEDIAN.words, (MEDIAN,)), records, "overlap")
    assert found.table is not None
    assert found.table.heads == ("Adjustment", "TARE, months", "TACE, months", "p, log-rank test")
    assert cells(found) == [
        ("Overlap weighting", "34.6 (29.0–42.0)", "27.7 (26.0 to not reached)", "0.03"),
        ("Unadjusted", "40.0 (37.0–44.0)", "24.0 (20.0–30.0)", "–"),
    ]
    assert found.verdict == (
        "TARE, 36 months published: inside the interval of 1 of 2 estimates of this run. "
        "TACE, 25 months published: inside the interval of 1 of 2 estimates of this run."
    )
    assert found.lines.splitlines()[2] == (
        "Overlap weighting: TARE, months 34.6 (29.0–42.0), TACE, months 27.7 (26.0 to not reached), p = 0.03"
    )


def test_every_sentence_has_an_answer(made: StudyResult) -> None:
    claims = (MEDIAN.model_copy(update={"status": "verified"}), Claim(words="There may be synergy."))
    first, last = shown_claims(replace(made, study=made.study.model_copy(update={"claims": claims})))
    assert first.said.endswith("p = 0.04\n(read in its source)")
    assert len(cells(first)) == 5
    assert cells(first)[0][0] == "Overlap weighting"
    assert (last.words, last.said, last.verdict) == ("There may be synergy.", "(not checked against its source)", NO_OUTCOME)
    assert (last.table, last.silent) == (None, "")
    assert shown_claims(made) == ()


def ratio_of(outcome: str, estimate: float | None, lower: float | None, upper: float | None, adjustment: str = "overlap") -> Record:
    return Record("main", "all", outcome, "risk_ratio", "TARE", "TACE", adjustment, estimate, lower, upper)


def test_many_outcomes_are_counted_told_under_the_main_adjustment_and_what_is_hidden_is_one_line() -> None:
    claims = tuple(
        Claim(words="More events.", outcome=name, measure="risk_ratio", arm="TACE", comparator="TARE", direction="higher")
        for name in ("fever", "pain", "ulcer", "sepsis", "rare", "unasked")
    )
    records = (
        ratio_of("fever", 0.5, 0.3, 0.8),
        ratio_of("fever", 0.1, 0.01, 0.2, "crude"),
        ratio_of("pain", 0.9, 0.6, 1.3),
        ratio_of("ulcer", 2.0, 1.2, 3.3),
        ratio_of("sepsis", 1.1, 0.9, 1.4),
        replace(ratio_of("rare", None, None, None), events_target=Masked()),
    )
    found = answer(Sentence("More events.", claims), records, "overlap", Names({"fever": "Fever"}))
    assert found.verdict == (
        "Of 4 comparisons, TACE was higher than TARE in 2 (in 1 the interval leaves out no difference) and lower in 2 (in 1 the interval "
        "leaves out no difference). 2 more could not be shown or estimated. No correction for so many comparisons."
    )
    assert cells(found) == [
        ("Fever", "0.50 (0.30\u20130.80)"),
        ("Pain", "0.90 (0.60\u20131.30)"),
        ("Ulcer", "2.00 (1.20\u20133.30)"),
        ("Sepsis", "1.10 (0.90\u20131.40)"),
    ]
    assert found.table is not None
    assert found.table.caption == "Intervals in brackets, overlap weighting, TARE against TACE"
    assert found.silent == "Not shown, not estimated or not asked: Rare; unasked."


def interaction(analysis: str, measure: str, estimate: float | None, lower: float | None, upper: float | None, how: str) -> Record:
    p = None if estimate is None else 0.2
    return Record(analysis, "all", "os", measure, "immunotherapy", "alone", how, estimate, lower, upper, p)


def test_an_interaction_says_its_side_and_shows_each_analysis_once() -> None:
    claims = tuple(
        Claim(words="Synergy.", outcome="os", measure=measure, arm="immunotherapy", comparator="alone")
        for measure in ("ratio_of_hazard_ratios", "reri")
    )
    analyses = ("W0", "W1", "landmark 60", "landmark 90", "clones")
    records = tuple(
        interaction(analysis, measure, *numbers, how)
        for analysis in analyses
        for how in ("crude", "covariates")
        for measure, numbers in (("ratio_of_hazard_ratios", (0.8, 0.5, 1.3)), ("reri", (-0.4, -0.7, -0.1)))
        if analysis != "W1"
    ) + tuple(interaction("W1", "reri", None, None, None, how) for how in ("crude", "covariates"))
    found = answer(Sentence("Synergy.", claims), records, "overlap", Names(analyses={"W1": "exposed in days 1 to 60"}))
    assert [row[0] for row in cells(found)] == ["W0", "Landmark 60", "Landmark 90", "Clones"], "the one that adjusts most"
    assert cells(found)[0][1:] == ("0.80 (0.50–1.30)", "0.20", "−0.40 (−0.70 to −0.10)", "0.20")
    assert "estimated in 4 analyses, below 1 in 4 (interval beyond it in 0)" in found.verdict
    assert "estimated in 4 analyses, below 0 in 4 (interval beyond it in 4)" in found.verdict
    assert found.silent == "Not shown, not estimated or not asked: Exposed in days 1 to 60."


def test_windows_of_one_measure_stand_side_by_side() -> None:
    claims = tuple(
        Claim(words="Higher.", outcome=lab, measure="mean_change_difference", analysis=window, arm="B", comparator="A", direction="higher")
        for lab in ("alt", "ast")
        for window in ("early", "late")
    )
    records = tuple(
        Record(claim.analysis or "", "all", claim.outcome or "", "mean_change_difference", "A", "B", "overlap", 2.0, 1.0, 3.0, 0.01)
        for claim in claims
    )
    found = answer(Sentence("Higher.", claims), records, "overlap", Names({"alt": "ALT, U/L"}, {"early": "early, days 1 to 7"}))
    assert found.table is not None
    assert found.table.heads == ("Outcome", "Early, days 1 to 7", "Late")
    assert cells(found) == [("ALT, U/L", "2.00 (1.00–3.00)", "2.00 (1.00–3.00)"), ("Ast", "2.00 (1.00–3.00)", "2.00 (1.00–3.00)")]


def test_nothing_found_and_nothing_shown_are_told_apart() -> None:
    sentence = Sentence(MEDIAN.words, (MEDIAN,))
    assert answer(sentence, (), "overlap").verdict == NOTHING_SHOWN
    hidden = replace(median("TARE", (30, None, None)), estimate=None, n_target=Masked())
    assert answer(sentence, (hidden,), "overlap").verdict == ASKED_IN_VAIN


def test_analyses_have_their_days_in_their_names() -> None:
    claim = Claim(words="38.", outcome="os", measure="median_survival", arm="TARE with immunotherapy", value=38, unit="months")
    records = (median("TARE with immunotherapy", (38.2, 30.0, 45.0), "crude", "around"),)
    found = answer(Sentence("38.", (claim,)), records, "overlap", Names(analyses={"around": "exposed in days \u221230 to 90"}))
    assert cells(found) == [("Exposed in days \u221230 to 90", "38.2 (30.0–45.0), n = 100")]
    assert found.verdict == "TARE with immunotherapy, 38 months published: inside this run's interval."
