"""What can be wrong with a cohort."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

DAYS_APART_OF_MANY = ErrorKind(
    "EQ-COHORT-001",
    "Days apart with more than two records",
    "`days apart` asks for two records at least so far apart; for three or more, the records between would have to be chosen.",
    "Ask for two records that far apart, or for more records without a distance.",
)
