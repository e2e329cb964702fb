"""Sensitivity analyses over a network: federated equals pooled, and both equal a plain computation on all rows in one place."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise import stats
from equipoise.estimators.evidence.calibration import calibrate, systematic_error
from equipoise.guard.policy import Policy
from equipoise.network.local import SitePlace, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.results.analyses import (
    E_VALUES,
    GRIDS,
    MATCH_ORDER,
    MISCLASSIFIED_ARMS,
    MISSED_DEATHS,
    NEGATIVE_CONTROLS,
    SENSITIVITY,
    TIPPING_POINT,
)
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.reading import LoadedStudy, parse_study

ROOT = Path(__file__).resolve().parents[2]
CONTROLS = ("ast_drawn", "inr_drawn", "alp_drawn")
BLOCK = """
sensitivity:
  e-values: yes
  negative controls: [ast_drawn, inr_drawn, alp_drawn]
  misclassified arms:
    sensitivity: [0.9, 1]
    specificity: [0.95, 1]
    sensitivity prior: triangular 0.8 to 0.98, most likely 0.9
    specificity prior: beta 95, 5
    draws: 500
  missed deaths: {sensitivity: [0.66, 1]}
  tipping point: {outcome: os}
  match order: {seeds: 12}
  grids:
    trims: [0, 0.05]
    calipers: [0.1, 0.2]
    follow-up ends: [24 months, 60 months]
    minimum arms: [1, 15, 1000]
