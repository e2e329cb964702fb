"""Combined arms over a network: federated equals pooled, and both equal a plain computation on all rows in one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.local import SitePlace, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.report.write import write_report
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.reading import LoadedStudy, read_study

STUDIES = Path(__file__).resolve().parents[2] / "studies"
BLOCK = """
combination:
  label: Systemic therapy
  classes:
    ICI: ici
    chemotherapy: [chemotherapy, antibody_drug_conjugate]
    other: [endocrine, her2_targeted, parp_inhibitor]
  windows: {W0: [-30, 0], W2: [-30, 90]}
  not counted: {records of: arterial_drug, window: [0, 1]}
  landmarks: [60]
  covariates: [age, extrahepatic]
  described apart: [[ICI, chemotherapy]]
"""
CLASSES, LABELS = ("ICI", "chemotherapy", "other"), ("ICI", "chemotherapy", "other", "alone")
COLUMNS = ("age", "extrahepatic")
GRACE = 90.0


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> LoadedStudy:
    """The flagship by sessions with exposures beside its arms; ties as Breslow breaks them, which can be written down in a line."""
    text = (STUDIES / "bclm-classified.yaml").read_text(encoding="utf-8")
    text = text.replace("codes/bclm-sessions.csv]", "codes/bclm-sessions.csv, codes/bclm-main.csv]").replace("codes/", f"{STUDIES}/codes/")
    text = text.replace("    parp_inhibitor: DRUG_PARP\n", "    parp_inhibitor: DRUG_PARP\n    ici: DRUG_ICI\n")
    path = tmp_path_factory.mktemp("study") / "combined.yaml"
    path.write_text(
        text.replace("adjustments: [crude, overlap, iptw, att, matched]", "adjustments: [crude, overlap]") + BLOCK, encoding="utf-8"
    )
    loaded = read_study(path)
    made = loaded.study.model_copy(update={"analysis": loaded.study.analysis.model_copy(update={"ties": "breslow"})})
    return replace(loaded, study=made, hash=study_hash(made))


@pytest.fixture(scope="module")
def found(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    return run_study(study, network, cache_dir=cache)


@pytest.fixture(scope="module")
def bare(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    """Nothing masked: to compare with counts."""
    return run_study(study, tuple(replace(place, policy=Policy(minimum_count=1)) for place in network), cache_dir=cache)


@pytest.fixture(scope="module")
def rows(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    """A person a row: site, arm, time, event, covariates, and since when they have each class (0 at the index, infinity never)."""
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(study.study, study.hash) for place in network]
    made = pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)
    made = made[made["os_time"].notna()].reset_index(drop=True)
    for name in CLASSES:
        first = made[f"combination {name}, first day"].fillna(np.inf)
        made[f"since {name}"] = np.where(made[f"combination {name}, at index"] == 1, 0.0, first)
    return made.rename(columns={"os_time": "time", "os_event": "event"})


def label_by(person: Any, day: float) -> str:
    """The first class begun by a day."""
    return next((name for name in CLASSES if person[f"since {name}"] <= day), "alone")


# --- a plain Cox regression ------------------------------------------------------------------------------------------


class PlainCox:
    """Breslow's ties, weights, late entry, strata; model-based variance, or the sandwich over persons (Lin and Wei 1989), each person's
    residuals freed of the person's share of the information (Mancl and DeRouen 2001), with Satterthwaite's degrees of freedom."""

    def __init__(self, data: pd.DataFrame, columns: list[str], strata: str | None, *, robust: bool = False) -> None:
        self.x = data[columns].to_numpy(float)
        self.beta, self.df = np.zeros(len(columns)), None
        groups = [data] if strata is None else [part for _, part in data.groupby(strata)]
        self.parts = [data.index.get_indexer(part.index) for part in groups]
        self.data = data
        self.own = {person: np.zeros((len(columns), len(columns))) for person in data["person"].unique()} if robust else {}
        self.heavy = {person: np.zeros((len(columns), len(columns))) for person in data["person"].unique()} if robust else {}
        for _ in range(30):
            score, information, _ = self._sums(meat=False)
            step = np.linalg.solve(information, score)
            self.beta = self.beta + step
            if np.abs(step).max() < 1e-12:
                break
        _, information, residuals = self._sums(meat=robust)
        self.vcov = np.linalg.inv(information)
        if robust:
            by_person = pd.DataFrame(residuals).groupby(data["person"].to_numpy()).sum()
            own = [self._freed(by_person.loc[person].to_numpy(), person) for person in by_person.index]
            carried = [np.diag(self.vcov @ part @ self.vcov) for part in self.heavy.values()]
            self.df = np.sum(carried, axis=0) ** 2 / np.sum(np.square(carried), axis=0)
            by_person = np.array(own)
            self.vcov = self.vcov @ by_person.T @ by_person @ self.vcov

    def _sums(self, *, meat: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        p = len(self.beta)
        score, information, residuals = np.zeros(p), np.zeros((p, p)), np.zeros_like(self.x)
        time, event, weight, entry = (self.data[name].to_numpy(float) for name in ("time", "event", "weight", "entry"))
        hazard = weight * np.exp(self.x @ self.beta)
        for part in self.parts:
            for day in np.unique(time[part][event[part] == 1]):
                at_risk = part[(entry[part] < day) & (time[part] >= day)]
                dead = part[(time[part] == day) & (event[part] == 1)]
                share = hazard[at_risk] / hazard[at_risk].sum()
                mean = share @ self.x[at_risk]
                died = weight[dead].sum()
                score += weight[dead] @ (self.x[dead] - mean)
                information += died * ((self.x[at_risk] - mean).T * share) @ (self.x[at_risk] - mean)
                if meat:
                    for row, part_of_all in zip(at_risk, share, strict=True):
                        away = self.x[row] - mean
                        self.own[self.data["person"].iat[row]] += died * part_of_all * np.outer(away, away)
                        self.heavy[self.data["person"].iat[row]] += weight[row] * died * part_of_all * np.outer(away, away)
                    residuals[dead] += weight[dead][:, None] * (self.x[dead] - mean)
                    residuals[at_risk] -= died * share[:, None] * (self.x[at_risk] - mean)
        return score, information, residuals

    def _freed(self, residual: np.ndarray, person: object) -> np.ndarray:
        return np.linalg.solve(np.eye(len(residual)) - self.own[person] @ self.vcov, residual)

    def ratio(self, column: int) -> tuple[float, float, float]:
        quantile = norm.ppf(0.975) if self.df is None else t.ppf(0.975, self.df[column])
        error = quantile * np.sqrt(self.vcov[column, column])
        return tuple(float(v) for v in np.exp(self.beta[column] + np.array([0, -error, error])))  # type: ignore[return-value]


def indicators(data: pd.DataFrame) -> pd.DataFrame:
    """With columns for the classes, weight 1 and entry from the start unless the rows have their own."""
    plain = {name: 1.0 for name in ("weight",) if name not in data} | ({} if "entry" in data else {"entry": -1.0})
    return data.assign(**plain, **{name: (data["label"] == name).astype(float) for name in CLASSES}).reset_index(drop=True)


def record(result: StudyResult, **wanted: object) -> Record:
    (one,) = [r for r in result.records if all(getattr(r, name) == value for name, value in wanted.items())]
    return one


def classes_agree(result: StudyResult, analysis: str, adjustment: str, plain: PlainCox, rel: float = 1e-7) -> None:
    """`plain` has the arm first, then the classes."""
    for column, name in enumerate(CLASSES, start=1):
        one = record(
            result, analysis=analysis, measure="hazard_ratio", target=name, comparator="alone", population="all", adjustment=adjustment
        )
        assert (one.estimate, one.lower, one.upper) == pytest.approx(plain.ratio(column), rel=rel), (analysis, name)


# --- layouts, in loops -----------------------------------------------------------------------------------------------


def at_window(rows: pd.DataFrame, window: str) -> pd.DataFrame:
    def label(person: Any) -> str:
        return next((name for name in CLASSES if person[f"combination {name}, {window}"] == 1), "alone")

    return indicators(rows.assign(label=rows.apply(label, axis=1)))


def at_landmark(rows: pd.DataFrame, day: float) -> pd.DataFrame:
    stayed = rows[rows["time"] > day]
    return indicators(stayed.assign(time=stayed["time"] - day, label=stayed.apply(label_by, axis=1, day=day)))


def through_time(rows: pd.DataFrame) -> pd.DataFrame:
    def of_person(person: Any) -> Iterator[dict[str, object]]:
        changes = sorted({0.0, *(person[f"since {name}"] for name in CLASSES if person[f"since {name}"] < person["time"])})
        for begin, end in zip(changes, [*changes[1:], person["time"]], strict=True):
            died = person["event"] if end == person["time"] else 0
            yield {**person, "entry": begin if begin else -1.0, "time": end, "event": died, "label": label_by(person, begin)}

    return indicators(pd.DataFrame([row for _, person in rows.iterrows() for row in of_person(person.to_dict())]))


def contradicted(person: Any, strategy: str, day: float) -> bool:
    return any(person[f"since {name}"] <= day for name in LABELS[: LABELS.index(strategy)])


EDGES = [0.0, *np.arange(7.0, GRACE, 7.0), GRACE]


def clone_weeks(rows: pd.DataFrame, strategy: str) -> pd.DataFrame:
    """A row for each stretch between decisions that a clone lives to see, with what is decided at its start."""
    found = []
    for number, person in rows.iterrows():
        out = False
        for place, edge in enumerate(EDGES):
            if person["time"] <= edge or out:
                break
            wrong = contradicted(person, strategy, edge)
            late = edge == GRACE and not wrong and strategy != "alone" and person[f"since {strategy}"] > GRACE
            end = EDGES[place + 1] if edge < GRACE else np.inf
            found.append({"person": number, "place": place, "wrong": float(wrong), "late": float(late), "begin": edge, "end": end})
            out = wrong or late
    return pd.DataFrame(found).merge(rows[["arm", "site", "time", "event", *COLUMNS]], left_on="person", right_index=True)


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Fitted chances."""
    beta = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ beta))
        beta = beta + np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (y - p))
    return np.asarray(1 / (1 + np.exp(-x @ beta)))


