"""What the records of a run say to a claim: the same outcome, measure and arms, under each analysis that has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.report.tables.estimates import estimate_text
from equipoise.report.wording import RATIOS, bare_p, decimal, lowered, measure_label, n_equals, whole_months
from equipoise.results.analyses import APART
from equipoise.results.records import Record
from equipoise.study.model import Claim
from equipoise.study.model.claims import CLAIM_MEASURES_OF_ONE_ARM

TESTS = ("logrank", "hazard_ratio")
FEW_DAYS = 200
"""Times before it are told in days."""
WITHOUT_MEASURE = ("hazard_ratio", "risk_difference", "mean_change_difference")
"""What is looked for where a claim names an outcome and no measure; the first that the run has."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the abstract; several claims where several outcomes answer it."""

    words: str
    claims: tuple[Claim, ...]


def sentences(claims: tuple[Claim, ...]) -> tuple[Sentence, ...]:
    """Claims with the same words are one sentence, in the order of their first appearance."""
    return tuple(Sentence(words, tuple(c for c in claims if c.words == words)) for words in dict.fromkeys(c.words for c in claims))


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a run that answers a claim.

    column: the measure or the arm, and `p` for a p-value beside it. head: what stands over the column. text: the number.
    """

    claim: Claim
    record: Record
    column: tuple[str, str]
    head: str
    text: str

    @property
    def place(self) -> tuple[str, str, str, float | None]:
        """Outcome, analysis, population and day: what a row of answers speaks of, under whatever adjustment."""
        early = self.record.measure.startswith(("mean_", "share_"))
        return (self.record.outcome, self.record.analysis, self.record.population, None if early else self.record.time_days)

    @property
    def adjustment(self) -> str:
        """Under which adjustment."""
        return self.record.adjustment or ""


def published(claim: Claim) -> str:
    """The numbers of the claim as they were published; empty without any."""
    unit = "%" if claim.unit == "%" else f" {claim.unit}" if claim.unit else ""
    parts = [_value(claim.arm, claim.value, unit)] if claim.value is not None else []
    if claim.lower is not None and claim.upper is not None:
        parts[-1:] = [f"{' '.join(parts[-1:])} ({claim.lower:g} to {claim.upper:g})".strip()]
    parts += [_value(claim.comparator, claim.comparator_value, unit)] if claim.comparator_value is not None else []
    if not parts and claim.direction:
        parts.append(f"{claim.arm or 'the arm'} {claim.direction}" + (f" than {claim.comparator}" if claim.comparator else ""))
    if claim.p_value is not None:
        parts.append(f"p {'<' if claim.p_below else '='} {claim.p_value:g}")
    parts += [
        n_equals(n) + (f" ({name})" if name else "")
        for name, n in ((claim.arm, claim.n), (claim.comparator, claim.comparator_n))
        if n is not None
    ]
    return "; ".join(parts)


def _value(arm: str | None, value: float | None, unit: str) -> str:
    return f"{arm + ' ' if arm else ''}{value:g}{unit}"


def entries(claim: Claim, records: tuple[Record, ...]) -> tuple[Entry, ...]:
    """The numbers of a run with the claim's outcome, measure and arms, under each analysis and adjustment that has them."""
    if claim.outcome is None:
        return ()
    mine = [r for r in records if r.outcome == claim.outcome and _analysis(claim, r)]
    return tuple(_one_arm(claim, mine) if claim.measure in CLAIM_MEASURES_OF_ONE_ARM else _two_arms(claim, mine))


def higher(claim: Claim, records: tuple[Record, ...], main: str) -> tuple[bool, bool] | None:
    """Under the main adjustment: whether the claim's arm has more than its comparator, and whether the interval leaves out that they
    are alike (False where none compares the arms). None without an estimate. Of several times or analyses the first."""
    mine = [r for r in records if r.outcome == claim.outcome and r.adjustment == main and _analysis(claim, r) and _is(claim, r)]
    if claim.measure in CLAIM_MEASURES_OF_ONE_ARM:
        arms = [next((r.estimate for r in mine if r.target == arm and r.comparator is None), None) for arm in (claim.arm, claim.comparator)]
        return None if arms[0] is None or arms[1] is None else (arms[0] > arms[1], False)
    pair = next((r for r in mine if _pair(claim, r) and r.estimate is not None), None)
    if pair is None or pair.estimate is None:
        return None
    alike = 1.0 if pair.measure in RATIOS else 0.0
    sure = pair.lower is not None and pair.upper is not None and not pair.lower <= alike <= pair.upper
    return (pair.estimate > alike) == (pair.target == claim.arm), sure


def _analysis(claim: Claim, record: Record) -> bool:
    if claim.analysis is not None:
        return record.analysis == claim.analysis
    return record.analysis not in APART


def _one_arm(claim: Claim, records: list[Record]) -> Iterator[Entry]:
    wanted = [arm for arm in (claim.arm, claim.comparator) if arm]
    found = [r for arm in wanted for r in records if _is(claim, r) and r.comparator is None and r.target == arm]
    for r in found:
        n = "" if claim.comparator or r.n_target is None else f", {n_equals(r.n_target)}"
        yield Entry(claim, r, (r.target or "", ""), f"{r.target}{_unit_of(claim, r)}", _in_unit(claim, r) + n)
    for r in found if claim.comparator else ():
        same = [one for one in records if (one.analysis, one.population, one.adjustment) == (r.analysis, r.population, r.adjustment)]
        tests = [t for name in TESTS for t in same if t.measure == name and _pair(claim, t) and t.p_value is not None]
        if tests and r.target == claim.arm:
            yield Entry(claim, r, ("", "p"), f"p, {lowered(measure_label(tests[0].measure)).split(',')[0]}", bare_p(tests[0].p_value))


def _two_arms(claim: Claim, records: list[Record]) -> Iterator[Entry]:
    names = [claim.measure] if claim.measure else [name for name in WITHOUT_MEASURE if any(r.measure == name for r in records)][:1]
    for r in records:
        if r.measure in names and _pair(claim, r) and (claim.at_days is None or r.time_days == claim.at_days):
            yield Entry(claim, r, (r.measure, ""), measure_label(r.measure), estimate_text(r))
            if r.p_value is not None:
                yield Entry(claim, r, (r.measure, "p"), "p", bare_p(r.p_value))


def _is(claim: Claim, record: Record) -> bool:
    return record.measure == claim.measure and (claim.at_days is None or record.time_days == claim.at_days)


def _pair(claim: Claim, record: Record) -> bool:
    arms = {record.target, record.comparator}
    return record.comparator is not None and {arm for arm in (claim.arm, claim.comparator) if arm} <= arms


def _in_unit(claim: Claim, record: Record) -> str:
    if claim.unit == "days" and record.measure == "median_survival" and record.estimate is not None:
        return decimal(record.estimate, 0)
    return estimate_text(record)


def _unit_of(claim: Claim, record: Record) -> str:
    if record.measure not in ("median_survival", "rmst"):
        return ""
    return ", days" if claim.unit == "days" and record.measure == "median_survival" else ", months"


def by_day(days: float) -> str:
    """`by day 30`, `by month 12`."""
    return f"by day {days:.0f}" if days < FEW_DAYS else f"by month {whole_months(days)}"
