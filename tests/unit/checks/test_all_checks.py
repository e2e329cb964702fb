from __future__ import annotations

from datetime import date

import pytest

from equipoise.checks.all_checks import refuse_unanswered, review_design, review_result
from equipoise.checks.published.dc02_subset_medians import rest_median
from equipoise.checks.published.dc41_published_p_values import events_needed
from equipoise.kernel.errors import EquipoiseError
from equipoise.kernel.masked import Masked
from equipoise.results import study_result as found
from equipoise.results.records import Record
from equipoise.study.model import (
    AgeCovariate,
    AllOf,
    Arm,
    Claim,
    Combination,
    DeathOutcome,
    EventCriterion,
    ExposureClass,
    ExposureWindow,
    Index,
    Not,
    Override,
    SexCovariate,
    Step,
    Study,
    Window,
)


def study(*criteria) -> Study:
    return Study(
        name="s",
        title="T",
        period_start=date(2020, 1, 1),
        period_end=date(2021, 1, 1),
        code_sets=(),
        index=Index(sets=("a",)),
        steps=tuple(Step(label=f"step {i}", criterion=c) for i, c in enumerate(criteria)),
        arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
        outcomes=(DeathOutcome(name="os"),),
    )


def result(**parts) -> found.StudyResult:
    empty = dict.fromkeys(
        [
            "versions",
            "sites",
            "flow",
            "baseline",
            "propensity",
            "overlap",
            "weights",
            "curves",
            "proportional_hazards",
            "code_sets",
            "notes",
            "masked",
            "records",
        ],
        (),
    )
    return found.StudyResult(**{**empty, "study": study(), "study_hash": "", "study_text": "", "mode": "federated", **parts})


def codes(notes) -> list[str]:
    return [note.code for note in notes]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (EventCriterion(sets=("a",), window=Window(start=-365, end=7)), []),
        (EventCriterion(sets=("a",), window=Window(start=-365, end=8)), ["DC03"]),
        (EventCriterion(sets=("a",), window=Window()), ["DC03"]),
        (AllOf(criteria=(Not(criterion=EventCriterion(sets=("a",), window=Window(start=0, end=90))),)), ["DC03"]),
    ],
)
def test_dc03_eligibility_after_time_zero(criterion, expected):
    assert codes(review_design(study(criterion))) == expected


def test_a_sound_result_has_no_findings():
    assert review_result(result()).notes == ()


def row(smd: float, adjustment: str = "overlap") -> found.BaselineRow:
    return found.BaselineRow("age", "Age", "", "number", adjustment, 1.0, 1.0, None, 1.0, 1.0, None, smd)


def test_dc15_names_what_stays_unbalanced_under_the_main_adjustment_only():
    assert review_result(result(baseline=(row(0.3, "crude"), row(0.09)))).notes == ()
    notes = review_result(result(baseline=(row(-0.11),))).notes
    assert codes(notes) == ["DC15"]
    assert "Age" in notes[0].text


def test_dc21_non_proportional_hazards():
    test = found.ProportionalHazards("os", "overlap", 9.0, 1, 0.003)
    assert codes(review_result(result(proportional_hazards=(test,))).notes) == ["DC21"]


def test_dc09_little_overlap_and_few_effective_persons():
    overlap = found.PropensityOverlap("preference", (0.0, 1.0), (1.0,), (1.0,), 0.9, 0.2)
    weight = found.WeightSummary("overlap", "TACE", 100, 30.0, 100.0)
    assert codes(review_result(result(overlap=(overlap,), weights=(weight,))).notes) == ["DC09", "DC09"]


@pytest.mark.parametrize(("at_risk", "expected"), [(Masked(), ["DC40"]), (40, [])])
def test_dc40_median_on_a_handful(at_risk, expected):
    curve = found.SurvivalCurve("os", "overlap", "TACE", (0.0, 700.0), (1.0, 0.4), (1.0, 0.3), (1.0, 0.5), (), (0.0, 365.0), (80, at_risk))
    assert codes(review_result(result(curves=(curve,))).notes) == expected


def claim(arm: str, median: float, **more) -> Claim:
    return Claim(words=f"{arm} {median}", outcome="os", measure="median_survival", arm=arm, value=median, unit="months", **more)


def with_claims(*claims: Claim, **more) -> Study:
    return study().model_copy(update={"claims": claims, **more})


WHOLE = claim("A", 36, comparator="B", comparator_value=25, p_value=0.04, n=334, comparator_n=84)


def test_p_values_that_the_numbers_allow_are_let_be():
    assert codes(review_design(with_claims(WHOLE))) == [], "36 against 25 with 334 and 84 needs 198 events"


@pytest.mark.parametrize(
    ("medians", "p", "events"), [((38, 36), 0.03, 6444), ((38, 33), 0.05, 772), ((38, 30), 0.04, 302), ((36, 25), 0.04, 127)]
)
def test_events_that_a_p_value_needs(medians, p, events):
    assert events_needed(p, medians) == pytest.approx(events, abs=0.5)


def test_p_values_that_sizes_and_medians_cannot_give_are_named():
    notes = review_design(with_claims(WHOLE, claim("A with C", 38, comparator="B with C", comparator_value=36, p_value=0.03)))
    assert codes(notes) == ["DC41"]
    assert notes[0].severity == "error"
    assert "6,444 events against B with C (36)" in notes[0].text
    assert "418 persons" in notes[0].text


