"""A session of Spark for tests, on this machine: begun once, since that takes seconds."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from engines.required import skip_or_fail
from equipoise.engine.spark.session import open_session

INSTALL = "install Java 17 or newer (Debian: apt-get install default-jre-headless) and the extra equipoise[spark] (make engines)"


@pytest.fixture(scope="session")
def spark() -> Iterator[None]:
    """A session that every warehouse of Spark uses; its queries over a few rows are not compiled first."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        skip_or_fail("spark", f"no Spark: {INSTALL}")
    with pytest.MonkeyPatch.context() as patch:
        folder = tempfile.mkdtemp(prefix="equipoise-spark-")
        patch.setenv("SPARK_LOCAL_DIRS", folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of PySpark about versions of pandas, which is not used with it
            session, _, _ = open_session(threads=2, memory="4GB")
        session.conf.set("spark.sql.codegen.wholeStage", "false")
        session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        yield
        session.stop()
        shutil.rmtree(Path(folder), ignore_errors=True)
