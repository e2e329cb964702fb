"""The SQL engine: keeps the engine's contract over any warehouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.sets_used import asks_for_lines
from equipoise.engine.clinical import DOMAINS
from equipoise.engine.contract import CodeSetFound, CohortRows, EventRequest, RecordedRequest
from equipoise.engine.entries.in_sql import add_entries
from equipoise.engine.errors import NO_NUMBERS, REPEATED_PERSON
from equipoise.engine.lines.errors import NO_RULES
from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.from_records import treatments_of
from equipoise.engine.lines.treatments import LinesFound
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.shapes import (
    EVENT_COLUMNS,
    FOLLOW_UP_COLUMNS,
    NAME_COLUMNS,
    PERSON_COLUMNS,
    RECORDED_COLUMNS,
    SOURCE_CODE_COLUMNS,
    session_columns,
    shaped,
)
from equipoise.engine.sql import answers, codes, cohort, records
from equipoise.engine.sql.by_session import sessions
from equipoise.engine.sql.statements import written
from equipoise.engine.sql.truths import PRIOR_LINES
from equipoise.engine.sql.views import absent, views
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import Where
from equipoise.study.model import CodeSet, Criterion, LinesOfTherapy, Window


class SqlEngine:
    """A CDM in a database. See `engine.contract.Engine` for what each question answers."""

    def __init__(self, warehouse: Warehouse, for_cohorts: Callable[[], Warehouse]) -> None:
        """`for_cohorts` opens the same CDM once more, for cohort definitions: they read tables that no other part of a study does."""
        self._warehouse, self._for_cohorts = warehouse, for_cohorts
        self._prepared = PreparedSets(site=warehouse.site)
        self._lines: LinesOfTherapy | None = None
        self.notes = absent(warehouse)
        warehouse.run(*views(warehouse))
        self._check_ids()

    def prepare(self, code_sets: tuple[CodeSet, ...], lines: LinesOfTherapy | None = None) -> tuple[CodeSetFound, ...]:
        """Resolve the sets in the site's vocabulary and read their records once."""
        codes.resolve(self._warehouse, code_sets)
        records.extract(self._warehouse)
        self.notes = tuple(dict.fromkeys((*self.notes, *add_entries(self._warehouse, code_sets, self._for_cohorts))))
        self._prepared, self._lines = PreparedSets(code_sets, self._warehouse.site), lines
        return records.found(self._warehouse, code_sets)

    def cohort(self, plan: CohortPlan) -> CohortRows:
        """Run the plan: one statement; two when a step asks for lines of therapy, which those have who came so far."""
        before = next((place for place, step in enumerate(plan.steps) if asks_for_lines(step.criterion)), None)
        if before is not None:
            self._lend_prior_lines(self.cohort(replace(plan, steps=plan.steps[:before])).rows)
        return cohort.cohort_rows(plan, self._warehouse.ask(cohort.cohort_text(plan, self._prepared, self._warehouse.dialect)))

    def sessions(self, plan: CohortPlan) -> pa.Table:
        """Every session of everybody."""
        treatments = plan.classes.treatments if plan.classes else ()
        columns = session_columns(len(treatments))
        if plan.classes is None:
            return pa.schema(list(columns.items())).empty_table()
        found = self._warehouse.ask(sessions.sessions_text(plan, plan.classes, self._prepared, self._warehouse.dialect))
        named = pc.take(pa.array([one.name for one in treatments]), found["treatment"].cast(pa.int64()))
        dated = found["index_day"].cast(pa.int32()).cast(pa.date32())
        return shaped(found.drop_columns(["treatment"]).append_column("treatment", named).append_column("session_date", dated), columns)

    def criteria(self, index: pa.Table, criteria: tuple[Criterion, ...]) -> pa.Table:
        """Judge criteria about indexed persons."""
        if any(map(asks_for_lines, criteria)):
            self._lend_prior_lines(index)
        self._lend(index)
        found = self._warehouse.ask(answers.criteria_text(criteria, self._prepared, self._warehouse.dialect))
        return shaped(found, {"person_id": pa.int64()} | {f"c{place}": pa.bool_() for place in range(len(criteria))})

    def events(self, index: pa.Table, requests: tuple[EventRequest, ...]) -> pa.Table:
        """Records around the index."""
        self._lend(index)
        ordered = sorted(requests, key=lambda request: request.name)
        self._warehouse.lend(answers.REQUESTED, self._requested(ordered))
        found = self._warehouse.ask(written(answers.EVENTS, self._warehouse.dialect))
        named = {"request": [request.name for request in ordered], "set": list(self._prepared.names)}
        for column, number in (("request", "request_no"), ("set", "set_id")):
            found = found.append_column(column, pc.take(pa.array(named[column], pa.string()), found[number]))
        return shaped(found, EVENT_COLUMNS)

    def recorded(self, index: pa.Table, request: RecordedRequest) -> pa.Table:
        """Concepts around the index."""
        text = answers.recorded_query(tuple(DOMAINS[one] for one in request.domains), frozenset(self._warehouse.sources))
        if text is None or not request.windows:
            return pa.schema(list(RECORDED_COLUMNS.items())).empty_table()
        self._lend(index)
        days = [(number, window.start, window.end) for number, window in enumerate(request.windows)]
        named = zip(("window_no", "first_day", "last_day"), zip(*days, strict=True), strict=True)
        self._warehouse.lend(answers.WINDOWS, pa.table({name: pa.array(column, pa.int32()) for name, column in named}))
        numbers = self._prepared.numbers(request.without)
        self._warehouse.lend(answers.LEFT_OUT, pa.table({"set_id": pa.array(numbers, pa.int32())}))
        found = self._ask(text)
        domain = pc.take(pa.array(request.domains, pa.string()), found["domain_no"].cast(pa.int64()))
        return shaped(found.append_column("domain", domain).append_column("window", found["window_no"]), RECORDED_COLUMNS)

    def concept_names(self, concepts: Sequence[int]) -> pa.Table:
        """Names in the site's vocabulary."""
        self._warehouse.lend(answers.NAMED, pa.table({"concept_id": pa.array(concepts, pa.int64())}))
        return shaped(self._ask(answers.NAMES), NAME_COLUMNS)

    def lines(self, index: pa.Table, *, up_to_index: bool = False) -> LinesFound:
        """Lines of therapy of indexed persons."""
        if self._lines is None:
            raise NO_RULES.error("lines of therapy were asked for without rules", Where(site=self._warehouse.site))
        return find_lines(treatments_of(self, index, self._lines, up_to_index=up_to_index), self._lines.pack)

    def persons(self, index: pa.Table) -> pa.Table:
        """Demographics of indexed persons."""
        self._lend(index)
        return shaped(self._warehouse.ask(written(answers.PERSONS, self._warehouse.dialect)), PERSON_COLUMNS)

    def follow_up(self, index: pa.Table) -> pa.Table:
        """Deaths, last records, observation."""
        self._lend(index)
        found = self._ask(answers.follow_up_query(frozenset(self._warehouse.sources)))
        last = found["last_record_day"].cast(pa.int32()).cast(pa.date32())
        return shaped(found.append_column("last_record_date", last), FOLLOW_UP_COLUMNS)

    def source_codes(self, index: pa.Table, window: Window) -> pa.Table:
        """Condition codes for comorbidity indices."""
        self._lend(index)
        return shaped(self._ask(answers.source_codes_query(window)), SOURCE_CODE_COLUMNS)

    def close(self) -> None:
        """Close the database."""
        self._warehouse.close()

    def _check_ids(self) -> None:
        counted = self._ask("SELECT COUNT(*) AS n, COUNT(person_id) AS known, COUNT(DISTINCT person_id) AS persons FROM cdm_person")
        (row,) = counted.to_pylist()
        where = Where(site=self._warehouse.site, table="person", column="person_id")
        if row["n"] and not row["known"]:
            raise NO_NUMBERS.error("no person_id is a whole number", where)
        if row["persons"] < row["known"]:
            raise REPEATED_PERSON.error("a person_id is there more than once", where)

    def _ask(self, text: str) -> pa.Table:
        return self._warehouse.ask(written(text, self._warehouse.dialect))

    def _lend(self, index: pa.Table) -> None:
        date = index["index_date"].cast(pa.date32())
        asked = index.select(["person_id"]).append_column("index_day", date.cast(pa.int32())).append_column("index_date", date)
        self._warehouse.lend(answers.ASKED, asked)

    def _lend_prior_lines(self, index: pa.Table) -> None:
        self._warehouse.lend(PRIOR_LINES, self.lines(index, up_to_index=True).persons.select(["person_id", "prior_lines"]))

    def _requested(self, requests: list[EventRequest]) -> pa.Table:
        rows = [
            (number, set_id, request.window.start, request.window.end)
            for number, request in enumerate(requests)
            for set_id in self._prepared.numbers(request.sets)
        ]
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        names = ("request_no", "set_id", "first_day", "last_day")
        return pa.table({name: pa.array(column, pa.int32()) for name, column in zip(names, columns, strict=True)})
