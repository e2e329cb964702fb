"""What can go wrong between Equipoise and Spark. Spark's own words are never passed on: they may quote a row."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NO_SPARK = ErrorKind(
    "EQ-ENGINE-041",
    "PySpark is not installed",
    "It is an extra, so that sites without Spark need not have it.",
    "Install `equipoise[spark]`.",
)
NO_SESSION = ErrorKind(
    "EQ-ENGINE-042",
    "Spark did not start",
    "Spark runs on Java (17 or newer), on this machine or on a cluster that answers.",
    "Install Java 17 or set JAVA_HOME; for a cluster, check SPARK_REMOTE or the settings of spark-submit.",
    exit_status=3,
)
NO_TABLES = ErrorKind(
    "EQ-ENGINE-043",
    "No OMOP CDM in this schema of the catalog",
    "With --engine spark the CDM is a folder of Parquet files, or a schema: catalog.schema?vocabulary=catalog.vocab&scratch=s3://bucket/work.",
    "Correct the name, and check that the user may read the schema.",
)
NO_FOLDER = ErrorKind(
    "EQ-ENGINE-044",
    "No place for intermediate tables",
    "Spark writes them as Parquet files where all its workers can read them. They hold persons' records and stay until you remove them.",
    "Name a folder that the cluster can write, with &scratch=; local Spark takes a temporary folder by itself.",
)
