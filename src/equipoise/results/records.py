"""The records of `results.json`: one estimate each, flat, with standard names. See the results dictionary in the docs."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from equipoise.kernel.masked import Count, Masked, shown


@dataclass(frozen=True, slots=True)
class Record:
    """One estimate. Ratios on their natural scale, times in days, None where a field does not apply.

    `n_*` and `events_*` count persons and may be masked; they are written as null, or as the policy's stand-in.
    Two-group measures fill `target` and `comparator`; one-arm measures (`median_survival`, `survival`, `rmst` of one arm) fill
    `target` with the arm's name, its counts in `n_target` and `events_target`, and leave the comparator's fields None.
    """

    analysis: str
    population: str
    outcome: str
    measure: str
    target: str | None = None
    comparator: str | None = None
    adjustment: str | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    n_target: Count | None = None
    n_comparator: Count | None = None
    events_target: Count | None = None
    events_comparator: Count | None = None
    time_days: float | None = None

    def as_plain(self) -> dict[str, object]:
        """Plain values, in the order of the fields."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: shown(v) if isinstance(v, Masked) else v for k, v in values.items()}


RECORD_FIELDS = tuple(f.name for f in fields(Record))


def write_results(records: list[Record] | tuple[Record, ...], path: Path) -> None:
    """Write `results.json`: a list of records, one a line, through a temporary name."""
    lines = ",\n".join(json.dumps(record.as_plain(), allow_nan=False) for record in records)
    partial = path.with_suffix(".json.partial")
    partial.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    partial.replace(path)
