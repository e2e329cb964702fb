"""How a site codes what tells treatments apart: counts over its index sessions, and treatments that its records cannot show."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.session_counts import Measure, measures
from equipoise.engine.contract import Engine
from equipoise.study.model import Classification


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A site left out by rule, and the treatments that its records cannot show."""

    site: str
    treatments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionReport:
    """`counts`: of `cohort.session_counts.measures`, in their order; one session a person, the index session, in the study period.

    `left_out`: sites whose persons must not enter the study; the counts of such a site are its own, those of a pool leave them out.
    """

    counts: tuple[int, ...]
    left_out: tuple[LeftOut, ...] = ()


def session_report(engine: Engine, plan: CohortPlan, site: str, unobservable_from: int | None) -> SessionReport | None:
    """The report of one site; None for a study without sessions.

    A treatment with deciding evidence is not observable at a site that has at least `unobservable_from` index sessions in the period and
    this evidence at none of them; None leaves no site out.
    """
    if plan.classes is None:
        return None
    found = engine.sessions(plan)
    index = found.filter(pc.equal(found["nth"], pa.scalar(plan.index.nth, pa.int32())))
    dates = index["session_date"]
    index = index.filter(pc.and_(pc.greater_equal(dates, pa.scalar(plan.period_start)), pc.less_equal(dates, pa.scalar(plan.period_end))))
    counted = {measure: _count(index, measure, plan.classes) for measure in measures(plan.classes)}
    enough = unobservable_from is not None and index.num_rows >= unobservable_from
    hidden = tuple(m.treatment for m, n in counted.items() if m.what == "deciding" and m.treatment and not n) if enough else ()
    return SessionReport(tuple(counted.values()), (LeftOut(site, hidden),) if hidden else ())


def _count(index: pa.Table, measure: Measure, classes: Classification) -> int:
    if measure.what == "sessions":
        return index.num_rows
    if measure.what == "deciding":
        place = [treatment.name for treatment in classes.treatments].index(str(measure.treatment))
        return index.filter(index[f"d{place}"]).num_rows
    of_tier = index.filter(pc.equal(index["tier"], pa.scalar(str(measure.tier))))
    taken_for = of_tier["treatment"]
    same = pc.is_null(taken_for) if measure.treatment is None else pc.equal(taken_for, pa.scalar(measure.treatment))
    return of_tier.filter(same).num_rows
