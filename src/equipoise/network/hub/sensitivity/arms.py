"""Persons recorded in the wrong arm: the crude rate ratio with the true arms, and the adjusted hazard ratio moved by the same bias."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from equipoise.estimators.bias.misclassified_arms import ArmSums, CorrectedRatio, corrected_ratio, drawn_ratio, moved_interval
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats
from equipoise.estimators.two_by_two.interval import Interval, ratio_interval
from equipoise.network.hub.errors import WITHHELD
from equipoise.network.hub.sensitivity.ground import Ground, Part, arm_sums, counted, interval_of, nothing, outcome_of, told, turned_note
from equipoise.results.analyses import MISCLASSIFIED_ARMS
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import MisclassifiedArms, Prior, TriangularPrior

CODE = "DC05"
SYSTEMATIC, TOTAL = "drawn, error of classification alone", "drawn, with random error"


@dataclass(frozen=True, slots=True)
class _Basis:
    """The recorded sums, the crude record that counts them, the adjusted record and its interval."""

    said: MisclassifiedArms
    sums: ArmSums
    observed: CorrectedRatio
    crude: Record
    main: Record
    ratio: Interval
    confidence: float


def misclassified_arms(ground: Ground, said: MisclassifiedArms) -> Part:
    """Every pair of sensitivity and specificity, then draws of both; nothing where a count behind it is hidden."""
    outcome = outcome_of(ground.study, said.outcome)
    crude, main = ground.ratio(outcome, "crude"), ground.ratio(outcome, ground.study.analysis.main)
    seen, adjusted = ground.effect(outcome, "crude"), ground.effect(outcome, ground.study.analysis.main)
    if crude is None or main is None or seen is None or adjusted is None or not isinstance(adjusted.cox, CoxResult):
        return nothing(ground, MISCLASSIFIED_ARMS, outcome)
    if not (counted(crude) and counted(main)):
        text = f"What misclassified arms would do to {outcome} is not shown: it would tell counts that are hidden."
        return Part(notes=(Note("info", WITHHELD.code, text),))
    sums = arm_sums(seen)
    observed = corrected_ratio(sums, 1.0, 1.0)
    if observed is None:
        return Part()
    basis = _Basis(said, sums, observed, crude, main, interval_of(adjusted.cox), ground.study.analysis.confidence)
    records = tuple(_grid(basis))
    moved = tuple(record for record in records if record.measure == "hazard_ratio")
    drawn, notes = _drawn(basis)
    return Part((*records, *drawn), (*_contradictions(records), *turned_note(main, moved, CODE, "with misclassified arms"), *notes))


def _grid(basis: _Basis) -> Iterator[Record]:
    for sensitivity, specificity in product(basis.said.sensitivity, basis.said.specificity):
        found = corrected_ratio(basis.sums, sensitivity, specificity)
        words = f"sensitivity {sensitivity:g}, specificity {specificity:g}"
        rates = None if found is None else ratio_interval(found.rate_ratio, found.log_se, basis.confidence)
        moved = None if found is None else moved_interval(basis.ratio, basis.observed, found, basis.confidence)
        yield told(basis.crude, MISCLASSIFIED_ARMS, words, "rate_ratio", rates)
        yield told(basis.main, MISCLASSIFIED_ARMS, words, "hazard_ratio", moved)


def _contradictions(records: tuple[Record, ...]) -> Iterator[Note]:
    impossible = [r.population for r in records if r.measure == "rate_ratio" and r.estimate is None]
    if impossible:
        yield Note("info", CODE, f"The counts contradict these error rates, so there is no estimate: {'; '.join(impossible)}.")


def _drawn(basis: _Basis) -> tuple[tuple[Record, ...], tuple[Note, ...]]:
    """Draws of what has a prior; what has none is 1."""
    said = basis.said
    if said.sensitivity_prior is None and said.specificity_prior is None:
        return (), ()
    rng = np.random.Generator(np.random.PCG64(said.seed))
    shares = [draw(prior, said.draws, rng) for prior in (said.sensitivity_prior, said.specificity_prior)]
    found = drawn_ratio(basis.sums, shares[0], shares[1], seed=said.seed + 1, confidence=basis.confidence)
    moved = drawn_ratio(basis.sums, shares[0], shares[1], seed=said.seed + 1, confidence=basis.confidence, adjusted=basis.ratio)
    if found is None or moved is None:
        return (), (Note("warning", CODE, "The counts contradict every draw of sensitivity and specificity."),)
    records = tuple(
        told(parent, MISCLASSIFIED_ARMS, words, measure, interval)
        for parent, measure, one in ((basis.crude, "rate_ratio", found), (basis.main, "hazard_ratio", moved))
        for words, interval in ((SYSTEMATIC, one.systematic), (TOTAL, one.total))
    )
    left = 1 - found.kept
    notes = (Note("warning", CODE, f"The counts contradict {left:.1%} of the draws; these were left out."),) if left else ()
    return records, notes


def draw(prior: Prior | None, draws: int, rng: np.random.Generator) -> Floats:
    """(draws,) shares from a prior; all 1 without one."""
    if prior is None:
        return np.ones(draws)
    if isinstance(prior, TriangularPrior):
        return rng.triangular(prior.least, prior.likely, prior.greatest, draws)
    return rng.beta(prior.a, prior.b, draws)
