"""Inclusion statistics in the four tables that OHDSI's tools read: `cohort_inclusion_result`, `cohort_inclusion_stats`,
`cohort_summary_stats` and `cohort_censor_stats`. Counts of events (mode 0) and of persons by their best event (mode 1), unmasked: they
stay at the site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from equipoise.engine.circe.shapes import Definition

MOST_RULES = 62
"""Rules that fit a mask of 64 bits; definitions with more have no statistics by rule."""

_SCHEMAS = {
    "cohort_inclusion_result": ("inclusion_rule_mask", "person_count", "mode_id"),
    "cohort_inclusion_stats": ("rule_sequence", "person_count", "gain_count", "person_total", "mode_id"),
    "cohort_summary_stats": ("base_count", "final_count", "mode_id"),
    "cohort_censor_stats": ("lost_count",),
}
TABLES = tuple(_SCHEMAS)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Tables by name, each with `cohort_definition_id` first and all columns int64; sorted."""

    tables: dict[str, pa.Table]


def statistics(definitions: Iterable[Definition], masks: pa.Table, persons: pa.Table, rows: pa.Table) -> Statistics:
    """From counts by mask, persons before the window, and the cohorts' rows."""
    by_mask = _by_mask(masks)
    with_rules = [one for one in definitions if 0 < len(one.rules) <= MOST_RULES]
    found: dict[str, list[tuple[int, ...]]] = {name: [] for name in _SCHEMAS}
    for one in sorted(with_rules, key=lambda one: one.id):
        for mode in (0, 1):
            counts = by_mask.get((one.id, mode), Counter())
            full = 2 ** len(one.rules) - 1
            found["cohort_inclusion_result"] += [(one.id, mask, n, mode) for mask, n in sorted(counts.items())]
            found["cohort_inclusion_stats"] += [(one.id, rule, *_of_rule(counts, rule, full), mode) for rule in range(len(one.rules))]
            found["cohort_summary_stats"].append((one.id, counts.total(), counts[full], mode))
    found["cohort_censor_stats"] = _lost([one.id for one in definitions if one.window != (None, None)], persons, rows)
    return Statistics({name: statistics_table(name, found[name]) for name in _SCHEMAS})


def _by_mask(masks: pa.Table) -> Mapping[tuple[int, int], Counter[int]]:
    found: dict[tuple[int, int], Counter[int]] = {}
    for row in masks.to_pylist():
        found.setdefault((row["ctx_id"], row["mode_id"]), Counter())[row["mask"]] = row["n"]
    return found


def _of_rule(counts: Counter[int], rule: int, full: int) -> tuple[int, int, int]:
    """How many meet the rule, how many meet all others alone, how many there are."""
    bit = 1 << rule
    return sum(n for mask, n in counts.items() if mask & bit), counts[full - bit], counts.total()


def _lost(ids: list[int], persons: pa.Table, rows: pa.Table) -> list[tuple[int, ...]]:
    before: dict[int, int] = {row["ctx_id"]: row["n"] for row in persons.to_pylist()}
    kept: Counter[int] = Counter()
    if rows.num_rows:
        pairs = rows.group_by(["cohort_definition_id", "subject_id"]).aggregate([])
        kept.update(row["cohort_definition_id"] for row in pairs.to_pylist())
    return [(one, before.get(one, 0) - kept[one]) for one in sorted(ids)]


def statistics_table(name: str, rows: list[tuple[int, ...]]) -> pa.Table:
    """Rows of one of the tables."""
    columns = ("cohort_definition_id", *_SCHEMAS[name])
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table({column: pa.array(value, pa.int64()) for column, value in zip(columns, values, strict=True)})


def joined(parts: list[Statistics]) -> Statistics:
    """The statistics of several batches as one."""
    tables = {name: pa.concat_tables([part.tables[name] for part in parts] or [statistics_table(name, [])]) for name in _SCHEMAS}
    return Statistics({name: rows.sort_by([(column, "ascending") for column in _ORDER[name]]) for name, rows in tables.items()})


_ORDER = {
    "cohort_inclusion_result": ("cohort_definition_id", "mode_id", "inclusion_rule_mask"),
    "cohort_inclusion_stats": ("cohort_definition_id", "mode_id", "rule_sequence"),
    "cohort_summary_stats": ("cohort_definition_id", "mode_id"),
    "cohort_censor_stats": ("cohort_definition_id",),
}
