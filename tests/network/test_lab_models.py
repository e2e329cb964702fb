"""Repeated measures and weights for being measured over a network: federated equals pooled, and a plain computation on all rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from equipoise.guard.policy import Policy
from equipoise.network.local import SitePlace, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.report.write import write_report
from equipoise.results.analyses import BEING_MEASURED, LAB_MODELS, REPEATED_MEASURES, WEIGHTED_REPEATED_MEASURES
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.stats import gee, logistic
from equipoise.study.fingerprint import study_hash
from equipoise.study.reading import LoadedStudy, read_study

ROOT = Path(__file__).resolve().parents[2]
WINDOWS, START = ("acute", "chronic"), {"acute": 8, "chronic": 30}
MODELLED = ("albi", "albumin", "alt", "alt_peak", "ast", "bilirubin")
MORE = """
  alt_peak:
    lab: alt
    windows: {acute: [8, 29], chronic: [30, 90]}
    unit: U/L
    value: highest
    plausible: [1, 20000]
    upper limit: 40
  alp:
    lab: alp
    windows: {acute: [8, 29], chronic: [30, 90]}
    unit: U/L
    value: highest
    upper limit: 130
  albi: {score: ALBI, of: {albumin: albumin, bilirubin: bilirubin}, label: ALBI score}
  hys_law: {score: Hy's law, of: {alt: alt_peak, ast: ast, bilirubin: bilirubin, alp: alp}, windows: [acute], label: Flag of Hy's law}
labs:
  repeated measures: yes
  weights for being measured: yes
  outcomes: [alt, ast, bilirubin, albumin, alt_peak, albi]

covariates:
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> LoadedStudy:
    """The flagship's laboratory study with models, and no intercepts of sites, so that a plain logistic regression is the same."""
    text = (ROOT / "studies" / "bclm-labs.yaml").read_text(encoding="utf-8")
    text = text.replace("codes/bclm.csv", str(ROOT / "studies" / "codes" / "bclm.csv")).replace("\ncovariates:\n", MORE)
    path = tmp_path_factory.mktemp("study") / "models.yaml"
    path.write_text(text.replace("  site intercept sd: 1.0\n", ""), encoding="utf-8")
    return read_study(path)


