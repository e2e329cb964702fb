"""Exposures beside the study treatment: which classes a person has around the index, and how classes and arms are analysed together."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from equipoise.study.model.base import Model

CombinationAnalysis = Literal["at index", "windows", "landmark", "time-varying", "clone-censor-weight"]
COMBINATION_ANALYSES: tuple[CombinationAnalysis, ...] = get_args(CombinationAnalysis)


def nothing(value: object) -> bool:
    """Whether an optional list is left out of the document: a study without it keeps its hash."""
    return value == ()


class ExposureClass(Model):
    """One class of exposures: at least one record of any of the sets, its days of supply included."""

    name: str
    sets: tuple[str, ...] = Field(min_length=1)


class ExposureWindow(Model):
    """Days from the index, both ends closed, in which an exposure counts. With an end after the index the label needs survival to it."""

    name: str
    start: int
    end: int


class NotCounted(Model):
    """Records of these sets with a start in these days are no exposure, whatever class they belong to."""

    sets: tuple[str, ...]
    start: int
    end: int


class Combination(Model):
    """Exposure classes beside the two arms, in order of priority: a person with several has the first; with none, `otherwise`.

    Exposed: a record that starts in the window, or whose days of supply reach into it. `index_window`, the part of the main window up to
    the index day, says who is exposed at the index. `horizon` is the last day on which an exposure may begin.
    """

    label: str = ""
    classes: tuple[ExposureClass, ...] = Field(min_length=1)
    otherwise: str = "alone"
    windows: tuple[ExposureWindow, ...] = Field(min_length=1)
    main_window: str
    not_counted: NotCounted | None = None
    outcome: str
    analyses: tuple[CombinationAnalysis, ...] = COMBINATION_ANALYSES
    landmarks: tuple[int, ...] = (60, 90)
    grace: int = Field(default=90, ge=1)
    """Days after the index within which a strategy of the clone-censor-weight analysis is to be begun."""
    covariates: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = Field(default=(), exclude_if=nothing)
    """Covariates that decide who is given which class, such as the subtype that a drug is licensed for."""
    interaction: tuple[str, ...] = ()
    """Classes whose interaction with the arm is estimated."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs of classes: persons with both are described apart, beside the arm that they belong to."""

    @property
    def main(self) -> ExposureWindow:
        """The main window."""
        return next(window for window in self.windows if window.name == self.main_window)

    @property
    def index_window(self) -> tuple[int, int]:
        """The days that say who is exposed at the index: from the start of the main window to day 0."""
        return min(self.main.start, 0), 0

    @property
    def horizon(self) -> int:
        """The last day on which an exposure is looked for."""
        return max(self.grace, *self.landmarks, *(window.end for window in self.windows), 0)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes in order of priority, `otherwise` last."""
        return (*(one.name for one in self.classes), self.otherwise)

    @property
    def analysis_names(self) -> tuple[str, ...]:
        """The names that the analyses have in the results: of windows their own."""
        landmarks = tuple(map(landmark_name, self.landmarks)) if "landmark" in self.analyses else ()
        rest = tuple(name for name in (TIME_VARYING, CLONE_CENSOR_WEIGHT) if name in self.analyses)
        return (*(window.name for window in self.shown_windows), *landmarks, *rest)

    @property
    def shown_windows(self) -> tuple[ExposureWindow, ...]:
        """The windows that are analysed, the main one first."""
        rest = tuple(window for window in self.windows if window != self.main)
        return ((self.main,) if "at index" in self.analyses else ()) + (rest if "windows" in self.analyses else ())


CLONE_CENSOR_WEIGHT: CombinationAnalysis = "clone-censor-weight"
TIME_VARYING: CombinationAnalysis = "time-varying"


def landmark_name(day: int) -> str:
    """The name of a landmark analysis in the results."""
    return f"landmark {day}"


def combined_arm(arm: str, label: str, otherwise: str) -> str:
    """The name of an arm with a class: `A with B`, or `A alone`."""
    return f"{arm} {label}" if label == otherwise else f"{arm} with {label}"
