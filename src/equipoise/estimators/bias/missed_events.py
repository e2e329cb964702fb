"""Events that were not recorded, by arm: what ratios and medians would be with all of them."""

from __future__ import annotations

from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.kaplan_meier.summary import Curve


def missed(recorded: float, share: float) -> float:
    """How many events are missing when `share` of them, in (0, 1], were recorded. Raises EQ-EST-106."""
    return recorded / checked(share) - recorded


def missed_events_factor(share_target: float, share_comparator: float) -> float:
    """What a hazard ratio must be multiplied by when these shares, in (0, 1], of the arms' events were recorded.

    Persons whose event was missed leave as censored near the day of the event, so that time at risk is right and each arm's recorded
    hazard is its hazard times its share. Raises EQ-EST-106.
    Misleads when: their records stop long before the event (time at risk is then short), or go on after it.
    Source: Fox, MacLehose and Lash, Applying Quantitative Bias Analysis to Epidemiologic Data, 2nd ed. (2021): an outcome
    misclassified with perfect specificity.
    """
    return checked(share_comparator) / checked(share_target)


def median_with_all(curve: Curve, share: float) -> tuple[float, float, float]:
    """The median with its limits if the missing events were added: S^(1 / share) = 1/2, read off the recorded curve; NaN if not reached.

    On the assumptions of `missed_events_factor`. share in (0, 1]. Raises EQ-EST-106.
    """
    return curve.quantile(1 - 0.5 ** checked(share))


def recorded_share_to(ratio: float, value: float = 1.0) -> tuple[float | None, float | None]:
    """The share of the target's (then of the comparator's) events that must have been recorded, all of the other arm's, for `ratio`
    to become `value`; None where no share below 1 of that arm's does it.

    Raises EQ-EST-106 for ratios not above 0.
    """
    if not (ratio > 0 and value > 0):
        raise BAD_ARGUMENT.error("ratios must be above 0")
    return (ratio / value if ratio < value else None), (value / ratio if ratio > value else None)


def checked(share: float) -> float:
    """The share itself. Raises EQ-EST-106 unless it lies in (0, 1]."""
    if not 0 < share <= 1:
        raise BAD_ARGUMENT.error("the share of events that were recorded must lie in (0, 1]")
    return share
