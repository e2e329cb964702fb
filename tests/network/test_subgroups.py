"""Subgroups over a network: federated equals pooled, and both equal a plain computation on all rows in one place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import chi2, norm

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.local import SitePlace, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.learned import columns_needed
from equipoise.study.reading import LoadedStudy, read_study

ROOT = Path(__file__).resolve().parents[2]
BLOCK = """
subgroups:
  subtype: each level
  outside: each level of extrahepatic
  age: cut at 50, 65
  era: index_year cut at 2019, 2022
  bilirubin: cut at 1.2
  liver_only:
    first that holds:
      liver only: {not: {extrahepatic_metastasis: "in [-365, 0]"}}
      bone: {extrahepatic_metastasis: "at least 2 records in [-365, 0]"}
  everyone:
    first that holds:
      grown: age at index >= 18
      child: age at index < 18
"""
Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> LoadedStudy:
    text = (ROOT / "studies" / "bclm.yaml").read_text(encoding="utf-8").replace("codes/bclm.csv", str(ROOT / "studies/codes/bclm.csv"))
    path = tmp_path_factory.mktemp("study") / "bclm-subgroups.yaml"
    path.write_text(text.replace("cox strata: site", "cox strata: none") + BLOCK, encoding="utf-8")
    return read_study(path)


@pytest.fixture(scope="module")
def bare(network: tuple[SitePlace, ...]) -> tuple[SitePlace, ...]:
    return tuple(replace(place, policy=Policy("deidentified-rows", minimum_count=1)) for place in network)


@pytest.fixture(scope="module")
def plain(study: LoadedStudy, bare: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    """Nothing masked: to compare with counts."""
    return run_study(study, bare, cache_dir=cache)


@pytest.fixture(scope="module")
def rows(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(study.study, study.hash) for place in network]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def levels(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Each person's level by subgroup, None for none: worked out anew."""
    bilirubin = np.exp(rows["bilirubin"])
    return {
        "subtype": rows["subtype"].astype(str),
        "outside": rows["extrahepatic"].map({1.0: "yes", 0.0: "no"}),
        "age": pd.cut(rows["age"], [-1, 49, 64, 200], labels=["under 50", "50 to under 65", "65 or more"]).astype(str),
        "era": pd.cut(rows["index_year"], [0, 2018, 2021, 3000], labels=["before 2019", "2019-2021", "2022 and later"]).astype(str),
        "bilirubin": bilirubin.map(lambda value: None if np.isnan(value) else "under 1.2" if value < 1.2 else "1.2 or more"),
    }


def efron(rows: pd.DataFrame, x: Floats) -> tuple[Floats, Floats]:
    """Coefficients and their covariance by Efron's partial likelihood: a loop over days, the information by central differences."""
    time, event = rows["os_time"].to_numpy(dtype=float), rows["os_event"].to_numpy(dtype=float)

    def score(beta: Floats) -> tuple[float, Floats]:
        risk, total, gradient = np.exp(x @ beta), 0.0, np.zeros(x.shape[1])
        for day in np.unique(time[event == 1]):
            dead, here = (time == day) & (event == 1), time >= day
            d = int(dead.sum())
            total += float((x[dead] @ beta).sum())
            gradient += x[dead].sum(axis=0)
            for k in range(d):
                weight = np.where(dead, 1 - k / d, 1.0) * here * risk
                total -= float(np.log(weight.sum()))
                gradient -= weight @ x / weight.sum()
        return -total, -gradient

    found = minimize(score, np.zeros(x.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-8}).x
    step = 1e-5
    columns = [(score(found + step * unit)[1] - score(found - step * unit)[1]) / (2 * step) for unit in np.eye(x.shape[1])]
    return found, np.linalg.inv(np.column_stack(columns))


def of(result: StudyResult, measure: str, population: str, adjustment: str = "crude") -> Record:
    wanted = ("subgroups", measure, population, adjustment)
    (record,) = [r for r in result.records if (r.analysis, r.measure, r.population, r.adjustment) == wanted]
    return record


