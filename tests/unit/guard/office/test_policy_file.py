from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.guard.office.policy_file import COMMENTS, policy_text, read_policy
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError

OFFICE = Policy(
    share="site-aggregates", studies="approved", counts="approved", differencing="refuse", estimators=("cox", "moments"), whole_days=7
)


@pytest.mark.parametrize("policy", [Policy(), OFFICE])
def test_a_policy_is_written_and_read(tmp_path: Path, policy: Policy) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(policy_text(policy))
    assert read_policy(path) == policy


def test_every_comment_stands_in_the_file() -> None:
    text = policy_text(Policy())
    assert all(comment in text for comment in COMMENTS.values())
    assert max(map(len, text.splitlines())) < 131


def test_what_is_left_out_is_as_it_is_by_default(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("equipoise_policy = 1\nminimum_count = 20\n")
    assert read_policy(path) == Policy(minimum_count=20)


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    wrong = ['share = "secure-sum"', "# a comment", "minimum_cuont = 5", "minimum_sites = 0", 'estimators = "cox"', "whole_days = true"]
    path.write_text("\n".join(["equipoise_policy = 1", *wrong]))
    with pytest.raises(EquipoiseError) as caught:
        read_policy(path)
    assert [(problem.where.line, problem.kind.code) for problem in caught.value.problems] == [(n, "EQ-GUARD-004") for n in (2, 4, 5, 6, 7)]
    assert [problem.did_you_mean for problem in caught.value.problems][:2] == ["secure-sums", "minimum_count"]


@pytest.mark.parametrize(("text", "line"), [("equipoise_policy = 1\nshare = \n", 2), ('share = "secure-sums"\n', None)])
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, text: str, line: int | None) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-004") as caught:
        read_policy(path)
    assert caught.value.problems[0].where.line == line
    with pytest.raises(EquipoiseError, match="EQ-GUARD-004"):
        read_policy(tmp_path / "none.toml")
