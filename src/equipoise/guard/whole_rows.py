"""Rows of counts that are shown whole or not at all, under totals that were masked before: for a table with one row a site.

A row is hidden when any of its counts is small, and further rows until what is left of each shown total after the shown rows is no small
count either. Under a total that is hidden to protect another, what is left must be large, so that it can be nothing in particular.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from equipoise.guard.policy import Policy
from equipoise.guard.rules import small as is_small

Status: TypeAlias = Literal["shown", "small", "complementary"]


def rows_to_hide(rows: Mapping[str, Sequence[int]], totals: Sequence[Status], policy: Policy) -> frozenset[str]:
    """Names of the rows that must not be shown. rows: (m,) counts of people each; totals: (m,) how the sum of each column is shown."""

    def small(count: int) -> bool:
        return is_small(count, policy)

    def given_away(hidden: set[str]) -> bool:
        left = [sum(rows[name][place] for name in hidden) for place in range(len(totals))]
        alone = [n for n, status in zip(left, totals, strict=True) if status == "shown"]
        cover = [n for n, status in zip(left, totals, strict=True) if status == "complementary"]
        return any(map(small, alone)) or any(n < policy.minimum_count for n in cover)

    hidden = {name for name, counts in rows.items() if any(map(small, counts))}
    for name in sorted(rows.keys() - hidden, key=lambda row: (max(rows[row], default=0), row)):
        if not given_away(hidden):
            break
        hidden.add(name)
    return frozenset(hidden)
