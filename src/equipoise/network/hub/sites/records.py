"""The records of sites: their own estimates, what they give together, what is left without each; and what could not be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import exp, isfinite

import numpy as np

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.evidence.pooling import Pooled
from equipoise.guard.counts import MaskedCounts
from equipoise.kernel.masked import Count
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.flow import site_cell
from equipoise.network.hub.errors import SITES_APART
from equipoise.network.hub.rounds import Failed
from equipoise.network.hub.sites.estimation import LeaveOneOut, SiteFindings, TwoStage
from equipoise.results.analyses import DERSIMONIAN_LAIRD, FIXED, HARTUNG_KNAPP, LEFT_OUT, SITES
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import Study

ALL = "all sites"


def site_records(study: Study, found: SiteFindings, one_stage: CoxResult | Failed, masked: MaskedCounts) -> Iterator[Record]:
    """Sites by name, the three pooled estimates, heterogeneity, then what is left without each part. one_stage: the main model."""
    arms = study.target.name, study.comparator.name
    blank = Record("", ALL, found.outcome, "hazard_ratio", *arms, found.adjustment)
    if found.two_stage is not None:
        yield from _own(blank, found.two_stage, masked)
        yield from _pooled(blank, found.two_stage)
        yield from _heterogeneity(blank, found.two_stage)
    if found.leave_one_out is not None:
        yield from _without(blank, found.leave_one_out)
        yield from _range(blank, found.leave_one_out, one_stage)


def _of(blank: Record, cox: CoxResult) -> Record:
    low, high = cox.interval
    ratio = number(cox.hazard_ratio[0])
    return replace(blank, estimate=ratio, lower=number(low[0]), upper=number(high[0]), p_value=number(cox.p[0]))


def _own(blank: Record, two_stage: TwoStage, masked: MaskedCounts) -> Iterator[Record]:
    for part, cox in two_stage.sites:
        n: list[Count | None] = [masked.counts.get(site_cell(part.site, arm)) for arm in ("target", "comparator")]
        yield _of(replace(blank, analysis=SITES, population=part.site, n_target=n[0], n_comparator=n[1]), cox)


def _pooled(blank: Record, two_stage: TwoStage) -> Iterator[Record]:
    named = ((FIXED, two_stage.fixed), (DERSIMONIAN_LAIRD, two_stage.dersimonian_laird), (HARTUNG_KNAPP, two_stage.hartung_knapp))
    for name, made in named:
        if made is not None:
            values = _ratio(made.coef[0]), _ratio(made.lower[0]), _ratio(made.upper[0])
            yield replace(blank, analysis=name, estimate=values[0], lower=values[1], upper=values[2], p_value=number(made.p[0]))


def _ratio(logarithm: float) -> float | None:
    return number(exp(logarithm)) if isfinite(logarithm) and logarithm < np.log(np.finfo(np.float64).max) else None


def _heterogeneity(blank: Record, two_stage: TwoStage) -> Iterator[Record]:
    fixed, random = two_stage.fixed, two_stage.hartung_knapp
    if fixed is None:
        return
    yield replace(blank, analysis=FIXED, measure="heterogeneity_test", estimate=number(fixed.q), p_value=number(fixed.q_p))
    yield replace(blank, analysis=FIXED, measure="i_squared", estimate=number(fixed.i2 / 100))
    if two_stage.dersimonian_laird is not None:
        yield _between(replace(blank, analysis=DERSIMONIAN_LAIRD), two_stage.dersimonian_laird)
    if random is not None:
        blank = replace(blank, analysis=HARTUNG_KNAPP)
        yield _between(blank, random)
        low, high = map(_ratio, random.prediction)
        yield replace(blank, measure="prediction_interval", estimate=_ratio(random.coef[0]), lower=low, upper=high)


def _between(blank: Record, made: Pooled) -> Record:
    low, high = map(number, made.tau2_limits)
    return replace(blank, measure="tau_squared", estimate=number(made.tau2), lower=low, upper=high)


def _without(blank: Record, found: LeaveOneOut) -> Iterator[Record]:
    for names, cox in found.without:
        left = replace(blank, analysis=LEFT_OUT, population=f"without {' and '.join(names)}")
        yield _of(left, cox) if isinstance(cox, CoxResult) else left


def _range(blank: Record, found: LeaveOneOut, one_stage: CoxResult | Failed) -> Iterator[Record]:
    ratios = [float(cox.hazard_ratio[0]) for _, cox in found.without if isinstance(cox, CoxResult)]
    if ratios:
        whole = number(one_stage.hazard_ratio[0]) if isinstance(one_stage, CoxResult) else None
        low, high = number(min(ratios)), number(max(ratios))
        yield replace(blank, analysis=LEFT_OUT, measure="hazard_ratio_range", estimate=whole, lower=low, upper=high)


def site_notes(found: SiteFindings, n_sites: int) -> Iterator[Note]:
    """Who speaks alone, who in groups, who not at all."""
    parts, two_stage = found.parts, found.two_stage
    sentences = []
    if two_stage is not None:
        sentences.append(f"{len(parts.alone)} of {n_sites} sites with patients may be shown alone; {len(two_stage.sites)} have an estimate")
        if two_stage.none_at:
            sentences.append(f"none could be made at {', '.join(two_stage.none_at)}, where an arm has too few patients or events")
        if two_stage.fixed is None:
            sentences.append("a meta-analysis needs two at least, so there is none")
    if found.leave_one_out is not None and parts.groups:
        n = sum(map(len, parts.groups))
        sentences.append(f"{n} sites are left out in {len(parts.groups)} random groups, as none of them may be shown by a difference")
    if found.leave_one_out is not None and parts.never:
        sentences.append(f"{', '.join(parts.never)} cannot be left out: the difference would show too few sites or patients")
    if sentences:
        text = "; ".join(sentences)
        yield Note("info", SITES_APART.code, f"Sites: {text}. The propensity model is that of all sites throughout.")
