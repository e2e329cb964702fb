"""A study result made by hand: survival from exponential formulae, everything else typed in. No run of the software is behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import erf, exp, log, sqrt

from equipoise.kernel.masked import Count, Masked
from equipoise.results.records import Record
from equipoise.results.study_result import (
    BaselineRow,
    CodeSetReport,
    FlowStep,
    MaskedCell,
    Note,
    PropensityOverlap,
    PropensityTerm,
    ProportionalHazards,
    SiteOutcome,
    StudyResult,
    SurvivalCurve,
    WeightSummary,
)
from equipoise.study import model as m

MONTH = 365.25 / 12
Z = 1.959963984540054
HIDDEN = Masked()
MEDIANS = {"crude": (36.0, 25.0), "overlap": (34.6, 27.7), "iptw": (34.9, 27.4), "att": (35.4, 27.1), "matched": (34.1, 27.9)}
HAZARD_RATIOS = {
    "crude": (0.69, 0.52, 0.92),
    "overlap": (0.80, 0.65, 0.98),
    "iptw": (0.79, 0.62, 1.004),
    "att": (0.77, 0.57, 1.04),
    "matched": (0.82, 0.55, 1.22),
}
SIZES: dict[str, tuple[int, int]] = dict.fromkeys(HAZARD_RATIOS, (334, 84)) | {"matched": (79, 79)}
EVENTS = dict.fromkeys(HAZARD_RATIOS, (135, 42)) | {"matched": (34, 39)}

COVARIATES = (
    ("age", "Age, years", "", "number", 57.2, 11.1, 58.9, 10.6, 0.02),
    ("female", "Female", "", "share", 0.991, None, 0.988, None, 0.004),
    ("albi", "ALBI score", "", "number", -2.61, 0.42, -2.38, 0.49, -0.011),
    ("albumin", "Albumin, g/dL", "", "number", 3.92, 0.44, 3.71, 0.52, 0.013),
    ("bilirubin", "Bilirubin, mg/dL", "", "number", 0.63, 0.31, 0.78, 0.44, -0.02),
    ("alt", "ALT, U/L", "", "number", 31.4, 22.8, 36.9, 27.5, -0.009),
    ("lines", "Systemic lines before index", "1", "share", 0.428, None, 0.298, None, 0.006),
    ("lines", "Systemic lines before index", "2", "share", 0.347, None, 0.369, None, -0.003),
    ("lines", "Systemic lines before index", "3", "share", 0.225, None, 0.333, None, -0.004),
    ("subtype", "Receptor subtype", "HR+/HER2−", "share", 0.458, None, 0.405, None, 0.008),
    ("subtype", "Receptor subtype", "HR+/HER2+", "share", 0.159, None, 0.143, None, -0.002),
    ("subtype", "Receptor subtype", "HR−/HER2+", "share", 0.102, None, 0.083, None, 0.001),
    ("subtype", "Receptor subtype", "triple negative", "share", 0.150, None, 0.238, None, -0.007),
    ("subtype", "Receptor subtype", "unknown", "share", 0.132, None, 0.131, None, 0.0),
    ("extrahepatic", "Extrahepatic disease", "", "share", 0.611, None, 0.738, None, 0.005),
    ("charlson", "Charlson index", "", "number", 7.1, 2.2, 7.6, 2.5, -0.015),
    ("immunotherapy", "Immunotherapy within 30 days", "", "share", 0.087, None, 0.071, None, 0.03),
    ("era", "Index year 2020 or later", "", "share", 0.629, None, 0.452, None, 0.104),
    ("ecog", "ECOG 1 or more", "", "share", 0.234, None, 0.333, None, None),
)


def study() -> m.Study:
    code = m.Code(vocabulary="CPT4", code="37243", match="exact", description="Vascular embolisation, tumour")
    names = ("tare", "tace", "breast_cancer", "liver_metastasis", "primary_liver_cancer")
    covariates = tuple(
        m.EventCovariate(name=c[0], label=c[1], sets=("breast_cancer",)) for c in COVARIATES if c[2] in ("", "1", "HR+/HER2−")
    )
    return m.Study(
        name="bclm",
        title="TARE versus TACE for breast cancer liver metastasis",
        period_start=date(2016, 1, 1),
        period_end=date(2024, 7, 31),
        code_sets=tuple(m.CodeSet(name=name, codes=(code,)) for name in names),
        index=m.Index(sets=("tare", "tace")),
        steps=(m.Step(label="age at index >= 18", criterion=m.AgeCriterion(at_least=18)),),
        arms=(m.Arm(name="TARE", role="target", sets=("tare",)), m.Arm(name="TACE", role="comparator", sets=("tace",))),
        outcomes=(m.DeathOutcome(name="os", label="Overall survival"),),
        covariates=covariates,
        propensity=m.PropensityModel(covariates=tuple(c.name for c in covariates), site_intercept_sd=1.0),
    )


def smd(target: float, sd: float | None, comparator: float, other: float | None) -> float:
    variance = (target * (1 - target) + comparator * (1 - comparator)) / 2 if sd is None or other is None else (sd**2 + other**2) / 2
    return (target - comparator) / sqrt(variance)


def baseline() -> tuple[BaselineRow, ...]:
    rows = []
    for name, label, level, kind, target, sd, comparator, other, after in COVARIATES:
        counts = (small(round(334 * target)), small(round(84 * comparator))) if kind == "share" else (None, None)
        shares = [None if isinstance(n, Masked) else v for n, v in zip(counts, (target, comparator), strict=True)]
        before = None if name == "ecog" else smd(target, sd, comparator, other)
        rows.append(BaselineRow(name, label, level, kind, "crude", shares[0], sd, counts[0], shares[1], other, counts[1], before, 1.1))
        middle = (target + comparator) / 2
        for place, adjustment in enumerate(("overlap", "iptw", "att", "matched")):
            spread = None if after is None else after * (1 + place)
            gap = 0 if spread is None else spread * (sd or sqrt(middle * (1 - middle)))
            rows.append(
                BaselineRow(name, label, level, kind, adjustment, middle + gap / 2, sd, None, middle - gap / 2, other, None, spread, 1.02)
            )
    return tuple(rows)


def small(n: int) -> Count:
    return HIDDEN if 0 < n < 11 else n


def curve(outcome: str, adjustment: str, arm: str, n: int, median: float) -> SurvivalCurve:
    """Survival exp(-t ln 2 / median) in steps at the expected times of the events, with binomial log-log intervals."""
    rate = log(2) / (median * MONTH)
    times = [0.0, *sorted({float(round(-log(1 - (i + 0.5) / n) / rate)) for i in range(n)})]
    times = [t for t in times if t <= 1600]
    alive = [exp(-rate * t) for t in times]
    bounds = [loglog(s, n * exp(-t / 2400)) for s, t in zip(alive, times, strict=True)]
    at_days = tuple(round(12 * k * MONTH) for k in range(6))
    risk = tuple(small(round(n * exp(-rate * d) * exp(-0.015 * d / MONTH))) for d in at_days)
    gone = tuple(float(round(1600 * ((i * 0.6180339887) % 1))) for i in range(n // 3))
    lower, upper = tuple(b[0] for b in bounds), tuple(b[1] for b in bounds)
    return SurvivalCurve(outcome, adjustment, arm, tuple(times), tuple(alive), lower, upper, gone, tuple(map(float, at_days)), risk)


def loglog(s: float, n: float) -> tuple[float, float]:
    if s >= 1:
        return 1.0, 1.0
    width = Z * sqrt((1 - s) / (s * n)) / abs(log(s))
    return s ** exp(width), s ** exp(-width)


def records(outcome: str = "os") -> tuple[Record, ...]:
    found: list[Record] = []
    for adjustment in HAZARD_RATIOS:
        found += [*two_group(outcome, adjustment), *arm_records(outcome, adjustment)]
    return tuple(found)


def two_group(outcome: str, adjustment: str) -> list[Record]:
    hr, low, high = HAZARD_RATIOS[adjustment]
    z = log(hr) / ((log(high) - log(low)) / (2 * Z))
    p = 1 - erf(abs(z) / sqrt(2))
    (n1, n0), (e1, e0) = SIZES[adjustment], EVENTS[adjustment]
    whole = Record("primary", "all", outcome, "hazard_ratio", "TARE", "TACE", adjustment, hr, low, high, p, n1, n0, e1, e0)
    gap = (restricted(MEDIANS[adjustment][0], 1096) - restricted(MEDIANS[adjustment][1], 1096)) * MONTH
    difference = replace(
        whole,
        measure="rmst_difference",
        estimate=gap,
        lower=gap - 55,
        upper=gap + 55,
        p_value=1 - erf(gap / (55 / Z) / sqrt(2)),
        time_days=1096,
    )
    return [whole, replace(whole, measure="logrank", estimate=z * z, lower=None, upper=None), difference]


def restricted(median: float, days: float) -> float:
    rate = log(2) / median
    return (1 - exp(-rate * days / MONTH)) / rate


def arm_records(outcome: str, adjustment: str) -> list[Record]:
    found = []
    for place, arm in enumerate(("TARE", "TACE")):
        median, n, events = MEDIANS[adjustment][place], SIZES[adjustment][place], EVENTS[adjustment][place]
        base = Record("primary", "all", outcome, "median_survival", arm, None, adjustment, n_target=n, events_target=events)
        upper = None if (arm, adjustment) == ("TACE", "matched") else median * MONTH * 1.22
        found.append(replace(base, estimate=median * MONTH, lower=median * MONTH * 0.84, upper=upper))
        for days in (365, 731, 1096):
            alive = 0.5 ** (days / MONTH / median)
            low, high = loglog(alive, n)
            found.append(replace(base, measure="survival", estimate=alive, lower=low, upper=high, time_days=days))
            mean = restricted(median, days) * MONTH
            found.append(replace(base, measure="rmst", estimate=mean, lower=mean - 30, upper=mean + 30, time_days=days))
    return found


def sites() -> tuple[SiteOutcome, ...]:
    found = [
        SiteOutcome(f"hospital-{i:02d}", "contributed", "", HIDDEN if i > 9 else 11 + i, HIDDEN if i % 3 else 0, "0.1.0")
        for i in range(1, 62)
    ]
    found += [SiteOutcome(f"hospital-{i:02d}", "empty", "no eligible person", 0, 0, "0.1.0") for i in range(62, 67)]
    found.append(SiteOutcome("hospital-67", "failed", "EQ-INTAKE-007 the file condition_occurrence.parquet cannot be read"))
    found.append(SiteOutcome("hospital-68", "failed", "EQ-NETWORK-003 no answer within 120 seconds"))
    return tuple(found)


def flow() -> tuple[FlowStep, ...]:
    labels = (
        ("First TARE or TACE between 2016-01-01 and 2024-07-31", 4211, 0, 3100, 1111),
        ("age at index >= 18", 4204, 7, 3095, 1109),
        ("breast_cancer: twice, 30 days apart, any time up to index", 611, 3593, 484, 127),
        ("liver_metastasis: in [-365, 7]", 540, 71, 430, 110),
        ("lines of therapy before index: 1 to 3", 429, 111, 341, 88),
        ("not primary_liver_cancer: any time up to index", 418, 11, 334, 84),
    )
    return tuple(FlowStep(label, n, small(out), a, b) for label, n, out, a, b in labels)


def overlap() -> tuple[PropensityOverlap, ...]:
    edges = tuple(i / 30 for i in range(31))
    mid = [(a + b) / 2 for a, b in pairwise(edges)]
    bell = lambda x, c, w: exp(-(((x - c) / w) ** 2) / 2) / (w * sqrt(6.283185307))  # noqa: E731
    target, comparator = tuple(bell(x, 0.53, 0.16) for x in mid), tuple(bell(x, 0.43, 0.15) for x in mid)
    return (PropensityOverlap("preference", edges, target, comparator, 0.68, 0.81),)


def weights() -> tuple[WeightSummary, ...]:
    effective = {"crude": (334.0, 84.0), "overlap": (301.2, 77.9), "iptw": (322.0, 58.3), "att": (334.0, 51.7), "matched": (79.0, 79.0)}
    rows = []
    for name, pair in effective.items():
        for arm, n, ess in zip(("TARE", "TACE"), SIZES[name], pair, strict=True):
            rows.append(WeightSummary(name, arm, n, ess, ess * 1.1, None if name == "crude" else 9.4))
    return tuple(rows)


def terms() -> tuple[PropensityTerm, ...]:
    return (
        PropensityTerm("(Intercept)", "Intercept", 1.31, 0.22),
        *(
            PropensityTerm(f"{c[0]}{c[2]}", f"{c[1]}: {c[2]}" if c[2] else c[1], round(0.31 - 0.05 * i, 3), 0.11)
            for i, c in enumerate(COVARIATES)
        ),
    )


def notes() -> tuple[Note, ...]:
    return (
        Note("info", "DC12", "Deaths are recorded to the month at 41 hospitals; they were placed on day 15."),
        Note("warning", "DC07", "Median follow-up differs between the arms: 22 months (TARE) and 31 months (TACE)."),
        Note(
            "warning", "EQ-STUDY-031", "The code set 'ecog' found nothing at 12 hospitals; where it is absent, ECOG counts as not recorded."
        ),
    )


def made_result() -> StudyResult:
    """TARE n = 334, TACE n = 84, five adjustments, 68 hospitals of which two failed."""
    document = study()
    curves = tuple(
        curve("os", name, arm, n, median)
        for name in HAZARD_RATIOS
        for arm, n, median in zip(("TARE", "TACE"), SIZES[name], MEDIANS[name], strict=True)
    )
    text = "equipoise: 1\ntitle: TARE versus TACE for breast cancer liver metastasis\nperiod: 2016-01-01 to 2024-07-31\n"
    text += "index: first of [tare, tace]\n"
    return StudyResult(
        study=document,
        study_hash="5f1c" * 16,
        study_text=text + "arms: {TARE: index is tare, TACE: index is tace}\noutcomes:\n  os: death\n",
        mode="federated",
        versions=(("equipoise", "0.1.0"), ("python", "3.11.9"), ("numpy", "2.3.1"), ("duckdb", "1.3.2")),
        sites=sites(),
        flow=flow(),
        baseline=baseline(),
        propensity=terms(),
        overlap=overlap(),
        weights=weights(),
        curves=curves,
        proportional_hazards=tuple(ProportionalHazards("os", name, 1.9, 1, 0.168) for name in HAZARD_RATIOS),
        code_sets=(
            CodeSetReport("tare", 4, 3322, 51, ("hospital-02", "hospital-44")),
            CodeSetReport("tace", 3, 1207, 30, tuple(f"hospital-{i:02d}" for i in range(20, 58))),
            CodeSetReport("ecog", 2, HIDDEN, 1, tuple(f"hospital-{i:02d}" for i in range(2, 69))),
        ),
        notes=notes(),
        masked=(
            MaskedCell("flow", "age at index >= 18, excluded", "small"),
            MaskedCell("table1", "Female, TACE", "small"),
            MaskedCell("table1", "Receptor subtype, HR−/HER2+, TACE", "small"),
            MaskedCell("sites", "hospital-10, TARE", "complementary"),
        ),
        records=records(),
        rounds=37,
        messages=2442,
        bytes_received=5_841_002,
        seconds=28.4,
    )
