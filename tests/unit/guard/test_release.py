from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from equipoise.estimators.shape import Additive, disclosed
from equipoise.guard.audit import AuditLog
from equipoise.guard.policy import Policy, strictest
from equipoise.guard.release import MOST_FAILURES, Door, Purpose, allow_text, release
from equipoise.kernel.errors import EquipoiseError


@dataclass(frozen=True)
class Sums(Additive):
    total: NDArray[np.float64] = disclosed("sum")
    people: int = disclosed("count")


@dataclass(frozen=True)
class Lines(Additive):
    score: NDArray[np.float64] = disclosed("rows")


PURPOSE = Purpose("abc", 3, "toy", (Sums, Lines))


def code_of(summary: object, policy: Policy) -> str:
    with pytest.raises(EquipoiseError) as caught:
        release(summary, Door(policy, AuditLog(None)), PURPOSE)
    return caught.value.code


def test_a_declared_sum_leaves() -> None:
    summary = Sums(np.arange(3.0), 2)
    assert release(summary, Door(Policy(), AuditLog(None)), PURPOSE) is summary


@pytest.mark.parametrize("summary", [{"total": 3}, np.arange(3), None, Sums(["a name"], 2), Sums(np.array(["a name"]), 2)])
def test_anything_else_does_not(summary: object) -> None:
    assert code_of(summary, Policy()) == "EQ-GUARD-001"


@pytest.mark.parametrize("share", ["secure-sums", "site-aggregates"])
def test_rows_stay_unless_the_policy_shares_them(share: str) -> None:
    assert code_of(Lines(np.arange(3.0)), Policy(share=share)) == "EQ-GUARD-002"
    lines = Lines(np.arange(3.0))
    assert release(lines, Door(Policy(share="deidentified-rows"), AuditLog(None)), PURPOSE) is lines


def test_the_number_of_questions_is_bounded_for_each_study() -> None:
    door = Door(Policy(questions_per_study=2), AuditLog(None))
    other = Purpose("other study", 1, "toy", (Sums,))
    summary = Sums(np.arange(3.0), 2)
    for purpose in (PURPOSE, PURPOSE, other):
        release(summary, door, purpose)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-003"):
        release(summary, door, PURPOSE)


def test_the_log_says_what_left_and_holds_no_value(tmp_path: Path) -> None:
    door = Door(Policy(), AuditLog(tmp_path))
    release(Sums(np.array([987654.5, 1.0]), 31), door, PURPOSE)
    with pytest.raises(EquipoiseError):
        release(Lines(np.array([987654.5])), door, PURPOSE)
    door.log.flush()
    text = (tmp_path / "audit.jsonl").read_text()
    first, second = map(json.loads, text.splitlines())
    assert (first["study_hash"], first["question"], first["estimator"], first["decision"]) == ("abc", 3, "toy", "released")
    assert first["shape"] == "total[2] people[]"
    assert first["size_bytes"] == 24
    assert second["decision"] == "EQ-GUARD-002"
    assert "987654" not in text


def test_the_strictest_of_several_policies_breaks_none() -> None:
    found = strictest([Policy(share="deidentified-rows", masking="show-10"), Policy(share="site-aggregates", minimum_count=20)])
    assert found == Policy(share="site-aggregates", minimum_count=20, masking="hide")


@pytest.mark.parametrize("terms", [{"share": "all"}, {"masking": "none"}, {"minimum_count": 0}])
def test_an_unclear_policy_is_refused(terms: dict[str, object]) -> None:
    with pytest.raises(EquipoiseError, match="EQ-GUARD-004"):
        Policy(**terms)


def test_text_that_is_no_name_does_not_leave() -> None:
    allow_text(("Age at index of 18 or more", "x" * 400), Policy())
    with pytest.raises(EquipoiseError, match="EQ-GUARD-021 long text"):
        allow_text(("a step", "x" * 401), Policy())


@pytest.mark.parametrize(("code", "counts"), [("EQ-EST-106", True), ("EQ-SITE-001", True), ("EQ-GUARD-006", True), ("EQ-GUARD-019", False)])
@pytest.mark.parametrize("policy", [Policy(), Policy("site-aggregates"), Policy(minimum_sites=1)])
def test_failures_that_may_hang_on_a_record_are_counted_under_masks(code: str, counts: bool, policy: Policy) -> None:
    door = Door(policy, AuditLog(None))
    for _ in range(MOST_FAILURES):
        door.allow_more("abc")
        door.failed("abc", code)
    door.allow_more("another")
    if counts and policy.masked:
        with pytest.raises(EquipoiseError, match="EQ-GUARD-022"):
            door.allow_more("abc")
    else:
        door.allow_more("abc")
