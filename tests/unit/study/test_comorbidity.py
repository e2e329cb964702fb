"""The names of the groups are those of the comorbidity map."""

from __future__ import annotations

import csv

from equipoise.study.comorbidity import GROUPS, WEIGHTS


def test_the_groups_are_those_of_the_map(shared):
    found: dict[str, dict[str, str]] = {}
    with (shared / "clinical" / "comorbidity_map.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["index"], {})[row["group"]] = row["group_label"]
    assert found == GROUPS


def test_every_index_has_weights():
    assert WEIGHTS.keys() == GROUPS.keys()
