"""What the records of a run say to a claim: the same outcome, measure and arms, under each analysis that has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.report.published.words import Names
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.wording import RATIOS, adjustment_label, decimal, lowered, measure_label, n_equals, p_value, whole_months
from equipoise.results.analyses import APART
from equipoise.results.records import Record
from equipoise.study.model import Claim
from equipoise.study.model.claims import CLAIM_MEASURES_OF_ONE_ARM

NO_ANSWER = "Nothing in this run answers it."
TESTS = ("logrank", "hazard_ratio")
PLAIN = Names()
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
class Line:
    """One answer: under which analysis and adjustment, and what. `main` is the study's main adjustment."""

    label: str
    text: str
    main: bool = False


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


def answers(claim: Claim, records: tuple[Record, ...], main: str, names: Names = PLAIN) -> tuple[Line, ...]:
    """The lines of a run; one that says so when there is none. The main adjustment first, then no adjustment, then the others."""
    if claim.outcome is None:
        return ()
    mine = [r for r in records if r.outcome == claim.outcome and _analysis(claim, r)]
    keys = dict.fromkeys((r.analysis, r.population, r.adjustment or "") for r in mine)
    rank = {main: 0, "crude": 1}
    ordered = sorted(keys, key=lambda key: rank.get(key[2], 2))
    told = {key: texts for key in ordered if (texts := _texts(claim, [r for r in mine if _key(r) == key]))}
    several = len({key[:2] for key in told}) > 1
    lines = tuple(Line(_label(key, names, several=several), "; ".join(texts), key[2] == main) for key, texts in told.items())
    return lines or (Line("", NO_ANSWER),)


def _key(record: Record) -> tuple[str, str, str]:
    return (record.analysis, record.population, record.adjustment or "")


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


def _texts(claim: Claim, records: list[Record]) -> tuple[str, ...]:
    return tuple(_one_arm(claim, records) if claim.measure in CLAIM_MEASURES_OF_ONE_ARM else _two_arms(claim, records))


def _label(key: tuple[str, str, str], names: Names, *, several: bool) -> str:
    analysis, population, adjustment = key
    where = [names.analysis(analysis)] if several or analysis in APART or analysis in names.analyses else []
    where += [population] if population not in ("all", "") else []
    label = ", ".join([*where, lowered(adjustment_label(adjustment))])
    return label[:1].upper() + label[1:]


def _one_arm(claim: Claim, records: list[Record]) -> Iterator[str]:
    wanted = [arm for arm in (claim.arm, claim.comparator) if arm]
    texts = [
        f"{arm} {_in_unit(claim, r)}{_day(claim, r)}" + ("" if claim.comparator or r.n_target is None else f", {n_equals(r.n_target)}")
        for arm in wanted
        for r in records
        if _is(claim, r) and r.comparator is None and r.target == arm
    ]
    yield from texts
    if texts and claim.comparator:
        tests = [r for name in TESTS for r in records if r.measure == name and _pair(claim, r) and r.p_value is not None]
        yield from (f"{measure_label(r.measure).split(',')[0]} {p_value(r.p_value)}" for r in tests[:1])


def _two_arms(claim: Claim, records: list[Record]) -> Iterator[str]:
    names = [claim.measure] if claim.measure else [name for name in WITHOUT_MEASURE if any(r.measure == name for r in records)][:1]
    for record in records:
        if record.measure in names and _pair(claim, record) and (claim.at_days is None or record.time_days == claim.at_days):
            turned = record.target != claim.arm and claim.arm is not None
            who = f" ({record.target} against {record.comparator})" if turned or claim.comparator is None else ""
            p = f", {p_value(record.p_value)}" if record.p_value is not None else ""
            yield f"{lowered(measure_label(record.measure))} {estimate_text(record)}{p}{_day(claim, record)}{who}"


def _is(claim: Claim, record: Record) -> bool:
    return record.measure == claim.measure and (claim.at_days is None or record.time_days == claim.at_days)


def _pair(claim: Claim, record: Record) -> bool:
    arms = {record.target, record.comparator}
    return record.comparator is not None and {arm for arm in (claim.arm, claim.comparator) if arm} <= arms


def _in_unit(claim: Claim, record: Record) -> str:
    text = estimate_text(record)
    if claim.unit == "days" and record.measure == "median_survival" and record.estimate is not None:
        return f"{decimal(record.estimate, 0)} days"
    return f"{text} months" if record.measure in ("median_survival", "rmst") and text[:1].isdigit() else text


def _day(claim: Claim, record: Record) -> str:
    known = claim.at_days is not None and claim.value is not None
    if record.time_days is None or known or record.measure.startswith(("mean_", "share_")):
        return ""
    early = record.time_days < FEW_DAYS
    return f" by day {record.time_days:.0f}" if early else f" by month {whole_months(record.time_days)}"
