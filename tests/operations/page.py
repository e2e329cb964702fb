"""The table of support in the documentation, from what the literal tests notice and the engines that they run on."""

from __future__ import annotations

from itertools import groupby

from engines.opening import ENGINES
from operations.circe import WITHOUT_EFFECT, operations
from operations.recording import read_noticed

NAMES = {"reference": "reference", "duckdb": "DuckDB", "postgres": "PostgreSQL", "spark": "Spark"}
_TOP = """# Cohort definitions: what runs where

Generated from the tests. An operation is a part of ATLAS's language (Circe): an attribute, a value that it may take, a column of which
distinct values are counted. *yes*: a literal table of rows, with the rows that must come out, notices when the operation is taken out or
changed, and that table is run on the engine. *no effect*: OHDSI's own implementation reads it and does not use it; nor do these.
On Spark all literal tables are one batch, held against the reference; on the others each is run alone.

Beside these tables every engine runs all 534 public definitions on two CDMs with exactly the rows that OHDSI's implementation gave, the
tests of Circe's own suite, and random definitions over random records, on which the engines must agree (`tests/agree/test_circe.py`,
`tests/agree/test_circe_plans.py`).
"""


def support_page() -> str:
    """The page. An operation that no test notices says *no*."""
    found = read_noticed()
    lines = [_TOP]
    for part, names in groupby(operations(), key=_part):
        lines += [f"## {part}", "", f"| Operation | {' | '.join(NAMES[one] for one in ENGINES)} | Noticed by |"]
        lines.append("|---" * (len(ENGINES) + 2) + "|")
        for name in names:
            says = "no effect" if name in WITHOUT_EFFECT else "yes" if name in found else "no"
            test = f"`{found[name]}`" if name in found else ""
            lines.append(f"| {_short(name, part)} | {' | '.join([says] * len(ENGINES))} | {test} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _part(name: str) -> str:
    return name.split(",")[0].split(".")[0]


def _short(name: str, part: str) -> str:
    return name.removeprefix(f"{part}.").removeprefix(f"{part}, ") if name != part else "its records"
