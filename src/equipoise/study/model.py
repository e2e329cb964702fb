"""The study document: what a `study.yaml` means, after its phrases were read. Frozen; hashed; sent to every site.

Windows are days from the index date, closed at both ends; an open end is None. All names of code sets refer to `Study.code_sets`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Frozen, strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def absent(value: object) -> bool:
    """Whether an optional field is left out of the document: a study that does not use it keeps its hash."""
    return value is None


class Window(Model):
    """Days from the index date, closed: `start <= day <= end`. None leaves that side open."""

    start: int | None = None
    end: int | None = None


# --- code sets -------------------------------------------------------------------------------------------------------


class Code(Model):
    """One row of a code list: concepts are found at each site by vocabulary and code, never shipped as ids alone."""

    vocabulary: str
    code: str
    match: Literal["exact", "prefix", "omop_descendants"]
    """`prefix` ignores dots. `omop_descendants` takes the standard concept and all its descendants in concept_ancestor."""
    concept_id: int | None = None
    """A hint: used only when `code` is empty or the vocabulary does not hold it."""
    description: str = ""


class CodeSet(Model):
    """A named set of codes."""

    name: str
    codes: tuple[Code, ...]


# --- criteria (they become cohort plans) ------------------------------------------------------------------------------


class EventCriterion(Model):
    """At least (at most) so many records of any of the sets in the window.

    `count` counts records, distinct start dates or distinct sets. `days_apart` > 0: two records at least that far apart must exist
    (then `at_least` is 2 and records are counted greedily from the first).
    """

    kind: Literal["event"] = "event"
    sets: tuple[str, ...]
    window: Window = Window()
    at_least: int = Field(default=1, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    count: Literal["records", "dates", "sets"] = "records"
    days_apart: int = Field(default=0, ge=0)


class MeasurementCriterion(Model):
    """A measurement in the window whose value, converted to `unit`, lies in [low, high] (either may be open)."""

    kind: Literal["measurement"] = "measurement"
    sets: tuple[str, ...]
    window: Window = Window()
    unit: str | None = None
    low: float | None = None
    high: float | None = None


class AgeCriterion(Model):
    """Age at index in whole years (from the birth date; a missing month or day counts as 1 January)."""

    kind: Literal["age"] = "age"
    at_least: int | None = None
    at_most: int | None = None


class SexCriterion(Model):
    """Sex as recorded in `person.gender_concept_id`."""

    kind: Literal["sex"] = "sex"
    sex: Literal["female", "male"]


class PriorObservation(Model):
    """The observation period that holds the index date began at least `days` before it (and, with `after`, runs so long after)."""

    kind: Literal["prior_observation"] = "prior_observation"
    days: int = Field(ge=0)
    after: int = Field(default=0, ge=0)


class AllOf(Model):
    """Every one holds."""

    kind: Literal["all_of"] = "all_of"
    criteria: tuple[Criterion, ...]


class AnyOf(Model):
    """At least one holds."""

    kind: Literal["any_of"] = "any_of"
    criteria: tuple[Criterion, ...]


class Not(Model):
    """The criterion does not hold."""

    kind: Literal["not"] = "not"
    criterion: Criterion


Criterion = Annotated[
    EventCriterion | MeasurementCriterion | AgeCriterion | SexCriterion | PriorObservation | AllOf | AnyOf | Not,
    Field(discriminator="kind"),
]


class Step(Model):
    """One line of the flow diagram: those who do not meet the criterion leave here."""

    label: str
    """As written in the study file, fit for the flow diagram."""
    criterion: Criterion


class Index(Model):
    """The index event: each person's `nth` day (1 = first ever) with a record of any of the sets; then the day must lie in the period.

    With `merge_days`, the event is a session. A session's day is its first day with a record; records up to so many days later belong
    to it, and the next record begins the next session. `nth` counts sessions.
    """

    sets: tuple[str, ...]
    nth: int = Field(default=1, ge=1)
    merge_days: int | None = Field(default=None, ge=0, exclude_if=absent)


class Arm(Model):
    """Persons whose index day has a record of one of these sets. With both arms on one day, the arm listed first takes the person.

    With `treatment` there are no sets: the arm holds persons whose index session is classified as that treatment.
    """

    name: str
    role: Literal["target", "comparator"]
    sets: tuple[str, ...]
    treatment: str | None = Field(default=None, exclude_if=absent)


class Treatment(Model):
    """How a session of this treatment is known. Windows are days from the session's day.

    `deciding_evidence`: what settles the question where there is evidence of several treatments, and what its audit counts.
    """

    name: str
    evidence: Criterion
    weak_evidence: Criterion | None = None
    deciding_evidence: Criterion | None = None


Definition = Literal["main", "strict", "liberal"]


class Classification(Model):
    """Treatments that share the codes of a session, told apart by what else was recorded around it; which tiers count.

    Tiers: `evidenced`, evidence of one treatment; `both`, evidence of several (or none, and weak evidence of several); `probable`, weak
    evidence of one, and evidence of none; `unspecified`, neither. `main` takes the evidenced, the probable, and those of `both` that
    have evidence and deciding evidence of the treatment named in `both` (a treatment without deciding evidence always gets them);
    `strict` takes the evidenced alone; `liberal` takes what `main` takes, and counts the unspecified as the treatment in `unspecified`.
    """

    treatments: tuple[Treatment, ...] = Field(min_length=2)
    definition: Definition = "main"
    both: str | None = None
    unspecified: str | None = None


# --- follow-up and outcomes -------------------------------------------------------------------------------------------


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


class DeathOutcome(Model):
    """Death of any cause. The usual name is `os`."""

    kind: Literal["death"] = "death"
    name: str
    label: str = ""


class EventOutcome(Model):
    """First record of the sets inside the risk window; death ends the time at risk (cause-specific). Persons with a record in
    [-washout, start - 1] are left out of this outcome's analyses."""

    kind: Literal["event"] = "event"
    name: str
    label: str = ""
    sets: tuple[str, ...]
    risk_window: Window = Window(start=1, end=None)
    washout: int | None = None


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


