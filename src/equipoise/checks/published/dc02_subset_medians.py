"""DC02: medians of parts that leave too little for the rest.

The survival of a whole is the mixture of its parts: at the whole's median half are alive, at the parts' as much as their own curves say,
and the rest must make up the difference. Curves are taken to be exponential between origin and median, which is enough to see a rest that
could not be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log

from equipoise.checks.check import Check
from equipoise.study.model import Claim, Study

ASSUMED_SHARES = (0.5, 0.8)
"""Of the whole that belongs to the named parts, where the abstract gives no numbers."""
LEAST_RATIO = 0.7
"""A rest whose median is less than this of the whole's is the signature of immortal time: who dies early cannot be in a named part."""


def rest_median(whole: float, parts: Sequence[tuple[float, float]]) -> float | None:
    """The median of those who are in no named part.

    whole: median of all. parts: (share of the whole, median) of each named part, shares adding to less than 1; same unit of time.
    None where no such group can exist: more (or fewer) would have to be alive than there are.
    """
    alive = 0.5 - sum(share * 0.5 ** (whole / median) for share, median in parts)
    left = 1 - sum(share for share, _ in parts)
    survival = alive / left
    return whole * log(2) / -log(survival) if 0 < survival < 1 else None


def medians(study: Study) -> tuple[Claim, ...]:
    """Claims of a median for one arm."""
    return tuple(c for c in study.claims or () if c.measure == "median_survival" and c.value and c.arm)


def _wholes(study: Study) -> dict[tuple[str | None, str], tuple[float, int | None]]:
    """Medians and sizes of arms by outcome and name, as either side of a claim gives them."""
    found: dict[tuple[str | None, str], tuple[float, int | None]] = {}
    for claim in medians(study):
        found.setdefault((claim.outcome, claim.arm or ""), (claim.value or 0.0, claim.n))
        if claim.comparator and claim.comparator_value:
            found.setdefault((claim.outcome, claim.comparator), (claim.comparator_value, claim.comparator_n))
    return found


def design(study: Study) -> tuple[str, ...]:
    """Each whole with named parts whose rest would have too short a median."""
    wholes = _wholes(study)
    return tuple(
        sentence
        for (outcome, name), (median, size) in wholes.items()
        for sentence in _finding(name, median, size, [c for c in medians(study) if (c.outcome, c.part_of) == (outcome, name)])
    )


def _finding(name: str, whole: float, size: int | None, parts: list[Claim]) -> Iterator[str]:
    if not parts:
        return
    unit = parts[0].unit or "days"
    rests = {share: rest_median(whole, [(share / len(parts), part.value or whole) for part in parts]) for share in ASSUMED_SHARES}
    known = [part.n for part in parts if part.n is not None]
    if size and len(known) == len(parts) and 0 < sum(known) < size:
        rests = {sum(known) / size: rest_median(whole, [((part.n or 0) / size, part.value or whole) for part in parts])}
    if all(rest is not None and rest >= LEAST_RATIO * whole for rest in rests.values()):
        return
    said = "; ".join(
        f"if they are {share:.0%} of it, the rest must have a median of {rest:.1f} {unit}" if rest else f"at {share:.0%} no rest can exist"
        for share, rest in rests.items()
    )
    named = " and ".join(f"{part.arm} ({part.value:g})" for part in parts)
    yield f"The abstract gives {name} a median of {whole:g} {unit} and its parts {named}: {said}."


CHECK = Check(
    "DC02",
    "medians of parts that leave too little for the rest",
    "when treatments given after time zero define the parts, who dies early can be in none of them, and the unnamed rest looks deadly",
    "Report every part, those with none included, with persons, events and person-time.",
    "warning",
    design=design,
)
