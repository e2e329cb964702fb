"""What sqlglot does not say as this engine means it: a rule a dialect, applied to every part of a statement."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp, parse_one

_NO_ESCAPE = "\x01"
"""A character that no pattern holds: in a pattern of Circe's only % and _ mean something."""
_NUMBER = r"^\s*[+-]?[0-9]{1,30}(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?\s*$"
_DAY = r"^\s*[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ T].*)?\s*$"
_MONTH = "CAST(SUBSTRING(TRIM({x}), 1, 8) || '01' AS DATE)"
_DATE = _MONTH + " + (CAST(SUBSTRING(TRIM({x}), 9, 2) AS INT) - 1)"
_TRIED = {
    "BIGINT": (
        f"CASE WHEN CAST({{x}} AS TEXT) ~ '{_NUMBER}' THEN CASE WHEN ABS(CAST(CAST({{x}} AS TEXT) AS NUMERIC)) < 9223372036854775807 "
        "THEN CAST(CAST(CAST({x} AS TEXT) AS NUMERIC) AS BIGINT) END END"
    ),
    "DOUBLE": f"CASE WHEN CAST({{x}} AS TEXT) ~ '{_NUMBER}' THEN CAST(CAST({{x}} AS TEXT) AS DOUBLE PRECISION) END",
    "DATE": (f"CASE WHEN {{x}} ~ '{_DAY}' THEN CASE WHEN EXTRACT(MONTH FROM {_DATE}) = EXTRACT(MONTH FROM {_MONTH}) THEN {_DATE} END END"),
}
"""PostgreSQL before 16 cannot ask whether a cast would succeed: a pattern decides. `{x}` is what is cast."""


def _postgres(part: exp.Expr) -> exp.Expr:
    if isinstance(part, exp.TryCast):
        tried = _TRIED.get(part.to.this.value)
        return _filled(tried, part.this) if tried else part
    return _literally(part)


def _filled(text: str, value: exp.Expr) -> exp.Expr:
    given = value.sql(dialect="postgres")
    return parse_one(f"({text.replace('{x}', f'({given})')})", dialect="postgres")


def _spark(part: exp.Expr) -> exp.Expr:
    if isinstance(part, exp.CTE):
        part.set("materialized", None)
    return _literally(part)


def _literally(part: exp.Expr) -> exp.Expr:
    if isinstance(part, exp.Like) and not isinstance(part.parent, exp.Escape):
        return exp.Escape(this=part.copy(), expression=exp.Literal.string(_NO_ESCAPE))
    return part


RULES: dict[str, Callable[[exp.Expr], exp.Expr]] = {"postgres": _postgres, "spark": _spark}
