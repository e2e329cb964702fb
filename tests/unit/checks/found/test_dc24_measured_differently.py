"""DC24 against records made by hand: two arms, one window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from equipoise.checks.all_checks import review_result
from equipoise.checks.found.dc24_measured_differently import result as dc24
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Arm, DeathOutcome, Index, LabOutcome, LabWindow, Study

WINDOW = LabWindow(name="acute", start=8, end=29, target=14)
ALT = LabOutcome(name="alt", label="ALT, U/L", sets=("alt",), windows=(WINDOW,))
PEAK = ALT.model_copy(update={"name": "alt_peak", "label": "Highest ALT", "value": "highest"})


@pytest.fixture
def made() -> Callable[..., StudyResult]:
    def make(shares: tuple[float | None, float | None], draws: tuple[float | None, float | None], adjustment: str = "crude") -> StudyResult:
        study = Study(
            name="s",
            title="T",
            period_start=date(2020, 1, 1),
            period_end=date(2021, 1, 1),
            code_sets=(),
            index=Index(sets=("a",)),
            arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
            outcomes=(DeathOutcome(name="os"), ALT, PEAK),
        )
        records = tuple(
            Record("acute", "all", name, measure, arm, None, adjustment, value)
            for name in ("alt", "alt_peak")
            for measure, pair in (("share_measured", shares), ("mean_draws", draws))
            for arm, value in zip(("A", "B"), pair, strict=True)
        )
        nothing = ("versions", "sites", "flow", "baseline", "propensity", "overlap", "weights", "curves")
        nothing += ("proportional_hazards", "code_sets", "notes", "masked")
        parts = dict.fromkeys(nothing, ())
        return StudyResult(**parts, study=study, study_hash="", study_text="", mode="federated", records=records)  # type: ignore[arg-type]

    return make


@pytest.mark.parametrize(
    ("shares", "draws", "said"),
    [
        ((0.50, 0.50), (1.0, 1.0), None),
        ((0.50, 0.40), (1.0, 1.0), None),
        ((0.51, 0.40), (1.0, 1.0), "ALT, U/L (acute), 51% and 40% have a value"),
        ((0.40, 0.51), (1.0, 1.0), "ALT, U/L (acute), 40% and 51% have a value"),
        ((0.50, 0.50), (1.5, 1.0), None),
        ((0.50, 0.50), (1.0, 1.6), "ALT, U/L (acute), 1 and 1.6 values a person"),
        ((0.50, 0.50), (0.0, 0.2), "ALT, U/L (acute), 0 and 0.2 values a person"),
        ((0.90, None), (4.0, None), None),
    ],
)
def test_shares_and_draws_on_both_sides_of_what_is_tolerated(made, shares, draws, said):
    found = dc24(made(shares, draws))
    assert found == (() if said is None else (f"Laboratory values are not measured alike in A and B: {said}.",))


def test_it_looks_at_everybody_and_warns(made):
    assert dc24(made((0.9, 0.1), (3.0, 1.0), adjustment="overlap")) == ()
    notes = [note for note in review_result(made((0.9, 0.1), (1.0, 1.0))).notes if note.code == "DC24"]
    assert [note.severity for note in notes] == ["warning"]
    assert "Highest ALT" not in notes[0].text, "the same values are named once"
