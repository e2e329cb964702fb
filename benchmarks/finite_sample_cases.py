"""Data of which the truth is known, and what the estimators of a study say of them. For `finite_samples.py`.

A case draws r data sets of n people (or person-years, or n studies) and gives the limits and p-values that the estimators report. Effects
are planted by construction: exponential times, binomial and Poisson counts, Fine and Gray's own model, normal study effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, inf, isfinite, log, nan

import numpy as np
from many_at_once import Coefficients, cox_of_each, fine_gray_of_each, logistic_of_each, poisson_of_each
from scipy.special import expit

from equipoise import stats
from equipoise.estimators.data import EstimatedWeights, Floats, Ints, SurvivalData
from equipoise.estimators.evidence.heterogeneity import Method
from equipoise.estimators.evidence.pooling import Inference
from equipoise.estimators.propensity.site import WeightMethod, weight_slopes
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.estimators.two_by_two.rates import RateComparison
from equipoise.estimators.two_by_two.table import TwoByTwo
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats.competing_risks import CumulativeIncidence

ENDLESS = 25.0
"""A standard error of a logarithm beyond this says nothing: the coefficient has no end."""
Z = 1.959963984540054
CENSORING = 1 / 3
"""Rate of censoring beside a rate of events of 1: a quarter of the people are censored."""
RATIO = 2.0
"""The planted ratio of hazards, odds, risks or rates where there is an effect."""


@dataclass(frozen=True)
class Found:
    """What an estimator said of one data set: limits and the truth they should hold, or a p-value alone. NaN limits: no answer."""

    name: str
    lower: float = nan
    upper: float = nan
    truth: float = nan
    p: float = nan

    @property
    def answered(self) -> bool:
        """An answer says more than that the value lies between the ends of its range."""
        known = not (np.isnan(self.lower) or np.isnan(self.upper)) and (isfinite(self.lower) or isfinite(self.upper))
        return known or not np.isnan(self.p)

    @property
    def right(self) -> bool:
        """The limits hold the truth; or the test does not reject at 5 %."""
        return self.p >= 0.05 if np.isnan(self.truth) else self.lower <= self.truth <= self.upper


Case = Callable[[np.random.Generator, int, bool, int], Iterator[Found]]
"""Generator, size n, whether there is an effect, number r of data sets."""


def repeated(one: Callable[[np.random.Generator, int, bool], Iterator[Found]]) -> Case:
    """A case of data sets that are drawn and analysed one by one."""

    def case(rng: np.random.Generator, n: int, effect: bool, r: int) -> Iterator[Found]:
        for _ in range(r):
            yield from one(rng, n, effect)

    return case


def tried(names: tuple[str, ...], fit: Callable[[], Iterator[Found]]) -> Iterator[Found]:
    """What the fit gives; for each name no answer where the estimator refuses the data."""
    try:
        yield from list(fit())
    except EquipoiseError:
        yield from (Found(name) for name in names)


def limits(name: str, estimate: float, error: float, truth: float) -> Found:
    """Wald limits of an estimate on its own scale."""
    return Found(name, estimate - Z * error, estimate + Z * error, truth)


def wald(names: tuple[str, ...], fits: dict[int, Coefficients], r: int, truth: float, column: int = 0) -> Iterator[Found]:
    """Wald limits of a coefficient of each of r fits, by the model's error and, with two names, by the robust one."""
    for k in range(r):
        for name, kind in zip(names, ("se", "robust"), strict=False):
            fit = fits.get(k)
            yield (
                Found(name)
                if fit is None or fit.se[column] > ENDLESS
                else limits(name, float(fit.coef[column]), float(getattr(fit, kind)[column]), truth)
            )


def of(name: str, interval: Interval, truth: float) -> Found:
    """Limits of a measure from counts; without an answer where a ratio's limits are 0 and infinity."""
    if interval.lower == 0 and interval.upper == inf:
        return Found(name, truth=truth)
    return Found(name, interval.lower, interval.upper, truth)


