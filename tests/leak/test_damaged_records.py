"""Records that cannot be read, with marks in all of them: what is said of the failure holds none, at the hub or on the site's own terminal.

The messages of databases quote what they could not convert; each damage here was seen to make one do so, or to end in another way.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equipoise.engine.sql.duckdb_warehouse import DuckDBWarehouse
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.local import SitePlace, count_study, sites
from equipoise.network.site.tables import CdmTables
from equipoise.simulate.network import simulate_network
from equipoise.study.fingerprint import study_hash
from equipoise.study.reading import LoadedStudy, read_study
from leak.marks import WORD, found_in, mark_records, readable

STUDIES = Path(__file__).resolve().parents[2] / "studies"
FIRST, OTHERS = "H01", ("H02", "H03", "H04")
TABLES = ("procedure_occurrence", "condition_occurrence", "measurement")

Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hospitals, the first with marks in its records."""
    out = tmp_path_factory.mktemp("damaged") / "NET"
    simulate_network(out, 1 + len(OTHERS), 200, 5)
    mark_records(out / FIRST)
    return out


@pytest.fixture(scope="module")
def study() -> LoadedStudy:
    """The flagship study, crude: what comes after the tables is provoked elsewhere."""
    loaded = read_study(STUDIES / "bclm.yaml")
    analysis = loaded.study.analysis.model_copy(update={"adjustments": ("crude",), "main": "crude"})
    changed = loaded.study.model_copy(update={"analysis": analysis})
    return LoadedStudy(study=changed, text=loaded.text, hash=study_hash(changed))


def put(folder: Path, table: str, column: str, values: Callable[[pa.Table], pa.Array]) -> None:
    """Write a column of a table anew."""
    found = pq.read_table(folder / f"{table}.parquet")
    made = values(found)
    place = found.column_names.index(column)
    pq.write_table(found.set_column(place, pa.field(column, made.type), made), folder / f"{table}.parquet")


def words(table: pa.Table) -> pa.Array:
    return pa.array([f"{WORD}-{place}" for place in range(table.num_rows)])


def not_utf8(table: pa.Table) -> pa.Array:
    """Text of bytes that are none."""
    bad = [f"{WORD}-{place}-".encode() + b"\xff\xfe" for place in range(table.num_rows)]
    binary = pa.array(bad, pa.binary())
    return pa.StringArray.from_buffers(len(binary), *binary.buffers()[1:])


def endless(table: pa.Table) -> pa.Array:
    """Days that no calendar has."""
    return pa.array(np.full(table.num_rows, 2**31 - 2, dtype=np.int32)).cast(pa.date32())


def huge(table: pa.Table) -> pa.Array:
    return pa.array(np.full(table.num_rows, 2**64 - 1, dtype=np.uint64))


def nested(table: pa.Table) -> pa.Array:
    return pa.array([{"said": f"{WORD}-{place}"} for place in range(table.num_rows)])


def everywhere(column: dict[str, str], values: Callable[[pa.Table], pa.Array]) -> Damage:
    def damage(folder: Path) -> None:
        for table, name in column.items():
            put(folder, table, name, values)

    return damage


def cut_short(folder: Path) -> None:
    path = folder / "measurement.parquet"
    path.write_bytes(path.read_bytes()[:-200])


def scribbled_over(folder: Path) -> None:
    """The pages are damaged, the end of the file is whole."""
    path = folder / "condition_occurrence.parquet"
    content = bytearray(path.read_bytes())
    content[40 : len(content) // 2] = WORD.encode() * ((len(content) // 2 - 40) // len(WORD))
    path.write_bytes(bytes(content))


def text_for_a_table(folder: Path) -> None:
    (folder / "drug_exposure.parquet").write_text(f"person_id,{WORD}\n1,{WORD}\n", encoding="utf-8")


def without(table: str, column: str) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / f"{table}.parquet"
        pq.write_table(pq.read_table(path).drop_columns([column]), path)

    return damage


def twice(folder: Path) -> None:
    path = folder / "person.parquet"
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table]), path)


def a_view_that_fails(folder: Path) -> None:
    """A database whose view converts what cannot be converted, as a warehouse's do."""
    database = folder.with_suffix(".duckdb")
    with duckdb.connect(str(database)) as made:
        for file in folder.glob("*.parquet"):
            made.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_parquet('{file}')")
        made.execute("ALTER TABLE condition_occurrence RENAME TO kept")
        made.execute(
            "CREATE VIEW condition_occurrence AS SELECT * REPLACE (CAST(condition_source_value AS DATE) AS condition_start_date) FROM kept"
        )
    shutil.rmtree(folder)
    database.rename(folder)