"""


@pytest.fixture(scope="module")
def study() -> LoadedStudy:
    """The flagship, with measurements as outcomes: nothing that a treatment of either kind is meant to change the recording of."""
    text = (ROOT / "studies" / "bclm.yaml").read_text(encoding="utf-8")
    outcomes = "  os: death\n" + "".join(f"  {name}: first {name.split('_')[0]}\n" for name in CONTROLS)
    return parse_study(text.replace("  os: death\n", outcomes) + BLOCK, ROOT / "studies" / "sensitive.yaml")


@pytest.fixture(scope="module")
def found(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    return run_study(study, network, cache_dir=cache)


@pytest.fixture(scope="module")
def rows(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(study.study, study.hash) for place in network]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def of(result: StudyResult, analysis: str, measure: str = "hazard_ratio", **fields: object) -> dict[str, Record]:
    """Records by population."""
    return {
        r.population: r
        for r in result.records
        if (r.analysis, r.measure) == (analysis, measure) and all(getattr(r, name) == value for name, value in fields.items())
    }


def main(result: StudyResult, adjustment: str = "overlap", outcome: str = "os") -> Record:
    (record,) = of(result, "main", adjustment=adjustment, outcome=outcome).values()
    return record


def test_federated_is_pooled(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, found: StudyResult) -> None:
    pooled = run_study(study, network, pooled=True, cache_dir=cache)
    ours, theirs = ([r for r in result.records if r.analysis in SENSITIVITY] for result in (found, pooled))
    assert {r.analysis for r in ours} == set(SENSITIVITY)
    assert len(ours) == len(theirs) > 50
    for a, b in zip(ours, theirs, strict=True):
        for field in Record.__slots__:
            one, other = getattr(a, field), getattr(b, field)
            same = bool(np.isclose(one, other, rtol=1e-9, atol=1e-12)) if isinstance(one, float) and other is not None else one == other
            assert same, (field, a, b)
    said, again = ([n for n in result.notes if n.code.startswith("DC") and n.code != "DC20"] for result in (found, pooled))
    assert said == again, "only DC20 names sites"
    assert [o.seed for o in found.match_orders] == [o.seed for o in pooled.match_orders] == list(range(1, 13))
    ratios = [[o.hazard_ratio for o in result.match_orders] for result in (found, pooled)]
    np.testing.assert_allclose(*ratios, rtol=1e-9)


def test_e_values_are_those_of_the_paper_s_formula(found: StudyResult) -> None:
    """Deaths are common: the hazard ratio is first read as a risk ratio (VanderWeele and Ding 2017)."""
    hazard = main(found)
    assert hazard.estimate is not None
    root = math.sqrt(hazard.estimate)
    risk = (1 - 0.5**root) / (1 - 0.5 ** (1 / root))
    risk = max(risk, 1 / risk)
    record = of(found, E_VALUES, "e_value", outcome="os")["hazard ratio of a common outcome"]
    assert record.estimate == pytest.approx(risk + math.sqrt(risk * (risk - 1)))
    limit = of(found, E_VALUES, "e_value_limit", outcome="os")["hazard ratio of a common outcome"]
    assert limit.estimate == 1.0  # the interval holds 1
    assert not [r for r in found.records if r.analysis == E_VALUES and r.outcome in CONTROLS]


def test_calibration_is_by_the_controls_own_records(found: StudyResult) -> None:
    controls = [main(found, outcome=name) for name in CONTROLS]
    z = 1.959963984540054
    logs = np.log([c.estimate for c in controls if c.estimate])
    errors = np.array([math.log(c.upper / c.lower) / (2 * z) for c in controls if c.lower and c.upper])
    answer = main(found)
    assert answer.estimate is not None
    assert answer.lower is not None
    assert answer.upper is not None
    expected = calibrate(
        systematic_error(logs, errors), np.log([answer.estimate]), np.array([math.log(answer.upper / answer.lower) / (2 * z)])
    )
    record = of(found, NEGATIVE_CONTROLS, "calibrated_hazard_ratio", adjustment="overlap")["3 negative controls"]
    shown = [record.estimate, record.lower, record.upper]
    np.testing.assert_allclose(shown, np.exp([expected.estimate[0], expected.lower[0], expected.upper[0]]), rtol=1e-6)
    assert record.p_value == pytest.approx(expected.p[0], rel=1e-5)
    assert {r.outcome for r in of(found, NEGATIVE_CONTROLS, "calibrated_hazard_ratio").values()} == {"os"}


def test_misclassified_arms_are_corrected_from_events_and_time(found: StudyResult, rows: pd.DataFrame) -> None:
    """By hand: both sums of the recorded target are (Se x target + (1 - Sp) x comparator); solved for the true ones."""
    sums = rows.groupby("arm")[["os_event", "os_time"]].sum()
    rates = of(found, MISCLASSIFIED_ARMS, "rate_ratio")
    for sensitivity, specificity in ((1.0, 1.0), (0.9, 0.95), (1.0, 0.95)):
        matrix = np.array([[sensitivity, 1 - specificity], [1 - sensitivity, specificity]])
        (events_1, time_1), (events_0, time_0) = np.linalg.solve(matrix, sums.loc[[1, 0]].to_numpy())
        record = rates[f"sensitivity {sensitivity:g}, specificity {specificity:g}"]
        assert record.estimate == pytest.approx(events_1 / time_1 / (events_0 / time_0), rel=1e-9)
    moved = of(found, MISCLASSIFIED_ARMS)
    none, some = "sensitivity 1, specificity 1", "sensitivity 0.9, specificity 0.95"
    assert (moved[none].estimate, moved[none].lower) == (pytest.approx(main(found).estimate), pytest.approx(main(found).lower))
    ratio = rates[some].estimate / rates[none].estimate  # type: ignore[operator]
    assert moved[some].estimate == pytest.approx(moved[none].estimate * ratio)  # type: ignore[operator]
    drawn = of(found, MISCLASSIFIED_ARMS)
    alone, total = (drawn[words] for words in ("drawn, error of classification alone", "drawn, with random error"))
    assert alone.upper / alone.lower < total.upper / total.lower  # type: ignore[operator]


def test_missed_deaths_move_ratio_and_medians(found: StudyResult) -> None:
    ratios, answer = of(found, MISSED_DEATHS), main(found)
    assert ratios["100% of deaths recorded in TARE, 100% in TACE"].estimate == pytest.approx(answer.estimate)
    assert ratios["66% of deaths recorded in TARE, 66% in TACE"].estimate == pytest.approx(answer.estimate)
    assert ratios["66% of deaths recorded in TARE, 100% in TACE"].estimate == pytest.approx(answer.estimate / 0.66)  # type: ignore[operator]
    for arm in ("TARE", "TACE"):
        medians = of(found, MISSED_DEATHS, "median_survival", target=arm)
        (shown,) = of(found, "main", "median_survival", target=arm, adjustment="overlap", outcome="os").values()
        assert medians["100% of deaths recorded"].estimate == shown.estimate
        curve = next(c for c in found.curves if (c.arm, c.adjustment, c.outcome) == (arm, "overlap", "os"))
        day = next(t for t, s in zip(curve.time, curve.survival, strict=True) if s ** (1 / 0.66) <= 0.5)
        assert medians["66% of deaths recorded"].estimate == day


def test_the_tipping_point_is_where_the_ratio_is_one(found: StudyResult) -> None:
    """Twice the tip's logarithm overshoots; on the way the ratio moves with delta."""
    tips, way, answer = of(found, TIPPING_POINT, "tipping_hazard"), of(found, TIPPING_POINT), main(found)
    tip = tips["censored in TARE, estimate to 1"].estimate
    assert tip is not None
    assert answer.estimate is not None
    assert (tip > 1) == (answer.estimate < 1)
    ratios = [way[f"hazard of the censored in TARE times {delta}"].estimate for delta in ("0.5", "2", "3", "5")]
    assert ratios == sorted(ratios)  # type: ignore[type-var]
    deltas = np.log([0.5, 2, 3, 5])
    assert np.interp(math.log(tip), deltas, np.log(np.array(ratios, dtype=float))) == pytest.approx(0, abs=0.02)
    share = of(found, TIPPING_POINT, "tipping_share")
    name = "TARE" if answer.estimate < 1 else "TACE"
    assert share[f"deaths recorded in {name}, estimate to 1"].estimate == pytest.approx(min(answer.estimate, 1 / answer.estimate))


