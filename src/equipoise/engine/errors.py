"""What can go wrong between Equipoise and a site's records. No database's own message is ever passed on: it may quote a row."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NO_CDM = ErrorKind(
    "EQ-ENGINE-001",
    "No OMOP CDM here",
    "A CDM is a folder of Parquet files named after their tables (person.parquet, or person/*.parquet), or one DuckDB file.",
    "Give the path of such a folder or file, and check that you may read it.",
)
MISSING_TABLE = ErrorKind(
    "EQ-ENGINE-002",
    "A table is missing that no study can do without",
    "Persons come from `person`, and codes are found through `concept`.",
    "Add the table to the CDM.",
)
UNREADABLE_TABLE = ErrorKind(
    "EQ-ENGINE-003",
    "A table cannot be read",
    "The file is damaged, cut short, or not what its name says.",
    "Write the table's file again from its source, then run again.",
)
MISSING_COLUMN = ErrorKind(
    "EQ-ENGINE-004",
    "A column is missing that the CDM requires",
    "Records cannot be placed (person, concept, start date) without it. Upper and lower case names are both read.",
    "Rename or add the column as OMOP CDM 5.3 or 5.4 has it.",
)
NOT_PREPARED = ErrorKind(
    "EQ-ENGINE-005",
    "A code set was asked for that was not prepared",
    "Records are read once for the sets given to `prepare`.",
    "Give all code sets of the study to `prepare`, or correct the name.",
)
NO_NUMBERS = ErrorKind(
    "EQ-ENGINE-008",
    "Ids are not whole numbers",
    "The CDM's ids are integers; no value of this column can be read as one, so nobody would be found.",
    "Give every person an integer person_id, the same in all tables.",
)
REPEATED_PERSON = ErrorKind(
    "EQ-ENGINE-009",
    "A person is listed more than once",
    "`person` has one row a person; with two, one patient would count twice.",
    "Remove the repeated rows from `person`.",
)
QUERY_FAILED = ErrorKind(
    "EQ-ENGINE-006",
    "The site's database could not answer",
    "All tables could be read, but the query over them failed.",
    "Run again; if it fails again, report the study file and the site's CDM version.",
    exit_status=3,
)
OUT_OF_MEMORY = ErrorKind(
    "EQ-ENGINE-007",
    "The memory allowed was not enough",
    "The query needs more memory than the limit, and could not put enough aside on disk.",
    "Raise the memory limit, or free space in the folder for temporary files.",
    exit_status=3,
)
