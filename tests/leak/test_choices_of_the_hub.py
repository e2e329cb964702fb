"""What a question may choose: a hub that moves a limit by a hair, leaves no room for a group, or makes questions fail on purpose learns no
more of one person than the study itself would tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from equipoise import __version__
from equipoise.estimators.histogram.summary import HistogramAsk
from equipoise.estimators.kaplan_meier.summary import KaplanMeierAsk
from equipoise.estimators.moments.summary import MomentsAsk
from equipoise.estimators.two_by_two.summary import TwoByTwoAsk
from equipoise.guard.policy import Policy
from equipoise.guard.release import MOST_FAILURES
from equipoise.network.site.service import SiteService, introduce
from equipoise.network.wire.codec import decode, decode_any, encode
from equipoise.network.wire.masked import Agree, Join, MaskedEstimates, Offer
from equipoise.network.wire.messages import Answer, Batch, EstimatorQuestion, Hello, Prepare, Question, Refusal
from equipoise.network.wire.views import Scores, Setting, View, Weighting
from equipoise.study.fingerprint import study_hash
from equipoise.study.learned import Learned, LearnedColumn
from equipoise.study.model import PropensityModel, Study
from equipoise.study.model.sensitivity import Grids, Sensitivity

NAMES = ("A", "B", "C", "D")
SECURE = Policy()
AGE = Learned((LearnedColumn("age", "age", "value", "Age", fill=60.0),))


class Hub:
    """An attacker over sites under masks: it may send anything, in one session that all sites agreed to."""

    def __init__(self, leaky: Any, policy: Policy = SECURE, study: Study | None = None) -> None:
        self.study = study or leaky.study
        self.hash, self.number = study_hash(self.study), 0
        self.sites: dict[str, SiteService] = {name: leaky.named(name, policy, seed) for seed, name in enumerate(NAMES, start=4)}
        introduce(self.sites.values())
        for name in NAMES:
            self.ask(name, "hello", Hello(self.study.model_dump_json()))
            self.ask(name, "prepare", Prepare())
        offers = tuple(decode(self.answer(name, "join", Join(b"session")).body, Offer) for name in NAMES)
        for name in NAMES:
            self.answer(name, "agree", Agree(b"session", offers))

    def ask(self, site: str, kind: str, body: object, session: bytes = b"") -> Answer | Refusal:
        self.number += 1
        message = Question(__version__, self.hash, self.number, kind, encode(body), session)  # type: ignore[arg-type]
        return decode_any(self.sites[site].answer(encode(message)), Answer | Refusal)

    def answer(self, site: str, kind: str, body: object) -> Answer:
        reply = self.ask(site, kind, body)
        assert isinstance(reply, Answer)
        return reply

    def estimate(self, name: str, view: View, ask: object, setting: Setting | None = None, site: str = "A") -> Answer | Refusal:
        batch = Batch(setting or Setting(), (EstimatorQuestion(name, view, encode(ask)),))
        return self.ask(site, "estimate", batch, b"session")


def code(reply: Answer | Refusal) -> str:
    return reply.code if isinstance(reply, Refusal) else "answered"


MEANS = MomentsAsk(2, np.zeros(1))


def scored(shift: float = 0.0, **changes: Any) -> Setting:
    return Setting(AGE, np.array([60.0 + shift]), np.ones(1), Scores(np.array([0.0, 1.0]), 0.5), **changes)


def test_scores_cannot_be_moved_by_their_centre(leaky: Any) -> None:
    hub = Hub(leaky, replace(SECURE, designs_per_study=5))
    said = [code(hub.estimate("moments", View(columns="score"), MEANS, scored(place / 1000))) for place in range(8)]
    assert said == ["answered"] * 5 + ["EQ-GUARD-020"] * 3


def test_bins_of_scores_cannot_be_moved_until_one_person_is_in_one(leaky: Any) -> None:
    hub = Hub(leaky, replace(SECURE, designs_per_study=5))
    said = []
    for place in range(8):
        edges, only = np.array([0.0, 0.5 + place / 1000, 0.501 + place / 1000, 1.0]), np.array([[0.0, 1.0, 0.0]] * 2)
        weighting = Weighting("score-bins", edges=edges, bin_weights=only)
        said.append(code(hub.estimate("moments", View(columns="arm", weighting="score-bins"), MEANS, scored(weightings=(weighting,)))))
    assert said == ["answered"] * 4 + ["EQ-GUARD-020"] * 4  # the scores are one design


@pytest.mark.parametrize(("trim", "said"), [((0.05, 0.95), "answered"), ((0.4, 0.4001), "EQ-GUARD-023"), (None, "answered")])
def test_scores_are_trimmed_where_the_study_says(leaky: Any, trim: tuple[float, float] | None, said: str) -> None:
    study = leaky.study.model_copy(update={"propensity": PropensityModel(covariates=("age", "event"), trim=(0.05, 0.95))})
    hub = Hub(leaky, study=study)
    setting = scored(weightings=(Weighting("iptw", trim),))
    assert code(hub.estimate("moments", View(columns="arm", weighting="iptw"), MEANS, setting)) == said


@pytest.mark.parametrize(("until", "said"), [(365, "answered"), (366, "EQ-GUARD-023"), (None, "answered")])
def test_follow_up_ends_where_the_study_says(leaky: Any, until: int | None, said: str) -> None:
    study = leaky.study.model_copy(update={"sensitivity": Sensitivity(grids=Grids(follow_up_ends=(365,)))})
    hub = Hub(leaky, study=study)
    grid = KaplanMeierAsk(np.arange(1.0, 400.0), 2)
    assert code(hub.estimate("kaplan_meier", View(outcome="os", until=until), grid)) == said


HISTOGRAM = HistogramAsk(np.array([0.0, 100.0]), 2)


@pytest.mark.parametrize("asked", [
    ("histogram", View(columns="raw"), replace(HISTOGRAM, n_groups=1)),
    ("histogram", View(columns="raw"), replace(HISTOGRAM, n_groups=0)),
    ("kaplan_meier", View(outcome="os"), KaplanMeierAsk(np.arange(1.0, 9.0), 1)),
    ("kaplan_meier", View(outcome="os", group="none"), KaplanMeierAsk(np.arange(1.0, 9.0), 1, n_strata=0)),
    ("moments", View(columns="arm"), replace(MEANS, n_groups=1)),
    ("two_by_two", View(outcome="os"), TwoByTwoAsk(n_strata=0)),
])  # fmt: skip
def test_the_layout_cannot_be_made_to_tell_who_is_there(leaky: Any, asked: tuple[str, View, object]) -> None:
    """An arm that has no place in the ask would lengthen the summary where somebody is in it, and lengths are said in clear."""
    assert code(Hub(leaky).estimate(*asked)) == "EQ-SITE-004"


def test_what_is_said_in_clear_of_a_summary_is_the_same_of_nobody(leaky: Any) -> None:
    hub = Hub(leaky)
    empty = hub.sites["B"]._tables
    empty.table_held = replace(empty.table_held, rows=empty.table_held.rows.slice(0, 0))
    hub.answer("B", "prepare", Prepare())
    for asked in (
        ("histogram", View(columns="raw"), HISTOGRAM),
        ("kaplan_meier", View(outcome="os"), KaplanMeierAsk(np.arange(1.0, 9.0), 2)),
        ("two_by_two", View(outcome="os"), TwoByTwoAsk()),
    ):
        hub.number += 1
        said = [decode(hub.estimate(*asked, site=site).body, MaskedEstimates) for site in ("A", "B")]  # type: ignore[union-attr]
        assert said[0].layouts == said[1].layouts
        assert said[0].words.size == said[1].words.size


@pytest.mark.parametrize("column", ["person_id", "index_date", "os_time", "site"])
def test_columns_that_are_no_covariates_of_the_study_cannot_be_learned(leaky: Any, column: str) -> None:
    learned = Learned((LearnedColumn("x", column, "value", "X", fill=0.0), *AGE.columns))
    reply = Hub(leaky).estimate("moments", View(columns="design"), MEANS, Setting(learned))
    layout = decode(reply.body, MaskedEstimates).layouts[0]  # type: ignore[union-attr]
    assert next(part.shape for part in layout.fields if part.name == "x") == (2, 1)  # age alone


def test_failures_cannot_be_made_to_tell(leaky: Any) -> None:
    """Whether a sum runs over hangs on the largest value here: a hub that scales it by halves would close in on it."""
    hub, said = Hub(leaky), []
    for power in range(8):
        shift = np.array([10.0 ** (18 + power)])
        said.append(code(hub.estimate("moments", View(columns="arm"), MomentsAsk(2, shift))))
    assert said == ["EQ-GUARD-006"] * MOST_FAILURES + ["EQ-GUARD-022"] * (8 - MOST_FAILURES)
    assert code(hub.estimate("moments", View(columns="arm"), MEANS)) == "EQ-GUARD-022"


def test_questions_refused_for_what_they_are_cost_nothing(leaky: Any) -> None:
    hub = Hub(leaky)
    for _ in range(2 * MOST_FAILURES):
        assert code(hub.estimate("no_such_estimator", View(), MEANS)) == "EQ-SITE-004"
    assert code(hub.estimate("moments", View(columns="arm"), MEANS)) == "answered"
