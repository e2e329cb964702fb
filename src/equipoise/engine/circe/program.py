"""A batch as a program: tables of numbers to be lent to the database, and steps that each make one relation of those before."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from equipoise.engine.circe import tables
from equipoise.engine.circe.batch import Batch, CountedNode, CountShape, LeafShape, Stage
from equipoise.engine.circe.domains import DOMAINS
from equipoise.engine.circe.shapes import FilterShape, Leaf
from equipoise.engine.circe.sql import cohorts, groups
from equipoise.engine.circe.sql.concepts import SETS, Asked, codesets
from equipoise.engine.circe.sql.leaves import columns_read, leaves, no_leaves
from equipoise.engine.circe.sql.records import Sources, Wanted, observation, records, vocabulary
from equipoise.engine.circe.sql.spelling import literal, union
from equipoise.engine.errors import MISSING_COLUMN
from equipoise.engine.sql.warehouse import Source
from equipoise.kernel.errors import Where, closest

_PREFIX = "eq_"
_NAME = re.compile(rf"\b{_PREFIX}\w+")
_WORD = re.compile(r"\w+")
_WRITTEN_OUT = 16
"""Rows up to which a table of numbers is written into the statement instead of being lent."""
OBSERVATION = ("person_id", "observation_period_start_date", "observation_period_end_date")
VOCABULARY = ("concept", "concept_ancestor", "concept_relationship")


@dataclass(frozen=True, slots=True)
class Step:
    """A relation to be made."""

    name: str
    query: str


@dataclass(slots=True)
class Program:
    """What runs. `rows` is the query of the cohort's rows; `rule_exceptions`, `qualified` and `final` name what statistics read."""

    lent: dict[str, pa.Table] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    rows: str = ""
    qualified: str = ""
    final: str = ""
    rule_exceptions: str = ""
    notes: list[str] = field(default_factory=list)
    """Sentences about columns that are asked for and not there."""

    def lend(self, name: str, rows: pa.Table) -> str:
        """Lend a table; the name it goes by."""
        self.lent[f"{_PREFIX}{name}"] = rows
        return f"{_PREFIX}{name}"

    def step(self, name: str, query: str) -> str:
        """Add a step; the name it goes by."""
        self.steps.append(Step(f"{_PREFIX}{name}", query))
        return f"{_PREFIX}{name}"

    def merged(self, *results: str) -> Merged:
        """The steps that the results need. What is read only once stands inside its reader, and a small table is written out in place."""
        queries = {step.name: step.query for step in self.steps}
        read = Counter(name for text in (*queries.values(), *results) for name in _NAME.findall(text))
        words = {word for text in (*queries.values(), *results) for word in _WORD.findall(text)}
        few = {name: rows for name, rows in self.lent.items() if rows.num_rows <= _WRITTEN_OUT}
        inside = {name: f"(\n{literal(_read_of(rows, words))})" for name, rows in few.items()}
        kept: list[Step] = []
        for name, query in queries.items():
            text = _NAME.sub(lambda found: inside.get(found[0], found[0]), query)
            if read[name] == 1:
                inside[name] = f"({text})"
            elif read[name]:
                kept.append(Step(name, text))
        lent = {name: rows for name, rows in self.lent.items() if name not in inside}
        return Merged(lent, kept, [_NAME.sub(lambda found: inside.get(found[0], found[0]), one) for one in results])


def _read_of(rows: pa.Table, words: set[str]) -> pa.Table:
    """The columns that some query names: others would be planned for nothing."""
    named = [name for name in rows.column_names if name in words]
    return rows.select(named or rows.column_names[:1])


@dataclass(frozen=True, slots=True)
class Merged:
    """Tables to lend, relations to make, and the results' queries."""

    lent: dict[str, pa.Table]
    steps: list[Step]
    results: list[str]


def must_have(source: Source, columns: Iterable[str]) -> None:
    """Raise EQ-ENGINE-004 for the first column that the table lacks."""
    for column in columns:
        if column not in source.columns:
            where = Where(table=source.table, column=column)
            raise MISSING_COLUMN.error(f"no column {column}", where, did_you_mean=closest(column, source.columns))


