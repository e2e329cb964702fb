"""A site's rows as the columns that views ask for. Stays at the site; work that questions repeat is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from equipoise.estimators.attrition.summary import AttritionData
from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.propensity.site import preference_score, propensity_scores, weights
from equipoise.estimators.score_bins.summary import bin_weights
from equipoise.network.site.combination.exposures import Exposures
from equipoise.network.site.combination.layout import Laid
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.site.events.columns import event_count_matrix, event_rate_matrix, instance_matrix, washed_out
from equipoise.network.site.labs import lab_matrix, shift_matrix
from equipoise.network.site.large.fitting import Fitted
from equipoise.network.site.lines import line_counts
from equipoise.network.site.subgroups import Levels
from equipoise.network.wire.codec import encode
from equipoise.network.wire.lines import LineCounts
from equipoise.network.wire.messages import Part
from equipoise.network.wire.views import Scores, Setting, Weighting
from equipoise.study.learned import Learned
from equipoise.study.model import Study
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.design import design_matrix, raw_columns

Key = TypeVar("Key")
TOKEN_BYTES = 8
REMEMBERED = 8
"""How many weightings and score vectors are kept: a study uses one model and five adjustments."""
VIEWS, ROWS_OF_VIEWS = 512, 400_000
"""How many views are kept, and rows in all of them: an estimator asks for the same view in every round. A row takes about 100 bytes."""


class Rows:
    """One study's analysis table at one site, or pooled. n rows, p columns of the design. Times are rounded up to whole_days."""

    def __init__(self, table: AnalysisTable, study: Study, study_hash: str, whole_days: int = 1) -> None:
        self._whole_days = whole_days
        self._table = table
        self._study = study
        self._study_hash = study_hash
        self.n = table.rows.num_rows
        self.arm: Ints = _numbers(table, "arm").astype(np.int64)
        """(n,) 1 target, 0 comparator."""
        names = [str(name) for name in table.rows["site"].to_pylist()]
        self.site: Ints = np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.int64)
        """(n,) sites as codes from 0."""
        self._site_names = names
        self.levels = Levels(table, study)
        """Subgroups."""
        self._outcomes: dict[str, tuple[Floats, Ints, NDArray[np.bool_]]] = {}
        self._raw: Floats | None = None
        self._labs: Floats | None = None
        self._events: dict[str, Floats] = {}
        self._tokens: NDArray[np.uint64] | None = None
        self._last_matched: tuple[Weighting, Floats] | None = None
        self._design: tuple[Learned, Floats] | None = None
        self._standard: dict[bytes, Floats] = {}
        self._scores: dict[bytes, Floats] = {}
        self._weights: dict[tuple[bytes, str], Floats] = {}
        self._exposures: Exposures | None = None
        self._setting: tuple[Setting, bytes] | None = None
        self._views: dict[tuple[object, ...], Any] = {}
        self.large: Fitted | None = None
        """The large-scale propensity model, of a study that has one."""
        self.laid: dict[tuple[object, ...], Laid] = {}
        """Layouts of rows by what was asked for, kept by `combination.data`."""
        self.measured: dict[tuple[object, ...], Floats] = {}
        """Weights for being measured by outcome and model, kept by `lab_frames`."""

    def again(self, setting: Setting, asked: tuple[Hashable, ...], make: Callable[[], Any]) -> Any:
        """What was made before under the same setting for the same question; else it is made, and the oldest of what is kept forgotten."""
        key = (self._name_of(setting), *asked)
        if key not in self._views:
            made = make()
            while self._views and len(self._views) >= min(VIEWS, ROWS_OF_VIEWS // max(self.n, 1)):
                del self._views[next(iter(self._views))]
            self._views[key] = made
        return self._views[key]

    def _name_of(self, setting: Setting) -> bytes:
        """The setting's own bytes: one object as long as it stays the same."""
        if self._setting is None or self._setting[0] is not setting:
            name = encode(setting)
            self._setting = setting, self._setting[1] if self._setting and self._setting[1] == name else name
        return self._setting[1]

    def outcome(self, name: str) -> tuple[Floats, Ints, NDArray[np.bool_]]:
        """Times, events (0 censored or not at risk, 1 event, 2 death before it), and who is at risk; (n,) each. Raises EQ-SITE-004."""
        if name in self._outcomes:
            return self._outcomes[name]
        if name not in {outcome.name for outcome in self._study.timed_outcomes}:
            raise UNKNOWN_ESTIMATOR.error(f"no such outcome: {name}")
        time, event = _numbers(self._table, f"{name}_time"), _numbers(self._table, f"{name}_event")
        time = np.ceil(time / self._whole_days) * self._whole_days
        at_risk = np.isfinite(time)
        self._outcomes[name] = time, np.where(at_risk, event, 0).astype(np.int64), at_risk
        return self._outcomes[name]

    @property
    def study(self) -> Study:
        """The study that the rows are of."""
        return self._study

    def stored(self, name: str) -> Floats:
        """(n,) a column of the analysis table that holds numbers, NaN where missing."""
        return _numbers(self._table, name)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The names of the sites whose rows these are."""
        return tuple(sorted(set(self._site_names)))

    def at(self, sites: tuple[str, ...]) -> NDArray[np.bool_]:
        """(n,) whether a row is one of these sites'."""
        return np.isin(self.site, [place for place, name in enumerate(self.sites) if name in sites])

    def at_sites_with(self, persons: int) -> NDArray[np.bool_]:
        """(n,) whether a row is of a site with at least so many persons in each arm."""
        arms = np.bincount(2 * self.site + self.arm, minlength=2 * len(self.sites)).reshape(-1, 2)
        return np.asarray((arms >= persons).all(axis=1))[self.site]

    @property
    def sizes_named(self) -> tuple[int, ...]:
        """Fewest persons an arm of the sites that the study asks for apart."""
        said = self._study.sensitivity.grids if self._study.sensitivity else None
        return said.minimum_arms if said else ()

    @property
    def exposures(self) -> Exposures:
        """The exposures beside the arms. Raises EQ-SITE-004 for a study that has none."""
        if self._exposures is None:
            if self._study.combination is None:
                raise UNKNOWN_ESTIMATOR.error("the study has no exposures beside its arms")
            self._exposures = Exposures(self._table, self._study.combination)
        return self._exposures

    def line_counts(self, asked: LineCounts) -> AttritionData:
        """Counts of lines of therapy. Raises EQ-SITE-004 for what the study does not have."""
        return line_counts(self._table, self._study, asked)

    def raw(self) -> Floats:
        """(n, q) covariates as recorded, NaN where missing; a column a number, a column a level."""
        if self._raw is None:
            self._raw = raw_columns(self._table, [covariate.name for covariate in self._study.covariates])[0]
        return self._raw

    def labs(self) -> Floats:
        """(n, q) the measures of laboratory outcomes, NaN where missing."""
        if self._labs is None:
            self._labs = lab_matrix(self._table, self._study)
        return self._labs

    def lab_shifts(self) -> Floats:
        """(n, q) the cells of the shift tables."""
        return shift_matrix(self._table, self._study)

    def events(self, columns: Literal["event_counts", "event_rates", "instances"]) -> Floats:
        """(n, q) the columns of events that death precludes, worked out once."""
        if columns not in self._events:
            make = {"event_counts": event_count_matrix, "event_rates": event_rate_matrix, "instances": instance_matrix}[columns]
            self._events[columns] = make(self._table, self._study)
        return self._events[columns]

    def washed_out(self, outcome: str) -> NDArray[np.bool_]:
        """(n,) whom the outcome's washout leaves out."""
        return washed_out(self._table, self._study, outcome)

    def design(self, setting: Setting) -> Floats:
        """(n, p) the learned columns."""
        if setting.learned is None:
            raise UNKNOWN_ESTIMATOR.error("the question names the design's columns without saying what they are")
        if self._design is None or self._design[0] != setting.learned:
            names = [covariate.name for covariate in self._study.covariates]
            self._design = setting.learned, design_matrix(self._table, names, setting.learned)
        return self._design[1]

    def propensity_design(self, setting: Setting) -> Floats:
        """(n, 1 + p) ones, and the learned columns in standard deviations from the network's mean."""
        if setting.centre is None or setting.spread is None:
            raise UNKNOWN_ESTIMATOR.error("the question asks for standardised columns without saying by what")
        key = _key(setting.centre, setting.spread) + repr(setting.learned).encode()
        if key not in self._standard:
            columns = (self.design(setting) - setting.centre) / setting.spread
            _keep(self._standard, key, np.column_stack([np.ones(self.n), columns]))
        return self._standard[key]

    def score(self, setting: Setting) -> Floats:
        """(n,) propensity scores, cached for each vector of coefficients."""
        model = _model(setting)
        if model.large:
            return self._large_score()
        key = _score_key(setting)
        if key not in self._scores:
            x = self.propensity_design(setting)
            _keep(self._scores, key, propensity_scores(x, model.coef, self.site, self.arm.astype(np.float64), model.site_intercept_sd))
        return self._scores[key]

    def _large_score(self) -> Floats:
        if self.large is None or self.large.score is None:
            raise UNKNOWN_ESTIMATOR.error("the question needs a large-scale propensity model that is not here")
        return self.large.score

    def preference(self, setting: Setting) -> Floats:
        """(n,) preference scores."""
        return preference_score(self.score(setting), _model(setting).prevalence)

    def weight(self, setting: Setting, weighting: Weighting) -> Floats:
        """(n,) weights of persons under an adjustment."""
        if weighting.method == "crude":
            return np.ones(self.n)
        if weighting.method == "matched":
            return self._matched(weighting)
        if weighting.method == "score-bins":
            return self._binned(setting, weighting)
        key = _score_key(setting), f"{weighting.method} {weighting.trim}"
        if key not in self._weights:
            scores, prevalence = self.score(setting), _model(setting).prevalence
            found = weights(scores, self.arm, weighting.method, prevalence=prevalence, trim=weighting.trim)
            _keep(self._weights, key, found)
        return self._weights[key]

    def _binned(self, setting: Setting, weighting: Weighting) -> Floats:
        """(n,) the weight of each person's arm in their bin of the score."""
        edges, each = weighting.edges, weighting.bin_weights
        if edges is None or each is None or each.shape != (2, len(edges) - 1):
            raise UNKNOWN_ESTIMATOR.error("bins of the score without a weight for each bin and arm")
        return bin_weights(self.score(setting), self.arm, edges, each)

    def _matched(self, weighting: Weighting) -> Floats:
        """(n,) the weight that came with a person's token, 0 without one; worked out once a message."""
        if self._last_matched is None or self._last_matched[0] is not weighting:
            self._last_matched = weighting, self._find_matched(weighting)
        return self._last_matched[1]

    def _find_matched(self, weighting: Weighting) -> Floats:
        tokens = np.zeros(0, dtype=np.uint64) if weighting.tokens is None else weighting.tokens
        given = np.ones(len(tokens)) if weighting.token_weights is None else weighting.token_weights
        if len(given) != len(tokens):
            raise UNKNOWN_ESTIMATOR.error("a matched population with another number of weights than of people")
        if not len(tokens):
            return np.zeros(self.n)
        if np.any(tokens[1:] < tokens[:-1]):
            order = np.argsort(tokens)
            tokens, given = tokens[order], given[order]
        place = np.minimum(np.searchsorted(tokens, self.tokens()), len(tokens) - 1)
        return np.where(tokens[place] == self.tokens(), given[place], 0.0)

    def tokens(self) -> NDArray[np.uint64]:
        """(n,) a number a person for this study alone: made of the study, the site and the row's place, never of an identifier."""
        if self._tokens is None:
            place: dict[str, int] = {}
            found = np.empty(self.n, dtype=np.uint64)
            for row, site in enumerate(self._site_names):
                place[site] = place.get(site, -1) + 1
                digest = hashlib.blake2b(f"{self._study_hash}|{site}|{place[site]}".encode(), digest_size=TOKEN_BYTES).digest()
                found[row] = int.from_bytes(digest, "little")
            self._tokens = found
        return self._tokens


def parts(rows: Rows) -> tuple[Part, ...]:
    """The sites in a pooled table, and their persons by arm."""
    counted = ((name, rows.arm[rows.at((name,))]) for name in rows.sites)
    return tuple(Part(name, int((arm == 1).sum()), int((arm == 0).sum())) for name, arm in counted)


def _numbers(table: AnalysisTable, name: str) -> Floats:
    column = table.rows[name].cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _model(setting: Setting) -> Scores:
    if setting.scores is None:
        raise UNKNOWN_ESTIMATOR.error("the question needs propensity scores without naming the model")
    return setting.scores


def _score_key(setting: Setting) -> bytes:
    model = _model(setting)
    tail = f"{model.prevalence!r} {model.site_intercept_sd!r} {model.large}".encode()
    return _key(model.coef, *(part for part in (setting.centre, setting.spread) if part is not None)) + tail


def _key(*arrays: Floats) -> bytes:
    return b"|".join(array.tobytes() for array in arrays)


def _keep(cache: dict[Key, Floats], key: Key, value: Floats) -> None:
    while len(cache) >= REMEMBERED:
        del cache[next(iter(cache))]
    cache[key] = value
