"""From leaves to cohort rows: primary, qualified and included events, exits, eras. One query a step for all definitions of a batch.

Ties on a day are broken by event id. The id of a primary event is its rank among the person's: by day (the latest first when the last is
wanted), then the record's id, then the criterion's position in the list, then the observation period.
"""

from __future__ import annotations

from equipoise.engine.circe.sql.spelling import date_of

_OF_EVENT = "person_id, event_id, start_day, end_day, visit_id, op_start, op_end"


def primary(table: str, leaves: str, observation: str, *, all_limited: bool) -> str:
    """Primary events, with the columns of a context. `table`: a row for each criterion of each definition's list."""
    return f"""
SELECT ctx_id, {_OF_EVENT} FROM (
    SELECT d.ctx_id, e.person_id, e.start_day, e.end_day, e.visit_id, o.op_start, o.op_end, d.how_many,
        ROW_NUMBER() OVER (
            PARTITION BY d.ctx_id, e.person_id ORDER BY e.sort_day * d.direction, e.event_id, d.place, o.op_start, o.op_end
        ) AS event_id
    FROM {table} AS d JOIN {leaves} AS e ON e.leaf_id = d.leaf_id
    JOIN {observation} AS o ON o.person_id = e.person_id AND o.op_start <= e.start_day AND o.op_end >= e.start_day
        AND o.op_start + d.prior_days <= e.start_day AND e.start_day + d.post_days <= o.op_end
) AS p WHERE event_id {"= 1" if all_limited else "<= how_many"}"""


def limited(events: str, table: str, side: str, *, all_limited: bool) -> str:
    """The first, the last or all events of each person. `table`: a row a definition; `side`: `qualified` or `included`."""
    return f"""
SELECT ctx_id, {_OF_EVENT} FROM (
    SELECT p.*, d.{side}_many AS how_many,
        ROW_NUMBER() OVER (PARTITION BY p.ctx_id, p.person_id ORDER BY p.start_day * d.{side}_direction, p.event_id) AS nth
    FROM {events} AS p JOIN {table} AS d ON d.ctx_id = p.ctx_id
) AS q WHERE nth {"= 1" if all_limited else "<= how_many"}"""


def without(events: str, roots: str) -> str:
    """The events of definitions that have no group here."""
    return f"SELECT p.* FROM {events} AS p WHERE p.ctx_id NOT IN (SELECT r.ctx_id FROM {roots} AS r)"


_CLOSED = """CASE d.exit_kind
    WHEN 0 THEN i.op_end
    ELSE CASE WHEN {day} + d.exit_offset > i.op_end THEN i.op_end ELSE {day} + d.exit_offset END
END"""
_EXIT = _CLOSED.format(day="CASE d.exit_kind WHEN 1 THEN i.start_day ELSE i.end_day END")


def exits(events: str, table: str) -> str:
    """`ctx_id`, `person_id`, `event_id`, `start_day`, `exit_day`: at the end of observation, or so many days after a date of the event."""
    return f"""
SELECT i.ctx_id, i.person_id, i.event_id, i.start_day, {_EXIT} AS exit_day
FROM {events} AS i JOIN {table} AS d ON d.ctx_id = i.ctx_id"""


def censored(events: str, table: str, leaves: str) -> str:
    """Exits at censoring events."""
    return f"""
SELECT i.ctx_id, i.person_id, i.event_id, i.start_day, MIN(c.start_day) AS exit_day
FROM {events} AS i JOIN {table} AS n ON n.ctx_id = i.ctx_id
JOIN {leaves} AS c ON c.leaf_id = n.leaf_id AND c.person_id = i.person_id AND c.start_day >= i.start_day AND c.start_day <= i.op_end
GROUP BY i.ctx_id, i.person_id, i.event_id, i.start_day"""


def exposures(table: str, events: str, sets: str, drugs: str) -> str:
    """`key`, `person_id`, `start_day`, `end_day`: exposures to the drugs of eras, moved to where the era would end, gap included."""
    parts = (
        f"""
SELECT t.era_id AS key, e.person_id, e.first_day AS start_day,
    CASE WHEN t.days_supply IS NULL THEN e.last_day ELSE e.first_day + t.days_supply END + t.gap_days + t.exit_offset AS end_day
FROM {table} AS t JOIN {sets} AS s ON s.set_id = t.drug_set JOIN {drugs} AS e ON e.{concept} = s.concept_id
WHERE e.person_id IN (SELECT i.person_id FROM {events} AS i)"""
        for concept in ("concept_id", "source_concept_id")
    )
    return " UNION ALL ".join(parts)


