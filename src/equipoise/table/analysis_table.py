"""The analysis table: one row a patient."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from equipoise.engine.contract import CodeSetFound, StepCount
from equipoise.engine.session_report import SessionReport
from equipoise.table.lines.grid import LineGrid
from equipoise.table.recorded.matrix import RecordedCovariates


@dataclass(frozen=True, slots=True)
class ValueCount:
    """Laboratory values in a covariate's window: all, those in a unit that cannot be converted, and those not physiologic."""

    covariate: str
    records: int
    not_convertible: int
    out_of_bounds: int


ENOUGH_DEATHS = 11
"""So many deaths on one day of the month are no chance; and fewer would say something of few."""


@dataclass(frozen=True, slots=True)
class DeathCount:
    """Deaths recorded, those moved to the last record's day (month-level dates), and those dropped because records follow far later."""

    recorded: int
    moved: int
    dropped: int
    one_day_of_month: bool = False
    """Whether all of at least `ENOUGH_DEATHS` deaths are dated on one day of the month: then only the month is known."""


@dataclass(frozen=True, slots=True)
class AnalysisTable:
    """One row a patient, at one site (or pooled).

    Columns of `rows`: `person_id` int64, `site` string, `arm` int8 (1 target, 0 comparator), `index_date` date32; for each outcome
    `<outcome>_time` float64 (days from index, > 0) and `<outcome>_event` int8 (0 censored, 1 event, 2 death before it), both null when the
    person is not at risk for it;
    for each covariate one column under its name: float64 (null = missing) or dictionary<string> for categories.
    `attrition`: persons left after each step, the index event first: (label, n, n_target, n_comparator).
    `code_report`: what each code set found here. `value_report`: laboratory values used and dropped. `death_report`: deaths corrected.
    """

    rows: pa.Table
    attrition: tuple[StepCount, ...]
    code_report: tuple[CodeSetFound, ...]
    value_report: tuple[ValueCount, ...] = ()
    death_report: DeathCount = DeathCount(0, 0, 0)
    session_report: SessionReport | None = None
    """How index sessions were classified here; None for a study without sessions."""
    cdm_notes: tuple[str, ...] = ()
    """What the site's CDM lacks, in sentences."""
    line_grid: LineGrid | None = None
    """Whose eligibility hangs on the rules of lines of therapy; None for a study that varies none."""
    recorded: RecordedCovariates | None = None
    """Everything recorded before the index, a row a patient; None for a study without a large-scale propensity model."""
