"""Which inclusion rules each event meets, counted: as a mask with a bit for every rule, the first rule's the lowest."""

from __future__ import annotations


def masks(qualified: str, exceptions: str, rules: str) -> str:
    """`ctx_id`, `person_id`, `event_id`, `start_day`, `mask`, `met` (how many rules). `rules`: a row a rule."""
    return f"""
SELECT q.ctx_id, q.person_id, q.event_id, q.start_day, b.base_mask + COALESCE(m.moved, 0) AS mask, b.base_met + COALESCE(m.more, 0) AS met
FROM {qualified} AS q
JOIN (SELECT ctx_id, SUM(unless * bit) AS base_mask, SUM(unless) AS base_met FROM {rules} AS r GROUP BY ctx_id) AS b ON b.ctx_id = q.ctx_id
LEFT JOIN (
    SELECT r.ctx_id, x.person_id, x.event_id, SUM(r.bit - 2 * r.unless * r.bit) AS moved, SUM(1 - 2 * r.unless) AS more
    FROM {exceptions} AS x JOIN {rules} AS r ON r.group_id = x.member_id
    GROUP BY r.ctx_id, x.person_id, x.event_id
) AS m ON m.ctx_id = q.ctx_id AND m.person_id = q.person_id AND m.event_id = q.event_id"""


def counted(of_events: str) -> str:
    """`ctx_id`, `mode_id`, `mask`, `n`. Mode 0: all events. Mode 1: each person's best, which meets the most rules; then the earliest rule,
    the earliest day, the lowest event id."""
    mask = "CAST(mask AS BIGINT)"
    return f"""
SELECT ctx_id, 0 AS mode_id, {mask} AS mask, COUNT(*) AS n FROM {of_events} AS e GROUP BY ctx_id, {mask}
UNION ALL
SELECT ctx_id, 1 AS mode_id, mask, COUNT(*) AS n
FROM (
    SELECT ctx_id, {mask} AS mask,
        ROW_NUMBER() OVER (PARTITION BY ctx_id, person_id ORDER BY met DESC, {mask} & -{mask}, start_day, event_id) AS nth
    FROM {of_events} AS e
) AS b WHERE nth = 1
GROUP BY ctx_id, mask
ORDER BY ctx_id, mode_id, mask"""


def persons(final: str) -> str:
    """`ctx_id`, `n`: persons before the cohort is cut to its window."""
    return f"SELECT ctx_id, COUNT(DISTINCT person_id) AS n FROM {final} AS f GROUP BY ctx_id ORDER BY ctx_id"
