"""Filters on numbers, dates and text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

RangeOp = Literal["lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt"]
"""Less than, at most, equal, not equal, greater than, at least, between (both ends count), not between."""

TextOp = Literal["eq", "!eq", "contains", "!contains", "startsWith", "!startsWith", "endsWith", "!endsWith"]

DateColumn = Literal["START_DATE", "END_DATE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericRange:
    """`op value`; `extent` is the upper end of `bt` and `!bt`, and None for the others. Whole numbers are ints.

    The reference cuts fractions off, except for amounts (`value_as_number`, `range_...`, `dose_value`, `effective_drug_dose`, and the
    `quantity` of drug exposures and specimens), which it rounds to four decimals.
    """

    op: RangeOp
    value: int | float
    extent: int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange:
    """As `NumericRange`, of calendar days."""

    op: RangeOp
    value: date
    extent: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFilter:
    """The column's text compared with `text`.

    As in the reference, `text` is a pattern of SQL's LIKE (`%` and `_` stand for others), and a filter without a text looks for `null`.
    """

    op: TextOp
    text: str = "null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Calendar days, both ends in it; None leaves that side open."""

    start_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateAdjustment:
    """An event's start becomes `start_with` + `start_offset` days, its end `end_with` + `end_offset` days."""

    start_with: DateColumn = "START_DATE"
    start_offset: int = 0
    end_with: DateColumn = "END_DATE"
    end_offset: int = 0
