"""One propensity model over the whole network, and how far the arms overlap on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import SEPARATION
from equipoise.estimators.histogram.hub import HistogramHub
from equipoise.estimators.histogram.summary import HistogramResult
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.summary import LogisticResult
from equipoise.estimators.moments.hub import MomentsHub
from equipoise.estimators.moments.summary import MomentsResult
from equipoise.guard.policy import Policy
from equipoise.guard.rules import Model, broken
from equipoise.kernel.errors import EquipoiseError, Where
from equipoise.network.hub.analysis.census import Census
from equipoise.network.hub.analysis.learning import Lesson, ones
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.errors import LARGE_MODEL, NOT_THERE, ONE_ARM_ONLY, ROWS_APART, WITHHELD
from equipoise.network.hub.rounds import Failed, Job, run_job, run_jobs
from equipoise.network.wire.views import Scores, Setting, View
from equipoise.results.study_result import Note, PropensityOverlap, PropensityTerm
from equipoise.study.learned import LearnedColumn
from equipoise.study.model import Study

WEAK_PRIOR_SD = 2.5
"""Of standardised coefficients, where maximum likelihood has no answer."""
BINS = 20
FINE_BINS = 2000
"""For the c statistic: pairs in one bin count a half."""
EQUIPOISE = 0.3, 0.7
"""Preference scores between which the arms are in empirical equipoise (Walker et al. 2013)."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """The setting that lets sites score their people, and what the report shows of the model."""

    setting: Setting
    terms: tuple[PropensityTerm, ...]
    overlap: tuple[PropensityOverlap, ...]
    notes: tuple[Note, ...]


def check_in_one_place(study: Study, sites: int) -> None:
    """Raise EQ-HUB-020 when a large-scale model is asked of several sites."""
    if study.propensity is not None and study.propensity.large_scale is not None and sites > 1:
        raise ROWS_APART.error(f"the study asks {sites} sites for a large-scale propensity model", Where(path="propensity: large scale"))


def score(talk: Conversation, study: Study, lesson: Lesson, prevalence: float, census: Census) -> Scoring:
    """Fit the model and measure the overlap. A model that cannot be fitted leaves a note, and no score."""
    columns, policy = lesson.learned.columns, census.policy
    if study.propensity is not None and study.propensity.large_scale is not None:
        return _large(talk, lesson, prevalence, census)
    if study.propensity is None or not columns:
        return Scoring(Setting(), (), (), ())
    setting = _standardised(talk, lesson)
    hub = LogisticHub(len(columns) + 1, site_intercept_sd=study.propensity.site_intercept_sd, drop_redundant=True)
    fit = _fit(talk, setting, hub)
    weak: tuple[Note, ...] = ()
    if isinstance(fit, Failed) and fit.error.code == SEPARATION.code:
        weak = (_separated(fit.error, columns),)
        hub = replace(hub, prior_sd=WEAK_PRIOR_SD)
        fit = _fit(talk, setting, hub)
    if isinstance(fit, Failed):
        return Scoring(Setting(), (), (), (_no_model(fit.error, columns),))
    scores = Scores(fit.coef, prevalence, study.propensity.site_intercept_sd, hub.prior_sd)
    setting = Setting(lesson.learned, setting.centre, setting.spread, scores)
    persons = int(np.max(np.nansum(lesson.crude.n + lesson.crude.missing, axis=0), initial=0))
    all_terms = _terms(columns, fit, np.asarray(setting.centre), np.asarray(setting.spread))
    terms, hidden = shown_terms(all_terms, lesson, persons, policy)
    notes = tuple(_redundant(columns[place - 1]) for place in fit.dropped if place > 0)
    return Scoring(setting, terms, _overlap(talk, setting, policy), (*_one_armed(lesson), *weak, *notes, *hidden))


def _large(talk: Conversation, lesson: Lesson, prevalence: float, census: Census) -> Scoring:
    """The scores of the model that the one site fitted."""
    told = next((prepared.large for prepared in census.prepared.values() if prepared.large), None)
    if told is None or not told.fitted:
        why = told.named[0] if told and told.named else "nothing was recorded"
        text = f"The large-scale propensity model could not be fitted: {why}. Only crude results are given."
        return Scoring(Setting(), (), (), (Note("error", NOT_THERE.code, text),))
    standard = _standardised(talk, lesson) if lesson.learned.columns else Setting(lesson.learned)
    setting = replace(standard, scores=Scores(np.zeros(0), prevalence, large=True))
    text = (
        f"Large-scale propensity model: {told.covariates} covariates, {told.rare} left out as rare, {told.one_armed} as in one arm only, "
        f"{told.chosen} with a coefficient at the cross-validated penalty {told.penalty:.3g}."
    )
    notes = tuple(Note("info", LARGE_MODEL.code, words) for words in (text, *told.named))
    return Scoring(setting, (), _overlap(talk, setting, census.policy), notes)


def _standardised(talk: Conversation, lesson: Lesson) -> Setting:
    """The learned columns' mean and standard deviation over the network; 1 for a column that does not vary."""
    learned = lesson.learned
    fills = np.array([column.fill if column.role == "value" and column.fill is not None else 0.0 for column in learned.columns])
    hub = MomentsHub(1, len(fills), fills)
    found: MomentsResult = run_job(talk, Setting(learned), Job("moments", hub, View(columns="design", group="none")))
    spread = np.sqrt(np.nan_to_num(found.crude_variance[0]))
    return Setting(learned, np.nan_to_num(found.crude_mean[0]), np.where(spread > 0, spread, 1.0))


