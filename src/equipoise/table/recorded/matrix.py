"""Every concept recorded before the index as a covariate of its own: people by (domain, window, concept), sparse. Stays at the site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from equipoise.engine.contract import Engine, RecordedRequest
from equipoise.study.model import Study, Window
from equipoise.table.arrow import Ints, coded, whole


@dataclass(frozen=True)
class RecordedCovariates:
    """x: (n, p) csc, 1 where a person has a record of the concept in the window. person_ids: (n,) of its rows, ascending within a site.

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


def covariates_of_study(engine: Engine, index: pa.Table, study: Study) -> RecordedCovariates | None:
    """What the study's large-scale propensity model wants, the arms' own sets left out; None for a study without."""
    said = study.propensity.large_scale if study.propensity else None
    if said is None:
        return None
    without = dict.fromkeys(name for arm in study.arms for name in arm.sets) | dict.fromkeys(said.without)
    return recorded_covariates(engine, index, RecordedRequest(said.domains, said.windows, tuple(without)))


def pooled_covariates(parts: Sequence[RecordedCovariates | None]) -> RecordedCovariates | None:
    """The rows of several sites under each other, over the covariates of all; None where a site has none."""
    there = [part for part in parts if part is not None]
    if len(there) < len(parts) or not there:
        return None
    names = tuple(dict.fromkeys(name for part in there for name in part.names))
    place = {name: number for number, name in enumerate(names)}
    spread = []
    for part in there:
        row = part.x.tocoo()
        column = np.array([place[name] for name in part.names], dtype=np.int64)[row.col]
        spread.append(sparse.coo_array((row.data, (row.row, column)), shape=(part.x.shape[0], len(names))))
    x = sparse.csc_array(sparse.vstack(spread, format="csc"))
    return RecordedCovariates(x, np.concatenate([part.person_ids for part in there]), names)


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
