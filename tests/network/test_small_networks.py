"""Networks with few people, no covariates, no events, empty sites: an answer or a note, never a crash, never a small count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from equipoise.engine.contract import CodeSetFound, StepCount
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.kernel.masked import Masked
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.site.service import SiteService
from equipoise.network.site.tables import CohortCount
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import AgeCovariate, Arm, DeathOutcome, EventCovariate, Index, PropensityModel, Study
from equipoise.table.analysis_table import AnalysisTable


@dataclass
class Held:
    """Gives a table that is already there."""

    held: AnalysisTable

    def table(self, study: Study, study_hash: str) -> AnalysisTable:
        return self.held

    def count(self, study: Study) -> CohortCount:
        return CohortCount(self.held.attrition, self.held.code_report)


def study(covariates: bool = True) -> Study:
    return Study(
        name="small",
        title="Small",
        period_start=date(2016, 1, 1),
        period_end=date(2020, 1, 1),
        code_sets=(),
        index=Index(sets=("a", "b")),
        arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
        outcomes=(DeathOutcome(name="os"),),
        covariates=(AgeCovariate(), EventCovariate(name="event", sets=("a",))) if covariates else (),
        propensity=PropensityModel(covariates=("age", "event")) if covariates else None,
    )


def table(n: int, seed: int = 1, *, deaths: float = 0.6, separated: bool = False) -> AnalysisTable:
    rng = np.random.default_rng(seed)
    arm = (np.arange(n) % 2).astype(np.int8)
    rows = {
        "person_id": pa.array(np.arange(n), pa.int64()),
        "site": pa.array([f"s{seed}"] * n, pa.string()),
        "arm": pa.array(arm, pa.int8()),
        "index_date": pa.array(np.full(n, 17000, dtype=np.int32), pa.date32()),
        "os_time": pa.array(np.ceil(rng.exponential(500, n)), pa.float64()),
        "os_event": pa.array((rng.random(n) < deaths).astype(np.int8), pa.int8()),
        "age": pa.array(rng.normal(60, 10, n), pa.float64()),
        "event": pa.array(arm.astype(float) if separated else (rng.random(n) < 0.4).astype(float), pa.float64()),
    }
    n_target = int(arm.sum())
    return AnalysisTable(pa.table(rows), (StepCount("all", n, n_target, n - n_target),), (CodeSetFound("a", 1, n, n),))


def run(tables: list[AnalysisTable], plan: Study, policy: Policy = Policy("deidentified-rows")) -> StudyResult:  # noqa: B008 - frozen
    inside = {f"s{k}": SiteService(f"s{k}", Held(held), policy) for k, held in enumerate(tables, start=1)}
    return conduct(Task(plan, study_hash(plan), ""), InProcess(inside), lambda *_: None)


def test_an_empty_site_changes_nothing_and_is_called_empty() -> None:
    alone, together = run([table(90)], study()), run([table(90), table(0, 2)], study())
    assert [site.status for site in together.sites] == ["contributed", "empty"]
    assert together.records == alone.records


def test_without_covariates_there_are_crude_results() -> None:
    found = run([table(90)], study(covariates=False))
    assert {record.adjustment for record in found.records} == {"crude"}
    assert found.baseline == ()


def test_without_a_death_the_hazard_ratio_is_missing_and_a_note_says_why() -> None:
    found = run([table(90, deaths=0.0)], study())
    assert not [record for record in found.records if record.measure in ("hazard_ratio", "logrank")]
    assert {note.code for note in found.notes} == {"EQ-EST-122"}
    survival = [record.estimate for record in found.records if record.measure == "survival"]
    assert survival
    assert set(survival) <= {1.0, None}


def test_a_covariate_that_is_the_arm_is_named_and_the_rest_is_adjusted_for() -> None:
    found = run([table(90, separated=True)], study())
    assert {record.adjustment for record in found.records} > {"crude", "overlap"}
    (note,) = [note for note in found.notes if note.code == "EQ-HUB-014"]
    assert "(event)" in note.text or ": event" in note.text
    assert "event" not in {term.term for term in found.propensity}


def test_a_handful_of_people_are_all_hidden() -> None:
    found = run([table(10)], study())
    assert all(isinstance(count, Masked) for step in found.flow for count in (step.n, step.n_target, step.n_comparator))
    assert all(record.n_target is None or isinstance(record.n_target, Masked) for record in found.records)
    assert all(curve.time == (0.0, 0.0) for curve in found.curves)


def test_an_arm_without_anybody_ends_the_run_by_name() -> None:
    one_arm = table(40)
    rows = one_arm.rows.filter(pc.equal(one_arm.rows["arm"], 1))
    with pytest.raises(EquipoiseError, match="EQ-HUB-005 nobody is left in B"):
        run([AnalysisTable(rows, (StepCount("all", 20, 20, 0),), one_arm.code_report)], study())


def test_a_site_that_counts_other_steps_is_left_out() -> None:
    odd = table(30, 2)
    odd = AnalysisTable(odd.rows, (*odd.attrition, *odd.attrition), odd.code_report)
    found = run([table(90), odd], study())
    assert [site.status for site in found.sites] == ["contributed", "failed"]
    assert found.sites[1].why.startswith("EQ-HUB-004")


def test_overlap_weights_balance_every_column_of_the_model_exactly() -> None:
    found = run([table(90), table(60, 2), table(31, 3)], study())
    differences = [row.smd for row in found.baseline if row.adjustment == "overlap"]
    assert len(differences) == 2
    assert differences == pytest.approx([0.0, 0.0], abs=1e-10)


def uneven(n: int, comparators: int, *, deaths: float = 0.6) -> AnalysisTable:
    """`n` persons, of whom the first few have the comparator."""
    whole = table(n, deaths=deaths)
    arm = pa.array((np.arange(n) >= comparators).astype(np.int8), pa.int8())
    rows = whole.rows.set_column(whole.rows.column_names.index("arm"), "arm", arm)
    return AnalysisTable(rows, (StepCount("all", n, n - comparators, comparators),), whole.code_report)


def test_an_arm_of_a_handful_shows_nothing_from_which_its_size_follows() -> None:
    found = run([uneven(60, 6)], study())
    assert isinstance(found.flow[-1].n_comparator, Masked)
    assert found.flow[-1].n_target == 54, "the total is hidden before the arm that statistics speak of"
    for row in found.baseline:
        assert (row.comparator, row.comparator_sd, row.smd, row.variance_ratio) == (None, None, None, None)
    assert any(row.target is not None for row in found.baseline)
    assert [r.estimate for r in found.records if r.target == "B" or r.measure == "rmst_difference"].count(None) > 0
    assert all(r.estimate is None for r in found.records if r.target == "B" or r.measure == "rmst_difference")
    assert all(curve.time == (0.0, 0.0) for curve in found.curves if curve.arm == "B")
    assert all(weight.arm == "A" for weight in found.weights)
    assert any(r.estimate is not None for r in found.records if r.measure == "hazard_ratio")
    assert "EQ-HUB-008" in {note.code for note in found.notes}


def test_few_events_cannot_be_counted_on_the_curve_or_worked_out_from_a_share() -> None:
    rare = table(400, deaths=0.03)
    found = run([rare], study())
    dead = pc.sum(pc.filter(rare.rows["os_event"], pc.equal(rare.rows["arm"], 1))).as_py()
    assert 0 < dead < 11
    crude = [r for r in found.records if (r.analysis, r.adjustment) == ("main", "crude")]
    assert all(isinstance(r.events_target, Masked) and r.n_target == 200 for r in crude)
    assert all(r.estimate is None for r in crude if r.measure == "survival")
    assert all(r.estimate is not None for r in crude if r.measure in ("hazard_ratio", "rmst"))
    assert all(curve.survival == (1.0, 1.0) and curve.censored_at == () for curve in found.curves)
    assert [note.text for note in found.notes if note.code == "EQ-HUB-008"] == [
        "The curve and the shares of os in A are not shown: they would tell how few persons had the event.",
        "The curve and the shares of os in B are not shown: they would tell how few persons had the event.",
    ]
