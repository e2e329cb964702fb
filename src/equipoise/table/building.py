"""From a site's records to its analysis table: the cohort, its follow-up and outcomes, its covariates. Read this first.

Nothing here loops over persons: the engine answers in Arrow columns sorted by person, and numpy does the rest.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from equipoise.cohort.from_study import cohort_plan
from equipoise.engine.contract import Engine
from equipoise.engine.session_report import session_report
from equipoise.kernel.errors import Where
from equipoise.study.event_columns import stored_events
from equipoise.study.lab_columns import stored_columns
from equipoise.study.model import ComorbidityCovariate, Study
from equipoise.study.subgroup_levels import own_categories
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import Bools, Ints, whole
from equipoise.table.combination.exposures import combination_columns, combination_names
from equipoise.table.covariates import Sources, covariate_columns
from equipoise.table.errors import DUPLICATE_COLUMN
from equipoise.table.labs.columns import lab_columns
from equipoise.table.lines.columns import line_start_records, regimen_columns
from equipoise.table.lines.facts import line_facts
from equipoise.table.lines.grid import line_grid
from equipoise.table.outcomes import follow_up_ends, outcome_columns
from equipoise.table.recorded.matrix import covariates_of_study
from equipoise.table.records import by_request
from equipoise.table.requests import category_criteria, event_requests

OWN_COLUMNS = ("person_id", "site", "arm", "index_date")


def build_table(engine: Engine, study: Study, site: str) -> AnalysisTable:
    """The analysis table of one site. Rows are sorted by person_id. Errors: EQ-TABLE-001 to 003, 006, and those of the engine."""
    _check_names(study)
    report = engine.prepare(study.code_sets, study.lines)
    plan = cohort_plan(study)
    cohort = engine.cohort(plan)
    index = cohort.rows.select(["person_id", "index_date"])
    index_day, person_ids = whole(index["index_date"]), whole(index["person_id"])
    sources = _ask(engine, study, index)
    ends, deaths = follow_up_ends(study.follow, index_day, _aligned(engine.follow_up(index), person_ids))
    covariates, values = covariate_columns((*study.covariates, *own_categories(study)), sources)
    labs, lab_values = lab_columns(study, sources)
    columns: dict[str, Any] = {
        "person_id": index["person_id"].cast(pa.int64()),
        "site": pa.repeat(pa.scalar(site, pa.string()), index.num_rows),
        "arm": cohort.rows["arm"].cast(pa.int8()),
        "index_date": index["index_date"].cast(pa.date32()),
        **outcome_columns(study, ends, sources.records),
        **labs,
        **regimen_columns(study.lines, sources.lines),
        **combination_columns(study.combination, sources.records, len(person_ids)),
        **covariates,
    }
    sessions = session_report(engine, plan, site, study.sites.unobservable_from)
    grid = line_grid(engine, study.lines, plan)
    return AnalysisTable(
        pa.table(columns),
        cohort.attrition,
        report,
        (*values, *lab_values),
        deaths,
        sessions,
        engine.notes,
        grid,
        covariates_of_study(engine, index, study),
    )


def _ask(engine: Engine, study: Study, index: pa.Table) -> Sources:
    """One call for all events and one for all criteria; one for each window of a comorbidity index."""
    person_ids = whole(index["person_id"])
    requests, comorbidities = event_requests(study), [c for c in study.covariates if isinstance(c, ComorbidityCovariate)]
    facts = line_facts(engine, study.lines, index)
    records = by_request(engine.events(index, requests), person_ids) if requests else {}
    by_window = {window: engine.source_codes(index, window) for window in dict.fromkeys(c.window for c in comorbidities)}
    return Sources(
        index_day=whole(index["index_date"]),
        person_ids=person_ids,
        persons=_aligned(engine.persons(index), person_ids),
        records={**records, **line_start_records(study, facts)},
        levels=_criteria(engine, study, index),
        codes={c.name: by_window[c.window] for c in comorbidities},
        code_sets=study.code_sets,
        lines=facts,
    )


def _criteria(engine: Engine, study: Study, index: pa.Table) -> Bools:
    """(n, k) whether each criterion of a category's level holds."""
    criteria = category_criteria(study)
    if not criteria:
        return np.zeros((index.num_rows, 0), dtype=bool)
    found = _aligned(engine.criteria(index, criteria), whole(index["person_id"]))
    return np.column_stack([whole(found[f"c{k}"]) > 0 for k in range(len(criteria))])


def _aligned(found: pa.Table, person_ids: Ints) -> pa.Table:
    """One row a person of the cohort, in its order; persons that were not found have nulls."""
    have = whole(found["person_id"])
    if np.array_equal(have, person_ids):
        return found
    if len(have) == 0:
        return pa.table({field.name: pa.nulls(len(person_ids), field.type) for field in found.schema})
    position = np.minimum(np.searchsorted(have, person_ids), len(have) - 1)
    return found.take(pa.array(position, pa.int64(), mask=have[position] != person_ids))


def _check_names(study: Study) -> None:
    outcomes = [f"{outcome.name}_{part}" for outcome in study.timed_outcomes for part in ("time", "event")]
    outcomes += [column.name for column in stored_events(study)]
    labs = [column.name for lab in study.labs for column in stored_columns(lab)]
    exposures = combination_names(study.combination)
    names = Counter([*OWN_COLUMNS, *outcomes, *labs, *exposures, *(covariate.name for covariate in study.covariates)])
    for name, times in names.items():
        if times > 1:
            raise DUPLICATE_COLUMN.error(f"two columns named {name}", Where(path=name))
