"""Where a site's tables come from: its CDM, or tables that were pooled before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from equipoise.cohort.from_study import cohort_plan
from equipoise.engine.contract import CodeSetFound, StepCount
from equipoise.engine.open import open_cdm
from equipoise.engine.session_report import SessionReport, session_report
from equipoise.study.model import Study
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.cache import cached_table
from equipoise.table.pooling import pool


@dataclass(frozen=True, slots=True)
class CohortCount:
    """Persons left after each step, and what the code sets found."""

    attrition: tuple[StepCount, ...]
    code_report: tuple[CodeSetFound, ...]
    sessions: SessionReport | None = None
    """How index sessions were classified; None for a study without sessions."""
    cdm_notes: tuple[str, ...] = ()
    deaths_by_month: bool = False
    """Whether all deaths are dated on one day of the month; not known without a table."""
    """What the site's CDM lacks."""


class Tables(Protocol):
    """Gives a study's analysis table, or its counts alone."""

    def table(self, study: Study, study_hash: str) -> AnalysisTable:
        """The analysis table."""
        ...

    def count(self, study: Study) -> CohortCount:
        """The counts, without building a table."""
        ...


@dataclass(frozen=True, slots=True)
class CdmTables:
    """The CDM of one site: a folder of Parquet files or a DuckDB file. `cache_dir` None: nothing is kept."""

    site: str
    cdm: Path
    cache_dir: Path | None = None

    def table(self, study: Study, study_hash: str) -> AnalysisTable:
        """From the cache, or built."""
        return cached_table(
            lambda: open_cdm(self.cdm, self.site),
            study,
            study_hash=study_hash,
            cdm_path=self.cdm,
            cache_dir=self.cache_dir,
            site=self.site,
        )

    def count(self, study: Study) -> CohortCount:
        """From the cohort plan alone."""
        engine = open_cdm(self.cdm, self.site)
        try:
            report = engine.prepare(study.code_sets, study.lines)
            plan = cohort_plan(study)
            sessions = session_report(engine, plan, self.site, study.sites.unobservable_from)
            return CohortCount(engine.cohort(plan).attrition, report, sessions, engine.notes)
        finally:
            engine.close()


@dataclass(frozen=True, slots=True)
class PooledTables:
    """All sites' rows under each other, each row with its site: what federated results must agree with."""

    sites: Sequence[Tables]
    built: Callable[[int], None] = field(default=lambda _: None)
    """Told how many sites' tables are there."""

    def table(self, study: Study, study_hash: str) -> AnalysisTable:
        """The sites' tables, pooled in their order."""
        tables = []
        for number, site in enumerate(self.sites, start=1):
            tables.append(site.table(study, study_hash))
            self.built(number)
        return pool(tables)

    def count(self, study: Study) -> CohortCount:
        """The sites' counts, summed."""
        table = self.table(study, "")
        return CohortCount(table.attrition, table.code_report, table.session_report, table.cdm_notes, table.death_report.one_day_of_month)
