"""Statements written as SQL text once, read into sqlglot once a process, written out for any dialect."""

from __future__ import annotations

from functools import cache

from sqlglot import exp, parse_one


@cache
def written(text: str, dialect: str) -> str:
    """The statement in the dialect. The text itself is the SQL that all engines share, in DuckDB's spelling."""
    return parsed(text).sql(dialect=dialect, comments=False)


@cache
def _parsed_once(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


def parsed(text: str) -> exp.Expr:
    """The statement as an expression of its own, free to be built on."""
    return _parsed_once(text).copy()
