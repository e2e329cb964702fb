"""Lines of therapy as columns of the analysis table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from equipoise.study.learned import levels_of
from equipoise.study.lines.pathways import LONGEST
from equipoise.study.model import EventOutcome, LastRegimenCovariate, LinesCovariate, LinesOfTherapy, Study
from equipoise.table.arrow import NewColumn, categories, numbers
from equipoise.table.lines.facts import LineFacts, starts_in
from equipoise.table.outcomes import risk_window
from equipoise.table.records import Records


def regimen_names(lines: LinesOfTherapy | None) -> tuple[str, ...]:
    """The columns that hold each line's regimen, as its place among `study.lines.pathways.regimen_labels`; none without lines."""
    return tuple(f"regimen of line {number}" for number in range(1, LONGEST + 1)) if lines else ()


def regimen_columns(lines: LinesOfTherapy | None, facts: LineFacts | None) -> dict[str, NewColumn]:
    """int16, null where the person has no such line."""
    if facts is None:
        return {}
    named = enumerate(regimen_names(lines))
    return {name: pa.array(facts.regimens[:, k].astype(np.int16), pa.int16(), mask=facts.regimens[:, k] < 0) for k, name in named}


def line_start_records(study: Study, facts: LineFacts | None) -> Mapping[str, Records]:
    """For each outcome that is the next line of therapy, the days on which lines begin, as records of its request."""
    outcomes = (outcome for outcome in study.outcomes if isinstance(outcome, EventOutcome) and outcome.next_line)
    return {f"outcome {one.name}": starts_in(facts.later, risk_window(one, study.follow)) for one in outcomes} if facts else {}


def prior_lines(covariate: LinesCovariate, facts: LineFacts) -> NewColumn:
    """How many, or their categories."""
    levels = levels_of(covariate)
    return numbers(facts.prior) if levels is None else categories(np.minimum(facts.prior, len(levels) - 1), levels)


def last_regimen(covariate: LastRegimenCovariate, facts: LineFacts) -> NewColumn:
    """The first class of which the last line has a drug."""
    drugs = facts.pack.drugs()
    of_class = [[drug in facts.pack.drugs_of([name]) for drug in drugs] for name in covariate.classes]
    has = np.column_stack([(facts.last & np.array(one, np.bool_)).any(axis=1) for one in of_class])
    place = np.where(has.any(axis=1), has.argmax(axis=1), len(covariate.classes))
    return categories(place, levels_of(covariate) or ())