def test_choices_that_are_the_study_s_own_give_its_estimates(found: StudyResult) -> None:
    grid = of(found, GRIDS)
    assert grid["caliper 0.2 SD"].estimate == pytest.approx(main(found, "matched").estimate, rel=1e-9)
    assert grid["caliper 0.1 SD"].estimate != grid["caliper 0.2 SD"].estimate
    for adjustment in ("overlap", "iptw", "att"):
        record = of(found, GRIDS, adjustment=adjustment)["all scores"]
        own = main(found, adjustment)
        assert (record.estimate, record.lower) == (pytest.approx(own.estimate, rel=1e-9), pytest.approx(own.lower, rel=1e-9))
    assert grid["follow-up to day 1826"].estimate == pytest.approx(main(found).estimate, rel=1e-9)
    assert grid["sites with at least 1 in each arm"].estimate == pytest.approx(main(found).estimate, rel=1e-9)


def crude_study(study: LoadedStudy) -> LoadedStudy:
    """The same with the unadjusted estimate as the main one: what a plain Cox model can be held against."""
    text = study.text.replace("main: overlap", "main: crude").replace("cox strata: site", "cox strata: none")
    return parse_study(text, ROOT / "studies" / "sensitive.yaml")


def test_follow_up_and_sites_against_a_plain_cox_model(
    study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, rows: pd.DataFrame
) -> None:
    grid = of(run_study(crude_study(study), network, cache_dir=cache), GRIDS, adjustment="crude")
    time, event = rows["os_time"].clip(upper=731), rows["os_event"] * (rows["os_time"] <= 731)
    expected = float(np.exp(stats.cox(time, event, rows["arm"]).coef[0]))
    assert grid["follow-up to day 731"].estimate == pytest.approx(expected, rel=1e-8)
    sizes = rows.groupby(["site", "arm"]).size().unstack(fill_value=0)
    kept = rows[rows["site"].isin(sizes.index[(sizes >= 15).all(axis=1)])]
    assert 0 < len(kept) < len(rows)
    expected = float(np.exp(stats.cox(kept["os_time"], kept["os_event"], kept["arm"]).coef[0]))
    assert grid["sites with at least 15 in each arm"].estimate == pytest.approx(expected, rel=1e-8)


