"""Errors of the command line itself, and the one place where a problem becomes words and an exit status."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable

from equipoise.kernel.errors import EquipoiseError, ErrorKind

UNEXPECTED = ErrorKind(
    "EQ-CLI-001",
    "unexpected failure",
    "this is a fault in Equipoise, not in your files",
    "run again with EQUIPOISE_DEBUG=1 for the trace (it may hold values of your data: look before you share it) and report it",
    exit_status=1,
)
NO_SUCH_FILE = ErrorKind(
    "EQ-CLI-002", "a named file or folder does not exist", "the command reads it first", "check the path and its spelling"
)
BAD_NUMBER = ErrorKind(
    "EQ-CLI-003", "an option's number is out of range", "the command cannot work with it", "give a number in the range the message names"
)
OUTPUT_IN_THE_WAY = ErrorKind(
    "EQ-CLI-004",
    "the output folder holds something else",
    "nothing that you made is overwritten",
    "name another folder, or remove this one",
)
NOT_A_NUMBER = ErrorKind(
    "EQ-CLI-005",
    "a definition's file name is no number",
    "rows name their cohort by the number that is the file's name",
    "rename the file, for instance to 12.json",
)

DEMO_DIFFERS = ErrorKind(
    "EQ-CLI-006",
    "the live network and one process answer differently",
    "both say the same messages, so every number must agree",
    "this is a fault in Equipoise: report it, with the folder that the demonstration made",
    exit_status=1,
)
DEMO_STEP_FAILED = ErrorKind(
    "EQ-CLI-007",
    "a step of the demonstration failed",
    "it goes through the commands that people type, one after the other",
    "read what the command said",
    exit_status=3,
)

INTERRUPTED = 130


def at_the_edge(work: Callable[[], None], *, as_json: bool) -> int:
    """Run a command; turn what goes wrong into a message on standard error and an exit status."""
    try:
        work()
    except EquipoiseError as error:
        report(error, as_json=as_json)
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing half-written was left\n")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the process edge: a fault is named by its type, without values
        if os.environ.get("EQUIPOISE_DEBUG"):
            traceback.print_exc()
        report(UNEXPECTED.error(f"a {type(error).__name__} was not expected here"), as_json=as_json)
        return UNEXPECTED.exit_status
    return 0


def report(error: EquipoiseError, *, as_json: bool) -> None:
    """Write the problems to standard error: as text for people, or as one JSON document."""
    if as_json:
        sys.stderr.write(json.dumps({"problems": [problem.as_record() for problem in error.problems]}) + "\n")
        return
    sys.stderr.write("\n\n".join(str(problem) for problem in error.problems) + "\n")
    if len(error.problems) > 1:
        sys.stderr.write(f"\n{len(error.problems)} problems\n")
