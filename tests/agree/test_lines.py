"""The vectorised pass finds the lines that the plain interpreter finds, on any treatments and with any pack."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.engine.lines import waves
from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.treatments import Treatments
from equipoise.engine.reference import lines as reference
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.lines.vary import vary
from equipoise.study.model.lines.pack import Pack

A = {"status": "assumption"}
DRUGS = ("a1", "a2", "b1", "b2", "c1", "d1")
SMALL = {
    "lines": 1,
    "name": "small",
    "title": "Small numbers, so that borders are met",
    "window": {"days": 3, **A},
    "gap": {"iv": {"days": 6, **A}, "oral": {"days": 9, **A}},
    "rechallenge": {"days": 12, **A},
    "current": {"days": 2, **A},
    "classes": {
        "a": {"drugs": ["a1", "a2"], "route": "iv", "another": "advances", **A},
        "b": {"drugs": ["b1", "b2"], "route": "oral", "another": "joins", **A},
        "c": {"drugs": ["c1"], "route": "iv", **A},
        "d": {"drugs": ["d1"], "route": "oral", **A},
    },
    "groups": {"cd": ["c", "d1"]},
    "products": {"a1/b1": ["a1", "b1"], "a1-bis": ["a1"]},
    "never": [{"drugs": ["n"], **A}],
    "local": [{"drugs": ["a"], "last_day": 1, **A}],
    "orders": {"confirmed_within": 5, **A},
}
RULES = {
    "substitutions": [{"between": ["a1", "a2"], "within": 4, **A}, {"between": ["cd"], "within": 2, **A}],
    "additions": [{"added": ["c"], "to": ["a"], "within": 5, **A}, {"added": ["d"], "within": 6, **A}],
    "after_stop": [{"added": ["cd"], "to": ["b"], "stopped": ["a"], "within": 4, **A}],
    "advances": [{"added": ["b2"], "to": ["c"], **A}, {"added": ["d"], "to": ["a2"], **A}],
}
maintenance = st.none() | st.just({"after": ["a"], "continued": ["b", "c"], "silent": 3, **A})
anchors_ruled = st.none() | st.just({"lead_in": {"days": 2, **A}, "ongoing": {"days": 3, **A}, "early_relapse": {"days": 5, **A}})
small_packs = st.builds(
    lambda parts, keep, anchor: Pack.model_validate(SMALL | parts | {"maintenance": keep, "anchor": anchor}),
    st.fixed_dictionaries({name: st.lists(st.sampled_from(rules), unique_by=str) for name, rules in RULES.items()}),
    maintenance,
    anchors_ruled,
)
PERSONS = st.sampled_from((None, 7, 2, 2, 2, 2, *[1] * 12))
"""Mostly one person, so that records meet."""


def table(rows: list[tuple[object, ...]], names: dict[str, pa.DataType]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, names.values(), strict=True)]
    return pa.table(arrays, names=list(names))


def people_days(days: st.SearchStrategy[int]) -> st.SearchStrategy[pa.Table]:
    rows = st.lists(st.tuples(PERSONS, st.none() | days), max_size=5)
    return rows.map(lambda drawn: table(drawn, {"person_id": pa.int64(), "day": pa.int32()}))


@st.composite
def treatments(draw: st.DrawFn, drugs: tuple[str, ...], steps: tuple[int, ...], longest: int) -> Treatments:
    """Days that lie a border, or one day less or more, after one another."""
    day, days = 0, []
    for step in draw(st.lists(st.sampled_from(steps), max_size=16)):
        day += step
        days.append(day)
    size = len(days)
    columns = {
        "person_id": pa.array(draw(st.lists(PERSONS, min_size=size, max_size=size)), pa.int64()),
        "day": pa.array([draw(st.sampled_from((*[one] * 15, None))) for one in days], pa.int32()),
        "drug": pa.array([draw(st.sampled_from((*drugs * 4, "n", "elsewhere", None))) for _ in days], pa.string()),
        "route": pa.array([draw(st.sampled_from((*[None] * 9, "iv", "oral", "rectal"))) for _ in days], pa.string()),
        "end_day": pa.array([draw(st.sampled_from((*[None] * 9, one - 1, one, one + longest))) for one in days], pa.int32()),
        "days_supply": pa.array([draw(st.sampled_from((*[None] * 9, 0, 1, longest))) for _ in days], pa.int32()),
        "ordered": pa.array([draw(st.sampled_from((None, *[False] * 8, True))) for _ in days], pa.bool_()),
    }
    columns["drug"] = draw(st.sampled_from((columns["drug"], columns["drug"].dictionary_encode())))
    optional = draw(st.sets(st.sampled_from(("route", "end_day", "days_supply", "ordered"))))
    kept = {name: column for name, column in columns.items() if name not in optional}
    near = st.sampled_from(sorted({one + by for one in (days or [0]) for by in (-3, -2, 0, 1, 2, 3)}))
    return Treatments(pa.table(kept), *(draw(st.none() | people_days(near)) for _ in range(3)))


def agree(given_: Treatments, pack: Pack) -> None:
    fast, plain = find_lines(given_, pack), reference.find_lines(given_, pack)
    assert fast.lines.schema == plain.lines.schema
    assert fast.persons.schema == plain.persons.schema
    assert fast.lines.num_rows == plain.lines.num_rows
    assert differences(fast.lines, plain.lines) == []
    assert differences(fast.persons, plain.persons) == []


def differences(one: pa.Table, other: pa.Table) -> list[tuple[object, object]]:
    """The first few rows that differ."""
    return [pair for pair in zip(one.to_pylist(), other.to_pylist(), strict=True) if pair[0] != pair[1]][:3]


@settings(max_examples=200)
@given(treatments((*DRUGS, "a1/b1", "a1-bis"), (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13), 5), small_packs)
def test_any_rules_on_small_numbers(given_, pack):
    agree(given_, pack)


BREAST = (
    *("paclitaxel", "docetaxel", "carboplatin", "cisplatin", "capecitabine", "letrozole", "exemestane", "fulvestrant", "palbociclib"),
    *("ribociclib", "trastuzumab", "pertuzumab", "trastuzumab emtansine", "trastuzumab deruxtecan", "pembrolizumab", "olaparib"),
)
GRID = vary(bundled_pack("breast"), window=(21, 28, 45), gap=(60, 90, 180))


@settings(max_examples=100)
@given(treatments(BREAST, (0, 1, 14, 21, 27, 28, 29, 45, 60, 61, 90, 91, 120, 180, 181), 28), st.sampled_from(GRID))
def test_breast_cancer_on_its_own_borders(given_, variant):
    agree(given_, variant.pack)


@settings(max_examples=50)
@given(treatments(DRUGS, (1, 3, 4, 6, 7, 12, 13), 5), small_packs)
def test_persons_are_taken_in_blocks_of_any_size(given_, pack):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waves, "CELLS_AT_A_TIME", 1)
        agree(given_, pack)


FULL = Pack.model_validate(
    SMALL
    | RULES
    | {"maintenance": {"after": ["a"], "continued": ["b", "c"], "silent": 3, **A}}
    | {"anchor": {"lead_in": {"days": 2, **A}, "ongoing": {"days": 3, **A}, "early_relapse": {"days": 5, **A}}}
)


def many(seed: int, pack: Pack, drugs: tuple[str, ...], steps: tuple[int, ...]) -> Treatments:
    """Two thousand persons with ten records each, all on the rules' borders."""
    draw, persons, each = np.random.default_rng(seed), 2000, 10
    day = np.cumsum(draw.choice(steps, (persons, each)), axis=1)
    person = np.repeat(np.arange(persons), each)
    supply = draw.choice([0, 0, 0, 1, *steps], persons * each)
    around = [day[np.arange(persons), draw.integers(0, each, persons)] + draw.integers(-4, 5, persons) for _ in range(3)]
    per_person = [pa.table({"person_id": np.arange(persons), "day": days.astype(np.int32)}) for days in around]
    given_ = {
        "person_id": person,
        "day": day.ravel().astype(np.int32),
        "drug": draw.choice(drugs, persons * each),
        "days_supply": pa.array(supply.astype(np.int32), mask=supply == 0),
        "ordered": draw.random(persons * each) < 0.1,
    }
    anchors = per_person[0].filter(pa.array(draw.random(persons) < 0.9))
    return Treatments(pa.table(given_), anchors if pack.anchor else None, per_person[1], per_person[2].slice(0, persons // 4))


@pytest.mark.parametrize("seed", [1, 2])
def test_thousands_of_persons_at_once(seed):
    agree(many(seed, FULL, (*DRUGS, "a1/b1", "n"), (1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13)), FULL)


def test_thousands_of_breast_cancer_patients_at_once():
    pack = bundled_pack("breast")
    agree(many(3, pack, (*BREAST, "denosumab"), (1, 14, 21, 28, 29, 30, 60, 61, 90, 91, 120, 121, 180, 181)), pack)
