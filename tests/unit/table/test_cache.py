"""A table is built once for a study, a state of the CDM and a site; a damaged file is built anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import CategoryCovariate, CategoryLevel, EventCriterion, MeasurementCovariate, Study
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.cache import cached_table, cdm_fingerprint, read_table

HASH = "ab" * 32


class Site:
    """A CDM folder, and how often its engine was opened."""

    def __init__(self, folder: Path, engine: Callable[..., Any], study: Study) -> None:
        self.cdm, self.cache, self.engine, self.study, self.opened = folder / "cdm", folder / "cache", engine, study, []  # type: ignore[var-annotated]
        self.cdm.mkdir()
        (self.cdm / "person.parquet").write_bytes(b"one")

    def open(self) -> Any:
        self.opened.append(self.engine([(1, date(2020, 1, 1), 0), (2, date(2019, 5, 5), 1)], births={1: date(1950, 1, 1)}))
        return self.opened[-1]

    def table(self, study_hash: str = HASH, site: str = "A", cache: bool = True) -> AnalysisTable:
        where = self.cache if cache else None
        return cached_table(self.open, self.study, study_hash=study_hash, cdm_path=self.cdm, cache_dir=where, site=site)


@pytest.fixture
def site(tmp_path: Path, fake_engine: Callable[..., Any], study_of: Callable[..., Study]) -> Site:
    levels = tuple(CategoryLevel(level=level, criterion=EventCriterion(sets=(level,))) for level in ("P", "N"))
    covariates = (CategoryCovariate(name="c", levels=levels), MeasurementCovariate(name="m", sets=("a",)))
    return Site(tmp_path, fake_engine, study_of(covariates=covariates))


def test_built_once_and_read_back_whole(site: Site) -> None:
    built, kept = site.table(), site.table()
    assert len(site.opened) == 1
    assert site.opened[0].closed
    assert kept == built
    assert kept.rows.schema == built.rows.schema
    assert kept.rows["c"].combine_chunks().dictionary.to_pylist() == ["P", "N", "unknown"]
    files = list(site.cache.iterdir())
    assert [file.suffix for file in files] == [".table"]
    assert files[0].name.startswith(HASH[:16])
    assert files[0].stat().st_mode & 0o077 == 0, "the owner's alone"


def test_another_study_site_or_state_of_the_records_is_built(site: Site) -> None:
    site.table()
    site.table(study_hash="cd" * 32)
    site.table(site="B")
    assert len(site.opened) == 3
    (site.cdm / "person.parquet").write_bytes(b"three")
    site.table()
    assert len(site.opened) == 4
    (site.cdm / "death.parquet").write_bytes(b"")
    site.table()
    assert len(site.opened) == 5


def test_another_study_under_the_same_name_is_built(site: Site) -> None:
    site.table(study_hash="")
    site.study = site.study.model_copy(update={"covariates": ()})
    assert "c" not in site.table(study_hash="").rows.column_names


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"not arrow at all" * 9,
        lambda whole: whole[:900] + bytes([whole[900] ^ 1]) + whole[901:],
    ],
)
def test_a_damaged_file_is_built_anew(site: Site, damage: Callable[[bytes], bytes]) -> None:
    built = site.table()
    file = next(site.cache.iterdir())
    file.write_bytes(damage(file.read_bytes()))
    assert site.table() == built
    assert len(site.opened) == 2
    assert read_table(file) == built


def test_a_cache_inside_the_folder_of_records_is_no_change_of_them(site: Site) -> None:
    site.cache = site.cdm / "cache"
    site.table()
    site.table()
    assert len(site.opened) == 1


def test_without_a_cache_nothing_is_kept(site: Site) -> None:
    site.table(cache=False)
    site.table(cache=False)
    assert len(site.opened) == 2
    assert not site.cache.exists()


def test_a_failed_build_leaves_nothing_and_closes_its_engine(site: Site) -> None:
    site.study = site.study.model_copy(update={"covariates": (MeasurementCovariate(name="m", sets=("a",), unit="furlong"),)})
    with pytest.raises(EquipoiseError):
        site.table()
    assert site.opened[0].closed
    assert not site.cache.exists()


def test_fingerprint_of_one_database_file(tmp_path: Path) -> None:
    file = tmp_path / "cdm.duckdb"
    file.write_bytes(b"x")
    before = cdm_fingerprint(file)
    assert cdm_fingerprint(file) == before
    os.utime(file, ns=(1, 1))
    assert cdm_fingerprint(file) != before
