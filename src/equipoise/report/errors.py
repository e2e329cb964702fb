"""What can go wrong when a report is written, as a user meets it."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NOT_A_REPORT = ErrorKind(
    "EQ-REPORT-001",
    "the folder was not made by this software",
    "a report replaces the folder it is written to, and this one holds files without the mark that a report leaves",
    "choose another folder, or move what is in this one elsewhere",
)

OUT_IS_A_FILE = ErrorKind(
    "EQ-REPORT-002",
    "a file stands where the report folder should be",
    "a report is a folder of files",
    "give the name of a folder that does not exist yet",
)

CANNOT_WRITE = ErrorKind(
    "EQ-REPORT-003",
    "the report cannot be written",
    "the operating system refused to create, write or rename a file; an earlier report in that place is left as it was",
    "check that the disk has room and that you may write beside the folder, then run again",
)

NOT_READABLE = ErrorKind(
    "EQ-REPORT-004",
    "not the folder of a report",
    "two reports can be set beside each other when both folders are as a run left them, made by this version or a later one",
    "name the folders that `equipoise run` wrote, or run the studies again",
)

NO_CLAIMS = ErrorKind(
    "EQ-REPORT-005",
    "no published claims",
    "the page holds two runs against the sentences of an abstract, and neither study lists any",
    "list the sentences under `claims` in the study that repeats the published analysis, and run it again",
)

NOTHING_TO_WRITE_FROM = ErrorKind(
    "EQ-REPORT-006",
    "the report cannot be written anew",
    "a report is written from its report.json, which holds everything that the run found; this folder has none that this version can read",
    "name a folder that `equipoise run` of this version wrote, or run the study again",
)
