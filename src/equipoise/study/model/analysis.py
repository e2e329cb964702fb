"""What is estimated, and how."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from equipoise.study.model.base import Model, Window, absent

Adjustment = Literal["crude", "overlap", "iptw", "att", "matched", "score-bins"]
LargeDomain = Literal["conditions", "drugs", "procedures", "measurements", "observations", "devices"]
AcrossSites = Literal["two-stage", "leave-one-out"]


class Matching(Model):
    """Greedy nearest neighbour without replacement on the logit (or the score), caliper in standard deviations of it.

    `focal` says whose people choose partners: the smaller arm's, or the target arm's (ATT) whatever its size.
    """

    ratio: int = Field(default=1, ge=1, le=10)
    caliper_sd: float = Field(default=0.2, gt=0)
    scale: Literal["logit", "score"] = "logit"
    order: Literal["largest", "smallest", "random"] = "largest"
    seed: int = 1
    focal: Literal["smaller", "target"] = "smaller"


class ScoreBins(Model):
    """Matching within bins of the score, from counts alone: at most so many bins, and whom both arms are made to look like."""

    bins: int = Field(default=50, ge=2, le=500)
    population: Literal["matched", "target", "everyone", "overlap"] = "matched"


class LargeScale(Model):
    """Every concept of these domains recorded in these windows is a covariate too, and a cross-validated lasso chooses among them.

    Concepts of the arms' sets, and of those `without`, stay out with their descendants; so do covariates of fewer than `minimum_persons`,
    and those that occur in one arm only. Folds go by a hash of the person and `seed`.
    """

    domains: tuple[LargeDomain, ...] = ("conditions", "drugs", "procedures", "measurements")
    windows: tuple[Window, ...] = (Window(end=-1), Window(start=-365, end=-1), Window(start=-30, end=-1))
    without: tuple[str, ...] = ()
    minimum_persons: int = Field(default=100, ge=1)
    folds: int = Field(default=10, ge=2, le=50)
    seed: int = 1


class PropensityModel(Model):
    """One logistic model over the whole network. With `site_intercept_sd`, each site has its own intercept, drawn towards the common
    one by a normal prior of that standard deviation; it is solved at the site and never leaves it."""

    covariates: tuple[str, ...]
    site_intercept_sd: float | None = Field(default=None, gt=0)
    trim: tuple[float, float] | None = None
    """Keep scores in [low, high] only, for `iptw` and `att`."""
    large_scale: LargeScale | None = Field(default=None, exclude_if=absent)
    """Needs all rows in one place: one data set, or a pooled run."""


class Analysis(Model):
    """What is estimated for every outcome."""

    adjustments: tuple[Adjustment, ...] = ("crude", "overlap", "iptw", "att", "matched")
    main: Adjustment = "overlap"
    cox_strata: Literal["none", "site"] = "none"
    """`site`: adjusted Cox models compare within sites only; `crude` never is stratified."""
    ties: Literal["efron", "breslow"] = "efron"
    survival_at_days: tuple[int, ...] = (365, 731, 1096)
    rmst_days: tuple[int, ...] = (365, 731, 1096)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    matching: Matching = Matching()
    score_bins: ScoreBins | None = Field(default=None, exclude_if=absent)
    sites: tuple[AcrossSites, ...] | None = Field(default=None, exclude_if=absent)
    """`two-stage`: each site's own hazard ratio, and a meta-analysis of them. `leave-one-out`: the main one without each site."""


class SiteRules(Model):
    """What a run does when hospitals fail."""

    on_failure: Literal["continue", "stop"] = "continue"
    minimum_sites: int = Field(default=1, ge=1)
    unobservable_from: int | None = Field(default=None, ge=1, exclude_if=absent)
    """A site is left out when it has at least so many sessions, and none with deciding evidence of a treatment that has such."""


class Override(Model):
    """A finding of a design check that the study's authors know of and go on in spite of, with their reason."""

    check: str
    """The check's code, such as DC01."""
    reason: str