def censored(rng: np.random.Generator, time: Floats) -> tuple[Floats, Ints]:
    """Times and events under independent exponential censoring."""
    limit = rng.exponential(1 / CENSORING, time.shape)
    return np.minimum(time, limit), (time <= limit).astype(np.int64)


def halves(n: int) -> Ints:
    """Two arms of n / 2."""
    return np.repeat([0, 1], n // 2)


def rows(time: Floats, event: Ints, x: Floats, weight: Floats | None = None) -> SurvivalData:
    """Rows for Cox's model. x: (n, p)."""
    nobody, ones = np.zeros(len(time), dtype=np.int64), np.ones(len(time))
    return SurvivalData(time, event, nobody, nobody, x.astype(np.float64), ones if weight is None else weight)


@repeated
def one_curve(rng: np.random.Generator, n: int, effect: bool) -> Iterator[Found]:
    """Survival, median and restricted mean of one group of n."""
    del effect
    time, event = censored(rng, rng.exponential(1, n))
    shares = np.array([0.9, 0.5, 0.2])
    for scale in ("log-log", "log", "plain"):
        curve = stats.kaplan_meier(time, event, conf_type=scale).fit.curves[0]
        at = curve.at(-np.log(shares))
        reached = (at.n_risk > 0) | (at.survival == 0)
        for share, low, high, there in zip(shares, at.lower, at.upper, reached, strict=True):
            yield Found(f"survival where it is {share:.0%}, {scale}", low if there else nan, high if there else nan, float(share))
        _, low, high = curve.median
        yield Found(f"median survival, {scale}", low, inf if np.isnan(high) else high, log(2))
    mean = stats.rmst(time, event, tau=1.0).fit.means[0]
    yield Found("restricted mean survival time", mean.lower, mean.upper, 1 - exp(-1))


def two_curves(rng: np.random.Generator, n: int, effect: bool, r: int) -> Iterator[Found]:
    """Two arms of n / 2 compared over time."""
    arm, beta = halves(n), -log(RATIO) if effect else 0.0
    time, event = censored(rng, rng.exponential(1, (r, n)) * np.exp(-beta * arm))
    rate = exp(beta)
    truth = (1 - exp(-rate)) / rate - (1 - exp(-1))
    for t, e in zip(time, event, strict=True):
        yield from tried(("restricted mean difference",), lambda t=t, e=e: _restricted(t, e, arm, truth))  # type: ignore[misc]
        if not effect:
            yield from tried(("log-rank test",), lambda t=t, e=e: iter([Found("log-rank test", p=stats.logrank(t, e, arm).fit.p)]))  # type: ignore[misc]
    fits = cox_of_each([rows(t, e, arm[:, None]) for t, e in zip(time, event, strict=True)])
    yield from wald(("hazard ratio, Cox, model variance", "hazard ratio, Cox, robust variance"), fits, r, beta)


def _restricted(time: Floats, event: Ints, arm: Ints, truth: float) -> Iterator[Found]:
    one = stats.rmst(time, event, arm, tau=1.0).fit.contrasts[0]
    yield Found("restricted mean difference", one.difference_lower, one.difference_upper, truth)


@dataclass(frozen=True)
class Confounded:
    """One data set. z: (n, 2) what decides the arm and the hazard; x: (n, 3) ones and z. score: (n,) of the propensity model."""

    time: Floats
    event: Ints
    arm: Ints
    x: Floats
    score: Floats

    def weighted(self, method: WeightMethod, *, known: bool) -> SurvivalData:
        """Rows under weights that are taken for known, or for the estimates that they are."""
        weight = stats.weight(self.score, self.arm, method).weight
        made = rows(self.time, self.event, self.arm[:, None], weight)
        everybody, nobody = np.arange(len(self.arm)), np.zeros(len(self.arm), dtype=np.int64)
        slope, outcome = weight_slopes(self.score, self.arm, method, weight), self.arm.astype(np.float64)
        return made if known else replace(made, estimated=EstimatedWeights(everybody, slope, self.x, self.score, outcome, nobody))

    def matched(self) -> SurvivalData:
        """Rows of pairs that the smaller arm chose on the logit of the score within 0.2 standard deviations; pairs are clusters."""
        pairs = stats.match(np.log(self.score / (1 - self.score)), self.arm, estimand="ATT" if self.arm.mean() <= 0.5 else "ATC").pairs
        assert pairs is not None
        who = np.concatenate([pairs.focal, pairs.partner])
        made = rows(self.time[who], self.event[who], self.arm[who, None])
        return replace(made, cluster=np.tile(np.arange(len(pairs.focal)), 2))


def confounded(rng: np.random.Generator, n: int, effect: bool, r: int) -> Iterator[Found]:
    """n people whose arm depends on two things that decide their survival; the arm does nothing."""
    del effect
    z = np.stack([rng.standard_normal((r, n)), rng.random((r, n)) < 0.5], axis=2).astype(np.float64)
    arm = (rng.random((r, n)) < expit(0.5 * z[..., 0] + 0.5 * z[..., 1] - 0.25)).astype(np.int64)
    time, event = censored(rng, rng.exponential(1, (r, n)) * np.exp(-0.5 * z.sum(axis=2)))
    x = np.concatenate([np.ones((r, n, 1)), z], axis=2)
    scored = logistic_of_each(x, arm.astype(np.float64))
    made = [Confounded(time[k], event[k], arm[k], x[k], np.clip(expit(x[k] @ fit.coef), 1e-12, 1 - 1e-12)) for k, fit in scored.items()]
    for name, method in (("overlap weights", "overlap"), ("inverse-probability weights", "iptw")):
        known = cox_of_each([one.weighted(method, known=True) for one in made])  # type: ignore[arg-type]
        counted = cox_of_each([one.weighted(method, known=False) for one in made], 3)  # type: ignore[arg-type]
        yield from wald(("", f"{name}, weights taken for known"), known, r, 0.0)
        yield from wald(("", f"{name}, estimated weights counted (studies)"), counted, r, 0.0)
    names = "matched pairs, model variance (studies)", "matched pairs, variance clustered by pair"
    yield from wald(names, cox_of_each([one.matched() for one in made]), r, 0.0)
    everybody = [rows(time[k], event[k], np.column_stack([arm[k], z[k]])) for k in range(r)]
    yield from wald(("covariates in the model",), cox_of_each(everybody), r, 0.0)


def regression(rng: np.random.Generator, n: int, effect: bool, r: int) -> Iterator[Found]:
    """An outcome of 0 or 1, and a count, of two arms of n / 2 with one covariate."""
    arm, beta = np.broadcast_to(halves(n), (r, n)), log(RATIO) if effect else 0.0
    x = np.stack([np.ones((r, n)), arm, rng.standard_normal((r, n))], axis=2)
    line = -0.5 + beta * arm + 0.5 * x[..., 2]
    yes, count = (rng.random((r, n)) < expit(line)).astype(np.float64), rng.poisson(np.exp(line)).astype(np.float64)
    yield from wald(("odds ratio, logistic regression, Wald",), logistic_of_each(x, yes), r, beta, 1)
    names = "rate ratio, Poisson regression, model variance", "rate ratio, Poisson regression, robust variance"
    yield from wald(names, poisson_of_each(x, count), r, beta, 1)


@lru_cache(maxsize=200_000)
def _table(a: int, b: int, c: int, d: int) -> TwoByTwo:
    return stats.table_2x2(a, b, c, d).fit


def risks(base: float) -> Case:
    """Two arms of n / 2 with a risk of `base`, times `RATIO` where there is an effect."""

    @repeated
    def case(rng: np.random.Generator, n: int, effect: bool) -> Iterator[Found]:
        half, high = n // 2, base * RATIO if effect else base
        a, c = int(rng.binomial(half, high)), int(rng.binomial(half, base))
        fit = _table(a, half - a, c, half - c)
        odds = high / (1 - high) / (base / (1 - base))
        yield of("risk of one arm, Wilson", fit.risk_unexposed, base)
        yield of("risk of one arm, exact", fit.risk_unexposed_exact, base)
        yield of("risk difference, Wald", fit.risk_difference, high - base)
        yield of("risk difference, Newcombe (studies)", fit.risk_difference_newcombe, high - base)
        yield of("risk ratio, Wald on the log scale", fit.risk_ratio, high / base)
        yield of("odds ratio, Woolf", fit.odds_ratio, odds)
        yield Found("odds ratio, exact", *_ends(fit.fisher.lower, fit.fisher.upper), truth=odds)
        if not effect:
            yield Found("Pearson's chi-square", p=fit.chi_square.p)
            yield Found("chi-square with Yates's correction", p=fit.chi_square_yates.p)
            yield Found("Fisher's exact test", p=fit.fisher.p)

    return case


@lru_cache(maxsize=200_000)
def _rates(x: int, y: int, time: float) -> RateComparison:
    return stats.rate_ratio(x, time, y, time).fit


@repeated
def rates(rng: np.random.Generator, n: int, effect: bool) -> Iterator[Found]:
    """Events in two arms of n / 2 person-years, at a rate of 0.3."""
    time, base = n / 2, 0.3
    high = base * RATIO if effect else base
    fit = _rates(int(rng.poisson(high * time)), int(rng.poisson(base * time)), time)
    yield of("rate of one arm, exact", fit.rate_unexposed, base)
    yield of("rate difference, Wald", fit.rate_difference, high - base)
    yield of("rate ratio, Wald on the log scale", fit.rate_ratio, high / base)
    yield of("rate ratio, exact", fit.rate_ratio_exact, high / base)
    if not effect:
        yield Found("exact test of a rate ratio of 1", p=fit.exact_p)


def _ends(lower: float, upper: float) -> tuple[float, float]:
    return (nan, nan) if lower == 0 and upper == inf else (lower, upper)


@repeated
def strata(rng: np.random.Generator, n: int, effect: bool) -> Iterator[Found]:
    """Four strata of n / 4 people, half of each exposed, with odds of their own and one odds ratio."""
    base, odds = np.array([0.1, 0.2, 0.3, 0.4]), RATIO if effect else 1.0
    per = max(1, n // 8)
    high = base * odds / (1 - base + base * odds)
    yes = np.stack([rng.binomial(per, high), rng.binomial(per, base)], axis=1)
    fit = stats.mantel_haenszel_tables(np.stack([yes, per - yes], axis=2), exact=False).fit
    yield of("odds ratio, Mantel-Haenszel", fit.odds_ratio, odds)
    if not effect:
        yield of("risk ratio, Mantel-Haenszel", fit.risk_ratio, 1.0)
        yield of("risk difference, Mantel-Haenszel", fit.risk_difference, 0.0)
        yield Found("Cochran-Mantel-Haenszel test", p=fit.cmh.p)
        yield Found("the same with continuity correction", p=fit.cmh_corrected.p)


SHARE = 0.5
"""In Fine and Gray's model: everybody's chance, in the end, of the cause studied in the first arm."""


def causes(rng: np.random.Generator, n: int, effect: bool, r: int) -> Iterator[Found]:
    """Two arms of n / 2 with two competing causes, the first after Fine and Gray's model (their paper of 1999, section 5)."""
    arm, beta = halves(n), log(RATIO) if effect else 0.0
    ratio = np.exp(beta * arm)
    ever = 1 - (1 - SHARE) ** ratio
    first = rng.random((r, n)) < ever
    within = 1 - rng.random((r, n)) * ever
    time = np.where(first, -np.log(1 - (1 - within ** (1 / ratio)) / SHARE), rng.exponential(1, (r, n)))
    seen, any_event = censored(rng, time)
    event = np.where(any_event == 1, np.where(first, 1, 2), 0)
    for t, e in zip(seen, event, strict=True) if not effect else ():
        yield from _causes(t, e, arm)
    fits = fine_gray_of_each(seen, event, np.broadcast_to(arm[:, None], (r, n, 1)).astype(np.float64))
    yield from wald(("", "subdistribution hazard ratio, Fine-Gray, Wald"), fits, r, beta)


CAUSES = (
    "cumulative incidence where it is 32 %, influence variance (studies)",
    "cumulative incidence where it is 32 %, counting variance",
    "Gray's test",
)


def _causes(time: Floats, event: Ints, arm: Ints) -> Iterator[Found]:
    truth = SHARE * (1 - exp(-1))
    yield from tried(CAUSES[:1], lambda: _incidence(CAUSES[0], stats.cumulative_incidence(time, event), truth))
    yield from tried(CAUSES[1:2], lambda: _incidence(CAUSES[1], stats.cumulative_incidence(time, event, variance="counting"), truth))
    yield from tried(CAUSES[2:], lambda: iter([Found(CAUSES[2], p=stats.gray_test(time, event, arm).fit.tests[0].p)]))


def _incidence(name: str, found: CumulativeIncidence, truth: float) -> Iterator[Found]:
    if "1" not in found.causes:
        yield Found(name, truth=truth)
        return
    at, row = found.incidence_at([1.0])["all"], found.causes.index("1") + 1
    there = at.people_at_risk[0] > 0
    yield Found(name, float(at.lower[row, 0]) if there else nan, float(at.upper[row, 0]) if there else nan, truth)


POOLED: tuple[tuple[str, Method, Inference], ...] = (
    ("fixed effect", "FE", "z"),
    ("DerSimonian-Laird", "DL", "z"),
    ("REML", "REML", "z"),
    ("REML with Hartung-Knapp", "REML", "knha"),
)


def pooled(spread: float) -> Case:
    """k estimates with variances between 0.02 and 0.2, whose effects have a standard deviation of `spread`."""

    @repeated
    def case(rng: np.random.Generator, k: int, effect: bool) -> Iterator[Found]:
        del effect
        variance = rng.uniform(0.02, 0.2, k)
        found = rng.normal(0, np.sqrt(variance + spread**2))
        for name, method, test in POOLED:
            yield from tried((name,), lambda name=name, method=method, test=test: _pooled(name, found, variance, method, test))  # type: ignore[misc]

    return case


def _pooled(name: str, found: Floats, variance: Floats, method: Method, test: Inference) -> Iterator[Found]:
    fit = stats.meta_analysis(found, variance, method=method, test=test).fit
    yield Found(name, float(fit.lower[0]), float(fit.upper[0]), 0.0)


PEOPLE, STUDIES = (20, 50, 200), (3, 5, 10)


@dataclass(frozen=True)
class Group:
    """Cases of one table.

    pages: of `docs/estimators`. effects: whether also with an effect. at_once: data sets drawn together, by size. quick: costs little.
    """

    title: str
    case: Case
    pages: tuple[str, ...]
    effects: bool = True
    sizes: tuple[int, ...] = PEOPLE
    size: str = "people"
    at_once: tuple[int, ...] = (10, 10, 6)
    quick: bool = False


GROUPS = (
    Group("Survival of one group", one_curve, ("kaplan_meier", "rmst"), effects=False),
    Group("Survival of two arms, half of the people in each", two_curves, ("logrank", "cox", "rmst")),
    Group(
        "Hazard ratio of two arms under confounding: the arm does nothing", confounded, ("cox", "propensity", "match_rows"), effects=False
    ),
    Group("Competing causes", causes, ("aalen_johansen", "gray", "fine_gray"), at_once=(6, 4, 2)),
    Group("Regression with one covariate beside the arm", regression, ("logistic", "glm")),
    Group("Two by two counts, risk 30 %", risks(0.3), ("two_by_two",), quick=True),
    Group("Two by two counts, risk 10 %", risks(0.1), ("two_by_two",), quick=True),
    Group("Rates, 0.3 events a person-year", rates, ("incidence_rates", "two_by_two"), size="person-years", quick=True),
    Group("Counts in four strata (16, 48 and 200 people in all)", strata, ("two_by_two",), quick=True),
    Group("Meta-analysis, studies with one effect", pooled(0.0), ("evidence",), effects=False, sizes=STUDIES, size="studies"),
    Group("Meta-analysis, effects that differ with SD 0.3", pooled(0.3), ("evidence",), effects=False, sizes=STUDIES, size="studies"),
)