def eras(spans: str) -> str:
    """`key`, `person_id`, `start_day`, `end_day`: overlapping spans of a person made one."""
    person = "PARTITION BY key, person_id ORDER BY start_day"
    return f"""
SELECT key, person_id, MIN(start_day) AS start_day, MAX(end_day) AS end_day
FROM (
    SELECT key, person_id, start_day, end_day,
        SUM(begins) OVER ({person}, begins DESC, end_day ROWS UNBOUNDED PRECEDING) AS nth
    FROM (
        SELECT key, person_id, start_day, end_day,
            CASE WHEN MAX(end_day) OVER ({person}, end_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) >= start_day
            THEN 0 ELSE 1 END AS begins
        FROM {spans} AS s
    ) AS b
) AS g
GROUP BY key, person_id, nth"""


def era_exits(events: str, table: str, found: str) -> str:
    """Exits at the end of the era that holds the event's start. `table`: a row a definition that has such an exit."""
    return f"""
SELECT i.ctx_id, i.person_id, i.event_id, i.start_day, e.end_day - t.gap_days AS exit_day
FROM {events} AS i JOIN {table} AS t ON t.ctx_id = i.ctx_id
JOIN {found} AS e ON e.key = t.era_id AND e.person_id = i.person_id
WHERE i.start_day >= e.start_day AND i.start_day <= e.end_day - t.gap_days"""


def spans(exit_days: str, *, several: bool) -> str:
    """`ctx_id`, `person_id`, `start_day`, `end_day`: each event to its earliest exit. `several`: if an event may have more."""
    if not several:
        return f"SELECT x.ctx_id, x.person_id, x.start_day, x.exit_day AS end_day FROM ({exit_days}) AS x WHERE x.exit_day >= x.start_day"
    return f"""
SELECT x.ctx_id, x.person_id, x.start_day, MIN(x.exit_day) AS end_day
FROM ({exit_days}) AS x WHERE x.exit_day >= x.start_day
GROUP BY x.ctx_id, x.person_id, x.event_id, x.start_day"""


def collapsed(found: str, table: str, *, beside_single: bool) -> str:
    """`ctx_id`, `person_id`, `start_day`, `end_day`: entries of a person made one; definitions with one entry a person are left."""
    chosen = " WHERE d.single = 0" if beside_single else ""
    moved = f"""(
    SELECT s.ctx_id AS key, s.person_id, s.start_day, s.end_day + d.pad AS end_day
    FROM {found} AS s JOIN {table} AS d ON d.ctx_id = s.ctx_id{chosen}
)"""
    one = f"""
SELECT e.key AS ctx_id, e.person_id, e.start_day, e.end_day - d.pad AS end_day
FROM ({eras(moved)}) AS e JOIN {table} AS d ON d.ctx_id = e.key"""
    if not beside_single:
        return one
    return f"""{one}
UNION ALL
SELECT s.ctx_id, s.person_id, s.start_day, s.end_day
FROM {found} AS s JOIN {table} AS d ON d.ctx_id = s.ctx_id WHERE d.single = 1"""


def cut(final: str, table: str, *, windows: bool) -> str:
    """The cohort's rows with dates, sorted. `windows`: whether any definition has a censor window."""
    start, end, where = "f.start_day", "f.end_day", ""
    if windows:
        start = "CASE WHEN d.from_day IS NULL OR f.start_day > d.from_day THEN f.start_day ELSE d.from_day END"
        end = "CASE WHEN d.to_day IS NULL OR f.end_day < d.to_day THEN f.end_day ELSE d.to_day END"
        where = f"WHERE {start} <= {end}"
    joined = f" JOIN {table} AS d ON d.ctx_id = f.ctx_id" if windows else ""
    return f"""
SELECT f.ctx_id AS cohort_definition_id, f.person_id AS subject_id, {date_of(start)} AS cohort_start_date, {date_of(end)} AS cohort_end_date
FROM {final} AS f{joined} {where}
ORDER BY cohort_definition_id, subject_id, cohort_start_date, cohort_end_date"""