def factor(data: pd.DataFrame, decided: pd.Series[float], time: np.ndarray) -> np.ndarray:
    """(1 - numerator) / (1 - denominator) of each row; 1 where nothing is ever decided."""
    y = decided.to_numpy()
    if not y.any():
        return np.ones(len(y))
    covariates = data[["arm", *COLUMNS]].to_numpy(float)
    covariates = (covariates - covariates.mean(axis=0)) / covariates.std(axis=0)
    return np.asarray((1 - logistic(time, y)) / (1 - logistic(np.hstack([time, covariates]), y)))


def weighted_clones(rows: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for strategy in LABELS:
        weeks = clone_weeks(rows, strategy)
        share = weeks["place"].to_numpy() / (len(EDGES) - 1)
        one = np.ones((len(weeks), 1))
        gone = np.ones(len(weeks))
        first, later = (weeks["place"] == 0).to_numpy(), (weeks["place"] > 0).to_numpy()
        gone[first] *= factor(weeks[first], weeks["wrong"][first], one[first])
        gone[later] *= factor(weeks[later], weeks["wrong"][later], np.column_stack([one, share, share**2])[later])
        ends = ((weeks["begin"] == GRACE) & (weeks["wrong"] == 0)).to_numpy()
        gone[ends] *= factor(weeks[ends], weeks["late"][ends], one[ends])
        weeks["weight"] = pd.Series(gone, weeks.index).groupby(weeks["person"]).cumprod()
        parts.append(weeks[(weeks["wrong"] == 0) & (weeks["late"] == 0)].assign(label=strategy))
    made = pd.concat(parts, ignore_index=True)
    made["event"] = np.where(made["time"] <= made["end"], made["event"], 0)
    made["time"], made["entry"] = np.minimum(made["time"], made["end"]), np.where(made["begin"] > 0, made["begin"], -1.0)
    return made


# --- tests -----------------------------------------------------------------------------------------------------------


def test_federated_is_pooled(study: LoadedStudy, network: tuple[SitePlace, ...], found: StudyResult, cache: Path) -> None:
    pooled = run_study(study, network, pooled=True, cache_dir=cache)
    names = study.study.combination.analysis_names if study.study.combination else ()
    ours = [[r for r in result.records if r.analysis in names] for result in (found, pooled)]
    assert len(ours[0]) > 400
    for one, other in zip(*ours, strict=True):
        for field in Record.__slots__:
            a, b = getattr(one, field), getattr(other, field)
            same = isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) if isinstance(a, float) and isinstance(b, float) else a == b
            assert same, (field, one, other)
    assert len(found.combination_curves) == len(pooled.combination_curves) > 0
    for curve, other_curve in zip(found.combination_curves, pooled.combination_curves, strict=True):
        assert (curve.arm, curve.time, curve.at_risk) == (other_curve.arm, other_curve.time, other_curve.at_risk)
        np.testing.assert_allclose(curve.survival, other_curve.survival, rtol=1e-9)


