"""How a site is to lay out its rows for analyses of arms and exposure classes together.

Labels are numbers: the study's classes in order of priority, then those with none (`Combination.labels`). A combined arm is
arm x number of labels + label, the comparator's arms first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

RowKind: TypeAlias = Literal["window", "landmark", "time-varying", "clones", "weighted clones", "decisions"]
Decision: TypeAlias = Literal["index", "week", "end"]
"""When the data may contradict a clone's strategy: at the index, in a week of the grace period, at its end."""
DECISIONS: tuple[Decision, ...] = ("index", "week", "end")


@dataclass(frozen=True, slots=True)
class CensoringModel:
    """Log odds that a clone's data contradict its strategy at a decision.

    numerator: on the columns of time alone; denominator: on these, the arm and the covariates. See `network.site.combination.decisions`.
    """

    strategy: int
    decision: Decision
    numerator: tuple[float, ...]
    denominator: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CombinationFrame:
    """Rows, groups and columns.

    rows: `window`, one row a person, with the label of the window named. `landmark`: persons still followed after that day, the clock
    restarted, with the label of all exposures up to it; with `left`, those no longer followed instead. `time-varying`: a row for each
    label that a person goes through. `clones`: a row for each strategy that a person's data do not contradict at the index, up to the
    artificial censoring. `weighted clones`: the same in pieces of constant weight, weighted by `models`, cut at the `limits` of each
    label. `decisions`:
    a row for each decision of a clone of `strategy`, for models of whether the data contradict it.
    group: the combined arm, the label, or the pair of classes described apart that has this place in the study.
    labels: only rows with these labels (all when empty); the first is the reference of the models. arms: only rows of these combined
    arms, likewise.
    effects: columns for the labels, or for the combined arms, but the reference. arm: a column for the arm. covariates: places of
    columns of the standardised design. censored_on: those that the denominators of `models` have, after the arm.
    """

    rows: RowKind
    window: str = ""
    landmark: int = 0
    left: bool = False
    group: Literal["none", "arms", "labels", "apart"] = "none"
    apart: int = 0
    labels: tuple[int, ...] = ()
    arms: tuple[int, ...] = ()
    effects: Literal["none", "labels", "arms"] = "none"
    arm: bool = False
    covariates: tuple[int, ...] = ()
    strategy: int = 0
    decision: Decision = "index"
    models: tuple[CensoringModel, ...] = ()
    censored_on: tuple[int, ...] = ()
    limits: tuple[tuple[float, float], ...] | None = None


WEEK = 7
"""Days between two decisions of the grace period."""
FEWEST_WEEKS = 4
"""With fewer weeks than this, the chance of a contradiction is taken to be the same in all."""


def weeks_of(grace: int) -> int:
    """Decisions in a grace period of so many days, the last of them at its end."""
    return -(-grace // WEEK)


def time_terms(decision: Decision, weeks: int) -> int:
    """Columns of time in a model of a decision: a constant; for weeks also the week and its square."""
    return 3 if decision == "week" and weeks >= FEWEST_WEEKS else 1