@pytest.fixture(scope="module")
def bare(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    """Nothing masked: to compare with counts."""
    open_places = tuple(replace(place, policy=Policy("deidentified-rows", minimum_count=1)) for place in network)
    return run_study(study, open_places, cache_dir=cache)


@pytest.fixture(scope="module")
def rows(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(study.study, study.hash) for place in network]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def one(
    result: StudyResult, outcome: str, analysis: str, window: str, measure: str, target: str = "TARE", adjustment: str = "crude"
) -> Record:
    wanted = (outcome, analysis, window, measure, target, adjustment)
    (record,) = [r for r in result.records if (r.outcome, r.analysis, r.population, r.measure, r.target, r.adjustment) == wanted]
    return record


def long(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """A row a person and window that could have had a value: value before, alive when it began."""
    parts = []
    for place, window in enumerate(WINDOWS):
        part = pd.DataFrame(
            {
                "person": rows.index,
                "arm": rows["arm"],
                "window": place,
                "before": rows[f"{outcome}_baseline"],
                "y": rows[f"{outcome}_{window}"],
            }
        )
        dead = (rows["os_event"] == 1) & (rows["os_time"] < START[window])
        parts.append(part[part["before"].notna() & (part["y"].notna() | ~dead)])
    return pd.concat(parts).sort_values(["person", "window"])


def model(found: pd.DataFrame, weights: np.ndarray | None = None) -> object:
    x = pd.DataFrame({"late": found["window"] == 1, "before": found["before"]}, dtype=float)
    for place in range(len(WINDOWS)):
        x[f"arm{place}"] = (found["arm"] * (found["window"] == place)).astype(float)
    return gee(found["y"], x, found["person"], corstr="exchangeable", weights=weights)


def test_federated_is_pooled(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> None:
    with_sites = study.study.model_copy(update={"propensity": study.study.propensity.model_copy(update={"site_intercept_sd": 1.0})})  # type: ignore[union-attr]
    loaded = replace(study, study=with_sites, hash=study_hash(with_sites))
    federated, pooled = (run_study(loaded, network, pooled=way, cache_dir=cache) for way in (False, True))
    pairs = [(a, b) for a, b in zip(federated.records, pooled.records, strict=True) if a.outcome != "os"]
    models = [a for a, _ in pairs if a.analysis in LAB_MODELS]
    assert {a.outcome for a in models} == set(MODELLED)
    assert len(models) == 5 * len(MODELLED) * (2 * (len(WINDOWS) + 3) + 5 * len(WINDOWS))
    assert sum(a.estimate is not None for a in models) > 0.8 * len(models)
    for a, b in pairs:
        for name in Record.__slots__:
            left, right = getattr(a, name), getattr(b, name)
            close = isinstance(left, float) and isinstance(right, float) and np.isclose(left, right, rtol=1e-9, atol=1e-11)
            assert close or left == right, (name, a, b)
    assert federated.lab_shifts == pooled.lab_shifts
    assert [note for note in federated.notes if "measured" in note.text] == [note for note in pooled.notes if "measured" in note.text]


@pytest.mark.parametrize("outcome", MODELLED)
def test_repeated_measures_are_those_of_one_data_set(bare: StudyResult, rows: pd.DataFrame, outcome: str) -> None:
    found = long(rows, outcome).dropna()
    plain = model(found)
    for place, window in enumerate(WINDOWS):
        record = one(bare, outcome, REPEATED_MEASURES, window, "adjusted_change_difference")
        assert record.estimate == pytest.approx(plain.coef[3 + place], rel=1e-8)  # type: ignore[attr-defined]
        half = 1.959963984540054 * plain.se[3 + place]  # type: ignore[attr-defined]
        assert record.lower == pytest.approx(plain.coef[3 + place] - half, rel=1e-7)  # type: ignore[attr-defined]
        assert record.p_value == pytest.approx(plain.p[3 + place], rel=1e-7)  # type: ignore[attr-defined]
        here = found[found["window"] == place]["arm"]
        assert (record.n_target, record.n_comparator) == (int((here == 1).sum()), int((here == 0).sum()))
    pair, spread = plain.coef[3:], plain.vcov[3:, 3:]  # type: ignore[attr-defined]
    joint = one(bare, outcome, REPEATED_MEASURES, "all", "any_difference_test")
    assert joint.estimate == pytest.approx(float(pair @ np.linalg.solve(spread, pair)), rel=1e-7)
    between = (pair[1] - pair[0]) ** 2 / (spread[0, 0] + spread[1, 1] - 2 * spread[0, 1])
    assert one(bare, outcome, REPEATED_MEASURES, "all", "arm_by_window_test").estimate == pytest.approx(between, rel=1e-7)
    correlation = one(bare, outcome, REPEATED_MEASURES, "all", "working_correlation")
    assert correlation.estimate == pytest.approx(float(np.ravel(plain.alpha)[0]), rel=1e-6)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def without_covariates(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    """No propensity model: who is measured hangs on arm, window and the value before."""
    plan = study.study.analysis.model_copy(update={"adjustments": ("crude",), "main": "crude"})
    changed = study.study.model_copy(update={"propensity": None, "analysis": plan})
    places = tuple(replace(place, policy=Policy("deidentified-rows", minimum_count=1)) for place in network)
    return run_study(replace(study, study=changed, hash=study_hash(changed)), places, cache_dir=cache)


@pytest.mark.parametrize("outcome", MODELLED)
def test_weights_for_being_measured_are_those_of_one_data_set(without_covariates: StudyResult, rows: pd.DataFrame, outcome: str) -> None:
    found = long(rows, outcome)
    measured = found["y"].notna().to_numpy()
    centred = found["before"] - found["before"].mean()
    x = pd.DataFrame(
        {
            "late": found["window"],
            "arm": found["arm"],
            "both": found["arm"] * found["window"],
            "before": centred,
            "late_before": centred * found["window"],
        },
        dtype=float,
    )
    probability = expit(np.column_stack([np.ones(len(x)), x]) @ logistic(measured.astype(float), x).fit.coef)
    share = found.assign(m=measured).groupby(["arm", "window"])["m"].transform("mean").to_numpy()
    weight = (share / probability)[measured]
    weight = np.clip(weight, *np.quantile(weight, [0.01, 0.99]))
    found = found[measured]
    plain = model(found, weight)
    for place, window in enumerate(WINDOWS):
        record = one(without_covariates, outcome, WEIGHTED_REPEATED_MEASURES, window, "adjusted_change_difference")
        assert record.estimate == pytest.approx(plain.coef[3 + place], rel=1e-6)  # type: ignore[attr-defined]
        changes = []
        for arm, name in enumerate(("TACE", "TARE")):
            here = (found["arm"] == arm) & (found["window"] == place)
            of = one(without_covariates, outcome, BEING_MEASURED, window, "mean_value", name)
            assert of.estimate == pytest.approx(np.average(found["y"][here], weights=weight[here]), rel=1e-6)
            assert of.n_target == int(here.sum())
            changes.append(float(np.average((found["y"] - found["before"])[here], weights=weight[here])))
            change = one(without_covariates, outcome, BEING_MEASURED, window, "mean_change", name)
            assert change.estimate == pytest.approx(changes[-1], rel=1e-6)
        difference = one(without_covariates, outcome, BEING_MEASURED, window, "mean_change_difference")
        assert difference.estimate == pytest.approx(changes[1] - changes[0], rel=1e-5)


def test_scores_and_flags_have_their_records(bare: StudyResult, rows: pd.DataFrame) -> None:
    albumin, bilirubin = rows["albumin_acute"] * 10, rows["bilirubin_acute"] * 17.104
    score = 0.66 * np.log10(bilirubin) - 0.085 * albumin
    for arm, name in enumerate(("TACE", "TARE")):
        here = (rows["arm"] == arm) & score.notna()
        (record,) = [
            r
            for r in bare.records
            if (r.outcome, r.analysis, r.measure, r.target, r.adjustment) == ("albi", "acute", "mean_value", name, "crude")
        ]
        assert record.estimate == pytest.approx(score[here].mean(), rel=1e-9)
        cells = [s for s in bare.lab_shifts if (s.outcome, s.window, s.arm) == ("albi", "acute", name)]
        assert len(cells) == 9
        assert sum(int(s.n) for s in cells) == int((here & rows["albi_baseline"].notna()).sum())  # type: ignore[call-overload]
        (flag,) = [
            r
            for r in bare.records
            if (r.outcome, r.analysis, r.measure, r.target, r.adjustment) == ("hys_law", "acute", "share_flagged", name, "crude")
        ]
        known = rows["hys_law_acute"][rows["arm"] == arm].dropna()
        assert (flag.n_target, flag.events_target) == (len(known), int(known.sum()))
        assert flag.estimate == pytest.approx(known.mean())
    peak, nearest = rows["alt_peak_acute"], rows["alt_acute"]
    assert (peak.dropna() >= nearest[peak.notna()]).all()


def test_a_study_that_does_not_ask_has_none(network: tuple[SitePlace, ...], cache: Path) -> None:
    plain = read_study(ROOT / "studies" / "bclm-labs.yaml")
    assert plain.study.lab_models is None
    found = run_study(plain, network, cache_dir=cache)
    assert not [record for record in found.records if record.analysis in LAB_MODELS]


def test_the_report_shows_them(bare: StudyResult, tmp_path: Path) -> None:
    page = write_report(bare, tmp_path / "models").html.read_text(encoding="utf-8")
    for outcome in ("alt", "bilirubin", "albi"):
        assert f'id="models-{outcome}"' in page
    assert 'id="models-hys_law"' not in page
    assert 'id="shift-albi-acute"' in page
    assert "ALBI grades" in page
    assert "Test: the same in all windows" in page
