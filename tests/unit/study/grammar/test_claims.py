"""Claims of a published abstract: literal text, and the model that it means."""

from __future__ import annotations

from typing import get_args

import pytest

from equipoise.results.columns import MEASURES
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Claim, ClaimMeasure
from equipoise.study.model.claims import CLAIM_MEASURES_OF_ONE_ARM

WHOLE = """claims:
  - says: Median survival was 36 months with A and 25 with B.
    status: verified
    source: Abstract
    outcome: os
    measure: median_survival
    arm: A
    comparator: B
    value: 36
    comparator value: 25
    interval: [30, 42.5]
    unit: months
    p: 0.04
    n: 334
    comparator n: 84
    analysis: main
  - {says: With C it was 38 months., outcome: os, measure: median_survival, arm: A with C, part of: A, value: 38, p: below 0.001}
  - {says: Fewer lived two years., outcome: os, measure: survival, arm: B, comparator: A, direction: lower, at: 24 months}
  - says: More studies are needed.
"""


def test_claims_are_read(read):
    first, second, third, last = read(claims=WHOLE).claims
    assert first == Claim(
        words="Median survival was 36 months with A and 25 with B.",
        status="verified",
        source="Abstract",
        outcome="os",
        measure="median_survival",
        arm="A",
        comparator="B",
        value=36,
        comparator_value=25,
        lower=30,
        upper=42.5,
        unit="months",
        p_value=0.04,
        n=334,
        comparator_n=84,
        analysis="main",
    )
    assert (second.part_of, second.p_value, second.p_below, second.status) == ("A", 0.001, True, "not verified")
    assert (third.direction, third.at_days) == ("lower", 731)
    assert last == Claim(words="More studies are needed.")


@pytest.mark.parametrize(
    ("keys", "code", "words"),
    [
        ("outcome: oss", "EQ-STUDY-024", "there is no outcome `oss`"),
        ("value: 36", "EQ-STUDY-007", "`value` needs a `measure`"),
        ("interval: [1, 2]", "EQ-STUDY-007", "`interval` needs a `measure`"),
        ("measure: median_survival, comparator value: 25", "EQ-STUDY-007", "need a `comparator`"),
        ("comparator n: 84", "EQ-STUDY-007", "need a `comparator`"),
        ("measure: hazard_ratio, comparator: B, comparator value: 25", "EQ-STUDY-007", "needs a measure of one arm"),
        ("measure: hazard_ratio, value: 0.8, interval: [0.9, 0.7]", None, "ends before it begins"),
        ("measure: median", None, "is none of"),
        ("p: below one", "EQ-STUDY-009", "a p-value is written"),
        ("p: below 2", "EQ-STUDY-009", "a p-value is written"),
        ("p: 1.2", None, "from 0 to 1"),
        ("status: true", None, "one of the words"),
    ],
)
def test_mistakes_are_named(problems, keys, code, words):
    found = problems(claims=f"claims:\n  - {{says: x, {keys}}}")
    assert [words in p.what for p in found] == [True]
    assert found[0].where.line == 9
    assert code in (None, found[0].kind.code)


def test_a_study_without_claims_keeps_its_hash_and_claims_count(read):
    assert "claims" not in read().model_dump(mode="json")
    hashes = {study_hash(read(claims=text)) for text in (None, WHOLE, WHOLE.replace("36 months", "37 months"))}
    assert len(hashes) == 3


def test_measures_of_claims_are_measures_of_results():
    groups = {measure.name: measure.groups for measure in MEASURES}
    assert {name for name in get_args(ClaimMeasure) if groups[name] == "one arm"} == set(CLAIM_MEASURES_OF_ONE_ARM)