def test_counts_and_crude_hazard_ratios_by_level(plain: StudyResult, rows: pd.DataFrame) -> None:
    seen = 0
    for subgroup, level in levels(rows).items():
        for name, part in rows.groupby(level):
            record = of(plain, "hazard_ratio", f"{subgroup}: {name}")
            counts = (
                [(part["arm"] == arm).sum() for arm in (1, 0)],
                [((part["arm"] == arm) & (part["os_event"] == 1)).sum() for arm in (1, 0)],
            )
            assert [[record.n_target, record.n_comparator], [record.events_target, record.events_comparator]] == [list(c) for c in counts]
            if min(counts[1]) == 0:
                assert record.estimate is None
                continue
            coef, vcov = efron(part, part[["arm"]].to_numpy(dtype=float))
            half = norm.ppf(0.975) * np.sqrt(vcov[0, 0])
            wanted = np.exp([coef[0], coef[0] - half, coef[0] + half])
            assert [record.estimate, record.lower, record.upper] == pytest.approx(list(wanted), rel=1e-5)
            seen += 1
    assert seen >= 11


def test_criteria_are_levels_in_their_order_and_others_are_in_none(plain: StudyResult, rows: pd.DataFrame) -> None:
    alone = of(plain, "hazard_ratio", "liver_only: liver only")
    assert (alone.n_target, alone.n_comparator) == tuple(((rows["extrahepatic"] == 0) & (rows["arm"] == arm)).sum() for arm in (1, 0))
    same = of(plain, "hazard_ratio", "outside: no")
    assert alone.estimate == pytest.approx(same.estimate, rel=1e-12)
    bone = of(plain, "hazard_ratio", "liver_only: bone")
    outside = of(plain, "hazard_ratio", "outside: yes")
    assert 0 < bone.n_target < outside.n_target
    assert len({r.population for r in plain.records if r.population.startswith("liver_only: ")}) == 2


@pytest.mark.parametrize("subgroup", ["outside", "era", "bilirubin"])
def test_interaction_is_the_joint_test_of_the_products(plain: StudyResult, rows: pd.DataFrame, subgroup: str) -> None:
    level = levels(rows)[subgroup]
    names = {"outside": ["yes", "no"], "era": ["before 2019", "2019-2021", "2022 and later"], "bilirubin": ["under 1.2", "1.2 or more"]}[
        subgroup
    ]
    part, where = rows[level.notna()], level[level.notna()]
    arm = part["arm"].to_numpy(dtype=float)
    others = [(where == name).to_numpy(dtype=float) for name in names[1:]]
    coef, vcov = efron(part, np.column_stack([arm, *others, *(arm * other for other in others)]))
    last = slice(-len(others), None)
    wald = coef[last] @ np.linalg.solve(vcov[last, last], coef[last])
    record = of(plain, "interaction_test", subgroup)
    assert record.estimate == pytest.approx(wald, rel=1e-4)
    assert record.p_value == pytest.approx(chi2.sf(wald, len(others)), rel=1e-4)


def test_p_values_are_adjusted_for_the_number_of_subgroups(plain: StudyResult) -> None:
    for adjustment in ("crude", "overlap"):
        tests = [r for r in plain.records if (r.measure, r.adjustment) == ("interaction_test", adjustment)]
        adjusted = {r.population: r.p_value for r in plain.records if (r.measure, r.adjustment) == ("interaction_test_holm", adjustment)}
        running = 0.0
        for rank, record in enumerate(sorted(tests, key=lambda r: r.p_value or 0)):
            running = max(running, min(1.0, (len(tests) - rank) * record.p_value))
            assert adjusted[record.population] == pytest.approx(running, rel=1e-12)
    (note,) = [n for n in plain.notes if n.code == "EQ-HUB-010"]
    assert "7 subgroups with 17 levels" in note.text


