"""DC41: p-values that sizes and medians cannot give.

Under exponential survival the log hazard ratio is the log ratio of the medians, and its variance is 1 / (events pi1 pi2) (Schoenfeld,
Biometrics 1983; 39: 499). So a two-sided p-value with z needs (z / ln(m1 / m2))^2 / (pi1 pi2) events, and there cannot be more events than
persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, log

from scipy.stats import norm

from equipoise.checks.check import Check
from equipoise.checks.published.dc02_subset_medians import medians
from equipoise.study.model import Claim, Study


@dataclass(frozen=True, slots=True)
class Reading:
    """What an arm could have been compared with: its name, its median, its persons where known."""

    name: str
    median: float
    n: int | None


def events_needed(p_value: float, medians_of: tuple[float, float], shares: tuple[float, float] = (0.5, 0.5)) -> float:
    """Events that give so small a two-sided p-value with these two medians (any unit, both above 0) and shares of persons."""
    if medians_of[0] == medians_of[1]:
        return inf
    z = float(norm.isf(p_value / 2))
    return float((z / log(medians_of[0] / medians_of[1])) ** 2 / (shares[0] * shares[1]))


def everybody(study: Study) -> int | None:
    """The persons of both arms of the study, as far as the abstract says."""
    sizes = {name: n for claim in study.claims or () for name, n in ((claim.arm, claim.n), (claim.comparator, claim.comparator_n)) if n}
    both = [sizes.get(arm.name) for arm in study.arms]
    return sum(n for n in both if n) if all(both) else None


def readings(study: Study, claim: Claim) -> tuple[Reading, ...]:
    """The comparator that the claim names; else every other arm of the abstract that has a median."""
    if claim.comparator:
        return (Reading(claim.comparator, claim.comparator_value, claim.comparator_n),) if claim.comparator_value else ()
    found = {}
    for other in medians(study):
        if other.outcome == claim.outcome:
            found[other.arm] = Reading(other.arm or "", other.value or 0.0, other.n)
            if other.comparator and other.comparator_value:
                found[other.comparator] = Reading(other.comparator, other.comparator_value, other.comparator_n)
    return tuple(reading for name, reading in found.items() if name != claim.arm)


def design(study: Study) -> tuple[str, ...]:
    """Each p-value that needs more events than there are persons."""
    total = everybody(study)
    return tuple(sentence for claim in medians(study) if claim.p_value for sentence in _finding(study, claim, total))


def _finding(study: Study, claim: Claim, total: int | None) -> Iterator[str]:
    impossible = []
    for other in readings(study, claim):
        sizes = (claim.n, other.n) if claim.n and other.n else None
        most = sum(sizes) if sizes else total
        shares = (sizes[0] / sum(sizes), sizes[1] / sum(sizes)) if sizes else (0.5, 0.5)
        needed = events_needed(claim.p_value or 1.0, (claim.value or 0.0, other.median), shares)
        if most is not None and needed > most:
            number = f"{needed:,.0f} events" if needed < inf else "more events than there are numbers"
            impossible.append(f"{number} against {other.name} ({other.median:g})")
    if impossible:
        unit, sign = claim.unit or "days", "<" if claim.p_below else "="
        unnamed = "" if claim.comparator else ", whose comparator is not named,"
        yield (
            f"{claim.arm}, {claim.value:g} {unit}, p {sign} {claim.p_value:g}{unnamed} would need {'; '.join(impossible)}; "
            f"the abstract has {total if total is not None else 'fewer'} persons."
        )


CHECK = Check(
    "DC41",
    "p-values that sizes and medians cannot give",
    "a p-value smaller than its numbers allow compares something else than the sentence says, or is an error",
    "Derive it again from the data, and never print a p-value without persons, events, estimate and interval.",
    "error",
    design=design,
)