@dataclass(slots=True)
class Writer:
    """Writes the program of one batch for one site."""

    batch: Batch
    sources: Sources
    program: Program = field(default_factory=Program)
    found: str = ""
    """The relation of all leaves so far: a name, or a union in brackets."""
    observation: str = ""

    def write(self) -> Program:
        """All steps, in order."""
        self._sets()
        if "observation_period" in self.sources:
            must_have(self.sources["observation_period"], OBSERVATION)
        self.observation = self.program.step("observation", observation(self.sources))
        self._leaves()
        self._cohorts()
        return self.program

    def _sets(self) -> None:
        numbers = self.batch.sets
        self.program.lend("set_lines", tables.set_lines(numbers))
        self.program.lend("set_listed", tables.set_listed(numbers))
        lines = [line for content in numbers.resolved for line in content]
        asked = Asked(
            descendants=any(one[2] for one in lines),
            mapped=any(one[3] for one in lines),
            excluded=any(one[1] for one in lines),
            listed=bool(numbers.listed),
        )
        there = {name: vocabulary(name, self.sources[name]) for name in VOCABULARY if name in self.sources}
        self.program.step("codesets", codesets(asked, there))

    def _leaves(self) -> None:
        shapes: dict[LeafShape, list[tuple[Leaf, int]]] = defaultdict(list)
        for leaf, number in self.batch.records():
            if self._there(leaf.domain):
                shapes[LeafShape.of(leaf)].append((leaf, number))
        read = self._records(list(shapes))
        queries = [
            leaves(shape, self.program.lend(f"leaf_values_{place}", tables.leaf_values(those)), read[shape.domain], self.sources)
            for place, (shape, those) in enumerate(shapes.items())
        ]
        levels = [self.program.step("leaves_0", union(queries) if queries else no_leaves())]
        self.found = levels[0]
        for level, stage in enumerate(self.batch.around, start=1):
            levels.append(self._around(stage, level))
            self.found = f"({union([f'SELECT * FROM {one} AS l' for one in levels])})"

    def _there(self, domain: str) -> bool:
        needed = {DOMAINS[domain].table} | ({"location"} if domain == "LocationRegion" else set())
        return needed <= self.sources.keys()

    def _records(self, shapes: list[LeafShape]) -> dict[str, str]:
        """What stands for each domain's records: a step of its own where several shapes, or an era, read them."""
        by_domain: dict[str, list[LeafShape]] = defaultdict(list)
        for shape in shapes:
            by_domain[shape.domain].append(shape)
        return {domain: self._of_domain(domain, those) for domain, those in by_domain.items()}

    def _of_domain(self, domain: str, shapes: list[LeafShape]) -> str:
        columns = tuple(sorted({column for shape in shapes for column in columns_read(shape)}))
        shared = len(shapes) > 1
        wanted = Wanted(
            domain,
            columns,
            by_concept=any(one.by_concept for one in shapes),
            by_source=any(one.by_source and not one.by_concept for one in shapes),
            by_set=shared and all(one.by_concept or one.by_source for one in shapes),
        )
        table = DOMAINS[domain].table
        self._check(domain, by_concept=wanted.by_concept)
        if wanted.by_source:
            columns = (*columns, DOMAINS[domain].source or "")
        absent = [column for column in columns if column not in self.sources[table].columns]
        self.program.notes += [f"no column {table}.{column}: a criterion that asks for it finds nothing" for column in absent]
        text = records(wanted, self.sources)
        return self.program.step(f"records_{table}", text) if shared else f"({text})"

    def _check(self, domain: str, *, by_concept: bool) -> None:
        """Records without a person, an id or a start are none; a table in which all are so is no table of a CDM."""
        of = DOMAINS[domain]
        needed = ("person_id", of.id, of.start, *((of.concept,) if by_concept and of.concept else ()))
        if domain != "LocationRegion":
            must_have(self.sources[of.table], needed)

    def _around(self, stage: Stage, level: int) -> str:
        """The leaves of a level above 0."""
        roots = self.program.lend(f"roots_{level}", tables.root_values(stage.contexts))
        contexts = self.program.step(f"contexts_{level}", groups.around(roots, self.found, self.observation))
        holding = groups.held(contexts, roots, self._groups(stage, contexts, str(level)))
        return self.program.step(f"leaves_{level}", groups.kept(roots, self.found, f"({holding})"))

    def _groups(self, stage: Stage, contexts: str, label: str) -> str:
        """All exceptions of groups of a stage."""
        of_members = [*self._counted(stage, contexts, label), *self._demographic(stage, contexts, label)]
        if not of_members:
            return self.program.step(f"exceptions_{label}", groups.no_exceptions())
        members = [self.program.step(f"members_{label}", union(of_members))]
        table = self.program.lend(f"groups_{label}", tables.group_values(stage.groups))
        heights: list[str] = []
        for height in range(1, stage.height() + 1):
            inside = union([f"SELECT group_id, person_id, event_id, delta FROM {one} AS x" for one in (*members, *heights)])
            heights.append(self.program.step(f"exceptions_{label}_{height}", groups.of_groups(table, height, inside)))
        return heights[0] if len(heights) == 1 else f"({union([f'SELECT * FROM {one} AS x' for one in heights])})"

    def _counted(self, stage: Stage, contexts: str, label: str) -> Iterator[str]:
        shapes: dict[CountShape, list[CountedNode]] = defaultdict(list)
        for node in stage.counted:
            one = node.counted
            shapes[CountShape(tuple(window.shape for window in one.windows), one.distinct, one.same_visit)].append(node)
        queries = [
            groups.counts(shape, self.program.lend(f"counts_{label}_{place}", tables.count_values(those)), contexts, self.found)
            for place, (shape, those) in enumerate(shapes.items())
        ]
        if queries:
            nodes = self.program.lend(f"nodes_{label}", tables.node_values(stage.counted))
            yield groups.of_counts(nodes, union(queries))

    def _demographic(self, stage: Stage, contexts: str, label: str) -> Iterator[str]:
        shapes: dict[tuple[FilterShape, ...], list[int]] = defaultdict(list)
        for place, node in enumerate(stage.demographic):
            shapes[tuple(one.shape for one in node.demographic.filters)].append(place)
        for number, (shape, places) in enumerate(shapes.items()):
            rows = tables.demographic_values([stage.demographic[place] for place in places])
            yield groups.of_persons(shape, self.program.lend(f"persons_{label}_{number}", rows), contexts, self.sources)

    def _cohorts(self) -> None:
        program, those = self.program, self.batch.definitions
        table = program.lend("definition_values", tables.definition_values(those))
        values = program.lend("primary_values", tables.primary_values(those, self.batch.leaves))
        first = all(one.primary_limit for one in those)
        events = program.step("primary_events", cohorts.primary(values, self.found, self.observation, all_limited=first))
        if any(one.qualifying is not None for one in those):
            first = all(one.qualifying is not None and one.qualified_limit for one in those)
            passing = self._passing(self.batch.qualifying, events, "q")
            events = program.step("qualified_events", cohorts.limited(passing, table, "qualified", all_limited=first))
        program.qualified = events
        events = self._included(self._passing(self.batch.rules, events, "r"), table)
        found = program.step("spans", self._exits(events, table))
        program.final = found if all(one.single for one in those) else self._collapsed(found, table)
        program.rows = cohorts.cut(program.final, table, windows=any(one.window != (None, None) for one in those))

    def _included(self, passing: str, table: str) -> str:
        limits = [one.expression_limit and not one.limited_before_rules for one in self.batch.definitions]
        if not any(limits):
            return self.program.step("included_events", f"SELECT * FROM {passing} AS p")
        return self.program.step("included_events", cohorts.limited(passing, table, "included", all_limited=all(limits)))

    def _collapsed(self, found: str, table: str) -> str:
        beside = any(one.single for one in self.batch.definitions)
        return self.program.step("final_cohort", cohorts.collapsed(found, table, beside_single=beside))

    def _passing(self, stage: Stage, events: str, label: str) -> str:
        """The events around which a definition's groups hold, with those of definitions without groups."""
        if not stage.contexts:
            return events
        roots = self.program.lend(f"roots_{label}", tables.root_values(stage.contexts))
        exceptions = self._groups(stage, events, label)
        if label == "r":
            self.program.rule_exceptions = exceptions
        parts = [groups.held(events, roots, exceptions)]
        if len(stage.contexts) < len(self.batch.definitions):
            parts.append(cohorts.without(events, roots))
        return f"({union(parts)})"

    def _exits(self, events: str, table: str) -> str:
        program, those = self.program, self.batch.definitions
        parts = [cohorts.exits(events, table)]
        if any(one.exit.era is not None for one in those):
            parts.append(self._eras(events))
        if any(one.exit.censoring for one in those):
            censors = program.lend("censor_values", tables.censor_values(those, self.batch.leaves))
            parts.append(cohorts.censored(events, censors, self.found))
        return cohorts.spans(union(parts), several=len(parts) > 1)

    def _eras(self, events: str) -> str:
        eras, ending = tables.era_values(self.batch.definitions)
        table, of = self.program.lend("era_values", eras), self.program.lend("era_of", ending)
        drugs = f"({records(Wanted('DrugExposure', (), by_concept=True, by_source=True, by_set=True), self.sources)})"
        exposed = self.program.step("exposures", cohorts.exposures(table, events, SETS, drugs))
        return cohorts.era_exits(events, of, f"({cohorts.eras(exposed)})")
