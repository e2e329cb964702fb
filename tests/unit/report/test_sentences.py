from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.report.page import sentences
from equipoise.results.study_result import StudyResult


def with_main(made: StudyResult, estimate: float | None, lower: float | None, upper: float | None) -> StudyResult:
    def changed(record):
        main = record.measure == "hazard_ratio" and record.adjustment == "overlap"
        return replace(record, estimate=estimate, lower=lower, upper=upper) if main else record

    return replace(made, records=tuple(changed(record) for record in made.records))


def test_the_question_is_one_sentence(made: StudyResult) -> None:
    assert sentences.question(made) == (
        "In patients with a first record of TARE or TACE between 1 January 2016 and 31 July 2024, does TARE, compared with TACE, "
        "change the hazard of death from any cause?"
    )


def test_the_answer_says_size_range_and_caution(made: StudyResult) -> None:
    size, interval, caution = sentences.answer(made, "os")
    assert size == (
        "In patients given TARE (n = 334) and TACE (n = 84), the hazard of death from any cause was estimated to be 20% lower with TARE "
        "than with TACE after overlap weighting."
    )
    assert interval == "The 95% interval runs from 35% lower to 2% lower."
    assert "not assigned at random" in caution


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0.9, 0.7, 1.157), "from 30% lower to 16% higher: these data show neither a difference nor its absence"),
        ((1.0, 0.8, 1.25), "from 20% lower to 25% higher: these data show neither a difference nor its absence"),
        ((3.5, 1.2, 9.8), "from 20% higher to 9.80 times as high"),
        ((0.9, None, None), "No interval could be given"),
    ],
)
def test_the_range_never_claims_more_than_the_interval(made: StudyResult, numbers: tuple[float, float, float], words: str) -> None:
    assert words in " ".join(sentences.answer(with_main(made, *numbers), "os"))


def test_grammar_of_large_and_absent_differences(made: StudyResult) -> None:
    assert "estimated to be 3.50 times as high with TARE as with TACE" in sentences.answer(with_main(made, 3.5, 1.2, 9.8), "os")[0]
    assert "was the same with TARE and TACE" in sentences.answer(with_main(made, 1.0, 0.8, 1.25), "os")[0]


def test_a_missing_estimate_is_said_to_be_missing(made: StudyResult) -> None:
    (only,) = sentences.answer(with_main(made, None, None, None), "os")
    assert "could not be estimated" in only


def test_headline(made: StudyResult) -> None:
    record = next(r for r in made.records if r.measure == "hazard_ratio" and r.adjustment == "overlap")
    assert sentences.hazard_ratio_text(made, record) == "HR 0.80 (95% CI 0.65–0.98), p = 0.03"
    assert sentences.hazard_ratio_text(made, None) == "not estimated"