def scores(study: LoadedStudy, rows: pd.DataFrame) -> Floats:
    """The one propensity model of the whole cohort, each hospital's own intercept under its prior, by a quasi-Newton search."""
    needed, arm, columns = columns_needed(study.study), rows["arm"].to_numpy(dtype=float), list[Floats]()
    for name in needed.numbers:
        value = rows[name].astype(float)
        columns += [value.fillna(value.median()).to_numpy(), value.isna().to_numpy(dtype=float)]
    for name, named in needed.categories:
        present = [level for level in named if (rows[name] == level).any()]
        columns += [(rows[name] == level).to_numpy(dtype=float) for level in present[1:]]
    x = np.column_stack([column for column in columns if np.ptp(column) > 0])
    x = np.column_stack([np.ones(len(arm)), (x - x.mean(axis=0)) / x.std(axis=0), pd.get_dummies(rows["site"]).to_numpy(dtype=float)])
    penalty = np.array([0.0] * (x.shape[1] - rows["site"].nunique()) + [1.0] * rows["site"].nunique())

    def loss(coef: Floats) -> tuple[float, Floats]:
        eta = x @ coef
        value = float(np.logaddexp(0, eta).sum() - arm @ eta + penalty @ coef**2 / 2)
        return value, x.T @ (1 / (1 + np.exp(-eta)) - arm) + penalty * coef

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000}).x
    return np.asarray(1 / (1 + np.exp(-x @ found)))


def weighted_efron(rows: pd.DataFrame, w: Floats) -> float:
    """The log hazard ratio of the arm by Efron's weighted partial likelihood."""
    time, event, x = (rows[name].to_numpy(dtype=float) for name in ("os_time", "os_event", "arm"))

    def loss(beta: float) -> float:
        total, r = 0.0, w * np.exp(beta * x)
        for day in np.unique(time[event == 1]):
            dead = (time == day) & (event == 1)
            d, v, at_risk = int(dead.sum()), w[dead].mean(), r[time >= day].sum()
            total += float((w * beta * x)[dead].sum()) - sum(v * np.log(at_risk - k / d * r[dead].sum()) for k in range(d))
        return -total

    return float(minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-10}).x)


def test_weighted_levels_keep_the_weights_of_the_whole_cohort(plain: StudyResult, study: LoadedStudy, rows: pd.DataFrame) -> None:
    score, arm = scores(study, rows), rows["arm"].to_numpy(dtype=float)
    weight = np.where(arm == 1, 1 - score, score)
    for level, inside in (("yes", rows["extrahepatic"] == 1), ("no", rows["extrahepatic"] == 0)):
        record = of(plain, "hazard_ratio", f"outside: {level}", "overlap")
        assert record.estimate == pytest.approx(np.exp(weighted_efron(rows[inside], weight[inside])), rel=1e-6)
        crude = of(plain, "hazard_ratio", f"outside: {level}")
        assert (record.n_target, record.events_comparator) == (crude.n_target, crude.events_comparator)


def test_imbalance_of_a_level_is_its_largest_standardised_difference(plain: StudyResult, study: LoadedStudy, rows: pd.DataFrame) -> None:
    score, arm = scores(study, rows), rows["arm"].to_numpy(dtype=float)
    weight, inside = np.where(arm == 1, 1 - score, score), (rows["extrahepatic"] == 1).to_numpy()
    columns = [rows[name].to_numpy(dtype=float) for name in ("age", "index_year", "albumin", "bilirubin", "extrahepatic")]
    columns += [(rows[name] == level).to_numpy(dtype=float) for name in ("subtype", "prior_classes") for level in rows[name].cat.categories]
    differences = []
    for column in columns:
        here = [inside & np.isfinite(column) & (arm == a) for a in (1, 0)]
        means = [np.average(column[h], weights=weight[h]) for h in here]
        spread = np.sqrt(sum(column[h].var(ddof=1) for h in here) / 2)
        differences.append(0.0 if means[0] == means[1] else abs(means[0] - means[1]) / spread)
    assert of(plain, "largest_imbalance", "outside: yes", "overlap").estimate == pytest.approx(max(differences), rel=1e-5)
    assert not [r for r in plain.records if r.measure == "largest_imbalance" and r.adjustment == "crude"]


