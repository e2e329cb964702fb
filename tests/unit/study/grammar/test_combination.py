"""Exposures beside the arms: literal text, the model that it means, and its mistakes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Combination, ExposureClass, ExposureWindow, NotCounted, Study, combined_arm

COVARIATES = "covariates: {age: age at index, sex: sex}"
SHORT = "combination: {classes: {ulcer_drug: ulcer}, windows: {W0: [-30, 0]}}"
FULL = """combination:
  label: Other drugs
  classes: {X: [ulcer, cancer], Y: bleed}
  otherwise: only
  windows: {W0: [-30, 0], W2: [-30, 90]}
  main window: W0
  not counted: {records of: drug_a, window: [0, 1]}
  outcome: os
  analyses: [landmark, at index]
  landmarks: [90, 60, 60]
  grace: 60
  covariates: [age]
  interaction: [X]
  described apart: [[X, Y]]
"""


def test_everything_said(read: Callable[..., Study]) -> None:
    assert read(covariates=COVARIATES, combination=FULL).combination == Combination(
        label="Other drugs",
        classes=(ExposureClass(name="X", sets=("ulcer", "cancer")), ExposureClass(name="Y", sets=("bleed",))),
        otherwise="only",
        windows=(ExposureWindow(name="W0", start=-30, end=0), ExposureWindow(name="W2", start=-30, end=90)),
        main_window="W0",
        not_counted=NotCounted(sets=("drug_a",), start=0, end=1),
        outcome="os",
        analyses=("at index", "landmark"),
        landmarks=(60, 90),
        grace=60,
        covariates=("age",),
        interaction=("X",),
        apart=(("X", "Y"),),
    )


def test_what_holds_when_nothing_is_said(read: Callable[..., Study]) -> None:
    made = read(covariates=COVARIATES, combination=SHORT).combination
    assert made is not None
    assert (made.main_window, made.outcome, made.covariates, made.interaction) == ("W0", "os", ("age", "sex"), ("ulcer_drug",))
    assert made.analyses == ("at index", "windows", "landmark", "time-varying", "clone-censor-weight")
    assert (made.landmarks, made.grace, made.otherwise, made.labels) == ((60, 90), 90, "alone", ("ulcer_drug", "alone"))
    assert (made.index_window, made.horizon) == ((-30, 0), 90)
    assert made.analysis_names == ("W0", "landmark 60", "landmark 90", "time-varying", "clone-censor-weight")


def test_names_of_combined_arms() -> None:
    assert (combined_arm("A", "X", "alone"), combined_arm("A", "alone", "alone")) == ("A with X", "A alone")


def test_a_study_without_the_block_keeps_its_hash(read: Callable[..., Study]) -> None:
    plain = read()
    assert "combination" not in plain.model_dump(mode="json")
    assert study_hash(read(combination=SHORT)) != study_hash(plain)


@pytest.mark.parametrize(
    ("changed", "to", "code"),
    [
        ("[ulcer, cancer]", "[ulcer, cancre]", "EQ-STUDY-016"),
        ("main window: W0", "main window: W9", "EQ-STUDY-024"),
        ("W0: [-30, 0]", "W0: [1, 90]", "EQ-STUDY-013"),
        ("W0: [-30, 0]", "W0: [0, -30]", "EQ-STUDY-013"),
        ("W0: [-30, 0]", "W0: any time before index", "EQ-STUDY-013"),
        ("W0: [-30, 0]", "W0: [-4000, 0]", "EQ-STUDY-013"),
        ("otherwise: only", "otherwise: X", "EQ-STUDY-029"),
        ("outcome: os", "outcome: so", "EQ-STUDY-024"),
        ("[landmark, at index]", "[landmarks]", "EQ-STUDY-024"),
        ("covariates: [age]", "covariates: [aeg]", "EQ-STUDY-023"),
        ("interaction: [X]", "interaction: [Z]", "EQ-STUDY-024"),
        ("[[X, Y]]", "[[X, X]]", "EQ-STUDY-020"),
        ("[[X, Y]]", "[[X, Z]]", "EQ-STUDY-024"),
        ("grace: 60", "grace: 0", "EQ-STUDY-020"),
    ],
)
def test_mistakes(codes_of: Callable[..., list[str]], changed: str, to: str, code: str) -> None:
    assert changed in FULL
    assert codes_of(covariates=COVARIATES, combination=FULL.replace(changed, to, 1)) == [code]
