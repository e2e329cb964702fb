"""Every concept recorded before the index as a covariate of its own: people by (domain, window, concept), sparse. Stays at the site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from equipoise.engine.contract import Engine, RecordedRequest
from equipoise.study.model import Window
from equipoise.table.arrow import Ints, coded, whole


@dataclass(frozen=True)
class RecordedCovariates:
    """x: (n, p) csc, 1 where a person has a record of the concept in the window. person_ids: (n,) of its rows, ascending.

    names: (p,) `conditions 201826 Type 2 diabetes mellitus, days -365 to -1`. Of people, not for a report before rare ones are left out.
    """

    x: sparse.csc_array
    person_ids: Ints
    names: tuple[str, ...]


def recorded_covariates(engine: Engine, index: pa.Table, request: RecordedRequest) -> RecordedCovariates:
    """The covariates of indexed persons (person_id int64, index_date date32), whatever was recorded of any of them.

    To keep the treatment itself out, end the windows before the index day, or name its sets in `request.without`; both is safer: a drug
    may have been prescribed, or a device fitted, before. Source: the covariates of OHDSI's large-scale propensity models (Tian, Schuemie
    and Suchard, Int J Epidemiol 2018; 47: 2005), for windows and domains of one's own.
    """
    person_ids = np.sort(whole(index["person_id"]))
    found = engine.recorded(index, request)
    code, words = coded(found["domain"])
    domain = np.array([request.domains.index(word) for word in words], dtype=np.int64)[code]
    keys = np.stack([domain, whole(found["window"]), whole(found["concept_id"])], axis=1)
    covariates, starts = _runs(keys)
    rows = np.searchsorted(person_ids, whole(found["person_id"]))
    x = sparse.csc_array((np.ones(len(rows)), rows.astype(np.int32), starts), shape=(len(person_ids), len(covariates)))
    return RecordedCovariates(x, person_ids, _names(engine, request, covariates))


def _runs(keys: Ints) -> tuple[Ints, NDArray[np.int64]]:
    """Each different row of sorted keys (m, 3), and where its run starts; the end of all at the end."""
    if not len(keys):
        return keys, np.zeros(1, dtype=np.int64)
    first = np.flatnonzero(np.concatenate(([True], np.any(keys[1:] != keys[:-1], axis=1))))
    return keys[first], np.append(first, len(keys))


def _names(engine: Engine, request: RecordedRequest, covariates: Ints) -> tuple[str, ...]:
    known = engine.concept_names(np.unique(covariates[:, 2]).tolist())
    words = dict(zip(known["concept_id"].to_pylist(), known["name"].to_pylist(), strict=True))
    when = [_days(window) for window in request.windows]
    return tuple(
        f"{request.domains[domain]} {concept}{f' {words[concept]}' if words.get(concept) else ''}, {when[window]}"
        for domain, window, concept in covariates.tolist()
    )


def _days(window: Window) -> str:
    if window.start is None:
        return "any time" if window.end is None else f"any time to day {window.end}"
    return f"from day {window.start}" if window.end is None else f"days {window.start} to {window.end}"
