"""What each column of a result means, in which unit, and what it could disclose: the content of the results dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Disclosure: TypeAlias = Literal["none", "count", "sum", "curve", "model"]

DISCLOSURES: dict[Disclosure, str] = {
    "none": "Says nothing of people: names, labels, settings, versions.",
    "count": "A number of people. Masked when small, or when a masked one could be worked out from it: `<11` in tables, null in "
    "`results.json` (the policy's stand-in where it rounds up).",
    "sum": "A statistic over many people (mean, share, ratio, test), summed over all sites; left out where it speaks of a handful of "
    "people, or is a share of a hidden number; hazard ratios and rank tests stay.",
    "curve": "A statistic at each time point. Ends where fewer people than the policy's minimum are at risk; "
    "left out where the number of persons or of events is masked.",
    "model": "A coefficient or score distribution of a model fitted over all sites.",
}


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """One column: its name, what it holds, its unit ('' for none) and its disclosure class."""

    name: str
    meaning: str
    disclosure: Disclosure = "none"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ResultFile:
    """One file of a report with columns."""

    path: str
    meaning: str
    columns: tuple[ResultColumn, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of the field `measure` and how its record is filled."""

    name: str
    meaning: str
    unit: str
    groups: Literal["one arm", "two arms"]


MEASURES = (
    Measure("hazard_ratio", "Cox hazard ratio, target over comparator; p-value of the Wald test", "ratio", "two arms"),
    Measure("logrank", "Log-rank test; `estimate` is the chi-square statistic on one degree of freedom", "", "two arms"),
    Measure(
        "hazard_ratio_holm", "The same, its p-value adjusted for all pairs of combined arms of the analysis (Holm)", "ratio", "two arms"
    ),
    Measure(
        "logrank_holm", "The log-rank test, its p-value adjusted for all pairs of combined arms of the analysis (Holm)", "", "two arms"
    ),
    Measure(
        "ratio_of_hazard_ratios",
        "Interaction on the ratio scale: the hazard ratio of the class `target` against `comparator` in the study's target arm, over "
        "that in its comparator arm",
        "ratio",
        "two arms",
    ),
    Measure(
        "reri",
        "Interaction on the additive scale: relative excess risk due to interaction of the class `target` with the study's target arm; 0 "
        "for none (delta method)",
        "",
        "two arms",
    ),
    Measure(
        "left_before_landmark",
        "No estimate: `n_target` persons of the arm were no longer followed at the landmark `time_days`, `events_target` with the event",
        "",
        "one arm",
    ),
    Measure(
        "rmst_difference", "Difference in restricted mean survival time up to `time_days`, target minus comparator", "days", "two arms"
    ),
    Measure(
        "share_changed",
        "Share of persons who meet all other criteria whose eligibility is another under the rules that `population` names; counts of both "
        "arms together, `target` null",
        "share",
        "one arm",
    ),
    Measure("share_eligible", "Share of the same persons who are eligible under these rules", "share", "one arm"),
    Measure("median_survival", "Time at which the Kaplan-Meier curve reaches one half; null when it does not", "days", "one arm"),
    Measure("survival", "Kaplan-Meier probability of being free of the event at `time_days`", "share", "one arm"),
    Measure("rmst", "Restricted mean survival time up to `time_days`", "days", "one arm"),
    Measure(
        "survival_difference", "Difference of the Kaplan-Meier probabilities at `time_days`, target minus comparator", "share", "two arms"
    ),
    Measure(
        "median_follow_up",
        "Median follow-up by the reverse Kaplan-Meier method: the follow-up had nobody died; `target` null: both arms together",
        "days",
        "one arm",
    ),
    Measure(
        "interaction_test",
        "Wald test that the hazard ratio is the same in all levels of the subgroup that `population` names; `estimate` is the chi-square "
        "statistic on one degree of freedom less than the levels compared",
        "",
        "two arms",
    ),
    Measure("interaction_test_holm", "The same test, its p-value adjusted for the number of subgroups (Holm)", "", "two arms"),
    Measure(
        "largest_imbalance", "Largest absolute standardised difference of any covariate in the part that `population` names", "", "two arms"
    ),
    Measure("heterogeneity_test", "Cochran's Q over the sites' own estimates; p-value from chi-square", "", "two arms"),
    Measure("i_squared", "Share of the variation between the sites' estimates that chance does not explain (from Q)", "share", "two arms"),
    Measure("tau_squared", "Variance between the sites of the log hazard ratio; limits by the Q-profile method", "", "two arms"),
    Measure("prediction_interval", "Where the hazard ratio of one more site would lie; `estimate` as pooled", "ratio", "two arms"),
    Measure(
        "hazard_ratio_range",
        "Smallest and largest (`lower`, `upper`) of the hazard ratios with a part of the sites left out; `estimate` of all sites",
        "ratio",
        "two arms",
    ),
    Measure(
        "e_value",
        "Risk ratio that an unmeasured confounder must have with treatment and with outcome to explain the ratio that `population` names",
        "ratio",
        "two arms",
    ),
    Measure("e_value_limit", "The same for the limit of its interval nearer to 1; 1 when the interval holds 1", "ratio", "two arms"),
    Measure(
        "systematic_error",
        "Ratio that negative controls are found to have on average; `lower`, `upper`: where those of most lie without random error",
        "ratio",
        "two arms",
    ),
    Measure(
        "calibrated_hazard_ratio",
        "Hazard ratio with the systematic error of negative controls taken into account; p-value calibrated alike",
        "ratio",
        "two arms",
    ),
    Measure(
        "tipping_hazard",
        "Hazard of the censored that `population` names, in hazards of their arm, at which the hazard ratio (or its limit) comes to 1; "
        "null where none from 0.001 to 1000 does it",
        "ratio",
        "two arms",
    ),
    Measure(
        "tipping_share",
        "Share of the deaths that must have been recorded in the arm that `population` names, all of them in the other, for the hazard "
        "ratio (or its limit) to come to 1",
        "share",
        "two arms",
    ),
    Measure(
        "hazard_ratio_quartiles",
        "Median of the hazard ratios over random orders; `lower`, `upper`: first and third quartile",
        "ratio",
        "two arms",
    ),
    Measure("hazard_ratio_extremes", "The same median; `lower`, `upper`: smallest and largest", "ratio", "two arms"),
    Measure("share_leaving_out_one", "Share of random orders in which the interval of the hazard ratio leaves out 1", "share", "two arms"),
    Measure("cumulative_incidence", "Probability of the event by `time_days`, death competing (Aalen-Johansen)", "share", "one arm"),
    Measure("risk_difference", "Difference in cumulative incidence at `time_days`, target minus comparator", "share", "two arms"),
    Measure("risk_ratio", "Ratio of cumulative incidences at `time_days`", "ratio", "two arms"),
    Measure("odds_ratio", "Ratio of the odds of the event by `time_days`", "ratio", "two arms"),
    Measure(
        "incidence_rate",
        "Persons with a first event over time at risk; exact Poisson limits where each person counts once, else robust ones",
        "per 100 person-years",
        "one arm",
    ),
    Measure("rate_ratio", "Ratio of incidence rates; exact limits and p-value where each person counts once", "ratio", "two arms"),
    Measure("rate_difference", "Difference of incidence rates, target minus comparator", "per 100 person-years", "two arms"),
    Measure("mean_instances", "Mean number of days with a record of the event in the risk window, of persons at risk", "", "one arm"),
    Measure("sd_instances", "Standard deviation of the number of days with a record", "", "one arm"),
    Measure("total_instances", "Days with a record of the event in the risk window, weighted under a weighting", "", "one arm"),
    Measure("mean_instances_difference", "Difference of the mean numbers of days, target minus comparator", "", "two arms"),
    Measure(
        "excluded_by_washout",
        "Share of the arm whom the outcome's washout leaves out; `events_target` counts them, of a matched population before their "
        "partners go too",
        "share",
        "one arm",
    ),
    Measure(
        "largest_smd",
        "Largest absolute standardised mean difference of a covariate among persons at risk for the outcome",
        "standard deviations",
        "two arms",
    ),
    Measure("risk", "Persons with the event in the risk window over all persons of the arm, whether followed or not", "share", "one arm"),
    Measure("risk_difference_z", "z of two proportions with their pooled variance, of the measures of association", "", "two arms"),
    Measure("gray_test", "Gray's test of equal cumulative incidence; `estimate` is the chi-square statistic", "", "two arms"),
    Measure("subdistribution_hazard_ratio", "Fine and Gray's hazard ratio, target over comparator", "ratio", "two arms"),
    Measure(
        "mean_value",
        "Mean of a laboratory value in the window that `analysis` names, of persons measured in it; `time_days`: the day it is nearest to",
        "unit of the outcome",
        "one arm",
    ),
    Measure("mean_change", "Mean change from baseline, of persons measured before and in the window", "unit of the outcome", "one arm"),
    Measure("mean_change_difference", "Difference of the mean changes, target minus comparator", "unit of the outcome", "two arms"),
    Measure("mean_fold", "Mean of the value over its upper limit of normal", "ratio", "one arm"),
    Measure("mean_draws", "Mean number of values in the window, of everybody", "", "one arm"),
    Measure("share_measured", "Share with a value in the window; `events_target` counts them", "share", "one arm"),
    Measure(
        "share_grade_3_or_more",
        "Share whose worst grade in the window (CTCAE's, or a score's own) is 3 or more, of persons with a grade; `events_target`: these",
        "share",
        "one arm",
    ),
    Measure(
        "share_flagged",
        "Share with the flag (of Hy's law) in the window, of persons in whom it is known; `events_target` counts them",
        "share",
        "one arm",
    ),
    Measure(
        "adjusted_change_difference",
        "Difference in a laboratory value between the arms in the window that `population` names, given the baseline value (estimating "
        "equations over all windows, robust variance); target minus comparator",
        "unit of the outcome",
        "two arms",
    ),
    Measure(
        "any_difference_test",
        "Wald test of the same model that the arms differ in no window; `estimate` is the chi-square statistic",
        "",
        "two arms",
    ),
    Measure(
        "arm_by_window_test",
        "Wald test of the same model that the difference between the arms is the same in all windows; `estimate` is the chi-square",
        "",
        "two arms",
    ),
    Measure(
        "working_correlation",
        "Correlation that the model found between values of one person (mean over pairs of windows)",
        "",
        "two arms",
    ),
)

