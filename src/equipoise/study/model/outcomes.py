"""Follow-up and outcomes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from equipoise.study.model.base import Model, Window, absent


class FollowUp(Model):
    """Time at risk: from `start_day` after index to the first of the ends.

    `last_record` is the last day with any fact in any clinical table. A death recorded before the last record is moved to that day
    when it lies at most `death_grace` days before it (month-level dates), and dropped as an error when it lies further back.
    """

    start_day: int = 1
    max_days: int = Field(default=1826, ge=1)
    end_at_last_record: bool = True
    end_at_observation: bool = False
    end_date: date | None = None
    death_grace: int = 30
    month_level_deaths: Literal["mid-month"] | None = Field(default=None, exclude_if=absent)
    """Dates of death are known to the month only: each is taken for day 15 of its month. None: as recorded."""


class DeathOutcome(Model):
    """Death of any cause. The usual name is `os`. `report_at`: days at which survival is reported beside those of the analysis."""

    kind: Literal["death"] = "death"
    name: str
    label: str = ""
    report_at: tuple[int, ...] | None = Field(default=None, exclude_if=absent)


class RecordsMember(Model):
    """A member of a composite: a record of any of the sets."""

    kind: Literal["records"] = "records"
    sets: tuple[str, ...]


class ValueMember(Model):
    """A member of a composite: a measurement that stands to `threshold` as said, after conversion to `unit` (None: as recorded).

    Values outside [low, high] are not physiologic and do not count. Both sides are rounded to nine decimals before they are compared.
    """

    kind: Literal["value"] = "value"
    sets: tuple[str, ...]
    comparison: Literal[">", ">=", "<", "<="]
    threshold: float
    unit: str | None = None
    low: float | None = None
    high: float | None = None


Member = Annotated[RecordsMember | ValueMember, Field(discriminator="kind")]


class Without(Model):
    """Whoever has a record of these sets in the window does not have the composite; window None: from the index day to the event's."""

    sets: tuple[str, ...]
    window: Window | None = None


class Composite(Model):
    """At least so many of the members in the risk window; its day is that on which the last needed member is met.

    `within`: the needed members lie at most so many days apart. `washout_by`: whom the washout leaves out: those who met the same rule
    in it, or those with any one member.
    """

    members: tuple[Member, ...]
    at_least: int = Field(ge=1)
    within: int | None = Field(default=None, ge=0)
    without: Without | None = None
    washout_by: Literal["same rule", "any member"] = "same rule"


class EventOutcome(Model):
    """First record of the sets inside the risk window, or the first day on which a composite is met; death ends the time at risk
    (cause-specific). Persons with it in [-washout, start - 1] are left out of this outcome's analyses, in both arms alike.

    `sets` of a composite: those of all its members. `report_at`: days at which risks are reported, instead of those of the analysis.
    """

    kind: Literal["event"] = "event"
    name: str
    label: str = ""
    sets: tuple[str, ...]
    risk_window: Window = Window(start=1, end=None)
    washout: int | None = None
    composite: Composite | None = Field(default=None, exclude_if=absent)
    next_line: Literal[True] | None = Field(default=None, exclude_if=absent)
    """The event is the start of the first line of therapy in the risk window, as the study's `lines` tell it; there are no sets."""
    report_at: tuple[int, ...] | None = Field(default=None, exclude_if=absent)


TimedOutcome = DeathOutcome | EventOutcome
"""Outcomes with a time and an event."""

CtcaeAnalyte = Literal["ALT", "AST", "ALP", "TBILI", "GGT", "ALBUMIN", "INR", "PLT", "ANC", "WBC", "LYMPH", "HGB", "CREAT"]
"""Laboratory values that CTCAE v5.0 grades are known for."""


class LabWindow(Model):
    """Days after the index, both ends closed, and the day that the nearest value should be nearest to."""

    name: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    target: int


ScoreName = Literal["ALBI", "MELD", "MELD-Na", "MELD 3.0", "FIB-4", "APRI", "Child-Pugh", "Hy's law"]
ScoreRole = Literal["albumin", "bilirubin", "inr", "creatinine", "sodium", "platelets", "ast", "alt", "alp"]


class ScorePart(Model):
    """A laboratory value of a score: the outcome that it is taken from."""

    role: ScoreRole
    outcome: str


class ScoreSign(Model):
    """A sign that a score takes from codes: whoever has no record of the sets does not have it."""

    sign: Literal["ascites", "encephalopathy"]
    severe: bool = False
    sets: tuple[str, ...]


class Score(Model):
    """A score made of the values that other laboratory outcomes chose in the same window; nobody has it without all that it needs.

    `look_back`: a sign counts that was recorded from so many days before the first day of the window (or of the baseline) to its last.
    """

    score: ScoreName
    parts: tuple[ScorePart, ...]
    signs: tuple[ScoreSign, ...] = ()
    look_back: int = Field(default=90, ge=0)


class LabOutcome(Model):
    """A laboratory value before the index and in windows after it: one value a window, the change from baseline, the CTCAE grade.

    `value`: which of the values of a window counts: the one nearest to the window's target day (ties: the earlier day, then the smaller
    record id), the highest or the lowest. The baseline is always the value nearest to the index day. Values outside [low, high] in
    `unit` are dropped as not physiologic. The limits of normal are those of the record, else the ones given here.
    """

    kind: Literal["lab"] = "lab"
    name: str
    label: str = ""
    sets: tuple[str, ...]
    baseline_start: int = -45
    baseline_end: int = Field(default=0, le=0)
    windows: tuple[LabWindow, ...]
    value: Literal["nearest", "highest", "lowest"] = "nearest"
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    lower_limit: float | None = None
    upper_limit: float | None = None
    upper_limit_of_women: float | None = None
    ctcae: CtcaeAnalyte | None = None
    score: Score | None = Field(default=None, exclude_if=absent)
    """Not a value that was measured but a score of such: there are no sets, and `value` is that of the parts."""


class LabModels(Model):
    """What is estimated of laboratory outcomes beside their means: `outcomes` by name.

    `repeated_measures`: value ~ window + baseline + arm by window by estimating equations with the working correlation. `weights`: all
    that is averaged once more with persons weighted by the inverse of their probability of being measured.
    """

    outcomes: tuple[str, ...]
    repeated_measures: bool = False
    weights: bool = False
    correlation: Literal["independence", "exchangeable", "unstructured"] = "exchangeable"


Outcome = Annotated[DeathOutcome | EventOutcome | LabOutcome, Field(discriminator="kind")]
