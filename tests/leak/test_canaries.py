"""What a site says, writes or logs holds nothing of a single row."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from equipoise import __version__
from equipoise.estimators.attrition.summary import AttritionAsk
from equipoise.estimators.kaplan_meier.summary import KaplanMeierAsk
from equipoise.estimators.matching.summary import MatchRowsAsk
from equipoise.estimators.moments.summary import MomentsAsk
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import ErrorKind, Where
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.wire.codec import decode, decode_any, encode
from equipoise.network.wire.messages import Answer, Batch, EstimatorQuestion, Hello, Prepare, Question, Refusal
from equipoise.network.wire.views import Scores, Setting, View, Weighting
from equipoise.study.learned import Learned, LearnedColumn


def spellings(canaries: tuple[float, ...]) -> list[bytes]:
    """Each canary as text, and as the eight bytes of a number of either kind."""
    found = []
    for canary in canaries:
        found += [str(canary).encode(), np.int64(canary).tobytes(), np.float64(canary).tobytes(), str(int(canary)).encode()]
        found += [np.int64(canary).byteswap().tobytes(), np.float64(canary).byteswap().tobytes()]
    return found


class Eavesdropped:
    """Keeps what a site says."""

    def __init__(self, site: Any) -> None:
        self.site, self.said = site, b""

    def answer(self, message: bytes) -> bytes:
        reply = self.site.answer(message)
        self.said += reply
        return reply


def ask(leaky: Any, site: Any, kind: str, message: object, **changes: Any) -> Answer | Refusal:
    fields = {"version": __version__, "study_hash": leaky.hash, "number": 1, "kind": kind, "body": encode(message), **changes}
    return decode_any(site.answer(encode(Question(**fields))), Answer | Refusal)


@pytest.mark.parametrize("share", ["secure-sums", "site-aggregates", "deidentified-rows"])
def test_a_whole_study_says_no_canary(leaky: Any, share: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    site = Eavesdropped(leaky.site(Policy(share=share, minimum_sites=1)))
    with caplog.at_level(logging.DEBUG):
        result = conduct(Task(leaky.study, leaky.hash, ""), InProcess({"here": site}), lambda *_: None)
    assert len(site.said) > 10_000
    written = "".join(path.read_text() for path in leaky.folder.rglob("*") if path.is_file())
    assert written.count("\n") > 10
    everything = site.said + written.encode() + repr(result).encode() + caplog.text.encode() + "".join(capfd.readouterr()).encode()
    assert not [spelling for spelling in spellings(leaky.canaries) if spelling in everything]


def test_the_search_would_find_a_canary(leaky: Any) -> None:
    for canary in leaky.canaries:
        for leak in (f"age {canary}".encode(), b"x" + np.float64(canary).tobytes()):
            assert [spelling for spelling in spellings(leaky.canaries) if spelling in leak]


SPEAKS = ErrorKind("EQ-TABLE-999", "a test", "why", "what to do")


@pytest.mark.parametrize("kind", [ValueError, KeyError, OSError, MemoryError, RuntimeError])
def test_an_unexpected_error_tells_its_type_alone(leaky: Any, kind: type[Exception], capfd: pytest.CaptureFixture[str]) -> None:
    site = leaky.site(error=kind(f"row of person {leaky.canaries[0]} has {leaky.canaries[2]}"))
    ask(leaky, site, "hello", Hello(leaky.study.model_dump_json()))
    refusal = ask(leaky, site, "prepare", Prepare())
    assert isinstance(refusal, Refusal)
    assert refusal.code == "EQ-SITE-001"
    assert refusal.what == f"a {kind.__name__} was not expected here"
    assert "".join(capfd.readouterr()) == ""


def test_a_coded_error_tells_no_path(leaky: Any) -> None:
    site = leaky.site(error=SPEAKS.error("the table cannot be read", Where(file="/home/someone/data/person.parquet", table="person")))
    ask(leaky, site, "hello", Hello(leaky.study.model_dump_json()))
    refusal = ask(leaky, site, "prepare", Prepare())
    assert refusal == Refusal("here", "EQ-TABLE-999", "the table cannot be read [table person]")


def scored() -> Setting:
    """A setting in which people can be scored."""
    learned = Learned((LearnedColumn("age", "age", "value", "Age", fill=60.0),))
    return Setting(learned, np.zeros(1), np.ones(1), Scores(np.zeros(2), 0.5))


def prepared(leaky: Any, share: str) -> Any:
    """A site that knows the study and has its table."""
    site = leaky.site(Policy(share=share, minimum_sites=1))
    ask(leaky, site, "hello", Hello(leaky.study.model_dump_json()))
    ask(leaky, site, "prepare", Prepare())
    return site


ROWS = Batch(scored(), (EstimatorQuestion("match_rows", View(columns="score"), encode(MatchRowsAsk("logit"))),))


@pytest.mark.parametrize("share", ["secure-sums", "site-aggregates"])
def test_rows_are_refused_and_the_refusal_is_logged(leaky: Any, share: str) -> None:
    refusal = ask(leaky, prepared(leaky, share), "estimate", ROWS)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "EQ-GUARD-002"
    last = json.loads((leaky.folder / "audit.jsonl").read_text().splitlines()[-1])
    assert (last["estimator"], last["decision"], last["study_hash"]) == ("match_rows", "EQ-GUARD-002", leaky.hash)


def test_a_policy_that_shares_rows_shares_them(leaky: Any) -> None:
    assert isinstance(ask(leaky, prepared(leaky, "deidentified-rows"), "estimate", ROWS), Answer)


@pytest.mark.parametrize("share", ["secure-sums", "site-aggregates"])
def test_nobody_can_be_singled_out_by_a_made_up_matched_population(leaky: Any, share: str) -> None:
    setting = replace(scored(), weightings=(Weighting("matched", tokens=np.zeros(1, dtype=np.uint64)),))
    refusal = ask(leaky, prepared(leaky, share), "estimate", Batch(setting, ()))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "EQ-GUARD-002"


@pytest.mark.parametrize(
    "part",
    [
        EstimatorQuestion("no_such_estimator", View(), b""),
        EstimatorQuestion("moments", View(columns="propensity"), encode(MomentsAsk(2, np.zeros(2)))),
        EstimatorQuestion("moments", View(outcome="no_such_outcome"), encode(MomentsAsk(2, np.zeros(0)))),
        EstimatorQuestion("moments", View(columns="raw", weighting="iptw"), encode(MomentsAsk(2, np.zeros(2)))),
        EstimatorQuestion("kaplan_meier", View(), encode(KaplanMeierAsk(np.ones(1), 2))),
        EstimatorQuestion("attrition", View(), encode(AttritionAsk(1))),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(leaky: Any, part: EstimatorQuestion) -> None:
    refusal = ask(leaky, prepared(leaky, "secure-sums"), "estimate", Batch(Setting(), (part,)))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "EQ-SITE-004"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": "0.0.1"}, "EQ-WIRE-004"),
        ({"study_hash": "another"}, "EQ-SITE-002"),
        ({"body": b"\x00"}, "EQ-WIRE-001"),
        ({"body": encode(Hello("{}"))}, "EQ-WIRE-001"),
    ],
)
def test_a_wrong_question_is_refused_by_code(leaky: Any, changes: dict[str, Any], code: str) -> None:
    refusal = ask(leaky, leaky.site(), "prepare", Prepare(), **changes)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_bytes_that_are_no_question_are_refused(leaky: Any) -> None:
    assert decode(leaky.site().answer(b"\x93\x01\x02"), Refusal).code == "EQ-WIRE-001"


def test_a_study_under_another_hash_is_refused(leaky: Any) -> None:
    refusal = ask(leaky, leaky.site(), "hello", Hello(leaky.study.model_dump_json()), study_hash="0" * 64)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "EQ-SITE-003"
