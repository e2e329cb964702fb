"""Tables as CSV: UTF-8, a header row, masked counts as `<11`, text that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from math import isnan

from equipoise.kernel.masked import Masked
from equipoise.report.tables.table import Cell, Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(table: Table) -> str:
    """The file's text. Numbers keep full precision; nothing is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def _cell(value: Cell) -> str:
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA_STARTS) else value
    return str(value) if isinstance(value, Masked) else repr(value)
