"""What a question may choose, read from the study that is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.site.limits.bounds import check_named, check_room, groups_of
from equipoise.network.wire.combination import CombinationFrame
from equipoise.network.wire.labs import LabFrame
from equipoise.network.wire.views import View, Weighting
from equipoise.study.model import Study
from equipoise.study.reading import read_study

MAIN = Path(__file__).resolve().parents[5] / "studies" / "bclm" / "main.yaml"


@pytest.fixture(scope="module")
def study() -> Study:
    """Landmarks 60 and 90, four labels, trims 0, 0.01 and 0.05, ends of follow-up at 24, 36 and 60 months."""
    return read_study(MAIN).study


def refused(study: Study, view: View, *weightings: Weighting) -> bool:
    try:
        check_named(study, view, weightings)
    except EquipoiseError as error:
        return error.code == "EQ-GUARD-023"
    return False


def test_landmarks_ends_and_trims_are_the_study_s(study: Study) -> None:
    for day, said in ((60, False), (90, False), (61, True), (0, True)):
        assert refused(study, View(outcome="os", combination=CombinationFrame("landmark", landmark=day))) is said
    ends = study.sensitivity.grids.follow_up_ends  # type: ignore[union-attr]
    assert not any(refused(study, View(until=day)) for day in ends)
    assert refused(study, View(until=ends[0] + 1))
    for trim, said in ((None, False), ((0.05, 0.95), False), ((0.01, 0.99), False), ((0.05, 0.9), True)):
        assert refused(study, View(), Weighting("crude"), Weighting("iptw", trim)) is said


def test_groups_of_views(study: Study) -> None:
    labels, windows = len(study.combination.labels), len(study.labs[0].windows)  # type: ignore[union-attr]
    wanted = {
        View(group="none"): 1,
        View(): 2,
        View(combination=CombinationFrame("window", group="arms")): 2 * labels,
        View(combination=CombinationFrame("window", group="labels")): labels,
        View(combination=CombinationFrame("window", group="apart")): 2,
        View(combination=CombinationFrame("window")): 1,
        View(labs=LabFrame(study.labs[0].name, "values")): 2 * windows,
        View(labs=LabFrame(study.labs[0].name, "weights")): 1,
    }
    assert {view: groups_of(study, view) for view in wanted} == wanted


class Room:
    """An ask."""

    def __init__(self, **said: int) -> None:
        self.__dict__.update(said)


@pytest.mark.parametrize(("view", "ask", "enough"), [
    (View(), Room(n_groups=2), True),
    (View(), Room(n_groups=1), False),
    (View(), Room(), True),
    (View(), Room(n_groups=2, n_strata=0), False),
    (View(competing=True), Room(n_groups=2, n_causes=1), False),
    (View(competing=True), Room(n_groups=2, n_causes=2), True),
    (View(combination=CombinationFrame("window", group="labels")), Room(n_groups=3), False),
])  # fmt: skip
def test_an_ask_has_room_for_all_groups(study: Study, view: View, ask: Room, enough: bool) -> None:
    if enough:
        check_room(study, view, ask)
    else:
        with pytest.raises(EquipoiseError, match="EQ-SITE-004"):
            check_room(study, view, ask)
