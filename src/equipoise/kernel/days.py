"""Dates are day counts: int32 days since 1970-01-01, as Arrow's date32 and numpy's datetime64[D] hold them."""

from __future__ import annotations

from datetime import date, timedelta

EPOCH = date(1970, 1, 1)
DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_YEAR = 365.25


def to_day(value: date) -> int:
    """The day count of a date."""
    return (value - EPOCH).days


def to_date(day: int) -> date:
    """The date of a day count."""
    return EPOCH + timedelta(days=day)
