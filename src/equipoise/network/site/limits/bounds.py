"""What a question may choose: days, limits and sizes that the study names, and room for all groups of its view.

A hub that could choose these itself would move them a day or a hair at a time, and subtract; one that left no room for a group would read
in the layout of the summary, which is said in clear, whether the site has anybody there. None of this looks at a row.
"""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.estimators.two_by_two.summary import TwoByTwoAsk
from equipoise.guard.errors import NOT_OF_STUDY
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.wire.combination import CombinationFrame
from equipoise.network.wire.labs import LabFrame
from equipoise.network.wire.views import View, Weighting
from equipoise.study.model import Study
from equipoise.study.model.sensitivity import Grids

ARMS = 2
NO_GRIDS = Grids()


def check_named(study: Study, view: View, weightings: Iterable[Weighting]) -> None:
    """Raise EQ-GUARD-023 for an end of follow-up, a landmark or a trimming that the study does not name."""
    said = (study.sensitivity.grids if study.sensitivity else None) or NO_GRIDS
    if view.until is not None and view.until not in said.follow_up_ends:
        raise NOT_OF_STUDY.error(f"the study ends no follow-up at day {view.until}")
    frame = view.combination
    if frame is not None and frame.rows == "landmark" and frame.landmark not in (study.combination.landmarks if study.combination else ()):
        raise NOT_OF_STUDY.error(f"the study has no landmark at day {frame.landmark}")
    own = study.propensity.trim if study.propensity else None
    trims = {None, own, *((t, 1 - t) for t in said.trims)}
    for weighting in weightings:
        if weighting.trim not in trims:
            raise NOT_OF_STUDY.error("the study does not trim scores there")


def check_room(study: Study, view: View, ask: object) -> None:
    """Raise EQ-SITE-004 for an ask with fewer groups, strata or causes than the view can have."""
    wanted = groups_of(study, view)
    if (ARMS if isinstance(ask, TwoByTwoAsk) else getattr(ask, "n_groups", wanted)) < wanted:
        raise UNKNOWN_ESTIMATOR.error("the question has room for fewer groups than the view has")
    if getattr(ask, "n_strata", 1) < 1 or getattr(ask, "n_causes", ARMS) < (ARMS if view.competing else 1):
        raise UNKNOWN_ESTIMATOR.error("the question has room for fewer strata or causes than the view has")


def groups_of(study: Study, view: View) -> int:
    """How many groups a view can have, whoever is in them."""
    if view.combination is not None:
        return _of_combination(study, view.combination)
    if view.labs is not None:
        return _of_labs(study, view.labs)
    return ARMS if view.group == "arm" else 1


def _of_combination(study: Study, frame: CombinationFrame) -> int:
    labels = len(study.combination.labels) if study.combination else 0
    return {"none": 1, "arms": ARMS * labels, "labels": labels, "apart": ARMS}[frame.group]


def _of_labs(study: Study, frame: LabFrame) -> int:
    windows = next((len(lab.windows) for lab in study.labs if lab.name == frame.outcome), 0)
    return 1 if frame.rows == "weights" else ARMS * windows
