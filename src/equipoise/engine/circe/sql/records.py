"""The CDM's tables as leaves read them: `records_<table>`, only the columns that are asked for, in fixed types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.engine.circe.domains import DOMAINS, JOINED, JOINED_TABLES, NUMBERS, TEXT, Domain
from equipoise.engine.circe.sql.concepts import SETS
from equipoise.engine.circe.sql.spelling import FAR_FUTURE, ColumnKind, nothing, read
from equipoise.engine.sql.warehouse import Source

Sources = Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a batch reads of a domain. `by_set`: only records whose concept (or source concept) is in some set of the batch."""

    domain: str
    columns: tuple[str, ...]
    by_concept: bool
    by_source: bool
    by_set: bool


def kind_of(column: str) -> ColumnKind:
    """How a column is read."""
    return "text" if column in TEXT else "number" if column in NUMBERS else "id"


def records(wanted: Wanted, sources: Sources) -> str:
    """`person_id`, `event_id`, `first_day`, `last_day`, `visit_id`, concept and source concept, and the columns wanted."""
    domain = DOMAINS[wanted.domain]
    if wanted.domain == "LocationRegion":
        return _regions(wanted, sources)
    source = sources[domain.table]
    concept, source_concept = (read(source, of, "id") if of else nothing("id") for of in (domain.concept, domain.source))
    columns = {
        "person_id": read(source, "person_id", "id"),
        "event_id": read(source, domain.id, "id"),
        "first_day": read(source, domain.start, "day"),
        "last_day": _last_day(domain, source),
        "visit_id": read(source, domain.visit, "id") if domain.visit else nothing("id"),
        "concept_id": concept,
        "source_concept_id": source_concept,
    } | {name: read(source, name, kind_of(name)) for name in wanted.columns}
    listed = ", ".join(f"{text} AS {name}" for name, text in columns.items())
    return f"SELECT {listed} FROM {source.relation}{_in_sets(wanted, concept, source_concept)}"


def _in_sets(wanted: Wanted, concept: str, source_concept: str) -> str:
    if not wanted.by_set:
        return ""
    in_some = f"IN (SELECT t.concept_id FROM {SETS} AS t)"
    sides = [f"{of} {in_some}" for of, asked in ((concept, wanted.by_concept), (source_concept, wanted.by_source)) if asked]
    return f" WHERE {' OR '.join(sides)}"


def _last_day(domain: Domain, source: Source) -> str:
    start = read(source, domain.start, "day")
    if domain.ends == "next_day" or domain.end is None:
        return f"{start} + 1"
    end = read(source, domain.end, "day")
    if domain.ends == "or_next_day":
        return f"COALESCE({end}, {start} + 1)"
    if domain.ends == "or_supply":
        return f"COALESCE({end}, {start} + CAST({read(source, 'days_supply', 'number')} AS INT), {start} + 1)"
    return end


def _regions(wanted: Wanted, sources: Sources) -> str:
    """Where persons lived: `location_history` with the region of its location."""
    history, location = sources["location_history"], sources["location"]
    held = f"""
SELECT {read(history, "location_id", "id")} AS location_id, {read(history, "entity_id", "id")} AS person_id,
    {read(history, "location_history_id", "id")} AS event_id, {read(history, "start_date", "day")} AS first_day,
    COALESCE({read(history, "end_date", "day")}, {FAR_FUTURE}) AS last_day
FROM {history.relation} WHERE {read(history, "domain_id", "text")} = 'PERSON'"""
    where = f"SELECT {read(location, 'location_id', 'id')} AS location_id, {read(location, 'region_concept_id', 'id')} AS concept_id"
    extra = "".join(f", {nothing(kind_of(name))} AS {name}" for name in wanted.columns)
    return f"""
SELECT h.person_id, h.event_id, h.first_day, h.last_day, {nothing("id")} AS visit_id, l.concept_id,
    {nothing("id")} AS source_concept_id{extra}
FROM ({held}) AS h JOIN ({where} FROM {location.relation}) AS l ON l.location_id = h.location_id"""


def joined(name: str, sources: Sources) -> str | None:
    """A table that attributes look into, as a relation in brackets; None where the site does not have it."""
    source = sources.get(JOINED_TABLES[name])
    if source is None:
        return None
    listed = ", ".join(f"{read(source, column, kind_of(column))} AS {column}" for column in JOINED[name])
    return f"(SELECT {listed} FROM {source.relation})"


def observation(sources: Sources) -> str:
    """Observation periods: `person_id`, `op_start`, `op_end`."""
    source = sources.get("observation_period")
    if source is None:
        return f"SELECT {nothing('id')} AS person_id, {nothing('day')} AS op_start, {nothing('day')} AS op_end WHERE 1 = 0"
    start, end = (read(source, f"observation_period_{side}_date", "day") for side in ("start", "end"))
    return f"SELECT {read(source, 'person_id', 'id')} AS person_id, {start} AS op_start, {end} AS op_end FROM {source.relation}"


def vocabulary(name: str, source: Source) -> str:
    """A vocabulary table, as a relation in brackets."""
    columns: dict[str, dict[str, ColumnKind]] = {
        "concept": {"concept_id": "id", "invalid_reason": "text"},
        "concept_ancestor": {"ancestor_concept_id": "id", "descendant_concept_id": "id"},
        "concept_relationship": {"concept_id_1": "id", "concept_id_2": "id", "relationship_id": "text", "invalid_reason": "text"},
    }
    listed = ", ".join(f"{read(source, column, kind)} AS {column}" for column, kind in columns[name].items())
    return f"(SELECT {listed} FROM {source.relation})"