def _terms(columns: tuple[LearnedColumn, ...], fit: LogisticResult, centre: Floats, spread: Floats) -> tuple[PropensityTerm, ...]:
    """Coefficients on the columns' own scale, the intercept first; redundant columns left out."""
    back = np.diag(np.concatenate([[1.0], 1 / spread]))
    back[0, 1:] = -centre / spread
    coef = back @ fit.coef
    se = np.sqrt(np.diag(back @ np.nan_to_num(fit.vcov) @ back.T))
    names = [("intercept", "Intercept"), *((column.name, column.label) for column in columns)]
    kept = [place for place in range(len(names)) if place not in fit.dropped]
    return tuple(PropensityTerm(*names[place], float(coef[place]), float(se[place])) for place in kept)


def shown_terms(
    terms: tuple[PropensityTerm, ...], lesson: Lesson, persons: int, policy: Policy
) -> tuple[tuple[PropensityTerm, ...], tuple[Note, ...]]:
    """The coefficients that no rule of the guard forbids to show, and a note on the others. persons: of both arms."""
    if broken(Model(persons, len(terms)), policy):
        text = f"The coefficients of the propensity model are not shown: {len(terms)} of them are too many for so few persons."
        return (), (Note("info", WITHHELD.code, text),)
    few = small_columns(lesson, policy)
    hidden = [term.label for term in terms if term.term in few]
    text = f"Coefficients of the propensity model that too few persons of an arm stand behind are not shown: {', '.join(hidden)}."
    return tuple(term for term in terms if term.term not in few), (Note("info", WITHHELD.code, text),) if hidden else ()


def small_columns(lesson: Lesson, policy: Policy) -> frozenset[str]:
    """Names of 0/1 columns of the design that fewer persons of an arm have, or have not, than may be shown."""
    places = {(column.covariate, column.level): place for place, column in enumerate(lesson.columns)}
    found = set()
    for column in lesson.learned.columns:
        place = places.get((column.source, column.level))
        if place is None or column.role == "spline" or (column.role == "value" and not lesson.columns[place].binary):
            continue
        known = lesson.crude.n[:, place]
        have = lesson.crude.missing[:, place] if column.role == "missing" else ones(lesson.crude, place)
        cells = [int(n) for n in (*have, *(() if column.role == "missing" else known - have))]
        if any("small cell in a model" in broken(Model(10**9, 1, cell), policy) for cell in cells):
            found.add(column.name)
    return frozenset(found)


