"""A study on data that others made: OHDSI's Eunomia GiBleed."""

from __future__ import annotations

import json
from pathlib import Path

STUDY = Path(__file__).resolve().parents[2] / "studies" / "nsaid-gibleed.yaml"


def test_new_users_have_the_sizes_of_eunomias_own_cohorts(shared, equipoise):
    done = equipoise("count", STUDY, "--network", shared / "omop" / "gibleed", "--json")
    assert done.exit_code == 0, done.output
    last = json.loads(done.stdout)["flow"][-1]
    assert (last["n"], last["n_target"], last["n_comparator"]) == (2694, 1844, 850)


def test_the_study_ends_in_a_report_and_federated_is_pooled(shared, equipoise, tmp_path):
    for out, words in (("a", ()), ("b", ("--pooled",))):
        done = equipoise("run", STUDY, "--network", shared / "omop" / "gibleed", "--out", tmp_path / out, "--no-cache", "-q", *words)
        assert done.exit_code == 0, done.output
    assert (tmp_path / "a" / "report.html").exists()
    one, two = (json.loads((tmp_path / out / "results.json").read_text(encoding="utf-8")) for out in "ab")
    assert len(one) == len(two) > 50
    for left, right in zip(one, two, strict=True):
        for field in ("estimate", "lower", "upper"):
            assert left[field] == right[field] or abs(left[field] - right[field]) <= 1e-9 * abs(right[field])
