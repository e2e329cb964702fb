"""Studies run whole over a network where one site's records bear marks: none is in a message, a log, an output or a report."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.local import open_network, sites
from equipoise.report.write import write_report
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import read_study

STUDIES = Path(__file__).resolve().parents[2] / "studies"
FIRST = "H01"
MARK = 0x034A5B6C000000
"""Added to every id of persons and records: the upper five of its eight bytes, and its first digits, stand in all of them."""
WORD = "CANARY"
VALUE = 3.51234567891234
"""In a plausible range for many measurements; no simulated value is like it."""
SPELLINGS = (MARK.to_bytes(8, "little")[3:], MARK.to_bytes(8, "big")[:5], str(MARK)[:7].encode(), WORD.encode())
SPELLINGS += (np.float64(VALUE).tobytes(), np.float64(VALUE).byteswap().tobytes(), b"3.51234567")


class Eavesdropped:
    """Keeps what a site says."""

    def __init__(self, inner: InProcess) -> None:
        self.inner, self.said = inner, [b""]
        self.sites = inner.sites

    def ask(self, message, names, answered):
        replies = self.inner.ask(message, names, answered)
        self.said += [reply.message or b"" for reply in replies] + [reply.why.encode() for reply in replies] + [message]
        return replies


def marked(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_integer(column.type) and name.endswith("_id") and "concept" not in name:
        return pc.add(column.cast(pa.int64()), MARK)
    if pa.types.is_string(column.type) and name.endswith("_source_value") and "concept" not in name:
        return pc.binary_join_element_wise(WORD, column, "-")
    return column


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hospitals; every id of the first bears the mark, and every third measurement its value."""
    out = tmp_path_factory.mktemp("marked") / "NET"
    simulate_network(out, 3, 300, 11)
    for file in sorted((out / FIRST).glob("*.parquet")):
        if file.stem in ("concept", "concept_ancestor", "concept_relationship", "vocabulary", "cdm_source"):
            continue
        table = pq.read_table(file)
        table = pa.table({name: marked(name, table[name]) for name in table.column_names})
        if "value_as_number" in table.column_names:
            place = table.column_names.index("value_as_number")
            third = np.arange(table.num_rows) % 3 == 0
            table = table.set_column(place, "value_as_number", pc.if_else(pa.array(third), VALUE, table["value_as_number"]))
        pq.write_table(table, file)
    return out


def spoken(network: Path, study: str, home: Path) -> bytes:
    """All that leaves: messages both ways, the sites' and the hub's logs, the report."""
    loaded = read_study(STUDIES / f"{study}.yaml")
    transport = Eavesdropped(sites(open_network(network), home / "sites"))
    result = conduct(Task(loaded.study, loaded.hash, loaded.text), transport, lambda *_: None)
    write_report(result, home / "report")
    assert len(result.records) > 20
    assert len(result.sites) == 3
    assert {site.status for site in result.sites} == {"contributed"}
    files = [*home.rglob("audit*"), *(path for path in (home / "report").rglob("*") if path.is_file())]
    assert len(files) > 10
    return b"\n".join([*transport.said, *(path.read_bytes() for path in files if path.is_file())])


@pytest.mark.parametrize("study", ["bclm", "bclm-labs", "bclm-classified"])
def test_no_mark_of_a_record_leaves(
    network: Path, study: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        said = spoken(network, study, tmp_path)
    everything = said + caplog.text.encode() + "".join(capfd.readouterr()).encode()
    assert len(everything) > 100_000
    assert [spelling for spelling in SPELLINGS if spelling in everything] == []


def test_the_records_do_bear_the_marks(network: Path) -> None:
    folder = network / FIRST
    assert pc.all(pc.greater(pq.read_table(folder / "person.parquet")["person_id"], MARK)).as_py()
    values = pq.read_table(folder / "measurement.parquet")["value_as_number"].to_pylist()
    assert VALUE in values