C = ResultColumn
_OUTCOME = C("outcome", "Name of the outcome in the study file; overall survival is `os`")
_ADJUSTMENT = C(
    "adjustment",
    "`crude`, `overlap`, `iptw`, `att`, `matched` or `score-bins`; "
    "of combined arms `crude`, `covariates`, `weights` or `weights and covariates`",
)
_ARM = C("arm", "Name of the arm")
_TIME = C("time_days", "Days since the start of follow-up", unit="days")
_COVARIATE = (C("covariate", "Name of the covariate"), C("label", "Label for readers"), C("level", "Level of a category, else empty"))

RECORD_COLUMNS = (
    C(
        "analysis",
        "Name of the analysis: `main`, or one of the part of the cohort that `population` names; of a laboratory outcome the window: "
        "`baseline` or its name in the study file",
    ),
    C("population", "Who was analysed: the whole cohort or a named part of it"),
    _OUTCOME,
    C("measure", "What `estimate` is; see the measures"),
    C("target", "Target arm; for a measure of one arm, that arm; null for both arms together"),
    C("comparator", "Comparator arm; null for a measure of one arm"),
    _ADJUSTMENT,
    C("estimate", "The estimate: ratios on their natural scale, times in days, shares in [0, 1]", "sum"),
    C("lower", "Lower bound of the interval at the study's confidence level", "sum"),
    C("upper", "Upper bound of the interval", "sum"),
    C("p_value", "Two-sided p-value", "sum"),
    C("n_target", "Persons in `target`", "count", "persons"),
    C("n_comparator", "Persons in `comparator`", "count", "persons"),
    C("events_target", "Persons with the event in `target`", "count", "persons"),
    C("events_comparator", "Persons with the event in `comparator`", "count", "persons"),
    C("time_days", "Time point or horizon of the measure; null when it has none", unit="days"),
)