Outcome = Annotated[DeathOutcome | EventOutcome | LabOutcome, Field(discriminator="kind")]


# --- covariates -------------------------------------------------------------------------------------------------------


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


Covariate = Annotated[
    AgeCovariate
    | SexCovariate
    | IndexYearCovariate
    | EventCovariate
    | CountCovariate
    | MeasurementCovariate
    | CategoryCovariate
    | ComorbidityCovariate,
    Field(discriminator="kind"),
]


# --- analysis ---------------------------------------------------------------------------------------------------------

Adjustment = Literal["crude", "overlap", "iptw", "att", "matched"]


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


class PropensityModel(Model):
    """One logistic model over the whole network. With `site_intercept_sd`, each site has its own intercept, drawn towards the common
    one by a normal prior of that standard deviation; it is solved at the site and never leaves it."""

    covariates: tuple[str, ...]
    site_intercept_sd: float | None = Field(default=None, gt=0)
    trim: tuple[float, float] | None = None
    """Keep scores in [low, high] only, for `iptw` and `att`."""


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


class SiteRules(Model):
    """What a run does when hospitals fail."""

    on_failure: Literal["continue", "stop"] = "continue"
    minimum_sites: int = Field(default=1, ge=1)
    unobservable_from: int | None = Field(default=None, ge=1, exclude_if=absent)
    """A site is left out when it has at least so many sessions, and none with deciding evidence of a treatment that has such."""


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

    @property
    def timed_outcomes(self) -> tuple[TimedOutcome, ...]:
        """The outcomes that have a time and an event, in their order."""
        return tuple(outcome for outcome in self.outcomes if not isinstance(outcome, LabOutcome))

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
