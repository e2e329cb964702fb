"""Numbers as medical journals print them: minus signs, thousands commas, intervals, p-values, months."""

from __future__ import annotations

from datetime import date
from math import isfinite

from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.kernel.masked import Count, Masked

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
ABSENT = DASH

ADJUSTMENT_LABELS = {
    "crude": "Unadjusted",
    "covariates": "Covariates in the model",
    "weights": "Weighted for artificial censoring",
    "weights and covariates": "Weighted, covariates in the model",
    "overlap": "Overlap weighting",
    "iptw": "Inverse probability weighting",
    "att": "ATT weighting",
    "matched": "1:1 matching",
    "score-bins": "Matching within score bins",
}
ADJUSTMENT_MEANINGS = {
    "crude": "The arms as they are. Differences between the patients are not accounted for.",
    "overlap": "Each patient is weighted by the probability of the treatment not received (ATO): the effect in patients "
    "for whom either treatment was a real option.",
    "iptw": "Each patient is weighted by the inverse probability of the treatment received (ATE): the effect in all eligible patients.",
    "att": "Comparator patients are weighted to resemble the target arm (ATT): the effect in patients who received the target treatment.",
    "matched": "Pairs with close propensity scores; patients without a partner are left out: the effect in the matched patients.",
    "score-bins": "Patients are weighted within bins of the propensity score so that both arms count equally there; bins that lack an arm "
    "are left out. No row leaves a site.",
}
MEASURE_LABELS = {
    "hazard_ratio": "Hazard ratio",
    "median_survival": "Median, months",
    "survival": "Free of the event",
    "rmst": "Restricted mean, months",
    "rmst_difference": "Difference in restricted mean, months",
    "survival_difference": "Difference in share free of the event",
    "logrank": "Log-rank test, χ²",
    "hazard_ratio_holm": "Hazard ratio, p adjusted (Holm)",
    "logrank_holm": "Log-rank test, p adjusted (Holm)",
    "ratio_of_hazard_ratios": "Ratio of hazard ratios",
    "reri": "Relative excess risk due to interaction",
    "left_before_landmark": "No longer followed at the landmark",
    "cumulative_incidence": "Risk, death competing",
    "gray_test": "Gray's test, χ²",
    "subdistribution_hazard_ratio": "Subdistribution hazard ratio",
    "incidence_rate": "Rate per 100 person-years",
    "rate_ratio": "Rate ratio",
    "rate_difference": "Difference in rates per 100 person-years",
    "mean_instances": "Days with the event, mean",
    "sd_instances": "Days with the event, SD",
    "total_instances": "Days with the event, total",
    "mean_instances_difference": "Difference in mean days with the event",
    "excluded_by_washout": "Left out by the washout",
    "largest_smd": "Largest standardised difference",
    "risk": "Risk, share of all patients",
    "risk_difference_z": "Risk difference, z",
    "e_value": "E-value",
    "e_value_limit": "E-value of the nearer limit",
    "systematic_error": "Systematic error, ratio",
    "calibrated_hazard_ratio": "Hazard ratio, calibrated",
    "tipping_hazard": "Hazard of the censored, times their arm's",
    "tipping_share": "Share of deaths recorded",
    "hazard_ratio_quartiles": "Hazard ratio, median (quartiles)",
    "hazard_ratio_extremes": "Hazard ratio, median (extremes)",
    "share_leaving_out_one": "Intervals that leave out 1",
    "mean_value": "Mean",
    "mean_change": "Mean change from baseline",
    "mean_change_difference": "Difference in mean change",
    "mean_fold": "Mean fold of the upper limit",
    "mean_draws": "Mean number of values",
    "share_measured": "Share measured",
    "share_grade_3_or_more": "Share with grade 3 or more",
}
RATIOS = (
    "ratio_of_hazard_ratios", "hazard_ratio_holm",
    "hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio", "subdistribution_hazard_ratio", "e_value", "e_value_limit",
    "systematic_error", "calibrated_hazard_ratio", "tipping_hazard", "hazard_ratio_quartiles", "hazard_ratio_extremes",
)  # fmt: skip
TIMES = ("median_survival", "rmst", "rmst_difference")
SHARES = (
    "survival", "survival_difference", "risk", "risk_difference", "cumulative_incidence", "share_measured", "share_grade_3_or_more",
    "tipping_share", "share_leaving_out_one", "excluded_by_washout",
)  # fmt: skip


