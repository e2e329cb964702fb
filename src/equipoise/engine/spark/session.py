"""A Spark session: the one that runs already, a cluster's, or Spark on this machine."""

from __future__ import annotations

import os
from typing import Any

from equipoise.engine.spark.errors import NO_SESSION, NO_SPARK

_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.memory": "4g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
"""Of a session on this machine. Logs are off: an exception there may quote a row."""


def is_elsewhere() -> bool:
    """Whether the environment says where Spark runs."""
    return any(os.environ.get(name) for name in ("SPARK_REMOTE", "MASTER", "DATABRICKS_RUNTIME_VERSION", "SPARK_ENV_LOADED"))


def open_session(threads: int, memory: str | None) -> tuple[Any, bool, bool]:
    """The session, whether it is ours to stop, and whether it is on this machine alone. Raises EQ-ENGINE-041 and -042."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise NO_SPARK.error("pyspark is not installed") from None
    active = SparkSession.getActiveSession()
    if active is not None:
        return active, False, str(active.conf.get("spark.master", "")).startswith("local")
    builder: Any = SparkSession.builder.appName("equipoise")
    here = not is_elsewhere()
    if here:
        builder = builder.master(f"local[{threads}]")
        for name, value in local_settings(threads, memory).items():
            builder = builder.config(name, value)
    try:
        return builder.getOrCreate(), True, here
    except (PySparkException, OSError):
        raise NO_SESSION.error("no session of Spark could be had") from None


def local_settings(threads: int, memory: str | None) -> dict[str, str]:
    """Few partitions: the work of a step is small beside the cost of a task."""
    limit = {"spark.driver.memory": memory.lower().replace("ib", "b").removesuffix("b")} if memory else {}
    return _LOCAL | {"spark.sql.shuffle.partitions": str(2 * threads), "spark.default.parallelism": str(threads)} | limit
