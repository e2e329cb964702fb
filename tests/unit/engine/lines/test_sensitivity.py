"""Who becomes eligible, and who no longer is, when rules change."""

from __future__ import annotations

import pyarrow as pa
import pytest

from equipoise.engine.lines.sensitivity import eligibility_changes
from equipoise.engine.lines.treatments import Treatments
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.lines.vary import vary

BREAST = bundled_pack("breast")
DRUGS = ("paclitaxel", "eribulin", "capecitabine", "vinorelbine")


def days_of(days: dict[int, int]) -> pa.Table:
    return pa.table({"person_id": pa.array(list(days), pa.int64()), "day": pa.array(list(days.values()), pa.int32())})


def treatments() -> Treatments:
    """1: three lines, four when day 25 is outside the window. 2: one line whatever happens. 3: none. 4: one line, before anchor `late`."""
    rows = [(1, DRUGS[0], 0), (1, DRUGS[1], 25), (1, DRUGS[2], 100), (1, DRUGS[3], 200), (2, DRUGS[0], 0), (4, DRUGS[0], 0)]
    person, drug, day = zip(*rows, strict=True)
    given = pa.table({"person_id": pa.array(person, pa.int64()), "drug": list(drug), "day": pa.array(day, pa.int32())})
    return Treatments(given, days_of(dict.fromkeys((1, 2, 4), 0)), days_of(dict.fromkeys((1, 2, 3, 4), 300)))


def test_the_grid_says_who_changes():
    found = eligibility_changes(treatments(), BREAST, vary(BREAST, window=(21, 28)))
    assert [(one.settings, one.persons, one.eligible, one.gained, one.lost, one.share_changed) for one in found] == [
        ((("window", 21),), 4, 2, 0, 1, 0.25),
        ((("window", 28),), 4, 3, 0, 0, 0.0),
    ]


def test_the_range_of_prior_lines_is_closed():
    (one,) = eligibility_changes(treatments(), BREAST, vary(BREAST, window=(21,)), prior_lines=(4, 4))
    assert (one.eligible, one.gained, one.lost) == (1, 1, 0)


def test_every_table_of_anchors_is_set_against_the_main_one():
    main = treatments()
    other = days_of({1: 0, 2: 0, 4: 100})
    found = eligibility_changes(main, BREAST, vary(BREAST, window=(28,)), anchors={"one code": main.anchors, "two codes": other})
    assert [(one.anchors, one.eligible, one.gained, one.lost) for one in found] == [("one code", 3, 0, 0), ("two codes", 2, 0, 1)]


def test_nobody_is_no_share():
    nobody = Treatments(treatments().administrations.slice(0, 0), None, days_of({}))
    (one,) = eligibility_changes(nobody, BREAST, vary(BREAST, window=(21,)))
    assert (one.persons, one.share_changed) == (0, 0.0)


def test_without_index_days_nobody_has_prior_lines():
    with pytest.raises(EquipoiseError, match="EQ-ENGINE-021"):
        eligibility_changes(Treatments(treatments().administrations), BREAST, vary(BREAST))