def adjustment_label(name: str | None) -> str:
    """The reader's name of an adjustment; an unknown one is shown as it is."""
    return ADJUSTMENT_LABELS.get(name or "crude", name or "")


def measure_label(name: str) -> str:
    """The reader's name of a measure; an unknown one is shown with spaces."""
    return MEASURE_LABELS.get(name, name.replace("_", " ").capitalize())


def lowered(text: str) -> str:
    """The text as it stands inside a sentence: a small first letter, abbreviations left alone."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def decimal(value: float | None, digits: int = 2) -> str:
    """A number with `digits` decimals, thousands commas and a true minus sign; a dash when there is none."""
    if value is None or not isfinite(value):
        return ABSENT
    text = f"{value:,.{digits}f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) else text.replace("-", "")


def count(value: Count | None) -> str:
    """A number of people, `<11` when masked."""
    return ABSENT if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def n_equals(value: Count | None) -> str:
    """`n = 334`, or `n < 11` when masked."""
    return f"n {count(value)}".replace("n <", "n < ").replace("n ≤", "n ≤ ") if isinstance(value, Masked) else f"n = {count(value)}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share in [0, 1] as per cent."""
    return ABSENT if share is None or not isfinite(share) else f"{decimal(100 * share, digits)}%"


def ratio(value: float | None) -> str:
    """A ratio with two decimals; three below 0.1, one from 10 up."""
    if value is None:
        return ABSENT
    return decimal(value, 3 if 0 < value < 0.0995 else 1 if value >= 9.995 else 2)


def p_value(p: float | None, *, name: str = "p") -> str:
    """`p = 0.03`, `p = 0.004`, `p < 0.001`; three decimals near 0.05, where two would hide the side."""
    if p is None:
        return ABSENT
    if p < 0.001:
        return f"{name} < 0.001"
    if p > 0.99:
        return f"{name} > 0.99"
    return f"{name} = {p:.{3 if p < 0.01 or 0.045 <= p < 0.055 else 2}f}"


def bare_p(p: float | None) -> str:
    """A p-value for a column whose head already says p."""
    return p_value(p).removeprefix("p ").removeprefix("= ")


def months(days: float | None, digits: int = 1) -> str:
    """Days as months of 30.4375 days."""
    return decimal(None if days is None else days / DAYS_PER_MONTH, digits)


def whole_months(days: float | None) -> str:
    """A time point such as 365 or 731 days as `12` or `24` months; with a decimal when it is not near a whole month."""
    if days is None:
        return ABSENT
    value = days / DAYS_PER_MONTH
    return decimal(value, 0 if abs(value - round(value)) < 0.05 else 1)


def listed_days(days: list[float | None]) -> str:
    """`14, 30`; thousands with commas."""
    return ", ".join(ABSENT if day is None else f"{day:,.0f}" for day in days)


def interval(lower: str, upper: str, confidence: float = 0.95) -> str:
    """`95% CI 0.65–0.98`, or `95% CI −0.4 to 4.6` where a bound is negative."""
    between = " to " if MINUS in lower + upper or not (lower[:1].isdigit() and upper[:1].isdigit()) else DASH
    return f"{confidence * 100:g}% CI {lower}{between}{upper}"


def calendar_day(day: date) -> str:
    """`31 July 2024`."""
    return f"{day.day} {day:%B} {day.year}"
