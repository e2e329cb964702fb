"""Every step of the protocol between processes of their own: killed with SIGKILL, sites, hub and run; lines cut and slow."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.network.hub.analysis.conduct import conduct
from equipoise.network.hub.transport import Reply
from equipoise.study.reading import LoadedStudy
from network.transports.live.network import LiveNetwork
from network.transports.steps import CLEAR, MASKED, Ask, Disturbed, Pooled, StepSuite, over_steps, released, small
from network.transports.suite import quiet, task

CUT = ("prepare 1", "agree 1", "totals 1", "estimate 9")
"""Steps at which the line is cut: each costs the seconds after which a request counts as lost."""
RUN = Path(__file__).with_name("dying_run.py")


class LiveSteps(StepSuite):
    """What holds of both networks."""

    masked: bool

    def test_a_hub_that_is_killed_at_every_step(self, stricken: LiveNetwork, loaded: LoadedStudy, pooled: Pooled) -> None:
        """And started again each time, while the sites are at work. Nothing is answered twice."""

        def dies(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
            stricken.restart_hub()
            return ask(message, sites, answered)

        plain, killed = small(loaded, "hub-lives"), small(loaded, "hub-dies")
        conduct(task(plain), stricken.transport(), quiet)
        found = conduct(task(killed), Disturbed(stricken.transport(), dies, *(MASKED if self.masked else CLEAR)), quiet)
        self.check(stricken, found, pooled, {})
        for name in stricken.names:
            assert released(stricken.state(name), killed.hash) == released(stricken.state(name), plain.hash)

    def test_a_run_that_is_killed_at_every_step(self, stricken: LiveNetwork, loaded: LoadedStudy, pooled: Pooled, tmp_path: Path) -> None:
        """By its own hand when the first answer to a question is kept and the others are on their way; the next run goes on from there."""
        plain, killed, out = small(loaded, "run-lives"), small(loaded, "run-dies"), tmp_path / "result"
        conduct(task(plain), stricken.transport(), quiet)
        (tmp_path / "study.json").write_text(killed.study.model_dump_json(), encoding="utf-8")
        for question in (*range(1, 8), 14, 0):
            command = [sys.executable, str(RUN), str(stricken.hub.folder), str(tmp_path / "study.json"), str(question), str(out)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            assert done.returncode == (-signal.SIGKILL if question else 0), done.stderr
        found = pickle.loads(out.read_bytes())  # noqa: S301 - our own file
        self.check(stricken, found, pooled, {})
        for name in stricken.names:
            assert released(stricken.state(name), killed.hash) == released(stricken.state(name), plain.hash)
        assert not (stricken.hub.studies / killed.hash).exists(), "a study that is done is forgotten"

    def test_a_line_that_is_slow_and_cut(self, stricken: LiveNetwork, loaded: LoadedStudy, pooled: Pooled) -> None:
        def cuts(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
            stricken.line.cut()
            return ask(message, sites, answered)

        plain, cut = small(loaded, "line-holds"), small(loaded, "line-cut")
        conduct(task(plain), stricken.transport(), quiet)
        stricken.line.delay = 0.03
        try:
            found = conduct(task(cut), Disturbed(stricken.transport(), cuts, *CUT), quiet)
        finally:
            stricken.line.delay = 0.0
        self.check(stricken, found, pooled, {})
        far = stricken.state(stricken.names[-1])
        assert released(far, cut.hash) == released(far, plain.hash)


class TestMaskedOverFlare(LiveSteps):
    """Sites that share sums only."""

    masked = True

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        over_steps(metafunc, masked=True, again=("hello 1", "agree 1", "estimate 1"))

    @pytest.fixture
    def stricken(self, under_masks: LiveNetwork) -> LiveNetwork:
        return under_masks

    @pytest.fixture
    def pooled(self, pooled_six: Pooled) -> Pooled:
        return pooled_six


class TestInClearOverFlare(LiveSteps):
    """Sites that give their own sums."""

    masked = False

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        over_steps(metafunc, masked=False, again=("prepare 1",))

    @pytest.fixture
    def stricken(self, under_test: LiveNetwork) -> LiveNetwork:
        return under_test

    @pytest.fixture
    def pooled(self, pooled_four: Pooled) -> Pooled:
        return pooled_four
