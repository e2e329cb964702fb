"""Subgroups: parts of the cohort, known at the index date, in which the effect is looked at apart."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.study.model.base import Model
from equipoise.study.model.covariates import CategoryLevel


class LevelSubgroup(Model):
    """The categories of a covariate, or its yes and no."""

    kind: Literal["levels"] = "levels"
    name: str
    label: str = ""
    covariate: str


class CutSubgroup(Model):
    """A number cut at values: under the first, from each on. `cuts` are in the covariate's unit, before any logarithm."""

    kind: Literal["cut"] = "cut"
    name: str
    label: str = ""
    covariate: str
    cuts: tuple[float, ...] = Field(min_length=1)


class CriterionSubgroup(Model):
    """The first level whose criterion holds, else `otherwise`; without `otherwise`, a person for whom none holds is in no level."""

    kind: Literal["criteria"] = "criteria"
    name: str
    label: str = ""
    levels: tuple[CategoryLevel, ...] = Field(min_length=1)
    otherwise: str | None = None


Subgroup = Annotated[LevelSubgroup | CutSubgroup | CriterionSubgroup, Field(discriminator="kind")]
