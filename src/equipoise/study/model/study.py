"""The study document: what a `study.yaml` means, after its phrases were read. Frozen; hashed; sent to every site.

Names of code sets, wherever they stand, refer to `Study.code_sets`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from equipoise.study.model.analysis import Analysis, Override, PropensityModel, SiteRules
from equipoise.study.model.base import Model, absent
from equipoise.study.model.claims import Claim
from equipoise.study.model.codes import CodeSet
from equipoise.study.model.cohort import Arm, Classification, Index, Step
from equipoise.study.model.combination import Combination
from equipoise.study.model.covariates import Covariate
from equipoise.study.model.lines import LinesOfTherapy
from equipoise.study.model.outcomes import FollowUp, LabModels, LabOutcome, Outcome, TimedOutcome
from equipoise.study.model.sensitivity import Sensitivity
from equipoise.study.model.subgroups import Subgroup

Design = Literal["as published", "as it should be asked"]


class Study(Model):
    """A whole study, self-contained: code sets included."""

    equipoise: Literal[1] = 1
    name: str
    """A short name from the file name; used in file names."""
    title: str
    period_start: date
    period_end: date
    code_sets: tuple[CodeSet, ...]
    index: Index
    steps: tuple[Step, ...] = ()
    arms: tuple[Arm, Arm]
    follow: FollowUp = FollowUp()
    outcomes: tuple[Outcome, ...]
    covariates: tuple[Covariate, ...] = ()
    propensity: PropensityModel | None = None
    analysis: Analysis = Analysis()
    sites: SiteRules = SiteRules()
    classification: Classification | None = Field(default=None, exclude_if=absent)
    """Required when the index is a session."""
    lines: LinesOfTherapy | None = Field(default=None, exclude_if=absent)
    """How treatments become lines of therapy; required by everything that counts them."""
    claims: tuple[Claim, ...] | None = Field(default=None, exclude_if=absent)
    """What a published abstract claims; held against what a run finds, never used in it."""

    overrides: tuple[Override, ...] | None = Field(default=None, exclude_if=absent)
    """Findings of the design checks that are known and gone on in spite of."""
    subgroups: tuple[Subgroup, ...] | None = Field(default=None, exclude_if=absent)
    """Parts of the cohort in which the effect is looked at apart."""
    design: Design | None = Field(default=None, exclude_if=absent)
    """`as published`: repeats a published analysis with its flaws; the report says so."""

    combination: Combination | None = Field(default=None, exclude_if=absent)
    """Exposures beside the arms, and how their combination is analysed."""
    sensitivity: Sensitivity | None = Field(default=None, exclude_if=absent)
    """What is done to the answer to see whether it stands."""
    lab_models: LabModels | None = Field(default=None, exclude_if=absent)
    """Models of laboratory outcomes; None: means alone."""

    @property
    def timed_outcomes(self) -> tuple[TimedOutcome, ...]:
        """The outcomes that have a time and an event, in their order."""
        return tuple(outcome for outcome in self.outcomes if not isinstance(outcome, LabOutcome))

    @property
    def primary(self) -> TimedOutcome | None:
        """The first outcome that has a time and an event: what subgroups and sites are asked about."""
        return next(iter(self.timed_outcomes), None)

    @property
    def labs(self) -> tuple[LabOutcome, ...]:
        """The laboratory outcomes, in their order."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, LabOutcome))

    @property
    def target(self) -> Arm:
        """The arm whose effect is asked for."""
        return next(arm for arm in self.arms if arm.role == "target")

    @property
    def comparator(self) -> Arm:
        """The arm it is compared with."""
        return next(arm for arm in self.arms if arm.role == "comparator")
