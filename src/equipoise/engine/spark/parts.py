"""A large union in parts: Spark holds what every branch of a statement broadcasts at once, and plans it all before it reads a row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlglot import exp, parse_one

BRANCHES = 6
"""Branches that are run at once."""


def in_parts(query: str) -> list[str]:
    """Queries whose rows together are the query's; the query itself where it is no large union."""
    branches = iter([one.sql(dialect="spark") for one in _branches(parse_one(query, dialect="spark"))])
    parts = list(iter(lambda: "\nUNION ALL\n".join(islice(branches, BRANCHES)), ""))
    return parts if len(parts) > 1 else [query]


def _branches(query: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(query, exp.Union) and not query.args.get("distinct") and not query.args.get("with_"):
        yield from _branches(query.left)
        yield from _branches(query.right)
    elif isinstance(query, exp.Select) and (inner := _distributes(query)) is not None:
        for branch in _branches(inner.this):
            yield _with_source(query, branch)
    else:
        yield query


def _distributes(query: exp.Select) -> exp.Subquery | None:
    """The union in FROM over which the rest may be done branch by branch: selecting, and joining that keeps or repeats its rows."""
    source = query.args["from_"].this if query.args.get("from_") else None
    if not isinstance(source, exp.Subquery) or not isinstance(source.this, exp.Union):
        return None
    if any(query.args.get(name) for name in ("with_", "group", "having", "distinct", "order", "limit", "qualify")):
        return None
    if any(join.side in ("RIGHT", "FULL") for join in query.args.get("joins") or []):
        return None
    return None if any(one.find(exp.AggFunc, exp.Window) for one in query.expressions) else source


def _with_source(query: exp.Select, branch: exp.Expr) -> exp.Expr:
    made = query.copy()
    made.args["from_"].this.set("this", branch.copy())
    return made
