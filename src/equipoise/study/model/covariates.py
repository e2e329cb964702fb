"""Covariates: what is known of a person at the index date."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.study.model.base import Model, Window
from equipoise.study.model.criteria import Criterion


class AgeCovariate(Model):
    """Age at index, years."""

    kind: Literal["age"] = "age"
    name: str = "age"
    label: str = "Age, years"


class SexCovariate(Model):
    """1 female, 0 male, missing otherwise."""

    kind: Literal["sex"] = "sex"
    name: str = "sex"
    label: str = "Female"


class IndexYearCovariate(Model):
    """Calendar year of the index date; with `cuts`, categories that begin at those years."""

    kind: Literal["index_year"] = "index_year"
    name: str = "index_year"
    label: str = "Index year"
    cuts: tuple[int, ...] = ()


class EventCovariate(Model):
    """1 when at least `at_least` records of the sets lie in the window, else 0."""

    kind: Literal["event"] = "event"
    name: str
    label: str = ""
    sets: tuple[str, ...]
    window: Window = Window(end=0)
    at_least: int = 1


class CountCovariate(Model):
    """A number: records, distinct dates or distinct sets in the window; with `levels` > 0 the categories 0, 1, ... `levels` or more."""

    kind: Literal["count"] = "count"
    name: str
    label: str = ""
    sets: tuple[str, ...]
    window: Window = Window(end=0)
    count: Literal["records", "dates", "sets"] = "records"
    levels: int = 0


class MeasurementCovariate(Model):
    """The value nearest to day `target` in the window (ties: the earlier day, then the smaller record id), in `unit`.

    Values outside [low, high] after conversion are dropped as non-physiologic. Missing: the network's median and an indicator.
    """

    kind: Literal["measurement"] = "measurement"
    name: str
    label: str = ""
    sets: tuple[str, ...]
    window: Window = Window(start=-90, end=0)
    target: int = 0
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    transform: Literal["none", "log"] = "none"
    spline_knots: int = Field(default=0, ge=0, le=7)


class CategoryLevel(Model):
    """A level of a category and when it holds; levels are tried in order."""

    level: str
    criterion: Criterion


class CategoryCovariate(Model):
    """The first level whose criterion holds, else `otherwise`. The first level listed is the reference."""

    kind: Literal["category"] = "category"
    name: str
    label: str = ""
    levels: tuple[CategoryLevel, ...]
    otherwise: str = "unknown"


class ComorbidityCovariate(Model):
    """A comorbidity index (Quan 2005 codes) from conditions in the window, its hierarchy applied; groups in `without` count nothing."""

    kind: Literal["comorbidity"] = "comorbidity"
    name: str
    label: str = ""
    index: Literal["Charlson", "Elixhauser"] = "Charlson"
    weights: Literal["charlson1987", "quan2011", "vanwalraven", "count"] = "charlson1987"
    window: Window = Window(start=-365, end=0)
    without: tuple[str, ...] = ()


class LinesCovariate(Model):
    """Lines of therapy begun before the index date; with `levels` > 0 the categories 0, 1, ... `levels` or more."""

    kind: Literal["lines"] = "lines"
    name: str
    label: str = ""
    levels: int = 0


class LastRegimenCovariate(Model):
    """What the last line begun before the index date is made of: the first of `classes` (classes or groups of the study's rules) of
    which it has a drug, from what was recorded up to the index day; `otherwise` without a line, or with drugs of none of them."""

    kind: Literal["last_regimen"] = "last_regimen"
    name: str
    label: str = ""
    classes: tuple[str, ...]
    otherwise: str = "none"


Covariate = Annotated[
    AgeCovariate
    | SexCovariate
    | IndexYearCovariate
    | EventCovariate
    | CountCovariate
    | MeasurementCovariate
    | CategoryCovariate
    | ComorbidityCovariate
    | LinesCovariate
    | LastRegimenCovariate,
    Field(discriminator="kind"),
]
