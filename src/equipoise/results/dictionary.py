"""The results dictionary as Markdown: every column of every result file, its unit and its disclosure class."""

from __future__ import annotations

from equipoise.results.columns import DISCLOSURES, FILES, MEASURES, RECORD_COLUMNS, ResultColumn

_HEAD = """# Results dictionary

<!-- Made by equipoise.results.dictionary.results_dictionary(); change the source, not this page. -->

A report is a folder: `report.html`, `report.docx`, `protocol.md`, `checklists.md`, `results.json`, `claims.json`, `run.json`, `study.yaml`,
`figures/` and `tables/`, and `report.json`, from which `equipoise report` writes all of it anew. This page says
what each column holds and what it could disclose of a person.

## Disclosure classes
"""
_EXAMPLE = """## Reading the records

```python
import json
from pathlib import Path

records = json.loads(Path("results.json").read_text(encoding="utf-8"))
main = [r for r in records if r["outcome"] == "os" and r["measure"] == "hazard_ratio" and r["adjustment"] == "overlap"]
```
"""


def results_dictionary() -> str:
    """The page `docs/reference/results.md`."""
    classes = _table(("Class", "Meaning"), [(f"`{name}`", meaning) for name, meaning in DISCLOSURES.items()])
    measures = _table(
        ("Measure", "Meaning", "Unit of `estimate`", "Record of"), [(f"`{m.name}`", m.meaning, m.unit, m.groups) for m in MEASURES]
    )
    parts = [
        _HEAD,
        classes,
        "## `results.json`\n",
        "A list of records, one estimate each. A field that does not apply is null. Ratios stand on their natural scale, times in days.\n",
        _columns(RECORD_COLUMNS),
        "### Measures\n",
        measures,
        _EXAMPLE,
        "## Tables\n",
        "UTF-8 CSV with a header row. An empty cell means that there is no value. "
        "Text that a spreadsheet would take for a formula has a leading `'`.\n",
    ]
    for file in FILES:
        parts += [f"### `{file.path}`\n", f"{file.meaning}.\n", _columns(file.columns)]
    return "\n".join(parts).rstrip() + "\n"


def _columns(columns: tuple[ResultColumn, ...]) -> str:
    return _table(("Column", "Meaning", "Unit", "Disclosure"), [(f"`{c.name}`", c.meaning, c.unit, f"`{c.disclosure}`") for c in columns])


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