def _overlap(talk: Conversation, setting: Setting, policy: Policy) -> tuple[PropensityOverlap, ...]:
    edges, fine = np.linspace(0, 1, BINS + 1), np.linspace(0, 1, FINE_BINS + 1)
    jobs = [Job("histogram", HistogramHub(bins, 2), View(columns="preference")) for bins in (edges, fine)]
    coarse, exact = run_jobs(talk, setting, jobs)
    merged = merge_bins(coarse, policy)
    density = merged.density()
    return (
        PropensityOverlap(
            scale="preference",
            edges=tuple(map(float, merged.edges)),
            target=tuple(map(float, np.nan_to_num(density[1]))),
            comparator=tuple(map(float, np.nan_to_num(density[0]))),
            c_statistic=float(exact.c_statistic()),
            equipoise_share=_equipoise_share(exact, policy),
        ),
    )


def merge_bins(histogram: HistogramResult, policy: Policy) -> HistogramResult:
    """Neighbouring bins laid together until none holds from 1 to minimum - 1 persons of an arm: a density is a count in disguise."""
    edges, counts = [float(histogram.edges[0])], []
    held = np.zeros(2, dtype=np.int64)
    for place in range(histogram.count.shape[1]):
        held = held + histogram.count[:, place]
        if not _small(held, policy):
            edges.append(float(histogram.edges[place + 1]))
            counts.append(held)
            held = np.zeros(2, dtype=np.int64)
    while counts and _small(held, policy):
        held, edges = held + counts.pop(), edges[:-1]
    if held.any():
        edges.append(float(histogram.edges[-1]))
        counts.append(held)
    count = np.stack(counts, axis=1)
    return HistogramResult(np.array(edges), count, count.astype(np.float64), histogram.below, histogram.above, histogram.missing)


def _small(count: np.ndarray[tuple[int, ...], np.dtype[np.int64]], policy: Policy) -> bool:
    return bool(np.any((count > 0) & (count < policy.minimum_count)))


def _equipoise_share(histogram: HistogramResult, policy: Policy) -> float | None:
    """The share in empirical equipoise; None when it would give a small count away."""
    share = histogram.share_between(*EQUIPOISE)
    total = int(histogram.count.sum())
    inside = round(share * total) if total else 0
    return None if not total or _small(np.array([inside, total - inside]), policy) else share


def _fit(talk: Conversation, setting: Setting, hub: LogisticHub) -> LogisticResult | Failed:
    found: LogisticResult | Failed = run_jobs(talk, setting, [Job("logistic", hub, View(columns="propensity", group="none"))])[0]
    return found


def _separated(error: EquipoiseError, columns: tuple[LearnedColumn, ...]) -> Note:
    """Some covariates together tell the arm of somebody for certain; a weak prior keeps the coefficients finite."""
    text = (
        f"Some covariates together tell the arm of some persons for certain{_column(error, columns)}: the propensity model was fitted "
        f"with a weak normal prior of its coefficients (standard deviation {WEAK_PRIOR_SD} on standardised columns)."
    )
    return Note("warning", error.code, text)


def _column(error: EquipoiseError, columns: tuple[LearnedColumn, ...]) -> str:
    """Estimators name a column by its place in the design, the intercept at 0."""
    where = error.problems[0].where
    place = int(where.column or 0)
    return f" ({columns[place - 1].label})" if place else ""


def _no_model(error: EquipoiseError, columns: tuple[LearnedColumn, ...]) -> Note:
    """Why there is no model."""
    what = f"{error.problems[0].what}{_column(error, columns)}"
    return Note("error", error.code, f"The propensity model could not be fitted: {what}. Only crude results are given.")


def _one_armed(lesson: Lesson) -> tuple[Note, ...]:
    """What could not enter the model because it tells the arm for certain."""
    words = {"1": "", "0": " (its absence)", "missing": " (missing)"}
    named = "; ".join(f"{label}{words.get(value, f': {value}')}" for label, value in lesson.one_armed)
    text = f"These occur in one arm only and are not in the propensity model: {named}."
    return (Note("warning", ONE_ARM_ONLY.code, text),) if named else ()


def _redundant(column: LearnedColumn) -> Note:
    return Note("info", "EQ-EST-102", f"{column.label} says nothing beyond the columns before it and was left out of the propensity model.")
