"""The effect site by site, pooled in a second stage, and without each site: against plain computations; on which terms it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from equipoise.guard.policy import Policy
from equipoise.network.local import SitePlace, open_network, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.results.analyses import APART, LEFT_OUT, SITES, TWO_STAGE
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Adjustment
from equipoise.study.reading import LoadedStudy

Floats = NDArray[np.float64]
OWN = Policy("site-aggregates")


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> tuple[SitePlace, ...]:
    """Seven hospitals, some of them small."""
    out = tmp_path_factory.mktemp("simulated") / "seven"
    simulate_network(out, hospitals=7, patients=900, seed=11, scenario="flagship")
    return tuple(replace(place, policy=OWN) for place in open_network(out))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seven-cache")


def asked(loaded: LoadedStudy, main: Adjustment, strata: str = "site") -> LoadedStudy:
    changes = {
        "sites": ("two-stage", "leave-one-out"),
        "main": main,
        "adjustments": tuple(dict.fromkeys(("crude", main))),
        "cox_strata": strata,
    }
    changed = loaded.study.model_copy(update={"analysis": loaded.study.analysis.model_copy(update=changes)})
    return replace(loaded, study=changed, hash=study_hash(changed))


@pytest.fixture(scope="module")
def crude(loaded: LoadedStudy, seven: tuple[SitePlace, ...], kept: Path) -> StudyResult:
    return run_study(asked(loaded, "crude"), seven, cache_dir=kept)


@pytest.fixture(scope="module")
def weighted(loaded: LoadedStudy, seven: tuple[SitePlace, ...], kept: Path) -> StudyResult:
    return run_study(asked(loaded, "overlap"), seven, cache_dir=kept)


@pytest.fixture(scope="module")
def rows(loaded: LoadedStudy, seven: tuple[SitePlace, ...], kept: Path) -> pd.DataFrame:
    study = asked(loaded, "crude")
    tables = [CdmTables(place.name, place.cdm, kept / place.name).table(study.study, study.hash) for place in seven]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def efron(rows: pd.DataFrame) -> tuple[float, float]:
    """The crude log hazard ratio and its standard error: a loop over days, the information by central differences."""
    time, event, x = (rows[name].to_numpy(dtype=float) for name in ("os_time", "os_event", "arm"))
    sets = [((time == day) & (event == 1), time >= day) for day in np.unique(time[event == 1])]

    def loss(beta: float) -> float:
        total, r = 0.0, np.exp(beta * x)
        for dead, here in sets:
            d = int(dead.sum())
            total += float(beta * x[dead].sum()) - sum(np.log(r[here].sum() - k / d * r[dead].sum()) for k in range(d))
        return -total

    found = float(minimize_scalar(loss, bounds=(-5, 5), method="bounded", options={"xatol": 1e-10}).x)
    step = 1e-3
    return found, ((loss(found + step) - 2 * loss(found) + loss(found - step)) / step**2) ** -0.5


def of(result: StudyResult, analysis: str, measure: str = "hazard_ratio") -> dict[str, Record]:
    return {r.population: r for r in result.records if (r.analysis, r.measure) == (analysis, measure)}


def test_each_site_with_enough_in_both_arms_has_its_own_estimate(crude: StudyResult, rows: pd.DataFrame) -> None:
    arms = rows.groupby("site")["arm"].agg([("target", "sum"), ("n", "size")])
    large = arms[(arms["target"] >= 11) & (arms["n"] - arms["target"] >= 11)]
    found = of(crude, SITES)
    assert set(found) == set(large.index)
    assert 2 <= len(found) < rows["site"].nunique()
    shown = {site.site: (site.n_target, site.n_comparator) for site in crude.sites}
    for name, record in found.items():
        coef, se = efron(rows[rows["site"] == name])
        limits = np.exp([coef, coef - norm.ppf(0.975) * se, coef + norm.ppf(0.975) * se])
        assert [record.estimate, record.lower, record.upper] == pytest.approx(list(limits), rel=1e-4)
        assert (record.n_target, record.n_comparator) == shown[name]


def test_the_second_stage_pools_what_the_sites_say(crude: StudyResult, rows: pd.DataFrame) -> None:
    own = [efron(rows[rows["site"] == name]) for name in of(crude, SITES)]
    y, w = np.array([coef for coef, _ in own]), np.array([se**-2 for _, se in own])
    mean, half = (w @ y) / w.sum(), norm.ppf(0.975) * w.sum() ** -0.5
    record = of(crude, TWO_STAGE[0])["all sites"]
    assert [record.estimate, record.lower, record.upper] == pytest.approx(list(np.exp([mean, mean - half, mean + half])), rel=1e-4)
    q = w @ (y - mean) ** 2
    assert of(crude, TWO_STAGE[0], "heterogeneity_test")["all sites"].estimate == pytest.approx(q, rel=1e-3)
    i2 = of(crude, TWO_STAGE[0], "i_squared")["all sites"].estimate
    assert i2 == pytest.approx(max(0.0, (q - len(y) + 1) / q), abs=1e-4)
    for name in TWO_STAGE[1:]:
        assert of(crude, name)["all sites"].estimate is not None
        assert of(crude, name, "tau_squared")["all sites"].estimate >= 0
    interval = of(crude, TWO_STAGE[2], "prediction_interval")["all sites"]
    assert interval.lower <= of(crude, TWO_STAGE[2])["all sites"].lower


def test_each_site_is_left_out_of_the_one_stage_model(crude: StudyResult, rows: pd.DataFrame) -> None:
    found = of(crude, LEFT_OUT)
    for name in of(crude, SITES):
        coef, se = efron(rows[rows["site"] != name])
        limits = np.exp([coef, coef - norm.ppf(0.975) * se, coef + norm.ppf(0.975) * se])
        record = found[f"without {name}"]
        assert [record.estimate, record.lower, record.upper] == pytest.approx(list(limits), rel=1e-4)
        assert record.n_target is None
    ends = of(crude, LEFT_OUT, "hazard_ratio_range")["all sites"]
    ratios = [record.estimate for record in found.values()]
    assert (ends.lower, ends.upper) == (min(ratios), max(ratios))
    assert ends.estimate == pytest.approx(np.exp(efron(rows)[0]), rel=1e-5)


def test_small_sites_are_left_out_together_or_not_at_all(crude: StudyResult, rows: pd.DataFrame) -> None:
    small = set(rows["site"]) - set(of(crude, SITES))
    assert small
    for population in of(crude, LEFT_OUT):
        named = population.removeprefix("without ").split(" and ")
        if set(named) & small:
            assert len(named) >= 3
            inside = rows[rows["site"].isin(named)]
            assert min(inside["arm"].sum(), (1 - inside["arm"]).sum()) >= 11
    (note,) = [n for n in crude.notes if n.code == "EQ-HUB-011"]
    assert f"{len(of(crude, SITES))} of {rows['site'].nunique()} sites" in note.text


@pytest.mark.parametrize(("main", "strata"), [("crude", "site"), ("overlap", "site"), ("iptw", "none")])
def test_federated_is_pooled(loaded: LoadedStudy, seven: tuple[SitePlace, ...], kept: Path, main: Adjustment, strata: str) -> None:
    study = asked(loaded, main, strata)
    federated, pooled = (run_study(study, seven, pooled=way, cache_dir=kept) for way in (False, True))
    pairs = [(a, b) for a, b in zip(federated.records, pooled.records, strict=True) if a.analysis in APART]
    assert {SITES, LEFT_OUT, *TWO_STAGE} <= {a.analysis for a, _ in pairs}
    for a, b in pairs:
        for name in Record.__slots__:
            one, other = getattr(a, name), getattr(b, name)
            close = isinstance(one, float) and isinstance(other, float) and np.isclose(one, other, rtol=1e-9, atol=1e-12)
            assert close or one == other, (a, b)


def test_the_weighted_one_stage_estimate_lies_among_those_without_a_site(weighted: StudyResult) -> None:
    (main,) = [r for r in weighted.records if (r.analysis, r.measure, r.adjustment) == ("main", "hazard_ratio", "overlap")]
    ends = of(weighted, LEFT_OUT, "hazard_ratio_range")["all sites"]
    assert ends.estimate == main.estimate
    assert ends.lower < main.estimate < ends.upper
    assert {record.adjustment for record in of(weighted, SITES).values()} == {"overlap"}


def test_where_only_sums_are_shared_no_site_is_shown_and_groups_are_left_out(
    loaded: LoadedStudy, seven: tuple[SitePlace, ...], kept: Path
) -> None:
    closed = tuple(replace(place, policy=Policy("secure-sums")) for place in seven)
    found = run_study(asked(loaded, "overlap"), closed, cache_dir=kept)
    assert all(site.status != "failed" for site in found.sites)
    assert not of(found, SITES)
    assert not any(of(found, name) for name in TWO_STAGE)
    groups = [population.removeprefix("without ").split(" and ") for population in of(found, LEFT_OUT)]
    assert len(groups) == 2
    assert all(len(group) >= 3 for group in groups)
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names)) == 7
    (note,) = [n for n in found.notes if n.code == "EQ-HUB-011"]
    assert "random groups" in note.text


def test_one_site_that_shares_sums_only_sets_the_terms(loaded: LoadedStudy, seven: tuple[SitePlace, ...], kept: Path) -> None:
    mixed = (replace(seven[0], policy=Policy("secure-sums", minimum_sites=1)), *seven[1:])
    found = run_study(asked(loaded, "crude"), mixed, cache_dir=kept)
    assert all(site.status != "failed" for site in found.sites)
    assert not of(found, SITES)


def test_a_site_that_shares_sums_only_is_not_added_to_sites_that_show_their_own(
    loaded: LoadedStudy, seven: tuple[SitePlace, ...], kept: Path
) -> None:
    mixed = (replace(seven[0], policy=Policy("secure-sums")), *seven[1:])
    found = run_study(asked(loaded, "crude"), mixed, cache_dir=kept)
    assert [(site.status, site.why[:12]) for site in found.sites if site.status == "failed"] == [("failed", "EQ-GUARD-011")]
    assert found.sites[0].status == "failed"


def test_nothing_is_asked_of_sites_unless_the_study_says_so(federated: StudyResult) -> None:
    assert not [r for r in federated.records if r.analysis in {SITES, LEFT_OUT, *TWO_STAGE}]
