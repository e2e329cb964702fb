"""Laboratory outcomes over a network: federated equals pooled, and both equal a plain computation on all rows in one place."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.local import SitePlace, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.report.write import write_report
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.reading import LoadedStudy, read_study

ROOT = Path(__file__).resolve().parents[2]
LABS, WINDOWS = ("alt", "ast", "bilirubin", "albumin"), ("acute", "chronic")


@pytest.fixture(scope="module")
def study() -> LoadedStudy:
    return read_study(ROOT / "studies" / "bclm-labs.yaml")


@pytest.fixture(scope="module")
def found(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    return run_study(study, network, cache_dir=cache)


@pytest.fixture(scope="module")
def bare(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    """Nothing masked: to compare with counts."""
    return run_study(
        study, tuple(replace(place, policy=Policy("deidentified-rows", minimum_count=1)) for place in network), cache_dir=cache
    )


@pytest.fixture(scope="module")
def rows(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(study.study, study.hash) for place in network]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def one(result: StudyResult, outcome: str, window: str, measure: str, arm: str, adjustment: str = "crude") -> Record:
    wanted = (outcome, window, measure, arm, adjustment)
    (record,) = [r for r in result.records if (r.outcome, r.analysis, r.measure, r.target, r.adjustment) == wanted]
    return record


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, rtol=1e-9, atol=1e-12))
    return one == other


@pytest.mark.parametrize("trim", [None, (0.1, 0.9)])
def test_federated_is_pooled(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, trim: tuple[float, float] | None) -> None:
    assert study.study.propensity is not None
    changed = study.study.model_copy(update={"propensity": study.study.propensity.model_copy(update={"trim": trim})})
    loaded = replace(study, study=changed, hash=study_hash(changed))
    federated, pooled = (run_study(loaded, network, pooled=way, cache_dir=cache) for way in (False, True))
    pairs = list(zip(federated.records, pooled.records, strict=True))
    labs = [(a, b) for a, b in pairs if a.outcome in LABS]
    assert len(labs) == 5 * len(LABS) * (2 * 4 + len(WINDOWS) * (2 * 6 + 1))
    for a, b in labs:
        assert all(same(getattr(a, field), getattr(b, field)) for field in Record.__slots__), (a, b)
    assert federated.lab_shifts == pooled.lab_shifts
    assert len(federated.lab_shifts) == len(LABS) * len(WINDOWS) * 2 * 25
    assert {(m.cell, m.reason) for m in federated.masked if m.table == "laboratory outcomes"} == {
        (m.cell, m.reason) for m in pooled.masked if m.table == "laboratory outcomes"
    }


@pytest.mark.parametrize(("outcome", "window"), list(product(LABS, WINDOWS)))
def test_crude_numbers_are_those_of_a_plain_computation(bare: StudyResult, rows: pd.DataFrame, outcome: str, window: str) -> None:
    arms = {name: rows[rows["arm"] == arm] for name, arm in (("TARE", 1), ("TACE", 0))}
    value, change = f"{outcome}_{window}", {}
    for name, part in arms.items():
        measured = part[value].dropna()
        change[name] = (part[value] - part[f"{outcome}_baseline"]).dropna()
        share = one(bare, outcome, window, "share_measured", name)
        assert (share.n_target, share.events_target) == (len(part), len(measured))
        assert share.estimate == pytest.approx(len(measured) / len(part))
        mean = one(bare, outcome, window, "mean_value", name)
        assert mean.estimate == pytest.approx(measured.mean(), rel=1e-9)
        limits = stats.t.interval(0.95, len(measured) - 1, measured.mean(), stats.sem(measured))
        assert (mean.lower, mean.upper) == pytest.approx(limits, rel=1e-9)
        assert one(bare, outcome, window, "mean_change", name).estimate == pytest.approx(change[name].mean(), rel=1e-9)
        assert one(bare, outcome, window, "mean_draws", name).estimate == pytest.approx(part[f"{value}_draws"].mean(), rel=1e-9)
        graded = part[f"{value}_grade"].dropna()
        severe = one(bare, outcome, window, "share_grade_3_or_more", name)
        assert (severe.n_target, severe.events_target) == (len(graded), int((graded >= 3).sum()))
        cells = {(s.baseline_grade, s.worst_grade): s.n for s in bare.lab_shifts if (s.outcome, s.window, s.arm) == (outcome, window, name)}
        expected = part.dropna(subset=[f"{outcome}_baseline_grade", f"{value}_grade"])
        table = expected.groupby([f"{outcome}_baseline_grade", f"{value}_grade"]).size().to_dict()
        assert {cell: n for cell, n in cells.items() if n} == {(int(b), int(w)): n for (b, w), n in table.items()}
    welch = stats.ttest_ind(change["TARE"], change["TACE"], equal_var=False)
    difference = one(bare, outcome, window, "mean_change_difference", "TARE")
    assert difference.p_value == pytest.approx(welch.pvalue, rel=1e-8)
    limits = welch.confidence_interval(0.95)
    assert (difference.lower, difference.upper) == pytest.approx((limits.low, limits.high), rel=1e-8)


def test_the_planted_course_is_seen(found: StudyResult) -> None:
    """Transaminases stay up after TARE in weeks 2 to 6 and bilirubin follows late; after TACE both are back."""
    for outcome, window in (("alt", "acute"), ("ast", "acute"), ("bilirubin", "chronic")):
        record = one(found, outcome, window, "mean_change_difference", "TARE", "crude")
        assert record.estimate is not None
        assert record.estimate > 0


def test_small_counts_are_hidden_and_what_would_tell_them(found: StudyResult, bare: StudyResult) -> None:
    hidden = 0
    for shown, plain in zip(found.records, bare.records, strict=True):
        if shown.outcome not in LABS or shown.measure not in ("share_grade_3_or_more", "share_measured"):
            continue
        for field in ("n_target", "events_target"):
            count, true = getattr(shown, field), getattr(plain, field)
            assert isinstance(count, Masked) or count == true
            assert isinstance(count, Masked) or not 0 < count < 11
            if isinstance(count, Masked):
                hidden += 1
                assert shown.estimate is None
    assert hidden
    assert all(isinstance(shift.n, Masked) or not 0 < shift.n < 11 for shift in found.lab_shifts)


def test_a_study_without_laboratory_outcomes_has_no_such_records(federated: StudyResult) -> None:
    assert federated.lab_shifts == ()
    assert {record.outcome for record in federated.records} == {"os"}


def test_the_report_shows_them(found: StudyResult, federated: StudyResult, tmp_path: Path) -> None:
    written = write_report(found, tmp_path / "labs")
    page = written.html.read_text(encoding="utf-8")
    assert 'id="labs"' in page
    for outcome in LABS:
        assert (tmp_path / "labs" / "figures" / f"lab_{outcome}.svg").stat().st_size > 1000
        assert f'id="lab-{outcome}"' in page
        assert f'id="shift-{outcome}-acute"' in page
    shifts = pd.read_csv(tmp_path / "labs" / "tables" / "lab_shifts.csv")
    assert list(shifts.columns) == ["outcome", "window", "arm", "baseline_grade", "worst_grade", "n"]
    assert len(shifts) == len(found.lab_shifts)
    assert 'id="labs"' not in write_report(federated, tmp_path / "plain").html.read_text(encoding="utf-8")
