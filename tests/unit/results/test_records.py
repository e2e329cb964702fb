from __future__ import annotations

import json
from pathlib import Path

import pytest

from equipoise.kernel.masked import Masked
from equipoise.results.records import RECORD_FIELDS, Record, write_results

ONE = Record(
    "primary", "all", "os", "hazard_ratio", "TARE", "TACE", "overlap", 0.8, 0.65, 0.98, 0.03, 334, Masked(), 135, Masked(shown_as=10)
)


def test_fields_are_those_of_the_results_dictionary_in_order() -> None:
    assert ",".join(RECORD_FIELDS) == (
        "analysis,population,outcome,measure,target,comparator,adjustment,estimate,lower,upper,p_value,n_target,n_comparator,"
        "events_target,events_comparator,time_days"
    )


def test_masked_counts_are_null_or_the_stand_in(tmp_path: Path) -> None:
    write_results([ONE, ONE], tmp_path / "results.json")
    first, second = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert first == second
    assert (first["n_target"], first["n_comparator"], first["events_comparator"], first["time_days"]) == (334, None, 10, None)
    assert list(first) == list(RECORD_FIELDS)
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]


def test_not_a_number_never_reaches_the_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        write_results([Record("a", "p", "os", "rmst", estimate=float("nan"))], tmp_path / "results.json")
    assert not (tmp_path / "results.json").exists()
