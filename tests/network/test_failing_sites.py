from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import Answering, InProcess
from equipoise.network.local import SitePlace, run_study, sites
from equipoise.network.wire.codec import decode, encode
from equipoise.network.wire.messages import Question
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import SiteRules
from equipoise.study.reading import LoadedStudy

LAST = 10_000


class Breaking:
    """A site that works until its `at`-th message."""

    def __init__(self, site: Answering, at: int, how: str) -> None:
        self.site, self.at, self.how, self.asked = site, at, how, 0

    def answer(self, message: bytes) -> bytes:
        self.asked += 1
        if self.asked < self.at:
            return self.site.answer(message)
        if self.how == "garbage":
            return b"\xff\x00 garbage"
        if self.how == "wrong version":
            return self.site.answer(encode(replace(decode(message, Question), version="0.0.9")))
        raise TimeoutError("no answer in time; patient 4711")


def conducted(loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, at: int, how: str) -> StudyResult:
    inside = sites(network, cache)
    names = inside.sites
    answering = {name: Breaking(inside._sites[name], at if name == names[1] else LAST, how) for name in names}
    return conduct(Task(loaded.study, loaded.hash, loaded.text), InProcess(answering), lambda *_: None)


@pytest.mark.parametrize("how", ["garbage", "wrong version", "silence"])
@pytest.mark.parametrize("at", [1, 2, 3, 12, 26])
def test_a_site_that_fails_is_named_and_the_result_is_that_of_the_others(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, at: int, how: str
) -> None:
    found = conducted(loaded, network, cache, at, how)
    assert [site.status for site in found.sites] == ["contributed", "failed", "contributed"]
    assert found.sites[1].why.startswith("EQ-")
    assert "4711" not in found.sites[1].why
    if how == "wrong version":
        assert "0.0.9" in found.sites[1].why
        assert "0.1.0" in found.sites[1].why
    without = run_study(loaded, (network[0], network[2]), cache_dir=cache)
    assert found.records == without.records
    assert found.flow == without.flow
    assert found.baseline == without.baseline


@pytest.mark.parametrize("rules", [SiteRules(on_failure="stop"), SiteRules(minimum_sites=3)])
@pytest.mark.parametrize("at", [1, 2, 12])
def test_the_study_may_say_that_a_failure_ends_the_run(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, rules: SiteRules, at: int
) -> None:
    study = loaded.study.model_copy(update={"sites": rules})
    strict = replace(loaded, study=study, hash=study_hash(study))
    with pytest.raises(EquipoiseError) as caught:
        conducted(strict, network, cache, at, "silence")
    assert caught.value.code == ("EQ-HUB-002" if rules.on_failure == "stop" else "EQ-HUB-001")
    assert network[1].name in str(caught.value)


def test_a_corrupt_parquet_file_costs_its_site_alone(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "broken"
    shutil.copytree(network[1].cdm, copy)
    (copy / "person.parquet").write_bytes(b"PAR1 this is no parquet file PAR1")
    broken = (network[0], replace(network[1], cdm=copy), network[2])
    found = run_study(loaded, broken, cache_dir=cache)
    assert [site.status for site in found.sites] == ["contributed", "failed", "contributed"]
    assert found.sites[1].why.startswith("EQ-ENGINE-")
    assert found.records == run_study(loaded, (network[0], network[2]), cache_dir=cache).records


def test_a_pooled_run_with_a_corrupt_site_is_refused_by_name(loaded: LoadedStudy, network: tuple[SitePlace, ...], tmp_path: Path) -> None:
    copy = tmp_path / "broken"
    shutil.copytree(network[1].cdm, copy)
    (copy / "person.parquet").write_bytes(b"PAR1 this is no parquet file PAR1")
    with pytest.raises(EquipoiseError, match=network[1].name):
        run_study(loaded, (network[0], replace(network[1], cdm=copy)), pooled=True)


def test_a_site_that_lacks_a_table_is_named(loaded: LoadedStudy, network: tuple[SitePlace, ...], tmp_path: Path) -> None:
    copy = tmp_path / network[0].name
    shutil.copytree(network[0].cdm, copy)
    (copy / "device_exposure.parquet").unlink()
    found = run_study(loaded, (replace(network[0], cdm=copy), *network[1:]))
    notes = [note.text for note in found.notes if note.code == "EQ-HUB-009"]
    assert notes == [f"{network[0].name}: no table device_exposure: taken as empty."]
