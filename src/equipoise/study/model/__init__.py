"""The study document, one file a subject. Import from here: `from equipoise.study.model import Study`.

Windows are days from the index date, closed at both ends; an open end is None.
"""

from equipoise.study.model.analysis import Adjustment, Analysis, Matching, Override, PropensityModel, SiteRules
from equipoise.study.model.base import Model, Window, absent
from equipoise.study.model.claims import Claim, ClaimMeasure
from equipoise.study.model.codes import Code, CodeSet
from equipoise.study.model.cohort import Arm, Classification, Definition, Index, Step, Treatment
from equipoise.study.model.covariates import (
    AgeCovariate,
    CategoryCovariate,
    CategoryLevel,
    ComorbidityCovariate,
    CountCovariate,
    Covariate,
    EventCovariate,
    IndexYearCovariate,
    MeasurementCovariate,
    SexCovariate,
)
from equipoise.study.model.criteria import (
    AgeCriterion,
    AllOf,
    AnyOf,
    Criterion,
    EventCriterion,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
)
from equipoise.study.model.outcomes import CtcaeAnalyte, DeathOutcome, EventOutcome, FollowUp, LabOutcome, LabWindow, Outcome, TimedOutcome
from equipoise.study.model.study import Study

__all__ = [
    "Adjustment",
    "AgeCovariate",
    "AgeCriterion",
    "AllOf",
    "Analysis",
    "AnyOf",
    "Arm",
    "CategoryCovariate",
    "CategoryLevel",
    "Claim",
    "ClaimMeasure",
    "Classification",
    "Code",
    "CodeSet",
    "ComorbidityCovariate",
    "CountCovariate",
    "Covariate",
    "Criterion",
    "CtcaeAnalyte",
    "DeathOutcome",
    "Definition",
    "EventCovariate",
    "EventCriterion",
    "EventOutcome",
    "FollowUp",
    "Index",
    "IndexYearCovariate",
    "LabOutcome",
    "LabWindow",
    "Matching",
    "MeasurementCovariate",
    "MeasurementCriterion",
    "Model",
    "Not",
    "Outcome",
    "Override",
    "PriorObservation",
    "PropensityModel",
    "SexCovariate",
    "SexCriterion",
    "SiteRules",
    "Step",
    "Study",
    "TimedOutcome",
    "Treatment",
    "Window",
    "absent",
]
