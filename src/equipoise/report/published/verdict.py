"""What a run says to a sentence in one or two sentences: counts of comparisons and intervals, and no more than they allow."""

from __future__ import annotations

from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.report.published.found import Entry, higher
from equipoise.report.wording import RATIOS, TIMES, measure_label
from equipoise.results.records import Record
from equipoise.study.model import Claim
from equipoise.study.model.claims import CLAIM_MEASURES_OF_ONE_ARM

NOTHING_SHOWN = "Nothing in this run answers it."
ASKED_IN_VAIN = "This run asked, but nothing of the answer may be shown or could be estimated."
MEANINGS = {
    "ratio_of_hazard_ratios": "Below 1 the two together lower the hazard more than each alone would have it (synergy), above 1 less.",
    "reri": "Below 0 the two together have a lower hazard than their parts add up to, above 0 a higher one.",
}
"""How to read measures that few readers meet."""
NO_CORRECTION = "No correction for so many comparisons."


def is_shown(entry: Entry) -> bool:
    """Whether there is a number."""
    return entry.record.estimate is not None


def verdict(claims: list[Claim], shown: list[Entry], records: tuple[Record, ...], main: str) -> str:
    """In words; `shown` are the entries that have a number, of the adjustments that the table shows."""
    if not shown:
        return ASKED_IN_VAIN
    first = claims[0]
    if first.direction is not None and first.arm is not None and first.comparator is not None:
        return _directions(claims, records, main)
    if any(claim.value is not None for claim in claims):
        return " ".join(text for claim in claims if (text := _values(claim, [e for e in shown if e.claim is claim])))
    return " ".join(_sides([e for e in shown if e.record.measure == m]) for m in dict.fromkeys(e.record.measure for e in shown))


def _directions(claims: list[Claim], records: tuple[Record, ...], main: str) -> str:
    """In how many comparisons the claim's arm has more, and in how many of these chance alone would seldom do it."""
    first, tested = claims[0], claims[0].measure not in CLAIM_MEASURES_OF_ONE_ARM
    found = [one for claim in claims if (one := higher(claim, records, main)) is not None]
    more, less = ([sure for above, sure in found if above is side] for side in (True, False))
    if not found:
        return f"None of the {len(claims)} comparisons could be estimated under the main adjustment."
    if len(found) == 1 == len(claims):
        surely = (", and the interval leaves out no difference" if found[0][1] else "; the interval holds no difference") if tested else ""
        return f"{first.arm} was {'higher' if found[0][0] else 'lower'} than {first.comparator}{surely}."
    above, below = (f"in {len(side)}" + (f" (in {sum(side)} the interval leaves out no difference)" if tested and side else "")
                    for side in (more, less))  # fmt: skip
    missing = len(claims) - len(found)
    text = f"Of {len(found)} comparisons, {first.arm} was higher than {first.comparator} {above} and lower {below}."
    return f"{text}{f' {missing} more could not be shown or estimated.' if missing else ''} {NO_CORRECTION}"


def _values(claim: Claim, shown: list[Entry]) -> str:
    """How often the intervals of this run hold what was published."""
    wanted = [(claim.arm, claim.value), (claim.comparator, claim.comparator_value)]
    one_arm = claim.measure in CLAIM_MEASURES_OF_ONE_ARM
    told = []
    for arm, value in wanted if one_arm else [(None, claim.value)]:
        mine = [e.record for e in shown if e.column[1] != "p" and (arm is None or e.record.target == arm)]
        if value is None or not mine:
            continue
        inside = [_holds(r, _in_its_unit(claim, value)) for r in mine]
        name, unit = (f"{arm}, " if arm else ""), claim.unit if claim.unit == "%" else f" {claim.unit}" if claim.unit else ""
        if len(mine) == 1:
            told.append(f"{name}{value:g}{unit} published: {'inside' if inside[0] else 'outside'} this run's interval.")
        else:
            told.append(f"{name}{value:g}{unit} published: inside the interval of {sum(inside)} of {len(mine)} estimates of this run.")
    return " ".join(told)


def _in_its_unit(claim: Claim, value: float) -> float:
    if claim.measure in TIMES and claim.unit != "days":
        return value * DAYS_PER_MONTH
    return value / 100 if claim.unit == "%" else value


def _holds(record: Record, value: float) -> bool:
    """An upper limit that was not reached holds everything."""
    return record.lower is not None and record.lower <= value and (record.upper is None or value <= record.upper)


def _sides(shown: list[Entry]) -> str:
    """Of one measure: in how many analyses it lies on which side of no effect, and where its interval leaves that out."""
    records = [e.record for e in shown if e.column[1] != "p" and e.record.estimate is not None]
    measure = records[0].measure
    alike = 1.0 if measure in RATIOS else 0.0
    below, above = (
        [r for r in records if r.estimate is not None and (r.estimate < alike) is side and r.estimate != alike] for side in (True, False)
    )
    parts = [f"{word} {alike:g} in {len(side)} (interval beyond it in {sum(_sure(r, alike) for r in side)})" for word, side in
             (("below", below), ("above", above)) if side]  # fmt: skip
    number = f"{len(records)} {'analysis' if len(records) == 1 else 'analyses'}"
    text = f"{measure_label(measure)}: estimated in {number}, {' and '.join(parts) or f'at {alike:g}'}."
    return f"{text} {MEANINGS[measure]}" if measure in MEANINGS else text


def _sure(record: Record, alike: float) -> bool:
    return record.lower is not None and record.upper is not None and not record.lower <= alike <= record.upper