DATES = {"procedure_occurrence": "procedure_date", "condition_occurrence": "condition_start_date", "death": "death_date"}
PERSONS = dict.fromkeys(TABLES, "person_id")
DAMAGES: dict[str, tuple[Damage, str]] = {
    "text for dates": (everywhere(DATES, words), ""),
    "text for numbers": (everywhere({"measurement": "value_as_number"}, words), ""),
    "text for persons": (everywhere(PERSONS, words), ""),
    "text for every person": (everywhere({"person": "person_id"}, words), "EQ-ENGINE-008"),
    "text for years of birth": (everywhere({"person": "year_of_birth"}, words), ""),
    "persons that are not UTF-8": (everywhere(PERSONS, not_utf8), "EQ-ENGINE-003"),
    "dates that are not UTF-8": (everywhere(DATES, not_utf8), "EQ-ENGINE-003"),
    "dates beyond the calendar": (everywhere(DATES, endless), "EQ-ENGINE-006"),
    "persons beyond whole numbers": (everywhere(PERSONS, huge), ""),
    "dates in records within records": (everywhere(DATES, nested), "EQ-ENGINE-004"),
    "a file cut short": (cut_short, "EQ-ENGINE-003"),
    "a file scribbled over": (scribbled_over, "EQ-ENGINE-003"),
    "text in place of a table": (text_for_a_table, "EQ-ENGINE-003"),
    "a column that is not there": (without("condition_occurrence", "condition_start_date"), "EQ-ENGINE-004"),
    "everybody twice": (twice, "EQ-ENGINE-009"),
    "a view that fails": (a_view_that_fails, "EQ-ENGINE-003"),
}
"""Each damage, and the code by which the site is left out; none where it goes on with what can be read."""


def damaged(hospitals: Path, folder: Path, damage: str) -> tuple[SitePlace, ...]:
    """The network, its first hospital's records damaged."""
    shutil.copytree(hospitals / FIRST, folder / FIRST)
    DAMAGES[damage][0](folder / FIRST)
    return (SitePlace(FIRST, folder / FIRST, Policy()), *(SitePlace(name, hospitals / name, Policy()) for name in OTHERS))


class Eavesdropped:
    """Keeps what is said both ways."""

    def __init__(self, inner: InProcess) -> None:
        self.inner, self.sites, self.said = inner, inner.sites, [b""]

    def ask(self, message, names, answered):
        replies = self.inner.ask(message, names, answered)
        self.said += [message, *(reply.message or b"" for reply in replies), *(reply.why.encode() for reply in replies)]
        return replies


@pytest.mark.parametrize("damage", DAMAGES)
def test_records_that_cannot_be_read_are_not_quoted(
    hospitals: Path, study: LoadedStudy, damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    places = damaged(hospitals, tmp_path, damage)
    transport = Eavesdropped(sites(places, tmp_path / "homes"))
    with caplog.at_level(logging.DEBUG):
        result = conduct(Task(study.study, study.hash, study.text), transport, lambda *_: None)
        counted = count_study(study, places)
    outcome = {site.site: (site.status, site.why[:13]) for site in result.sites}
    code = DAMAGES[damage][1]
    assert outcome.pop(FIRST) == ("failed" if code else "contributed", code)
    assert outcome == dict.fromkeys(OTHERS, ("contributed", ""))
    logs = b"\n".join(path.read_bytes() for path in (tmp_path / "homes").rglob("audit*"))
    assert code.encode() in logs
    everything = b"\n".join([*transport.said, logs, repr(result).encode(), repr(counted).encode(), caplog.text.encode()])
    assert len(everything) > 10_000
    assert found_in(everything + "".join(capfd.readouterr()).encode()) == []


@pytest.mark.parametrize(
    ("damage", "question"),
    [
        ("dates that are not UTF-8", "SELECT condition_start_date FROM {}"),
        ("text for dates", "SELECT CAST(condition_start_date AS DATE) FROM {}"),
    ],
)
def test_the_database_itself_would_quote_them(hospitals: Path, damage: str, question: str, tmp_path: Path) -> None:
    damaged(hospitals, tmp_path, damage)
    with pytest.raises(duckdb.Error, match=WORD):
        duckdb.sql(question.format(f"'{tmp_path / FIRST / 'condition_occurrence.parquet'}'")).fetchall()


def test_a_query_that_fails_is_not_quoted_either(
    hospitals: Path, study: LoadedStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every table can be read by itself, the database's message is all that there is."""
    places = damaged(hospitals, tmp_path, "a view that fails")
    monkeypatch.setattr(DuckDBWarehouse, "_readable", lambda *_: True)
    with pytest.raises(EquipoiseError, match="EQ-ENGINE-006") as caught:
        CdmTables(FIRST, places[0].cdm).table(study.study, study.hash)
    assert found_in(f"{caught.value} {caught.value.problems!r} {caught.value.__cause__!r}".encode()) == []


def test_nothing_is_quoted_on_the_terminal(hospitals: Path, tmp_path: Path) -> None:
    """Neither by the command nor by the processes that hold the sites."""
    damage = "dates that are not UTF-8"
    places = damaged(hospitals, tmp_path, damage)
    listed = "".join(f"  - {{name: {place.name}, cdm: {place.cdm}}}\n" for place in places)
    (tmp_path / "network.yaml").write_text(f"equipoise_network: 1\nsites:\n{listed}", encoding="utf-8")
    command = [sys.executable, "-m", "equipoise", "count", STUDIES / "bclm.yaml", "--network", tmp_path / "network.yaml", "--json"]
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
    assert DAMAGES[damage][1].encode() in done.stdout
    assert found_in(done.stdout + done.stderr) == []
    out = tmp_path / "out"
    command = [sys.executable, "-m", "equipoise", "run", STUDIES / "bclm.yaml", "--network", tmp_path / "network.yaml", "--out", out]
    done = subprocess.run([*map(str, command), "--processes", "2"], capture_output=True, check=False)
    assert done.returncode == 0
    assert DAMAGES[damage][1] in (out / "run.json").read_text(encoding="utf-8")
    assert found_in(b"\n".join([done.stdout, done.stderr, *(readable(path) for path in out.rglob("*") if path.is_file())])) == []