@pytest.mark.parametrize("window", ["W0", "W2"])
def test_windows(bare: StudyResult, rows: pd.DataFrame, window: str) -> None:
    data = at_window(rows, window)
    classes_agree(bare, window, "crude", PlainCox(data, ["arm", *CLASSES], None))
    classes_agree(bare, window, "covariates", PlainCox(data, ["arm", *CLASSES, *COLUMNS], "site"))
    for arm, code in (("TARE", 1), ("TACE", 0)):
        for label in LABELS:
            of = data[(data["arm"] == code) & (data["label"] == label)]
            name = f"{arm} alone" if label == "alone" else f"{arm} with {label}"
            median = [r for r in bare.records if (r.analysis, r.measure, r.target) == (window, "median_survival", name)]
            assert [(r.n_target, r.events_target) for r in median] == ([(len(of), int(of["event"].sum()))] if len(of) else [])


def test_both_classes_are_described_apart(bare: StudyResult, rows: pd.DataFrame) -> None:
    both = rows[(rows["combination ICI, W2"] == 1) & (rows["combination chemotherapy, W2"] == 1) & (rows["arm"] == 1)]
    one = record(bare, analysis="W2", measure="median_survival", target="TARE with ICI and chemotherapy")
    assert (one.n_target, one.events_target) == (len(both), int(both["event"].sum()))


