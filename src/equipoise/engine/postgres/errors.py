"""What can go wrong between Equipoise and a PostgreSQL server. The server's own words are never passed on: they may quote a row."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NO_DRIVER = ErrorKind(
    "EQ-ENGINE-031",
    "The driver for PostgreSQL is not installed",
    "It is an extra, so that sites without PostgreSQL need not have it.",
    "Install `equipoise[postgres]`.",
)
BAD_ADDRESS = ErrorKind(
    "EQ-ENGINE-032",
    "Not the address of a CDM in PostgreSQL",
    "It is postgresql://user@host:5432/database?schema=cdm&vocabulary=vocab&scratch=work; all but the database may be left out.",
    "Correct the address. A password never belongs in it: put it into PGPASSWORD or ~/.pgpass.",
)
NO_SERVER = ErrorKind(
    "EQ-ENGINE-033",
    "No connection to PostgreSQL",
    "The server did not answer, or it did not let this user in.",
    "Check host, port, database, user, and the password in PGPASSWORD or ~/.pgpass; try the same with psql.",
    exit_status=3,
)
NO_SCHEMA = ErrorKind(
    "EQ-ENGINE-034",
    "No OMOP CDM in this schema",
    "The schema is not there, or holds none of the CDM's tables. Upper and lower case are both read.",
    "Name the CDM's schema with ?schema=, and that of the vocabulary, if it lies apart, with &vocabulary=.",
)
NOT_ALLOWED = ErrorKind(
    "EQ-ENGINE-035",
    "The database does not permit this",
    "Reading needs USAGE on the CDM's schemas and SELECT on their tables.",
    "Ask the database's administrator to grant these to the user.",
)
NO_SCRATCH = ErrorKind(
    "EQ-ENGINE-036",
    "No place for intermediate tables",
    "They are temporary tables, or tables of a scratch schema, removed at the end; the CDM itself is only read.",
    "Have TEMPORARY on the database granted, or give a schema in which the user may create tables: &scratch=work.",
)
CONNECTION_LOST = ErrorKind(
    "EQ-ENGINE-037",
    "The connection to PostgreSQL was lost",
    "The server stopped, or ended the session.",
    "Run again; if it happens again, ask the administrator for limits on sessions and statements.",
    exit_status=3,
)
