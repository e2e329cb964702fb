"""Tables of numbers are what pyarrow itself would make of the values, and making them imports no data frame."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from equipoise.engine.circe.tables import _KINDS, _column

VALUES = {
    "id": st.integers(-(2**63), 2**63 - 1),
    "day": st.integers(-(2**31), 2**31 - 1),
    "number": st.floats(allow_nan=False),
    "text": st.text(st.characters(codec="utf-8")),
    "flag": st.booleans(),
}


@given(data=st.data(), kind=st.sampled_from(sorted(VALUES)))
def test_a_column_is_what_pyarrow_makes_of_it(data: st.DataObject, kind: str) -> None:
    values = data.draw(st.lists(st.none() | VALUES[kind], max_size=20))
    made = _column(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, _KINDS[kind]))


def test_no_data_frame_is_imported() -> None:
    script = "import sys; from equipoise.engine.circe.tables import _column; _column([1, None], 'id'); sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