def test_the_landmark(bare: StudyResult, rows: pd.DataFrame) -> None:
    data = at_landmark(rows, 60)
    classes_agree(bare, "landmark 60", "crude", PlainCox(data, ["arm", *CLASSES], None))
    classes_agree(bare, "landmark 60", "covariates", PlainCox(data, ["arm", *CLASSES, *COLUMNS], "site"))
    for arm, code in (("TARE", 1), ("TACE", 0)):
        gone = rows[(rows["arm"] == code) & (rows["time"] <= 60)]
        one = record(bare, analysis="landmark 60", measure="left_before_landmark", target=arm)
        assert (one.n_target, one.events_target) == (len(gone), int(gone["event"].sum()))


def test_exposure_in_time(bare: StudyResult, rows: pd.DataFrame) -> None:
    data = through_time(rows)
    classes_agree(bare, "time-varying", "crude", PlainCox(data, ["arm", *CLASSES], None))
    classes_agree(bare, "time-varying", "covariates", PlainCox(data, ["arm", *CLASSES, *COLUMNS], "site"))


def test_clones(bare: StudyResult, rows: pd.DataFrame) -> None:
    """Weights cut, in each strategy, at the percentiles of those that its clones have after the grace period. Intervals are
    those of residuals by person freed of leverage, of which our risk sets' means in time are an approximation."""
    data = weighted_clones(rows)
    for label in data["label"].unique():
        mine = data["label"] == label
        final = data.loc[mine & (data["entry"] >= GRACE), "weight"]
        data.loc[mine, "weight"] = np.clip(data.loc[mine, "weight"], *np.quantile(final, [0.01, 0.99]))
    data = indicators(data)
    for adjustment, columns in (("weights", []), ("weights and covariates", COLUMNS)):
        known = PlainCox(data, ["arm", *CLASSES, *columns], "site", robust=True)
        for column, name in enumerate(CLASSES, start=1):
            one = record(bare, analysis="clone-censor-weight", measure="hazard_ratio", target=name, population="all", adjustment=adjustment)
            estimate, lower, upper = known.ratio(column)
            assert one.estimate == pytest.approx(estimate, rel=1e-5)
            assert one.lower is not None
            assert one.upper is not None
            assert np.log(one.upper / one.lower) == pytest.approx(np.log(upper / lower), rel=0.005)


def test_interaction(bare: StudyResult, rows: pd.DataFrame) -> None:
    data = at_window(rows, "W0")
    arms = [("TACE", label) for label in CLASSES] + [("TARE", label) for label in LABELS]
    for arm, label in arms:
        data[f"{arm} {label}"] = ((data["arm"] == (arm == "TARE")) & (data["label"] == label)).astype(float)
    kept = [f"{arm} {label}" for arm, label in arms if data.loc[data[f"{arm} {label}"] == 1, "event"].any()]
    alive = data[(data[kept].any(axis=1)) | ((data["arm"] == 0) & (data["label"] == "alone"))]
    plain = PlainCox(alive.reset_index(drop=True), [*kept, *COLUMNS], "site")
    b = dict(zip(kept, plain.beta, strict=False))
    one, reri = (
        record(bare, analysis="W0", measure=measure, target="chemotherapy", adjustment="covariates")
        for measure in ("ratio_of_hazard_ratios", "reri")
    )
    both, target, exposed = b["TARE chemotherapy"], b["TARE alone"], b["TACE chemotherapy"]
    assert one.estimate == pytest.approx(np.exp(both - target - exposed), rel=1e-7)
    assert reri.estimate == pytest.approx(np.exp(both) - np.exp(target) - np.exp(exposed) + 1, rel=1e-7)
    gradient = np.zeros(len(plain.beta))
    for name, value, sign in (("TARE chemotherapy", both, 1), ("TARE alone", target, -1), ("TACE chemotherapy", exposed, -1)):
        gradient[kept.index(name)] = sign * np.exp(value)
    assert reri.p_value == pytest.approx(2 * norm.sf(abs(reri.estimate or 0) / np.sqrt(gradient @ plain.vcov @ gradient)), rel=1e-5)
    pair = record(
        bare, analysis="W0", measure="hazard_ratio", target="TARE with chemotherapy", comparator="TARE alone", adjustment="covariates"
    )
    assert pair.estimate == pytest.approx(np.exp(both - target), rel=1e-7)


