"""What can go wrong when a report is written, as a user meets it."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NOT_A_REPORT = ErrorKind(
    "EQ-REPORT-001",
    "the folder was not made by this software",
    "A report replaces the whole folder it is written to, and this one holds files without the mark that a report leaves.",
    "Choose another folder, or move what is in this one elsewhere.",
)

OUT_IS_A_FILE = ErrorKind(
    "EQ-REPORT-002",
    "a file stands where the report folder should be",
    "A report is a folder of files.",
    "Give the name of a folder that does not exist yet.",
)

CANNOT_WRITE = ErrorKind(
    "EQ-REPORT-003",
    "the report cannot be written",
    "The operating system refused to create, write or rename a file; an earlier report in that place is left as it was.",
    "Check that the disk has room and that you may write beside the folder, then run again.",
    exit_status=3,
)
