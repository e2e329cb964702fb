"""What the hub asks and what a site answers. Every field is declared; an unknown one is never read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.network.wire.views import Setting, View

Share: TypeAlias = Literal["secure-sums", "site-aggregates", "deidentified-rows"]


@dataclass(frozen=True, slots=True)
class EstimatorQuestion:
    """One estimator's round. `ask`: the estimator's own ask, encoded under its type."""

    estimator: str
    view: View
    ask: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Several estimators' rounds in one message."""

    setting: Setting
    questions: tuple[EstimatorQuestion, ...]


@dataclass(frozen=True, slots=True)
class Hello:
    """The study itself, as the JSON of its model."""

    study: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """Find the cohort and build the analysis table."""


@dataclass(frozen=True, slots=True)
class Count:
    """Find the cohort; no table is built."""


@dataclass(frozen=True, slots=True)
class Question:
    """What every message from the hub is: its version, the study it belongs to, its number (from 1), a kind of body, and the body.

    session: (16 bytes) of the masks that the answer must be under; none for what is said in clear.
    """

    version: str
    study_hash: str
    number: int
    kind: Literal["hello", "count", "prepare", "sessions", "join", "agree", "totals", "estimate"]
    body: bytes
    session: bytes = b""


@dataclass(frozen=True, slots=True)
class Welcome:
    """A site's answer to hello: its version and the terms on which it takes part."""

    version: str
    share: Share
    minimum_count: int
    masking: Literal["hide", "show-10"]
    minimum_sites: int = 3
    whole_days: int = 1
    curves: Literal["coarse", "exact"] = "exact"


@dataclass(frozen=True, slots=True)
class CodesFound:
    """What one code set met at a site: concepts of its vocabulary (no patient data), whether any record exists, codes it does not hold."""

    name: str
    concepts: int
    records: Literal["none", "some"]
    missing_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A site whose rows were pooled into one table, and its persons in the analysis by arm."""

    site: str
    target: int
    comparator: int


@dataclass(frozen=True, slots=True)
class LargeModel:
    """The large-scale propensity model of a site with all rows. fitted: whether there are scores. penalty: the one chosen, NaN if none.

    covariates, rare, one_armed, chosen: how many there were, were left out, and have a coefficient. named: sentences with names of
    covariates that no few persons have, and why there is no model.
    """

    fitted: bool
    covariates: int = 0
    rare: int = 0
    one_armed: int = 0
    chosen: int = 0
    penalty: float = float("nan")
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A site's answer to prepare or count. attrition: (steps, 3) int64, persons left in all, target and comparator; adds over sites.

    `code_records`: (sets,) int64 records, adds over sites; read by the hub only as a sum. A site that shares sums only says 0 in both,
    and that somebody is there: its numbers come under masks (`masked.Totals`).
    """

    labels: tuple[str, ...]
    attrition: NDArray[np.int64]
    code_records: NDArray[np.int64]
    codes: tuple[CodesFound, ...]
    anyone: bool
    cdm_notes: tuple[str, ...] = ()
    deaths_by_month: bool = False
    """Whether all deaths, at least eleven, are dated on one day of the month."""
    """What the site's CDM lacks, in sentences about tables."""
    large: LargeModel | None = None
    parts: tuple[Part, ...] = ()
    """Of a table that was pooled: the sites in it that have anybody in the analysis, by name."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """A site's answer to a batch: the summaries in the batch's order, each encoded under its type."""

    summaries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What every good message from a site is."""

    version: str
    site: str
    study_hash: str
    number: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a site gives no answer: a code and a sentence that holds no value of a row."""

    site: str
    code: str
    what: str
