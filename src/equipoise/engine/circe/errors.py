"""What a cohort definition can ask that cannot be run."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NO_COUNT = ErrorKind(
    "EQ-ENGINE-101",
    "A group counts, but says no number",
    "AT_LEAST and AT_MOST are held against `Count`; without it nobody knows who qualifies.",
    "Give the group a Count, or make it ALL or ANY.",
)
NOTHING_TO_COUNT = ErrorKind(
    "EQ-ENGINE-102",
    "The domain has no such value to count",
    "Distinct values are counted of a column, and records of this domain do not have it.",
    "Choose another CountColumn; DOMAIN_CONCEPT and START_DATE are always there.",
)
NO_DRUGS = ErrorKind(
    "EQ-ENGINE-103",
    "An exit by continuous exposure names no drug",
    "The era is built from the exposures of a concept set.",
    "Give EndStrategy.CustomEra a DrugCodesetId.",
)
WRONG_ENGINE = ErrorKind(
    "EQ-ENGINE-104",
    "The engine does not read such a CDM",
    "DuckDB and Spark read files; PostgreSQL is reached by an address, postgresql://user@host/database?schema=cdm.",
    "Name the engine that the CDM lies in, or leave --engine out.",
)
