"""What a study would take out of a site: the study is run here, on the site's own records, and every answer is looked at instead of sent.

Where the site lacks an arm, the analysis would end early; so a second, made-up site stands beside it in the run. Its persons are drawn anew
from the columns of the site's table, and nothing of the run is kept but names, shapes and sizes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from equipoise.engine.contract import StepCount
from equipoise.estimators.shape import Additive
from equipoise.estimators.site_side import SITE_SIDE
from equipoise.guard.audit import AuditLog, Entry
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.hub.conversation import sentence
from equipoise.network.hub.transport import Progress
from equipoise.network.in_process import InProcess
from equipoise.network.site.service import SiteService
from equipoise.network.site.tables import CdmTables, CohortCount, Tables
from equipoise.network.wire.codec import members
from equipoise.network.wire.masked import CohortTotals
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Study
from equipoise.table.analysis_table import AnalysisTable

MADE_UP = "made-up persons"
PERSONS = 240
"""Of the made-up site, half in each arm."""


@dataclass(frozen=True, slots=True)
class FieldLeaving:
    """One field of a summary. shape: the largest it had. disclosure: its class, see `estimators.shape.Disclosure`."""

    name: str
    shape: str
    disclosure: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SummaryLeaving:
    """A kind of summary: how often it would leave, its fields, its largest size in bytes, and the decision of the site's guard."""

    kind: str
    times: int
    fields: tuple[FieldLeaving, ...]
    largest: int
    decision: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave. steps: persons here after each step, in all, target, comparator; for the office's eyes.

    bytes: all summaries together. stopped: why the run ended early, empty when it did not.
    """

    study_hash: str
    title: str
    policy: Policy
    steps: tuple[tuple[str, int, int, int], ...]
    summaries: tuple[SummaryLeaving, ...]
    bytes: int
    stopped: str = ""


class Looking(AuditLog):
    """A log in memory."""

    def __init__(self) -> None:
        super().__init__(None)
        self.entries: list[Entry] = []

    def append(self, entry: Entry) -> None:
        """Keep the entry."""
        super().append(entry)
        self.entries.append(entry)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table that is there already."""

    held: AnalysisTable

    def table(self, study: Study, study_hash: str) -> AnalysisTable:  # noqa: ARG002
        """The table."""
        return self.held

    def count(self, study: Study) -> CohortCount:  # noqa: ARG002
        """Its counts."""
        return CohortCount(self.held.attrition, self.held.code_report, self.held.session_report, self.held.cdm_notes)


def preview(study: Study, name: str, cdm: Path, policy: Policy, progress: Progress = lambda *_: None) -> Preview:
    """Run a study on the site's records alone. Nothing is written. Raises what building the site's table may raise."""
    digest = study_hash(study)
    table = CdmTables(name, cdm).table(study, digest)
    return preview_of(study, name, table, policy, progress)


def preview_of(study: Study, name: str, table: AnalysisTable, policy: Policy, progress: Progress = lambda *_: None) -> Preview:
    """As `preview`, of a table that is there already."""
    digest, log = study_hash(study), Looking()
    unmasked = replace(policy, minimum_sites=1, studies="any", counts="any", differencing="allow")
    here = _service(name, _Kept(table), unmasked, log)
    beside = _service(MADE_UP, _Kept(made_up(table)), unmasked, Looking())
    stopped = ""
    try:
        conduct(Task(study, digest, ""), InProcess({name: here, MADE_UP: beside}), progress)
    except EquipoiseError as error:
        stopped = sentence(error)
    left = [entry for entry in log.entries if entry.shape]
    steps = tuple((step.label, step.n, step.n_target, step.n_comparator) for step in table.attrition)
    return Preview(digest, study.title, policy, steps, tuple(_summaries(left)), sum(entry.size_bytes for entry in left), stopped)


def _service(name: str, tables: Tables, policy: Policy, log: AuditLog) -> SiteService:
    service = SiteService(name, tables, policy)
    service.log_to(log)
    return service


def _summaries(entries: Iterable[Entry]) -> Iterable[SummaryLeaving]:
    """By kind and fields."""
    together: dict[tuple[str, tuple[str, ...], str], list[Entry]] = {}
    for entry in entries:
        names = tuple(part.partition("[")[0] for part in _parts(entry.shape))
        together.setdefault((entry.estimator, names, entry.decision), []).append(entry)
    for (kind, names, decision), found in together.items():
        largest = max(found, key=lambda entry: entry.size_bytes)
        said = _fields(kind, names)
        shapes = dict(zip(names, (part.partition("[")[2].rstrip("]") for part in _parts(largest.shape)), strict=True))
        listed = tuple(FieldLeaving(name, shapes[name].replace(", ", " x ") or "1", *said.get(name, ("", ""))) for name in names)
        yield SummaryLeaving(kind, len(found), listed, largest.size_bytes, decision)


def _parts(shape: str) -> list[str]:
    """The fields of a shape as the log has it: `n[2] sum[2, 3]`."""
    return [f"{part}]" for part in shape.split("] ") if part] if shape else []


def _fields(kind: str, names: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Class and meaning of each field, from the summary that has fields of these names."""
    declared: tuple[Any, ...] = members(SITE_SIDE[kind].summary_type) if kind in SITE_SIDE else (CohortTotals,)
    for summary in declared:
        if issubclass(summary, Additive) and (kind not in SITE_SIDE or tuple(part.name for part in fields(summary)) == names):
            return {part.name: (part.metadata.get("disclosure", ""), part.metadata.get("meaning", "")) for part in fields(summary)}
    return {}


def made_up(table: AnalysisTable, seed: int = 1) -> AnalysisTable:
    """A table of the same columns with persons who are nobody: each column drawn by itself, half of them in each arm."""
    rng = np.random.default_rng(seed)
    arm = (np.arange(PERSONS) % 2).astype(np.int8)
    columns: dict[str, Any] = {}
    for field in table.rows.schema:
        columns[field.name] = _drawn(table.rows[field.name].combine_chunks(), field, rng)
    columns["person_id"] = pa.array(np.arange(PERSONS), pa.int64())
    columns["site"] = pa.array([MADE_UP] * PERSONS).cast(table.rows.schema.field("site").type)
    columns["arm"] = pa.array(arm, table.rows.schema.field("arm").type)
    steps = tuple(StepCount(step.label, PERSONS, PERSONS // 2, PERSONS // 2) for step in table.attrition)
    return replace(table, rows=pa.table(columns, schema=table.rows.schema), attrition=steps)


def _drawn(values: Any, field: Any, rng: np.random.Generator) -> Any:
    """Values of one column, each drawn from those that are there; without any, numbers that a column of its kind may have."""
    there = values.drop_null()
    if len(there):
        return there.take(pa.array(rng.integers(0, len(there), PERSONS)))
    if field.name.endswith("_event"):
        return pa.array((rng.random(PERSONS) < 0.4).astype(np.int8)).cast(field.type)
    if field.name.endswith("_time"):
        return pa.array(np.ceil(rng.exponential(400, PERSONS))).cast(field.type)
    if pa.types.is_floating(field.type):
        return pa.array(np.round(rng.normal(50, 10, PERSONS), 1)).cast(field.type)
    if pa.types.is_integer(field.type) or pa.types.is_boolean(field.type):
        return pa.array((rng.random(PERSONS) < 0.4).astype(np.int8)).cast(field.type)
    if pa.types.is_date(field.type):
        return pa.array(np.full(PERSONS, 17000, dtype=np.int32)).cast(pa.date32()).cast(field.type)
    return pa.nulls(PERSONS, field.type)