def test_matching_repeated_is_the_study_s_own_matching_in_that_order(
    study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, found: StudyResult
) -> None:
    text = study.text.replace("  main: overlap\n", "  main: overlap\n  matching: {order: random, seed: 7}\n")
    other = run_study(parse_study(text, ROOT / "studies" / "sensitive.yaml"), network, cache_dir=cache)
    seventh = {order.seed: order for order in other.match_orders}[7]
    own = main(other, "matched")
    assert (seventh.hazard_ratio, seventh.lower, seventh.upper) == pytest.approx((own.estimate, own.lower, own.upper), rel=1e-9)
    assert len({order.hazard_ratio for order in found.match_orders}) > 3
    ratios = [order.hazard_ratio for order in found.match_orders]
    record = of(found, MATCH_ORDER, "hazard_ratio_quartiles")["12 random orders"]
    assert (record.estimate, record.lower, record.upper) == pytest.approx(tuple(np.quantile(ratios, [0.5, 0.25, 0.75])))
    assert record.n_target is None


def test_what_would_tell_hidden_counts_is_not_shown(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> None:
    """With counts under 60 hidden, the comparator's deaths are: no corrected rates, no tipping point, nothing of sites that are few."""
    strict = tuple(replace(place, policy=Policy("deidentified-rows", minimum_count=60)) for place in network)
    fewer = parse_study(study.text.replace("seeds: 12", "seeds: 2"), ROOT / "studies" / "sensitive.yaml")
    result = run_study(fewer, strict, cache_dir=cache)
    told = {r.analysis for r in result.records if r.analysis in SENSITIVITY and r.estimate is not None}
    assert told == {E_VALUES, NEGATIVE_CONTROLS, MISSED_DEATHS, MATCH_ORDER, GRIDS}
    texts = [note.text for note in result.notes if note.code == "EQ-HUB-008"]
    assert any("misclassified arms would do to os is not shown" in text for text in texts)
    assert any("tipping point of os is not shown" in text for text in texts)


def test_too_few_sites_are_not_spoken_of(found: StudyResult) -> None:
    assert of(found, GRIDS)["sites with at least 1000 in each arm"].estimate is None
    assert any("sites with at least 1000 in each arm: too few" in note.text for note in found.notes)


def test_sites_that_share_sums_only_are_not_matched(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> None:
    sums = tuple(replace(place, policy=Policy("secure-sums")) for place in network)
    result = run_study(study, sums, cache_dir=cache)
    assert result.match_orders == ()
    assert any("not repeated in random orders" in note.text for note in result.notes)
    assert not [name for name in of(result, GRIDS) if "caliper" in name]


def test_a_study_without_them_has_no_such_records(federated: StudyResult) -> None:
    assert not [r for r in federated.records if r.analysis in SENSITIVITY]
    assert federated.match_orders == ()


def test_without_an_estimate_there_is_nothing_to_question(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> None:
    """Sites that share sums only, and matching as the main adjustment: it cannot be made, and each analysis says so."""
    sums = tuple(replace(place, policy=Policy("secure-sums")) for place in network)
    text = study.text.replace("main: overlap", "main: matched").replace(
        "adjustments: [crude, overlap, iptw, att, matched]", "adjustments: [matched]"
    )
    result = run_study(parse_study(text.replace("    trims: [0, 0.05]\n", ""), ROOT / "studies" / "sensitive.yaml"), sums, cache_dir=cache)
    assert [note.text.split(" (")[0] for note in result.notes if note.code == "EQ-HUB-013"] == ["Not run for os"] * 3
    assert not [r for r in result.records if r.analysis in (MISCLASSIFIED_ARMS, MISSED_DEATHS, TIPPING_POINT)]
