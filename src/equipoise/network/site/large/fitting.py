"""The large-scale propensity model where all rows are: everything recorded, and the study's own covariates, under one lasso."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import ONE_OUTCOME_ONLY
from equipoise.estimators.sparse_lasso.folds import cross_validate, deal, falling
from equipoise.estimators.sparse_lasso.path import Lasso, Model
from equipoise.estimators.sparse_lasso.rows import SparseRows, expit
from equipoise.estimators.sparse_lasso.screening import DROPPED, fates, having
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.wire.messages import LargeModel
from equipoise.study.model import LargeScale, Study
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import coded, whole
from equipoise.table.design import raw_columns

SHOWN, LETTERS = 4, 60
"""How many covariates a sentence names, and with how many letters: what leaves a site as text must be short."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """score: (n,) of the table's rows, None when there is no model."""

    score: Floats | None
    told: LargeModel


@dataclass(frozen=True, slots=True)
class _Columns:
    """x: (n, p) csc. binary: (p,) whether people have it or not, so that it can be screened by counts."""

    x: sparse.csc_array
    names: tuple[str, ...]
    binary: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def fit_large(table: AnalysisTable, study: Study, smallest: int) -> Fitted | None:
    """The model of a study that asks for one, from the rows here; None for others. smallest: persons below whom nothing is named."""
    said = study.propensity.large_scale if study.propensity else None
    if study.propensity is None or said is None or table.recorded is None or not table.rows.num_rows:
        return None
    arm = whole(table.rows["arm"])
    columns = _columns(table, study.propensity.covariates)
    people = np.bincount(arm, minlength=2).astype(np.int64)
    fate = fates(having(columns.x, arm), people, max(said.minimum_persons, smallest))
    fate[~columns.binary] = "kept"
    try:
        score, model, penalty = _fit(columns.x, arm, np.where(np.isin(fate, DROPPED), np.inf, 1.0), (said, _persons(table)))
    except EquipoiseError as error:
        return Fitted(None, LargeModel(fitted=False, covariates=len(columns.names), named=(error.problems[0].what,)))
    return Fitted(score, _told(columns.names, fate, model, penalty))


def _fit(x: sparse.csc_array, arm: Ints, factor: Floats, dealt: tuple[LargeScale, Sequence[str]]) -> tuple[Floats, Model, float]:
    """Scores (n,), the model and its penalty, the best of those tried."""
    if np.ptp(arm) == 0:
        raise ONE_OUTCOME_ONLY.error("all people are in one arm")
    said, person = dealt
    rows = SparseRows(x, arm.astype(np.float64), np.full(len(arm), 1 / len(arm)), np.zeros(len(arm)))
    lasso = Lasso(rows, factor)
    entry = lasso.entry(lasso.null())
    if entry <= 0:
        model, penalty = lasso.null(), float("nan")
    else:
        penalties = falling(entry)
        best = cross_validate(lasso, penalties, deal(len(arm), said.folds, seed=said.seed, person=person)).best
        model, penalty = lasso.path(penalties[: best + 1])[-1], float(penalties[best])
    return expit(rows.at(model.intercept, model.columns, model.b)), model, penalty


def _told(names: tuple[str, ...], fate: np.ndarray[tuple[int, ...], np.dtype[np.str_]], model: Model, penalty: float) -> LargeModel:
    strongest = [names[model.columns[place]] for place in np.argsort(-np.abs(model.b), kind="stable")]
    found = {
        "In one arm only, and not in the model": [names[place] for place in np.flatnonzero(fate == "one arm only")],
        "Close to the arm itself, perhaps part of the treatment": [names[place] for place in np.flatnonzero(fate == "tells the arm")],
        "With the largest coefficients": strongest,
    }
    sentences = tuple(_sentence(words, several) for words, several in found.items() if several)
    rare, one_armed = int((fate == "rare").sum()), int((fate == "one arm only").sum())
    return LargeModel(True, len(names), rare, one_armed, len(strongest), penalty, sentences)


def _sentence(words: str, names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{words}: {'; '.join(name[:LETTERS] for name in names[:SHOWN])}{more}."


def _columns(table: AnalysisTable, covariates: tuple[str, ...]) -> _Columns:
    """What was recorded, then the study's covariates: levels as they are, numbers in standard deviations from the mean, each with a column
    for those who lack a value."""
    if table.recorded is None:
        raise ONE_OUTCOME_ONLY.error("nothing was read of what is recorded")
    raw, kinds = raw_columns(table, covariates)
    missing = np.isnan(raw)
    binary = np.array([kind.binary for kind in kinds], dtype=np.bool_)
    centre = np.where(binary, 0.0, np.where(missing, 0.0, raw).sum(axis=0) / np.maximum((~missing).sum(axis=0), 1))
    values = np.where(missing, 0.0, raw - centre)
    spread = np.where(binary, 1.0, values.std(axis=0))
    values = values / np.where(spread > 0, spread, 1.0)
    names = [f"{kind.covariate}{f' {kind.level}' if kind.level else ''}" for kind in kinds]
    lacking = np.flatnonzero(missing.any(axis=0) & ~binary)
    x = sparse.csc_array(
        sparse.hstack([table.recorded.x, sparse.csc_array(values), sparse.csc_array(missing[:, lacking].astype(np.float64))], format="csc")
    )
    x.eliminate_zeros()
    every = (*table.recorded.names, *names, *(f"{names[place]} missing" for place in lacking))
    kept = np.concatenate([np.ones(len(table.recorded.names), dtype=np.bool_), binary, np.ones(len(lacking), dtype=np.bool_)])
    return _Columns(x, every, kept)


def _persons(table: AnalysisTable) -> list[str]:
    """Each row's person, by site: what folds are dealt by. Never leaves the site."""
    sites, names = coded(table.rows["site"])
    return [f"{names[site]}|{person}" for site, person in zip(sites.tolist(), whole(table.rows["person_id"]).tolist(), strict=True)]
