"""What is done to an answer to see whether it stands: each part is run when it is there. `outcome` None is the first with a time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.study.model.base import Model, absent

Share = Annotated[float, Field(gt=0, le=1)]


class TriangularPrior(Model):
    """A share that is drawn: from `least` to `greatest`, `likely` most often."""

    kind: Literal["triangular"] = "triangular"
    least: Share
    likely: Share
    greatest: Share


class BetaPrior(Model):
    """A share that is drawn from a beta distribution: of a validation of `a + b` people, `a` were right."""

    kind: Literal["beta"] = "beta"
    a: float = Field(gt=0)
    b: float = Field(gt=0)


Prior = Annotated[TriangularPrior | BetaPrior, Field(discriminator="kind")]


class MisclassifiedArms(Model):
    """Persons recorded in the wrong arm, alike with and without the event.

    `sensitivity`: share of the true target arm that is recorded as such; `specificity`: of the true comparator arm. Every pair is tried.
    With priors, both are also drawn `draws` times.
    """

    outcome: str | None = None
    sensitivity: tuple[Share, ...] = (1.0,)
    specificity: tuple[Share, ...] = (1.0,)
    sensitivity_prior: Prior | None = None
    specificity_prior: Prior | None = None
    draws: int = Field(default=10_000, ge=100, le=100_000)
    seed: int = 1


class MissedDeaths(Model):
    """Deaths that are in no record. `sensitivity`: share that is recorded; every pair of the arms' shares is tried."""

    outcome: str | None = None
    sensitivity: tuple[Share, ...]


class TippingPoint(Model):
    """How strong informative censoring, or missing deaths, must be in one arm to undo the answer. `deltas`: hazards of the censored, in
    hazards of their arm, that the ratio is shown for on the way."""

    outcome: str | None = None
    deltas: tuple[Annotated[float, Field(gt=0)], ...] = (0.5, 2.0, 3.0, 5.0)


class MatchOrder(Model):
    """The matching repeated in so many random orders, with the seeds 1, 2, and so on."""

    outcome: str | None = None
    seeds: int = Field(default=100, ge=2, le=1000)


class Grids(Model):
    """One choice of the analysis changed at a time.

    `trims`: scores kept from t to 1 - t, for each weighting. `calipers`: of the matching. `follow_up_ends`: days. `minimum_arms`: sites
    with fewer persons in either arm are left out; for the last two, under the main adjustment.
    """

    outcome: str | None = None
    trims: tuple[Annotated[float, Field(ge=0, lt=0.5)], ...] = ()
    calipers: tuple[Annotated[float, Field(gt=0)], ...] = ()
    follow_up_ends: tuple[Annotated[int, Field(ge=1)], ...] = ()
    minimum_arms: tuple[Annotated[int, Field(ge=1)], ...] = ()


class Sensitivity(Model):
    """The sensitivity analyses of a study, switched on by name."""

    e_values: bool = False
    negative_controls: tuple[str, ...] = ()
    """Outcomes of the study that neither treatment can cause."""
    misclassified_arms: MisclassifiedArms | None = Field(default=None, exclude_if=absent)
    missed_deaths: MissedDeaths | None = Field(default=None, exclude_if=absent)
    tipping_point: TippingPoint | None = Field(default=None, exclude_if=absent)
    match_order: MatchOrder | None = Field(default=None, exclude_if=absent)
    grids: Grids | None = Field(default=None, exclude_if=absent)