def test_a_level_of_everybody_has_the_main_estimate_and_its_interval(plain: StudyResult) -> None:
    for adjustment in ("crude", "overlap"):
        level = of(plain, "hazard_ratio", "everyone: grown", adjustment)
        (main,) = [r for r in plain.records if (r.analysis, r.measure, r.adjustment) == ("main", "hazard_ratio", adjustment)]
        for field in ("estimate", "lower", "upper", "n_target", "events_comparator"):
            assert getattr(level, field) == pytest.approx(getattr(main, field), rel=1e-9)
    assert not [r for r in plain.records if r.population == "everyone: child"]


@pytest.mark.parametrize(("strata", "main", "trim"), [("site", "overlap", None), ("none", "iptw", (0.1, 0.9)), ("site", "matched", None)])
def test_federated_is_pooled(
    study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, strata: str, main: str, trim: tuple[float, float] | None
) -> None:
    assert study.study.propensity is not None
    analysis = study.study.analysis.model_copy(update={"cox_strata": strata, "main": main})
    propensity = study.study.propensity.model_copy(update={"trim": trim})
    changed = study.study.model_copy(update={"analysis": analysis, "propensity": propensity})
    loaded = replace(study, study=changed, hash=study_hash(changed))
    federated, pooled = (run_study(loaded, network, pooled=way, cache_dir=cache) for way in (False, True))
    pairs = [(a, b) for a, b in zip(federated.records, pooled.records, strict=True) if a.analysis == "subgroups"]
    assert {a.adjustment for a, _ in pairs} == {"crude", main}
    assert sum(a.measure == "hazard_ratio" and a.estimate is not None for a, _ in pairs) >= 14
    for a, b in pairs:
        for name in Record.__slots__:
            one, other = getattr(a, name), getattr(b, name)
            close = isinstance(one, float) and isinstance(other, float) and np.isclose(one, other, rtol=1e-9, atol=1e-12)
            assert close or one == other, (a, b)


def test_small_levels_are_hidden_with_what_tells_them(
    study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, plain: StudyResult
) -> None:
    shown = run_study(study, network, cache_dir=cache)
    true = {(r.population, r.adjustment, r.measure): r for r in plain.records if r.analysis == "subgroups"}
    small = 0
    for record in shown.records:
        if record.analysis != "subgroups" or record.measure != "hazard_ratio":
            continue
        key = (record.population, record.adjustment, record.measure)
        for field in ("n_target", "n_comparator", "events_target", "events_comparator"):
            count, real = getattr(record, field), getattr(true[key], field)
            assert isinstance(count, Masked) or (count == real and not 0 < count < 11)
            few = isinstance(count, Masked) and not count.complementary
            small += few
            if few and field.startswith("n_"):
                assert record.estimate is None
    assert small
    (main,) = [r for r in shown.records if (r.analysis, r.measure, r.adjustment) == ("main", "hazard_ratio", "crude")]
    assert not isinstance(main.events_target, Masked)
    assert not isinstance(main.events_comparator, Masked)
    table_1 = {(row.covariate, row.level): row for row in shown.baseline if row.adjustment == "crude"}
    for level in ("HER2+", "HR+", "Triple-negative or unknown"):
        record = of(shown, "hazard_ratio", f"subtype: {level}")
        row = table_1["subtype", level]
        assert (record.n_target, record.n_comparator) == (row.target_count, row.comparator_count)


def test_a_study_without_subgroups_has_none(federated: StudyResult) -> None:
    assert not [r for r in federated.records if r.analysis == "subgroups"]
    assert not [n for n in federated.notes if n.code == "EQ-HUB-010"]
