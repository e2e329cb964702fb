"""Sites shared out among processes: the same answers, and an end to every process whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_processes import InProcesses
from equipoise.network.local import SitePlace, fitting, run_study
from equipoise.network.wire.frames import Place
from equipoise.results.study_result import StudyResult
from equipoise.study.model import SiteRules
from equipoise.study.reading import LoadedStudy, read_study

ROOT = Path(__file__).resolve().parents[2]


def places(network: tuple[SitePlace, ...], cache: Path) -> list[Place]:
    return [Place(place.name, str(place.cdm), str(cache / place.name), place.policy) for place in network]


def test_two_processes_give_to_the_last_digit_what_one_gives(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], federated: StudyResult, cache: Path
) -> None:
    found = run_study(loaded, network, cache_dir=cache, processes=2)
    assert found.records == federated.records
    assert (found.curves, found.masked, found.rounds, found.messages) == (
        federated.curves,
        federated.masked,
        federated.rounds,
        federated.messages,
    )


def test_sites_of_a_process_that_dies_are_named_and_the_rest_go_on(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path
) -> None:
    study = loaded.study.model_copy(update={"sites": SiteRules(on_failure="continue")})
    with InProcesses(places(network, cache), 3) as transport:
        lost = transport._processes[1]

        def dies(stage: str, done: int, _total: int) -> None:
            if stage == "analysis" and done == 1:
                lost._process.kill()

        result = conduct(Task(study, loaded.hash, loaded.text), transport, dies)
    status = {site.site: (site.status, site.why) for site in result.sites}
    assert status[lost.sites[0]][0] == "failed"
    assert "its process ended" in (status[lost.sites[0]][1] or "")
    assert [of[0] for name, of in status.items() if name != lost.sites[0]] == ["contributed"] * 2


def test_no_process_outlives_an_interruption(network: tuple[SitePlace, ...], cache: Path) -> None:
    def interrupted() -> None:
        with InProcesses(places(network, cache), 2) as transport:
            started.extend(process._process for process in transport._processes)
            raise KeyboardInterrupt

    started: list = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [process.poll() for process in started] == [0, 0]


def test_a_site_that_cannot_be_held_is_told(network: tuple[SitePlace, ...], tmp_path: Path) -> None:
    (tmp_path / "identity.key").write_text("not a key")
    (tmp_path / "identity.key").chmod(0o600)
    place = Place(network[0].name, str(network[0].cdm), str(tmp_path), network[0].policy)
    with pytest.raises(EquipoiseError, match="EQ-NETWORK-007 EQ-GUARD-008"):
        InProcesses([place], 1)


def test_a_long_study_takes_the_cores_and_a_short_one_stays(loaded: LoadedStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.network.local.cores", lambda: 4)
    long = read_study(ROOT / "studies" / "bclm" / "main.yaml").study
    assert fitting(long, 68) == 4
    assert fitting(long, 3) == 1
    assert fitting(loaded.study, 10) == 1
