"""A PostgreSQL server for tests, and CDMs loaded into it by COPY.

`EQUIPOISE_POSTGRES` may name a server (postgresql://user@host/database, its user may create schemas and roles); else one is made in a
temporary folder from the programs of an installed server, and stopped at the end.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engines.required import skip_or_fail

INSTALL = "install a PostgreSQL server (Debian: apt-get install postgresql) and the extra equipoise[postgres] (make engines)"
SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB", "max_connections": "40"}


@dataclass(eq=False)
class Server:
    """A running server. `uri`: of a user who may do everything."""

    uri: str
    loaded: dict[tuple[tuple[Path, int], ...], str] = field(default_factory=dict)

    def execute(self, *statements: str) -> None:
        from adbc_driver_postgresql import dbapi

        with dbapi.connect(self.uri, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def ask(self, query: str) -> list[dict[str, Any]]:
        from adbc_driver_postgresql import dbapi

        with dbapi.connect(self.uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            found: list[dict[str, Any]] = cursor.fetch_arrow_table().to_pylist()
            return found

    def load(self, tables: Mapping[str, pa.Table], schema: str | None = None) -> str:
        """Copy tables into a new schema; its name."""
        from adbc_driver_postgresql import dbapi

        name = schema or f"cdm_{uuid4().hex[:10]}"
        with dbapi.connect(self.uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{name}"')
            for table, rows in tables.items():
                cursor.adbc_ingest(table, rows, mode="create", db_schema_name=name)
                cursor.execute(f'ANALYZE "{name}"."{table}"')
        return name

    def load_folder(self, folder: Path) -> str:
        """Copy a folder of Parquet files, once as long as they stay as they are."""
        files = sorted(folder.glob("*.parquet"))
        key = tuple((file, file.stat().st_mtime_ns) for file in files)
        if key not in self.loaded:
            self.loaded[key] = self.load({file.stem: pq.read_table(file) for file in files})
        return self.loaded[key]

    def forget(self, folder: Path) -> None:
        """Drop what was loaded from under a folder."""
        those = [key for key in self.loaded if folder in key[0][0].parents]
        self.execute(*(f'DROP SCHEMA "{self.loaded.pop(key)}" CASCADE' for key in those))

    def address(self, **parameters: str) -> str:
        return f"{self.uri}?{'&'.join(f'{name}={value}' for name, value in parameters.items())}"


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, which packages often leave out of PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def as_user(command: list[str]) -> list[str]:
    """The server refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server."""
    given, found = os.environ.get("EQUIPOISE_POSTGRES"), programs()
    if find_spec("adbc_driver_postgresql") is None or not (given or found):
        skip_or_fail("postgres", f"no PostgreSQL: {INSTALL}")
    if given:
        yield Server(given)
        return
    assert found
    folder = Path(tempfile.mkdtemp(prefix="equipoise-postgres-"))
    port, settings = free_port(), SETTINGS | {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
    options = " ".join([f"-p {port}", *(f"-c {name}={value}" for name, value in settings.items())])
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        subprocess.run(
            as_user([f"{found}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "equipoise", "-E", "UTF8", "-N"]), check=True
        )
        control = [f"{found}/pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log"]
        subprocess.run(as_user([*control, "-o", options, "start"]), check=True)
        try:
            yield Server(f"postgresql://equipoise@127.0.0.1:{port}/postgres")
        finally:
            subprocess.run(as_user([*control, "-m", "immediate", "stop"]), check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
