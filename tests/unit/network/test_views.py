"""Views of a site's rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from equipoise.estimators.data import CovariateData, ModelData, SurvivalData
from equipoise.estimators.matching.summary import MatchRowsData
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.site.data import data_for
from equipoise.network.site.rows import Rows
from equipoise.network.wire.views import Scores, Setting, View, Weighting
from equipoise.study.learned import Learned, LearnedColumn
from equipoise.study.model import AgeCovariate, Arm, DeathOutcome, Index, Study
from equipoise.table.analysis_table import AnalysisTable

STUDY = Study(
    name="s",
    title="S",
    period_start=date(2016, 1, 1),
    period_end=date(2020, 1, 1),
    code_sets=(),
    index=Index(sets=("a",)),
    arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
    outcomes=(DeathOutcome(name="os"),),
    covariates=(AgeCovariate(),),
)
ROWS = pa.table(
    {
        "person_id": pa.array([1, 2, 3, 4], pa.int64()),
        "site": ["x", "x", "y", "y"],
        "arm": pa.array([1, 0, 1, 0], pa.int8()),
        "os_time": [10.0, 20.0, None, 40.0],
        "os_event": pa.array([1, 0, None, 1], pa.int8()),
        "age": [50.0, None, 70.0, 60.0],
    }
)
LEARNED = Learned((LearnedColumn("age", "age", "value", "Age", fill=60.0),))
SETTING = Setting(
    LEARNED,
    np.array([60.0]),
    np.array([10.0]),
    Scores(np.array([0.2, 0.5]), prevalence=0.4),
    (Weighting("overlap"), Weighting("iptw", trim=(0.5, 0.6)), Weighting("att")),
)
E = 1 / (1 + np.exp(-(0.2 + 0.5 * np.array([-1.0, 0.0, 1.0, 0.0]))))


@pytest.fixture
def rows() -> Rows:
    return Rows(AnalysisTable(ROWS, (), ()), STUDY, "hash")


def test_survival_data_leaves_out_who_is_not_at_risk(rows: Rows) -> None:
    data = data_for(SurvivalData, rows, SETTING, View(outcome="os", columns="arm", stratum="site"))
    assert data.time.tolist() == [10, 20, 40]
    assert data.event.tolist() == [1, 0, 1]
    assert data.group.tolist() == [1, 0, 0]
    assert data.stratum.tolist() == [0, 0, 1]
    assert data.x.tolist() == [[1], [0], [0]]
    assert data.weight.tolist() == [1, 1, 1]


def test_raw_columns_keep_what_is_missing_and_the_design_fills_it(rows: Rows) -> None:
    raw = data_for(CovariateData, rows, SETTING, View(columns="raw"))
    assert np.array_equal(raw.x, [[50], [np.nan], [70], [60]], equal_nan=True)
    design = data_for(CovariateData, rows, SETTING, View(columns="design", group="none"))
    assert design.x.tolist() == [[50], [60], [70], [60]]
    assert design.group.tolist() == [0, 0, 0, 0]


def test_the_propensity_model_sees_standardised_columns_and_sites_as_blocks(rows: Rows) -> None:
    data = data_for(ModelData, rows, SETTING, View(columns="propensity"))
    assert data.x.tolist() == [[1, -1], [1, 0], [1, 1], [1, 0]]
    assert data.y.tolist() == [1, 0, 1, 0]
    assert data.block.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        ("overlap", [1 - E[0], E[1], 1 - E[2], E[3]]),
        ("att", [1, E[1] / (1 - E[1]), 1, E[3] / (1 - E[3])]),
    ],
)
def test_weights_are_those_of_the_score(rows: Rows, weighting: str, expected: list[float]) -> None:
    data = data_for(CovariateData, rows, SETTING, View(columns="raw", weighting=weighting))
    assert data.weight == pytest.approx(expected)


def test_trimming_leaves_people_out(rows: Rows) -> None:
    data = data_for(CovariateData, rows, SETTING, View(columns="raw", weighting="iptw"))
    inside = [1, 3]
    assert data.weight == pytest.approx([0.6 / (1 - E[k]) for k in inside])
    counted = data_for(CovariateData, rows, SETTING, View(columns="raw", weighting="iptw", unweighted=True))
    assert counted.weight.tolist() == [1, 1]


def test_bins_of_the_score_give_each_arm_its_weight(rows: Rows) -> None:
    each = np.array([[3.0, 0.0], [1.0, 0.25]])
    setting = replace(SETTING, weightings=(Weighting("score-bins", edges=np.array([0.0, E[1], 1.0]), bin_weights=each),))
    data = data_for(CovariateData, rows, setting, View(columns="raw", weighting="score-bins"))
    assert E[0] < E[1] < E[2]
    assert data.x[:, 0].tolist() == [50, 70]
    assert data.weight.tolist() == [1, 0.25]
    with pytest.raises(EquipoiseError, match="bins"):
        data_for(CovariateData, rows, replace(SETTING, weightings=(Weighting("score-bins"),)), View(weighting="score-bins"))


def test_a_matched_population_is_known_by_its_tokens(rows: Rows) -> None:
    lines = data_for(MatchRowsData, rows, SETTING, View(columns="score"))
    assert len(set(lines.token.tolist())) == 4
    assert lines.score == pytest.approx(E)
    assert lines.treated.tolist() == [1, 0, 1, 0]
    chosen = Weighting("matched", tokens=lines.token[[3, 0]], token_weights=np.array([0.5, 1.0]))
    setting = Setting(weightings=(chosen,))
    data = data_for(CovariateData, rows, setting, View(columns="raw", weighting="matched"))
    assert data.x[:, 0].tolist() == [50, 60]
    assert data.weight.tolist() == [1, 0.5]


def test_tokens_tell_no_identifier_and_change_with_the_study() -> None:
    table = AnalysisTable(ROWS, (), ())
    other_ids = AnalysisTable(ROWS.set_column(0, "person_id", pa.array([11, 22, 33, 44], pa.int64())), (), ())
    one = Rows(table, STUDY, "hash").tokens().tolist()
    assert Rows(other_ids, STUDY, "hash").tokens().tolist() == one
    assert not set(Rows(table, STUDY, "other").tokens().tolist()) & set(one)
    halves = [Rows(AnalysisTable(ROWS.slice(k, 2), (), ()), STUDY, "hash").tokens().tolist() for k in (0, 2)]
    assert halves[0] + halves[1] == one


@pytest.mark.parametrize(
    ("kind", "view"),
    [
        (SurvivalData, View()),
        (SurvivalData, View(outcome="pfs")),
        (CovariateData, View(columns="raw", weighting="matched")),
        (int, View()),
    ],
)
def test_a_view_that_cannot_be_given_is_refused(rows: Rows, kind: type, view: View) -> None:
    with pytest.raises(EquipoiseError, match="EQ-SITE-004"):
        data_for(kind, rows, SETTING, view)


@pytest.mark.parametrize("columns", ["design", "propensity", "score", "preference"])
def test_columns_that_the_question_does_not_explain_are_refused(rows: Rows, columns: str) -> None:
    with pytest.raises(EquipoiseError, match="EQ-SITE-004"):
        data_for(CovariateData, rows, Setting(), View(columns=columns))


def test_a_variant_of_a_weighting_is_told_from_the_study_s_own(rows: Rows) -> None:
    token = rows.tokens()
    setting = Setting(weightings=(Weighting("matched", tokens=token[:2]), Weighting("matched", tokens=token[2:], variant="seed 2")))
    own, other = (data_for(SurvivalData, rows, setting, View(outcome="os", weighting="matched", variant=v)) for v in ("", "seed 2"))
    assert (own.time.tolist(), other.time.tolist()) == ([10, 20], [40])
    with pytest.raises(EquipoiseError, match="without saying what it is"):
        data_for(SurvivalData, rows, setting, View(outcome="os", weighting="matched", variant="seed 3"))


def test_follow_up_can_end_earlier(rows: Rows) -> None:
    data = data_for(SurvivalData, rows, SETTING, View(outcome="os", until=20))
    assert data.time.tolist() == [10, 20, 20]
    assert data.event.tolist() == [1, 0, 0]
    assert data_for(SurvivalData, rows, SETTING, View(outcome="os", until=40)).event.tolist() == [1, 0, 1]


def test_sites_with_few_persons_in_an_arm_can_be_left_out(rows: Rows) -> None:
    assert len(data_for(SurvivalData, rows, SETTING, View(outcome="os", minimum_arm=1)).time) == 3
    assert len(data_for(SurvivalData, rows, SETTING, View(outcome="os", minimum_arm=2)).time) == 0
    alone = Rows(AnalysisTable(ROWS.slice(0, 3), (), ()), STUDY, "hash")
    assert data_for(SurvivalData, alone, SETTING, View(minimum_arm=1, outcome="os")).time.tolist() == [10, 20]
