"""What happened to people after (and before) the index as a whole: pathways of treatment, and curves of events that death precludes."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.kernel.masked import Count


@dataclass(frozen=True, slots=True)
class PathwayStep:
    """Persons whose lines of therapy began with the regimens of `before`, in their order, and went on with `regimen`.

    `before` is () for the first line. `regimen` is "" where no further line followed. One table of such counts, masked together, is all
    that is released of pathways: counts of any other kind are sums of these. `arm` is "" for both arms together.
    """

    before: tuple[str, ...]
    regimen: str
    n: Count
    arm: str = ""

    @property
    def level(self) -> int:
        """The number of the line, from 1."""
        return len(self.before) + 1

    @property
    def source(self) -> str:
        """The regimen of the line before; "" for the first line."""
        return self.before[-1] if self.before else ""


@dataclass(frozen=True, slots=True)
class IncidenceCurve:
    """Cumulative incidence of an event that death precludes (Aalen-Johansen), in steps; `time` in days starting at 0 with incidence 0.

    It stops where fewer than the policy's minimum are at risk. `at_risk` are masked counts of unweighted persons, as under a
    Kaplan-Meier curve.
    """

    outcome: str
    adjustment: str
    arm: str
    time: tuple[float, ...]
    incidence: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    at_risk_days: tuple[float, ...]
    at_risk: tuple[Count, ...]
