"""What a published abstract claims: one sentence each, with its numbers where it has some. Nothing is estimated from them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from equipoise.study.model.base import Model

ClaimMeasure = Literal[
    "median_survival",
    "survival",
    "rmst",
    "cumulative_incidence",
    "mean_value",
    "mean_change",
    "mean_fold",
    "share_grade_3_or_more",
    "incidence_rate",
    "mean_instances",
    "hazard_ratio",
    "subdistribution_hazard_ratio",
    "risk_ratio",
    "odds_ratio",
    "risk_difference",
    "rmst_difference",
    "mean_change_difference",
    "rate_ratio",
    "rate_difference",
    "ratio_of_hazard_ratios",
    "reri",
]
"""Measures of the results that a claim may be about, by the names they have there."""

CLAIM_MEASURES_OF_ONE_ARM: tuple[ClaimMeasure, ...] = (
    "median_survival",
    "survival",
    "rmst",
    "cumulative_incidence",
    "mean_value",
    "mean_change",
    "mean_fold",
    "share_grade_3_or_more",
    "incidence_rate",
    "mean_instances",
)


class Claim(Model):
    """One sentence of an abstract.

    `value` belongs to `arm`, `comparator_value` to `comparator`, both in `unit` (months, days, %, or the unit of the laboratory value);
    of a measure of two arms, `value` is the comparison. `p_value` compares the two arms; where the abstract does not say what it compares
    with, there is no comparator. Arms are names of this study's arms, or of arms of its analyses; `part_of` names the arm that the
    claim's arm is a part of.
    """

    words: str
    """The sentence, or what it says in your words."""
    status: Literal["verified", "not verified"] = "not verified"
    """Whether somebody read the sentence in its source and found these numbers there."""
    source: str = ""
    outcome: str | None = None
    """An outcome of this study; None for a sentence that no outcome answers."""
    measure: ClaimMeasure | None = None
    arm: str | None = None
    part_of: str | None = None
    comparator: str | None = None
    value: float | None = None
    comparator_value: float | None = None
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    p_value: float | None = Field(default=None, ge=0, le=1)
    p_below: bool = False
    """True for `p < p_value`."""
    direction: Literal["higher", "lower"] | None = None
    """Where no number is given: the arm's value against the comparator's."""
    n: int | None = Field(default=None, ge=0)
    comparator_n: int | None = Field(default=None, ge=0)
    analysis: str | None = None
    """Which analysis of the results answers it (of a laboratory value, the window); all of them when None."""
    at_days: int | None = Field(default=None, ge=1)
    """The time point of a measure that has one."""
