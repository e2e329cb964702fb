"""Marks in every column of one hospital's records, each of its type, none like anything that an honest answer holds.

Every id, code of the source, text and time of day of every record is marked; every third laboratory value is. Beside the true persons
stands a made-up one, with a record in each table that has nothing but marks: dates, whole numbers and decimals too. Concepts are left as
they are, or no record would be found.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MARK = 0x034A5B6C000000
"""Added to every id of persons and records: the upper five of its eight bytes, and its first digits, stand in all of them."""
WORD = "CANARY"
VALUE = 3.51234567891234
"""In a plausible range for many measurements; no simulated value is like it."""
FIRST_DAY, DAYS = date(1871, 3, 5), 256
"""Days whose numbers since 1970 share all bytes but the last."""
CLOCK = timedelta(hours=13, minutes=37, seconds=59, microseconds=271828)
"""The time of day of every record."""
NOT_RECORDS = {
    "cdm_source", "concept", "concept_ancestor", "concept_class", "concept_relationship", "concept_synonym", "domain", "drug_strength",
    "relationship", "vocabulary", "metadata",
}  # fmt: skip
DATE = re.compile(rb"(?<!\d)(1[89]\d\d|20\d\d)-(0[1-9]|1[0-2])-([0-2]\d|3[01])(?!\d)")


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def spellings() -> dict[str, bytes]:
    """How a mark looks in bytes, by what it would be: numbers as they cross the wire, in both orders of bytes, and as text."""
    day = np.int64(_day_number(FIRST_DAY))
    assert [int(n).to_bytes(8, "little", signed=True)[1:] for n in (day, day + DAYS - 1)] == [day.tobytes()[1:]] * 2
    return {
        "id or whole number": MARK.to_bytes(8, "little")[3:],
        "id or whole number, high byte first": MARK.to_bytes(8, "big")[:5],
        "id or whole number in digits": str(MARK)[:7].encode(),
        "text": WORD.encode(),
        "value": np.float64(VALUE).tobytes()[3:],
        "value, high byte first": np.float64(VALUE).byteswap().tobytes()[:5],
        "value in digits": b"3.51234567",
        "day": day.tobytes()[1:],
        "date in digits": FIRST_DAY.strftime("%Y-").encode(),
        "time of day": b"13:37:59",
        "time of day in digits": b".271828",
    }


def found_in(said: bytes) -> list[str]:
    """Which marks are in what was said."""
    return [name for name, spelled in spellings().items() if spelled in said]


def dates_in(said: bytes) -> set[str]:
    """Every date that is written out."""
    return {found.group().decode() for found in DATE.finditer(said)}


def readable(path: Path) -> bytes:
    """A file's content; of a packed one, such as a DOCX, that of its parts."""
    content = path.read_bytes()
    if path.suffix != ".docx":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return b"\n".join(parts.read(name) for name in parts.namelist())


def mark_records(folder: Path) -> int:
    """Mark a CDM's records, in place; how many columns bear a mark."""
    marked = 0
    for file in sorted(folder.glob("*.parquet")):
        if file.stem not in NOT_RECORDS:
            table = _marked(pq.read_table(file))
            made_up = _made_up(table.schema, marked)
            pq.write_table(pa.concat_tables([table, made_up]), file)
            marked += sum(made_up[name].null_count == 0 and not _concept(name) for name in table.column_names)
    return marked


def _concept(name: str) -> bool:
    return "concept" in name


def _marked(table: pa.Table) -> pa.Table:
    for place, name in enumerate(table.column_names):
        kind, column = table.schema.field(name).type, table[name]
        if pa.types.is_integer(kind) and name.endswith("_id") and not _concept(name):
            table = table.set_column(place, name, pc.add(column.cast(pa.int64()), MARK))
        elif pa.types.is_string(kind) and not _concept(name):
            table = table.set_column(place, name, pc.binary_join_element_wise(WORD, column, "-"))
        elif pa.types.is_timestamp(kind):
            table = table.set_column(place, name, pc.add(column, pa.scalar(CLOCK, pa.duration("us"))).cast(kind))
        elif name == "value_as_number":
            third = pa.array(np.arange(table.num_rows) % 3 == 0)
            table = table.set_column(place, name, pc.if_else(third, VALUE, column))
    return table


def _made_up(schema: pa.Schema, before: int) -> pa.Table:
    """One record of a person who is not in the study: every column but concepts a mark of its own."""
    row = {}
    for place, field in enumerate(schema, start=before):
        kind, day = field.type, FIRST_DAY + timedelta(days=place % DAYS)
        if _concept(field.name):
            value: object = 0 if pa.types.is_integer(kind) else None
        elif field.name == "person_id":
            value = MARK + 999_999
        elif pa.types.is_integer(kind):
            value = MARK + 999_000 + place
        elif pa.types.is_floating(kind):
            value = VALUE * (1 + place * 1e-14)
        elif pa.types.is_date(kind):
            value = day
        elif pa.types.is_timestamp(kind):
            value = datetime(day.year, day.month, day.day) + CLOCK
        else:
            value = f"{WORD}-{field.name}-{place}"
        row[field.name] = [value]
    return pa.table({field.name: pa.array(row[field.name], field.type) for field in schema}, schema=schema)
