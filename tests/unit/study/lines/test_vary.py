"""A grid of packs: every combination once, everything else as it was."""

from __future__ import annotations

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.lines.vary import vary

BREAST = bundled_pack("breast")


def test_every_combination_in_ascending_order():
    grid = vary(BREAST, gap={60, 90, 120, 180}, window=[45, 21, 28, 28])
    assert len(grid) == 12
    assert [one.name for one in grid[:3]] == ["window 21, gap 60", "window 21, gap 90", "window 21, gap 120"]
    assert [(one.pack.window.days, one.pack.gap["iv"].days, one.pack.gap["oral"].days) for one in grid[:2]] == [(21, 60, 60), (21, 90, 90)]


def test_a_route_s_own_gap_comes_after_the_common_one():
    (one,) = vary(BREAST, gap_oral=[150], gap=[60])
    assert {route: gap.days for route, gap in one.pack.gap.items()} == {"iv": 60, "oral": 150}


def test_nothing_else_changes():
    (same,) = vary(BREAST, window=[28], gap_iv=[90], gap_oral=[120], rechallenge=[180], lead_in=[14], ongoing=[30], current=[30])
    assert same.pack == BREAST


def test_all_substitutions_are_varied_alike_and_the_anchor_s_days_apart():
    (one,) = vary(BREAST, substitution=[28], lead_in=[30], ongoing=[0])
    assert {rule.within for rule in one.pack.substitutions} == {28}
    assert one.pack.anchor is not None
    assert (one.pack.anchor.lead_in.days, one.pack.anchor.ongoing.days, one.pack.anchor.early_relapse.days) == (30, 0, 365)


def test_no_settings_give_the_main_pack():
    assert [one.pack for one in vary(BREAST)] == [BREAST]


@pytest.mark.parametrize(
    ("pack", "setting", "value", "code", "meant"),
    [
        ("breast", "widow", 28, "EQ-STUDY-067", "window"),
        ("breast", "gap_injected", 28, "EQ-STUDY-067", None),
        ("diabetes", "lead_in", 14, "EQ-STUDY-067", None),
        ("breast", "window", -1, "EQ-STUDY-065", None),
        ("breast", "window", 1.5, "EQ-STUDY-065", None),
    ],
)
def test_what_cannot_be_varied(pack, setting, value, code, meant):
    with pytest.raises(EquipoiseError) as caught:
        vary(bundled_pack(pack), **{setting: [value]})
    (problem,) = caught.value.problems
    assert problem.kind.code == code
    assert meant is None or problem.did_you_mean == meant


def test_values_may_be_given_once_only_as_an_iterator():
    assert len(vary(BREAST, window=iter((21, 28)))) == 2