FILES = (
    ResultFile(
        "tables/flow.csv",
        "Persons left after each step",
        (
            C("step", "Label of the step as in the study file"),
            C("n", "Persons left after it", "count", "persons"),
            C("excluded", "Persons who left at it", "count", "persons"),
            C("n_target", "Of those left, in the target arm", "count", "persons"),
            C("n_comparator", "Of those left, in the comparator arm", "count", "persons"),
        ),
    ),
    ResultFile(
        "tables/table1.csv",
        "Covariates by arm, one row a covariate (or level) and adjustment",
        (
            _ADJUSTMENT,
            *_COVARIATE,
            C("kind", "`number` (mean and SD) or `share`"),
            C("target_value", "Mean or share in the target arm, weighted under a weighting", "sum"),
            C("target_sd", "Standard deviation; empty for shares", "sum"),
            C("target_count", "Persons with the level; empty when weighted", "count", "persons"),
            C("comparator_value", "Mean or share in the comparator arm", "sum"),
            C("comparator_sd", "Standard deviation; empty for shares", "sum"),
            C("comparator_count", "Persons with the level; empty when weighted", "count", "persons"),
            C(
                "smd",
                "Standardised mean difference, target minus comparator, by the pooled SD before adjustment, or after it where a count "
                "before it is hidden",
                "sum",
            ),
        ),
    ),
    ResultFile(
        "tables/balance.csv",
        "Balance of each covariate under each adjustment",
        (
            _ADJUSTMENT,
            *_COVARIATE,
            C("smd", "Standardised mean difference, target minus comparator", "sum"),
            C("variance_ratio", "Variance in the target arm over that in the comparator arm", "sum"),
        ),
    ),
    ResultFile(
        "tables/estimands.csv",
        "What each adjustment estimates",
        (
            _ADJUSTMENT,
            C(
                "estimand",
                "`ATO` overlap population, `ATE` all eligible, `ATT` the treated (matched: those with a partner), "
                "`ATM` the matched of both arms, or `none`",
            ),
            C("population", "In whom the effect is, in words"),
            C("main", "`yes` for the adjustment that answers the study's question"),
        ),
    ),
    ResultFile("tables/estimates.csv", "The records of `results.json`, masked counts as text", RECORD_COLUMNS),
    ResultFile(
        "tables/proportional_hazards.csv",
        "Tests of proportional hazards (Grambsch and Therneau, Kaplan-Meier time)",
        (_OUTCOME, _ADJUSTMENT, C("chisq", "Chi-square statistic", "sum"), C("df", "Degrees of freedom"), C("p_value", "p-value", "sum")),
    ),
    ResultFile(
        "tables/propensity_model.csv",
        "Coefficients of the propensity model",
        (
            C("term", "Column of the design"),
            C("label", "Label for readers"),
            C("estimate", "Log odds ratio of receiving the target treatment", "model"),
            C("se", "Standard error", "model"),
        ),
    ),
    ResultFile(
        "tables/overlap.csv",
        "Densities of the propensity or preference score by arm",
        (
            C("scale", "Which score"),
            C("from", "Lower edge of the bin"),
            C("to", "Upper edge of the bin"),
            C("density_target", "Density in the target arm", "model"),
            C("density_comparator", "Density in the comparator arm", "model"),
        ),
    ),
    ResultFile(
        "tables/weights.csv",
        "Weights by adjustment and arm",
        (
            _ADJUSTMENT,
            _ARM,
            C("n", "Persons with a weight above zero", "count", "persons"),
            C("effective_n", "Kish's effective sample size", "sum", "persons"),
            C("sum_of_weights", "Sum of the weights", "sum"),
            C("largest", "Largest weight, where it may be shown", "sum"),
        ),
    ),
    ResultFile(
        "tables/survival_curves.csv",
        "Every step of every Kaplan-Meier curve",
        (
            _OUTCOME,
            _ADJUSTMENT,
            _ARM,
            _TIME,
            C("survival", "Probability of being free of the event", "curve"),
            C("lower", "Lower bound of the pointwise log-log interval", "curve"),
            C("upper", "Upper bound", "curve"),
        ),
    ),
    ResultFile(
        "tables/numbers_at_risk.csv",
        "Persons at risk under the curves, unweighted",
        (_OUTCOME, _ADJUSTMENT, _ARM, _TIME, C("at_risk", "Persons at risk", "count", "persons")),
    ),
    ResultFile(
        "tables/incidence_curves.csv",
        "Every step of every curve of cumulative incidence, death competing (Aalen-Johansen)",
        (
            _OUTCOME,
            _ADJUSTMENT,
            _ARM,
            _TIME,
            C("incidence", "Probability of the event by then", "curve"),
            C("lower", "Lower bound of the pointwise interval", "curve"),
            C("upper", "Upper bound", "curve"),
        ),
    ),
    ResultFile(
        "tables/incidence_at_risk.csv",
        "Persons at risk under those curves, unweighted",
        (_OUTCOME, _ADJUSTMENT, _ARM, _TIME, C("at_risk", "Persons at risk, free of the event and alive", "count", "persons")),
    ),
    ResultFile(
        "tables/lab_shifts.csv",
        "Persons by the CTCAE grade of their baseline and their worst grade in a window, unadjusted",
        (
            _OUTCOME,
            C("window", "Name of the window"),
            _ARM,
            C("baseline_grade", "Grade of the baseline value, 0 to 4"),
            C("worst_grade", "Worst grade of the window's values, 0 to 4"),
            C("n", "Persons", "count", "persons"),
        ),
    ),
    ResultFile(
        "tables/sensitivity.csv",
        "The records of the sensitivity analyses; empty when the study switches none on",
        RECORD_COLUMNS,
    ),
    ResultFile(
        "tables/match_orders.csv",
        "The matched hazard ratio when the order of matching is random, one row an order",
        (
            _OUTCOME,
            C("seed", "Seed of the order"),
            C("hazard_ratio", "Cox hazard ratio of the persons matched in that order", "sum"),
            C("lower", "Lower bound of its interval", "sum"),
            C("upper", "Upper bound", "sum"),
        ),
    ),
    ResultFile(
        "tables/combination_curves.csv",
        "Every step of the survival curves of combined arms; empty for a study without such",
        (
            C("analysis", "Name of the analysis; after a landmark, days count from it"),
            C("arm", "Name of the combined arm"),
            _TIME,
            C("survival", "Probability of being free of the event", "curve"),
            C("lower", "Lower bound of the pointwise log-log interval", "curve"),
            C("upper", "Upper bound", "curve"),
        ),
    ),
    ResultFile(
        "tables/pathways.csv",
        "Persons by the lines of therapy that they went through; empty unless the study counts them",
        (
            C("arm", "Name of the arm, `all` for both together"),
            C("line", "Number of the line, from 1"),
            C("before", "Regimens of the lines before, in order, with arrows between"),
            C("regimen", "Regimen of this line, `no further line` where none followed"),
            C("n", "Persons whose lines began so", "count", "persons"),
        ),
    ),
    ResultFile(
        "tables/sites.csv",
        "Each site's part",
        (
            C("site", "Name of the site in the network"),
            C("status", "`contributed`, `empty` or `failed`"),
            C("n_target", "Persons in the target arm", "count", "persons"),
            C("n_comparator", "Persons in the comparator arm", "count", "persons"),
            C("version", "Version of the software at the site"),
            C("why", "Code and sentence where it failed"),
        ),
    ),
    ResultFile(
        "tables/released.csv",
        "What every site let out in this run, as its own log and the hub's have it",
        (
            C("site", "Name of the site in the network"),
            C("terms", "What its policy shares"),
            C("way", "`in clear`, or `under masks`: of these the hub read sums over sites only"),
            C("answers", "Messages"),
            C("summaries", "Summaries in them, in all"),
            C("bytes", "Size of the messages", unit="bytes"),
            C("kinds", "Each kind of summary, and how many of it"),
        ),
    ),
    ResultFile(
        "tables/sessions.csv",
        "Patients by the class of their index session, for treatments that share a code; empty for a study without sessions",
        (
            C("site", "Name of the site, `all sites` for the network; sites come whole or not at all"),
            C("class", "`sessions` (all), a tier (`evidenced`, `probable`, `both`, `unspecified`), or `deciding`: with that evidence"),
            C("treatment", "What the sessions are taken for, or whose deciding evidence it is; empty for none"),
            C("n", "Persons", "count", "persons"),
            C("share", "Share of the site's sessions; empty where it would give a masked count away", "sum"),
        ),
    ),
    ResultFile(
        "tables/code_sets.csv",
        "What each code set found over the network",
        (
            C("name", "Name of the set"),
            C("concepts", "Concepts it resolved to"),
            C("records", "Records found", "count", "records"),
            C("sites_with", "Sites with at least one record"),
            C("sites_without", "Names of sites with none, separated by semicolons"),
        ),
    ),
    ResultFile(
        "tables/codes.csv",
        "Every code of the study, under the set's name in the study",
        (
            C("set_id", "Name of the set"),
            C("vocabulary", "Vocabulary, as in OMOP"),
            C("code", "The code"),
            C("match", "`exact`, `prefix` or `omop_descendants`"),
            C("concept_id", "Hint, where the study gives one"),
            C("description", "For readers"),
        ),
    ),
    ResultFile(
        "tables/masked.csv",
        "Where a count was hidden",
        (C("table", "The table"), C("cell", "The cell"), C("reason", "`small`, or `complementary`: it would have given a small one away")),
    ),
    ResultFile(
        "tables/notes.csv",
        "What the reader must know",
        (C("severity", "`info`, `warning` or `error`"), C("code", "Code of the error or check"), C("text", "The note")),
    ),
)
