"""What `--cdm` may say with Spark; without the extra, a sentence says which."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from equipoise.engine.circe.opening import open_warehouse
from equipoise.engine.spark.place import Place, escaped, read_place
from equipoise.engine.spark.session import local_settings
from equipoise.kernel.errors import EquipoiseError


def test_a_folder(tmp_path: Path):
    assert read_place(str(tmp_path)) == Place(tmp_path)
    assert read_place("no/such/folder").folder == Path("no/such/folder")


def test_a_schema_of_the_catalog():
    read = read_place("hospital.cdm?vocabulary=hospital.vocab&scratch=s3://bucket/work")
    assert (read.schema, read.vocabulary, read.scratch, read.name) == ("hospital.cdm", "hospital.vocab", "s3://bucket/work", "hospital.cdm")


def test_a_parameter_that_is_none():
    with pytest.raises(EquipoiseError) as error:
        read_place("hospital.cdm?vocabulry=x")
    assert error.value.code == "EQ-ENGINE-043"
    assert error.value.problems[0].did_you_mean == "vocabulary"


def test_nothing_in_a_path_is_a_pattern(tmp_path: Path):
    assert escaped(tmp_path / "a[1]{2}*") == str(tmp_path.resolve()) + r"/a\[1\]\{2\}\*"


@pytest.mark.parametrize(("given", "spark"), [("8GB", "8g"), ("512MiB", "512m"), (None, "4g")])
def test_memory_as_spark_writes_it(given: str | None, spark: str):
    assert local_settings(2, given)["spark.driver.memory"] == spark


def test_no_folder(tmp_path: Path):
    with pytest.raises(EquipoiseError) as error:
        open_warehouse(str(tmp_path / "nothing"), "spark")
    assert error.value.code == "EQ-ENGINE-001"


def test_the_extra_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "person.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(EquipoiseError) as error:
        open_warehouse(str(tmp_path), "spark")
    assert error.value.code == "EQ-ENGINE-041"
    assert "equipoise[spark]" in str(error.value)
