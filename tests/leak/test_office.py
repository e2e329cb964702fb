"""What a site's office decides holds: approvals, estimators, budgets, and no two studies that differ by a few persons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from equipoise import __version__
from equipoise.estimators.moments.summary import MomentsAsk
from equipoise.guard.office.approvals import Approvals
from equipoise.guard.policy import Policy
from equipoise.network.preview import preview_of
from equipoise.network.site.service import SiteService
from equipoise.network.wire.codec import decode, decode_any, encode
from equipoise.network.wire.messages import Answer, Batch, Count, EstimatorQuestion, Hello, Prepare, Question, Refusal, Welcome
from equipoise.network.wire.views import Setting, View
from equipoise.study.fingerprint import study_hash
from equipoise.study.learned import Learned, LearnedColumn
from equipoise.study.model import Study

OPEN = Policy("site-aggregates")
MEANS = EstimatorQuestion("moments", View(columns="arm"), encode(MomentsAsk(2, np.zeros(1))))


def ask(site: SiteService, study: Study, kind: str, body: object) -> str:
    message = Question(__version__, study_hash(study), 1, kind, encode(body))  # type: ignore[arg-type]
    reply = decode_any(site.answer(encode(message)), Answer | Refusal)
    return reply.code if isinstance(reply, Refusal) else "answered"


def hello(site: SiteService, study: Study) -> str:
    return ask(site, study, "hello", Hello(study.model_dump_json()))


def begun(site: SiteService, study: Study) -> SiteService:
    assert hello(site, study) == "answered"
    assert ask(site, study, "prepare", Prepare()) == "answered"
    return site


def test_a_study_is_answered_once_it_is_approved_and_only_as_long(leaky: Any) -> None:
    site, office = leaky.site(replace(OPEN, studies="approved", counts="approved")), Approvals(leaky.folder)
    assert hello(site, leaky.study) == "EQ-GUARD-016"
    assert ask(site, leaky.study, "prepare", Prepare()) == "EQ-SITE-002"
    assert Study.model_validate_json(office.waiting()[leaky.hash]) == leaky.study
    office.previewed(leaky.hash)
    office.approve(leaky.hash, "canary", "office")
    begun(site, leaky.study)
    assert ask(site, leaky.study, "estimate", Batch(Setting(), (MEANS,))) == "answered"
    changed = leaky.study.model_copy(update={"title": "Another"})
    assert hello(site, changed) == "EQ-GUARD-016"
    office.withdraw(leaky.hash)
    assert ask(site, leaky.study, "estimate", Batch(Setting(), (MEANS,))) == "EQ-GUARD-016"


def test_counting_may_be_open_while_studies_are_approved(leaky: Any) -> None:
    site = leaky.site(replace(OPEN, studies="approved", counts="any"))
    assert hello(site, leaky.study) == "answered"
    assert ask(site, leaky.study, "count", Count()) == "answered"
    assert ask(site, leaky.study, "prepare", Prepare()) == "EQ-GUARD-016"
    assert list(Approvals(leaky.folder).waiting()) == [leaky.hash]


def test_an_estimator_that_the_policy_does_not_name_is_refused(leaky: Any) -> None:
    site = begun(leaky.site(replace(OPEN, estimators=("cox",))), leaky.study)
    assert ask(site, leaky.study, "estimate", Batch(Setting(), (MEANS,))) == "EQ-GUARD-019"


def test_the_budget_of_a_day_holds_over_studies_and_restarts(leaky: Any) -> None:
    policy = replace(OPEN, questions_per_day=3)
    other = leaky.study.model_copy(update={"title": "Another"})
    site = begun(leaky.site(policy), leaky.study)  # the counts of prepare are one
    assert ask(site, leaky.study, "estimate", Batch(Setting(), (MEANS,))) == "answered"
    site = begun(leaky.site(policy), other)
    assert ask(site, other, "estimate", Batch(Setting(), (MEANS,))) == "EQ-GUARD-003"


def test_cut_points_cannot_be_moved_until_they_close_in(leaky: Any) -> None:
    site = begun(leaky.site(replace(OPEN, designs_per_study=5)), leaky.study)
    said = []
    for number in range(8):
        setting = Setting(Learned((LearnedColumn("age", "age", "value", "Age", fill=60.0 + number / 1000),)))
        said.append(ask(site, leaky.study, "estimate", Batch(setting, (MEANS,))))
    assert said == ["answered"] * 5 + ["EQ-GUARD-020"] * 3


@pytest.mark.parametrize(("left_out", "said"), [(1, "EQ-GUARD-018"), (10, "EQ-GUARD-018"), (0, "answered"), (13, "answered")])
def test_two_cohorts_that_differ_by_a_few_persons(leaky: Any, left_out: int, said: str) -> None:
    policy = replace(OPEN, differencing="refuse")
    begun(leaky.site(policy), leaky.study)
    other = leaky.study.model_copy(update={"title": "The same but for a few"})
    site = leaky.site(policy)  # as after a restart
    held = site._tables.table_held
    site._tables.table_held = replace(held, rows=held.rows.slice(left_out))
    assert hello(site, other) == "answered"
    assert ask(site, other, "prepare", Prepare()) == said
    if said != "answered":
        assert ask(site, other, "estimate", Batch(Setting(), (MEANS,))) == "EQ-SITE-002"
        Approvals(leaky.folder).previewed(study_hash(other))
        Approvals(leaky.folder).approve(study_hash(other), "other", "office", alike=True)
        assert ask(site, other, "prepare", Prepare()) == "answered"


def test_times_are_rounded_up_before_anything_is_computed(leaky: Any) -> None:
    site = begun(leaky.site(replace(OPEN, whole_days=7)), leaky.study)
    time = site._rows[leaky.hash].outcome("os")[0]
    exact = begun(leaky.site(), leaky.study)._rows[leaky.hash].outcome("os")[0]
    assert (time % 7 == 0).all()
    assert ((time >= exact) & (time - exact < 7)).all()
    message = Question(__version__, leaky.hash, 1, "hello", encode(Hello(leaky.study.model_dump_json())))
    answer = decode(site.answer(encode(message)), Answer)
    assert decode(answer.body, Welcome).whole_days == 7


@pytest.mark.parametrize("arm", [None, 1])
def test_the_preview_shows_what_would_leave_and_no_canary(leaky: Any, arm: int | None, tmp_path: Path) -> None:
    table = leaky.site()._tables.table_held
    if arm is not None:  # a site that lacks an arm
        table = replace(table, rows=table.rows.filter(pc.equal(table.rows["arm"], arm)))
    found = preview_of(leaky.study, "here", table, Policy())
    assert found.stopped == ""
    assert found.study_hash == leaky.hash
    kinds = {summary.kind for summary in found.summaries}
    assert {"prepare", "cox", "kaplan_meier", "logistic", "moments"} <= kinds
    for summary in found.summaries:
        assert summary.decision == "released"
        assert all(part.disclosure and part.shape for part in summary.fields if summary.kind != "prepare"), summary
    text = repr(found)
    assert not [canary for canary in leaky.canaries if str(canary) in text]


def test_the_preview_shows_what_the_guard_would_refuse(leaky: Any) -> None:
    study = leaky.study.model_copy(
        update={"analysis": leaky.study.analysis.model_copy(update={"adjustments": ("crude", "matched"), "main": "crude"})}
    )
    table = leaky.site()._tables.table_held
    shares = preview_of(study, "here", table, Policy("deidentified-rows"))
    rows = [summary for summary in shares.summaries if any(part.disclosure == "rows" for part in summary.fields)]
    assert [(summary.kind, summary.decision) for summary in rows] == [("match_rows", "released")]
    sums = preview_of(study, "here", table, Policy())
    assert "match_rows" not in {summary.kind for summary in sums.summaries}