def test_a_p_value_without_a_comparator_is_tried_against_every_median():
    notes = review_design(with_claims(WHOLE, claim("A with C", 38, p_value=0.03), claim("A with D", 37)))
    assert "whose comparator is not named" in notes[0].text
    assert "against A with D (37)" in notes[0].text
    assert "against B" not in notes[0].text, "38 against 25 is possible"


def test_equal_medians_have_no_p_value_below_one():
    assert events_needed(0.03, (36, 36)) == float("inf")


def test_the_rest_of_a_whole_by_its_parts():
    assert rest_median(25, [(0.25, 30), (0.25, 36)]) == pytest.approx(19.46, abs=0.01)
    assert rest_median(25, [(0.4, 30), (0.4, 36)]) == pytest.approx(8.9, abs=0.1)
    assert rest_median(25, [(0.5, 25)]) == pytest.approx(25)
    assert rest_median(25, [(0.9, 60)]) is None, "more of the parts are alive than half of all"


def test_medians_of_parts_that_leave_too_little_are_named():
    parts = claim("B with C", 36, part_of="B"), claim("B with D", 30, part_of="B")
    notes = review_design(with_claims(WHOLE, *parts))
    assert codes(notes) == ["DC02"]
    assert "at 80%" in notes[0].text or "80% of it" in notes[0].text
    level = claim("A with C", 38, part_of="A"), claim("A with D", 33, part_of="A")
    assert codes(review_design(with_claims(WHOLE, *level))) == []


def test_an_override_makes_a_finding_milder_and_gives_its_reason():
    bad = claim("A with C", 38, comparator="B with C", comparator_value=36, p_value=0.03)
    with pytest.raises(EquipoiseError, match="DC41"):
        refuse_unanswered(review_design(with_claims(WHOLE, bad)))
    answered = with_claims(WHOLE, bad, overrides=(Override(check="DC41", reason="As it was published."),))
    notes = review_design(answered)
    refuse_unanswered(notes)
    assert [note.severity for note in notes] == ["warning"]
    assert notes[0].text.endswith("“As it was published.”")


def test_an_override_of_nothing_is_said():
    notes = review_design(study().model_copy(update={"overrides": (Override(check="DC98", reason="None."),)}))
    assert codes(notes) == ["DC98"]


@pytest.mark.parametrize(
    ("mix", "expected"),
    [
        (found.SiteMix(10, 8, 0.1, 0, 0, 0.25), []),
        (found.SiteMix(10, 8, 0.1, 0, 1, 0.25), ["DC28"]),
        (found.SiteMix(10, 4, 0.1, 0, 0, 0.25), ["DC28"]),
        (found.SiteMix(10, 8, 0.41, 0, 0, 0.25), ["DC29"]),
        (found.SiteMix(10, 8, None, 0, 0, 0.25), []),
        (found.SiteMix(1, 1, 0.0, 1, 1, 0.25), []),
        (found.SiteMix(3, 3, 0.0, 2, 2, 0.25), []),
    ],
)
def test_sites(mix, expected):
    assert codes(review_result(result(site_mix=mix)).notes) == expected


def test_estimates_that_differ_between_sites():
    record = Record("sites", "all", "os", "i_squared", estimate=0.62)
    assert codes(review_result(result(records=(record,))).notes) == ["DC28"]


def combined(main: ExposureWindow, *others: ExposureWindow, analyses=("at index", "windows"), decided_by=("age",), **more) -> Study:
    block = Combination(
        classes=(ExposureClass(name="C", sets=("c",)),),
        windows=(main, *others),
        main_window=main.name,
        outcome="os",
        analyses=analyses,
        covariates=("age",),
        decided_by=decided_by,
        **more,
    )
    return study().model_copy(update={"combination": block, "covariates": (AgeCovariate(), SexCovariate())})


BEFORE, AROUND = ExposureWindow(name="W0", start=-30, end=0), ExposureWindow(name="W2", start=-30, end=90)


@pytest.mark.parametrize(
    ("design", "expected"),
    [
        (combined(BEFORE), []),
        (combined(AROUND), ["DC01"]),
        (combined(BEFORE, AROUND), ["DC01"]),
        (combined(BEFORE, AROUND, analyses=("at index",)), []),
        (combined(BEFORE, AROUND, analyses=("at index", "windows", "time-varying")), []),
        (combined(AROUND, analyses=("at index", "landmark")), ["DC01"]),
    ],
)
def test_arms_that_must_be_lived_to(design, expected):
    assert codes(review_design(design)) == expected


def test_synergy_needs_a_test():
    said = Claim(words="There is potential synergy with C.")
    assert codes(review_design(with_claims(said))) == ["DC13"]
    tested = combined(BEFORE, interaction=("C",)).model_copy(update={"claims": (said,)})
    assert codes(review_design(tested)) == []
    assert codes(review_design(with_claims(Claim(words="Both were energetic.")))) == []


@pytest.mark.parametrize(("decided_by", "said"), [((), "does not say what decides"), (("age", "sex"), "Female decides who is given C")])
def test_what_decides_who_is_given_a_class_must_be_adjusted_for(decided_by, said):
    (note,) = review_design(combined(BEFORE, decided_by=decided_by))
    assert note.code == "DC16"
    assert said in note.text
