"""The analyses of a study's combination block, and the names and numbers of its combined arms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.network.wire.combination import CombinationFrame
from equipoise.study.model import CLONE_CENSOR_WEIGHT, TIME_VARYING, Combination, Study, combined_arm, landmark_name

AT_INDEX = "at index"
"""The name, at the sites, of the window that says who is exposed at the index."""


@dataclass(frozen=True, slots=True)
class Arms:
    """Combined arms by code: arm (0 comparator, 1 target) x labels + label."""

    study: Study
    block: Combination

    @property
    def labels(self) -> int:
        """How many labels there are; the last is that of persons with none of the classes."""
        return len(self.block.labels)

    @property
    def codes(self) -> tuple[int, ...]:
        """All codes in the order in which they are shown: the target's arms first."""
        return tuple(self.code(arm, label) for arm in (1, 0) for label in range(self.labels))

    def code(self, arm: int, label: int) -> int:
        """The code of an arm with a label."""
        return arm * self.labels + label

    def split(self, code: int) -> tuple[int, int]:
        """Arm and label of a code."""
        return divmod(code, self.labels)

    def arm_name(self, arm: int) -> str:
        """The study's name of an arm."""
        return self.study.target.name if arm else self.study.comparator.name

    def name(self, code: int) -> str:
        """`A with B`, or `A alone`."""
        arm, label = self.split(code)
        return combined_arm(self.arm_name(arm), self.block.labels[label], self.block.otherwise)

    def apart_name(self, arm: int, pair: tuple[str, str]) -> str:
        """`A with B and C`."""
        return combined_arm(self.arm_name(arm), " and ".join(pair), self.block.otherwise)

    def class_places(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """Labels of classes by name."""
        return tuple(self.block.labels.index(name) for name in names)


@dataclass(frozen=True, slots=True)
class Analysis:
    """One way to lay out the rows. `days`: the window in which exposures count, where it is one window."""

    name: str
    frame: CombinationFrame
    days: tuple[int, int] | None = None
    written: bool = True
    """False where it is only counted, because others need its counts."""

    @property
    def kind(self) -> str:
        """`window`, `landmark`, `time-varying` or `clones`."""
        return self.frame.rows


def analyses_of(block: Combination) -> Iterator[Analysis]:
    """What the study asks for: the main window first. Exposure at the index is counted in any case."""
    if block.index_window not in {(window.start, window.end) for window in block.shown_windows}:
        yield Analysis(AT_INDEX, CombinationFrame("window", window=AT_INDEX), block.index_window, written=False)
    for window in block.shown_windows:
        yield Analysis(window.name, CombinationFrame("window", window=window.name), (window.start, window.end))
    if "landmark" in block.analyses:
        for day in block.landmarks:
            yield Analysis(landmark_name(day), CombinationFrame("landmark", landmark=day), (block.index_window[0], day))
    if TIME_VARYING in block.analyses:
        yield Analysis(TIME_VARYING, CombinationFrame("time-varying"))
    if CLONE_CENSOR_WEIGHT in block.analyses:
        yield Analysis(CLONE_CENSOR_WEIGHT, CombinationFrame("clones"))
