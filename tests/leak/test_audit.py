"""What a site's log says left it is what the report says, every refusal is in it, and it can be verified."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from equipoise import __version__
from equipoise.guard.audit import AuditLog, begin_anew
from equipoise.guard.audit_check import lines_of, verify
from equipoise.guard.policy import Policy
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.site.service import introduce
from equipoise.network.wire.codec import decode_any, encode
from equipoise.network.wire.messages import Answer, Hello, Prepare, Question, Refusal


@pytest.mark.parametrize("share", ["secure-sums", "site-aggregates"])
def test_report_and_logs_say_the_same(leaky: Any, tmp_path: Path, share: str) -> None:
    homes = {name: tmp_path / name for name in "ABC"}
    sites = {name: leaky.named(name, Policy(share), seed, homes[name]) for seed, name in enumerate("ABC")}
    introduce(sites.values())
    log = AuditLog(tmp_path / "hub", who="the hub")
    result = conduct(Task(leaky.study, leaky.hash, ""), InProcess(sites), lambda *_: None, log=log)
    for name, home in homes.items():
        assert verify(home) > 10
        logged = Counter(line.estimator for line in lines_of(home) if line.decision == "released")
        told = Counter[str]()
        for row in result.released:
            if row.site == name:
                told.update({kind.split()[0]: int(kind.split()[1]) for kind in row.kinds.split(", ")})
        assert {kind: n for kind, n in logged.items() if kind != "prepare"} == {
            k: n for k, n in told.items() if k in logged and k != "prepare"
        }
        assert logged["cox"] > 3
    assert {row.way for row in result.released} == ({"in clear", "under masks"} if share == "secure-sums" else {"in clear"})
    questions = [line.question for line in lines_of(tmp_path / "hub")]
    assert questions == list(range(1, result.rounds + 1))
    assert sum(line.size_bytes for line in lines_of(tmp_path / "hub")) == result.bytes_received
    assert verify(tmp_path / "hub") == result.rounds


def test_what_is_refused_is_in_the_log_by_its_rule(leaky: Any) -> None:
    site = leaky.site()
    site.asked_by("hub of the network")
    for body in (Hello(leaky.study.model_dump_json()), Hello("{}")):
        message = Question(__version__, leaky.hash, 1, "hello", encode(body))
        assert decode_any(site.answer(encode(message)), Answer | Refusal)
    site.answer(encode(Question("0.0.1", leaky.hash, 2, "prepare", encode(Prepare()))))
    site.answer(encode(Question(__version__, "x" * 5_000, 2, "prepare", encode(Prepare()))))
    found = list(lines_of(leaky.folder))
    assert [(line.estimator, line.decision) for line in found] == [
        ("hello", "answered"),
        ("hello", "EQ-SITE-003"),
        ("prepare", "EQ-WIRE-004"),
        ("prepare", "EQ-SITE-002"),
    ]
    assert {line.who for line in found} == {"hub of the network"}
    assert max(len(line.study_hash) for line in found) == 64


def test_a_site_whose_log_was_cut_says_nothing_more(leaky: Any) -> None:
    site = leaky.site()
    hello = encode(Question(__version__, leaky.hash, 1, "hello", encode(Hello(leaky.study.model_dump_json()))))
    assert isinstance(decode_any(site.answer(hello), Answer | Refusal), Answer)
    (leaky.folder / "audit.jsonl").write_bytes(b"")
    refusal = decode_any(site.answer(hello), Answer | Refusal)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "EQ-GUARD-015"


def test_a_site_whose_log_is_gone_with_its_head_says_nothing_more_until_its_office_begins_another(leaky: Any) -> None:
    hello = encode(Question(__version__, leaky.hash, 1, "hello", encode(Hello(leaky.study.model_dump_json()))))
    assert isinstance(decode_any(leaky.site().answer(hello), Answer | Refusal), Answer)
    for name in ("audit.jsonl", "audit.head"):
        (leaky.folder / name).unlink()
    refusal = decode_any(leaky.site().answer(hello), Answer | Refusal)  # as after a restart
    assert isinstance(refusal, Refusal)
    assert refusal.code == "EQ-GUARD-015"
    begin_anew(leaky.folder, "office")
    assert isinstance(decode_any(leaky.site().answer(hello), Answer | Refusal), Answer)
    assert [line.decision for line in lines_of(leaky.folder)] == ["begun anew", "answered"]