def test_the_drug_of_the_embolisation_is_no_chemotherapy(bare: StudyResult, study: LoadedStudy, network: tuple[SitePlace, ...]) -> None:
    """Every TACE has one: without taking it out, all would be TACE with chemotherapy."""
    block = study.study.combination
    assert block is not None
    counted = study.study.model_copy(update={"combination": block.model_copy(update={"not_counted": None, "analyses": ("at index",)})})
    naive = run_study(
        replace(study, study=counted, hash=study_hash(counted)), tuple(replace(p, policy=Policy(minimum_count=1)) for p in network)
    )
    (with_drug,), (without,) = (
        [r.n_target for r in result.records if (r.analysis, r.measure, r.target) == ("W0", "median_survival", "TACE with chemotherapy")]
        for result in (naive, bare)
    )
    whole = next(r.n_comparator for r in bare.records if r.analysis == "main" and r.comparator == "TACE")
    assert isinstance(with_drug, int)
    assert isinstance(without, int)
    assert isinstance(whole, int)
    assert with_drug > 0.75 * whole
    assert without < 0.6 * whole


def test_what_is_hidden_cannot_be_worked_out(found: StudyResult, bare: StudyResult) -> None:
    """No small count is shown, and what is hidden of an arm is never a single cell."""
    names = {curve.adjustment for curve in bare.combination_curves}
    shown = {(r.analysis, r.target): r for r in found.records if r.analysis in names and r.measure == "median_survival"}
    hidden = 0
    for (analysis, target), one in shown.items():
        plain = next(r for r in bare.records if (r.analysis, r.target, r.measure) == (analysis, target, "median_survival"))
        for count, true in ((one.n_target, plain.n_target), (one.events_target, plain.events_target)):
            assert isinstance(count, Masked) or count is None or not 0 < count < 11
            hidden += isinstance(count, Masked)
            assert isinstance(count, Masked) or count is None or count == true
        if isinstance(one.n_target, Masked) and not one.n_target.complementary:
            assert one.estimate is None
    assert hidden
    for analysis in ("W0", "W2"):
        for arm in ("TARE", "TACE"):
            counts = [
                one.n_target
                for (name, target), one in shown.items()
                if name == analysis and target in (f"{arm} alone", *(f"{arm} with {c}" for c in CLASSES))
            ]
            assert sum(isinstance(count, Masked) for count in counts) != 1


def test_the_report_sets_naive_beside_honest(bare: StudyResult, federated: StudyResult, tmp_path: Path) -> None:
    page = write_report(bare, tmp_path / "with").html.read_text(encoding="utf-8")
    section = page[page.index('<section id="combination"') :]
    assert (tmp_path / "with" / "figures" / "combination.svg").stat().st_size > 1000
    for analysis in ("W0", "W2"):
        one = record(
            bare,
            analysis=analysis,
            measure="hazard_ratio",
            target="chemotherapy",
            comparator="alone",
            population="all",
            adjustment="covariates",
        )
        assert f"{one.estimate:.2f} ({one.lower:.2f}" in section
    assert "Landmark, day 60" in section
    curves = pd.read_csv(tmp_path / "with" / "tables" / "combination_curves.csv")
    assert set(curves["analysis"]) == {curve.adjustment for curve in bare.combination_curves}
    assert 'id="combination"' not in write_report(federated, tmp_path / "without").html.read_text(encoding="utf-8")


def test_a_study_without_the_block_has_no_such_records(federated: StudyResult) -> None:
    assert federated.combination_curves == ()
    assert {r.analysis for r in federated.records} & {"W0", "W2", "time-varying", "clone-censor-weight"} == set()
