"""Groups around events, all groups of a stage at once, exceptions only.

A relation of exceptions has `group_id`, `person_id`, `event_id`, `delta`: around this event one member of the group answers other than its
default, and so one more member holds (1), or one less (-1). A group that for this reason answers other than its own default is an exception
of the group above it. Contexts are rows of `ctx_id`, `person_id`, `event_id`, `start_day`, `end_day`, `visit_id`, `op_start`, `op_end`.
"""

from __future__ import annotations

from equipoise.engine.circe.batch import CountShape
from equipoise.engine.circe.shapes import FilterShape, WindowShape
from equipoise.engine.circe.sql.conditions import conditions
from equipoise.engine.circe.sql.records import Sources
from equipoise.engine.circe.sql.spelling import nothing

EVENT = ("person_id", "event_id", "start_day", "end_day", "visit_id", "op_start", "op_end")


def counts(shape: CountShape, table: str, contexts: str, leaves: str) -> str:
    """`node_id`, `person_id`, `event_id`, `n`: how many events of its leaf each correlated criterion found, where it found any."""
    on = ["a.leaf_id = n.leaf_id", "a.person_id = p.person_id"]
    on.append("(n.anywhere OR (a.start_day >= p.op_start AND a.start_day <= p.op_end))")
    for place, window in enumerate(shape.windows):
        on += _window(window, place)
    if shape.same_visit:
        on.append("a.visit_id = p.visit_id")
    counted = "*" if shape.distinct is None else f"DISTINCT a.{shape.distinct}"
    return f"""
SELECT n.node_id, p.person_id, p.event_id, COUNT({counted}) AS n
FROM {table} AS n JOIN {contexts} AS p ON p.ctx_id = n.ctx_id JOIN {leaves} AS a ON {" AND ".join(on)}
GROUP BY n.node_id, p.person_id, p.event_id"""


def _window(window: WindowShape, place: int) -> list[str]:
    event, index = ("a.end_day" if window.event_end else "a.start_day"), ("p.end_day" if window.index_end else "p.start_day")
    return [
        f"(n.{side}_kind{place} = 3 OR {event} {compared} CASE n.{side}_kind{place} "
        f"WHEN 0 THEN {index} + n.{side}{place} WHEN 1 THEN p.op_start ELSE p.op_end END)"
        for side, compared in (("low", ">="), ("high", "<="))
    ]


def of_counts(nodes: str, counted: str) -> str:
    """The correlated criteria whose count is not what none would answer."""
    return f"""
SELECT n.group_id, c.person_id, c.event_id, n.delta
FROM ({counted}) AS c JOIN {nodes} AS n ON n.node_id = c.node_id
WHERE c.n >= n.low AND c.n <= n.high"""


def of_persons(shapes: tuple[FilterShape, ...], table: str, contexts: str, sources: Sources) -> str:
    """The demographic criteria that hold, of persons who are in `person`; once, however many observation periods hold the event.

    By default they do not."""
    filters = conditions(shapes, sources, known=True)
    inner = f"SELECT n.*, p.person_id, p.event_id, p.start_day, p.end_day FROM {table} AS n JOIN {contexts} AS p ON p.ctx_id = n.ctx_id"
    held = f"SELECT DISTINCT q.node_id, q.group_id, q.person_id, q.event_id FROM ({inner}) AS q{filters.text()}"
    return f"SELECT d.group_id, d.person_id, d.event_id, 1 AS delta FROM ({held}) AS d"


def of_groups(groups: str, height: int, members: str) -> str:
    """The groups of a height whose answer is not their default, as exceptions of the groups above them; the group itself is `member_id`."""
    return f"""
SELECT g.parent_id AS group_id, s.person_id, s.event_id, g.delta, g.group_id AS member_id
FROM (
    SELECT group_id, person_id, event_id, SUM(delta) AS more FROM ({members}) AS m GROUP BY group_id, person_id, event_id
) AS s
JOIN {groups} AS g ON g.group_id = s.group_id
WHERE g.height = {height} AND (CASE WHEN g.base + s.more >= g.low AND g.base + s.more <= g.high THEN 1 ELSE -1 END) = g.delta"""


def held(contexts: str, roots: str, exceptions: str) -> str:
    """The rows of contexts around which the root group holds, with the columns of a context."""
    return f"""
SELECT p.*
FROM {contexts} AS p JOIN {roots} AS r ON r.ctx_id = p.ctx_id
LEFT JOIN {exceptions} AS x ON x.member_id = r.root_id AND x.person_id = p.person_id AND x.event_id = p.event_id
WHERE (CASE WHEN x.member_id IS NULL THEN 1 ELSE 0 END) = r.unless"""


def no_exceptions() -> str:
    """A query of exceptions that finds none."""
    columns = ", ".join(f"{nothing('id')} AS {name}" for name in ("group_id", "person_id", "event_id", "delta", "member_id"))
    return f"SELECT {columns} WHERE 1 = 0"


def around(roots: str, leaves: str, observation: str) -> str:
    """The contexts that are leaves: the events of the source leaf in the observation period that holds their start."""
    return f"""
SELECT r.ctx_id, e.person_id, e.event_id, e.start_day, e.end_day, e.visit_id, o.op_start, o.op_end
FROM {roots} AS r JOIN {leaves} AS e ON e.leaf_id = r.source
JOIN {observation} AS o ON o.person_id = e.person_id AND o.op_start <= e.start_day AND o.op_end >= e.start_day"""


def kept(roots: str, leaves: str, holding: str) -> str:
    """The leaves that contexts become: events of the source leaf around which the group holds."""
    return f"""
SELECT r.ctx_id AS leaf_id, e.person_id, e.event_id, e.start_day, e.end_day, e.sort_day, e.visit_id, e.counted
FROM {roots} AS r JOIN {leaves} AS e ON e.leaf_id = r.source
WHERE EXISTS (
    SELECT 1 FROM {holding} AS h WHERE h.ctx_id = r.ctx_id AND h.person_id = e.person_id AND h.event_id = e.event_id
)"""
