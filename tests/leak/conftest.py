"""A site whose rows hold canaries: names and numbers that stand nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from equipoise.engine.contract import CodeSetFound, StepCount
from equipoise.guard.policy import Policy
from equipoise.network.site.service import SiteService
from equipoise.network.site.tables import CohortCount
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import AgeCovariate, Arm, DeathOutcome, EventCovariate, Index, PropensityModel, Study
from equipoise.table.analysis_table import AnalysisTable

CANARIES = (918273645, 736455, 81726354.5)
"""A person's identifier, an index day, a covariate's value."""


def canary_study() -> Study:
    """Two arms, one outcome, two covariates."""
    return Study(
        name="canary",
        title="Canary",
        period_start=date(2016, 1, 1),
        period_end=date(2020, 1, 1),
        code_sets=(),
        index=Index(sets=("a", "b")),
        arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
        outcomes=(DeathOutcome(name="os"),),
        covariates=(AgeCovariate(), EventCovariate(name="event", sets=("a",))),
        propensity=PropensityModel(covariates=("age", "event")),
    )


def canary_table(n: int = 60, seed: int = 4) -> AnalysisTable:
    """Random rows; one person carries the canaries."""
    rng = np.random.default_rng(seed)
    arm = (rng.random(n) < 0.5).astype(np.int8)
    age = rng.normal(60, 10, n)
    age[7] = CANARIES[2]
    person, day = np.arange(n) + 918273600, np.full(n, 17000, dtype=np.int32)
    person[7], day[7] = CANARIES[0], CANARIES[1]
    rows = pa.table(
        {
            "person_id": pa.array(person, pa.int64()),
            "site": pa.array(["here"] * n),
            "arm": pa.array(arm, pa.int8()),
            "index_date": pa.array(day, pa.date32()),
            "os_time": pa.array(np.ceil(rng.exponential(500, n))),
            "os_event": pa.array((rng.random(n) < 0.6).astype(np.int8)),
            "age": pa.array(age),
            "event": pa.array((rng.random(n) < 0.4).astype(np.float64)),
        }
    )
    last = StepCount("all", n, int(arm.sum()), int(n - arm.sum()))
    return AnalysisTable(rows, (last,), (CodeSetFound("a", 1, n, n),))


@dataclass
class Held:
    """Gives a table that is already there, or fails with the canaries in its mouth."""

    table_held: AnalysisTable
    error: Exception | None = None

    def table(self, study: Study, study_hash: str) -> AnalysisTable:
        if self.error:
            raise self.error
        return self.table_held

    def count(self, study: Study) -> CohortCount:
        if self.error:
            raise self.error
        return CohortCount(self.table_held.attrition, self.table_held.code_report)


@dataclass
class Leaky:
    """What the tests of this folder use."""

    study: Study
    hash: str
    canaries: tuple[float, ...]
    folder: Path

    def site(self, policy: Policy = Policy(minimum_sites=1), error: Exception | None = None) -> SiteService:  # noqa: B008 - frozen
        return SiteService("here", Held(canary_table(), error), policy, self.folder)

    def named(self, name: str, policy: Policy, seed: int, home: Path | None = None) -> SiteService:
        """One of several sites, with rows of its own."""
        return SiteService(name, Held(canary_table(seed=seed)), policy, home)


@pytest.fixture
def leaky(tmp_path: Path) -> Leaky:
    """A site with canaries."""
    study = canary_study()
    return Leaky(study, study_hash(study), CANARIES, tmp_path)


@pytest.fixture(scope="session")
def leaky_once(tmp_path_factory: pytest.TempPathFactory) -> Leaky:
    """The same for tests that only look at what was said."""
    study = canary_study()
    return Leaky(study, study_hash(study), CANARIES, tmp_path_factory.mktemp("leaky"))
