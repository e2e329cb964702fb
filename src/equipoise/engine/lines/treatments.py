"""What lines of therapy are found from, and what is found: the same tables for every engine."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from equipoise.engine.shapes import Shape

LINE_COLUMNS: Shape = {
    "person_id": pa.int64(),
    "line": pa.int32(),
    "start_day": pa.int32(),
    "end_day": pa.int32(),
    "regimen": pa.list_(pa.string()),
    "later": pa.list_(pa.string()),
    "began": pa.string(),
    "maintenance": pa.bool_(),
    "rechallenge": pa.bool_(),
    "curative": pa.bool_(),
}
PERSON_LINE_COLUMNS: Shape = {
    "person_id": pa.int64(),
    "prior_lines": pa.int32(),
    "current_line_at_index": pa.int32(),
    "early_relapse": pa.bool_(),
}
REASONS = ("first", "new drug", "gap", "anchor")
"""Why a line began: the person's first; a drug that does not belong to the running line; treatment after a gap that ended the line; the
first treatment to begin at the anchor while a line from before was running or could have been taken up again."""


@dataclass(frozen=True, slots=True)
class Treatments:
    """Records of treatment, all days as int32 counts on one scale (days since 1970-01-01, say).

    administrations: person_id int64, day int32, drug string (or dictionary of strings); optional columns: route string (null: the drug's
        own), end_day int32 (last day covered), days_supply int32 (used where end_day is null), ordered bool (true: only an order).
        Rows with a null person, day or drug, and drugs that the pack does not name, are left out.
    anchors: person_id, day; the earliest counts. With the table given, a person without a row has curative lines only; without the
        table, or without anchor rules in the pack, no line is curative.
    index: person_id, day; one row a person. None: no person-level answer.
    local: person_id, day of local treatments (embolisations), for drugs that do not count around them.
    """

    administrations: pa.Table
    anchors: pa.Table | None = None
    index: pa.Table | None = None
    local: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class LinesFound:
    """Lines of therapy.

    lines: columns of `LINE_COLUMNS`, sorted by person and start. `line` counts from 1, curative lines apart from the others. Days are
        closed; a line ends on the last day that its drugs cover, or on the day before the next begins. `regimen`: drugs begun inside the
        window; `later`: drugs that joined after it; both sorted. `began`: one of `REASONS`.
    persons: columns of `PERSON_LINE_COLUMNS`, a row for each person of the index table, sorted. `prior_lines`: lines, not curative, that
        start before the index day. `current_line_at_index`: the latest such line that starts up to the index day and covers it or ended at
        most `current` days before; null when there is none. `early_relapse`: the last curative line ended at most `early_relapse` days
        before the anchor, or after it.
    """

    lines: pa.Table
    persons: pa.Table
