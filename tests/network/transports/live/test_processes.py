"""What only real processes and real lines can do: die, start again, be cut off, and go on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.hub.asking import Limits
from equipoise.network.flare.hub.line import POINTER
from equipoise.network.flare.hub.time_outs import TIME_OUTS_FILE
from equipoise.network.flare.joining.hub import revoke
from equipoise.network.hub.analysis.conduct import conduct
from equipoise.network.hub.remembering import REPLIES
from equipoise.network.live import count_over, run_live
from equipoise.report.write import write_report
from equipoise.results.study_result import StudyResult
from equipoise.study.model import SiteRules
from equipoise.study.reading import LoadedStudy
from network.transports.live.network import LiveNetwork
from network.transports.steps import small
from network.transports.suite import Once, answered, hello, log_length, quiet, task

ROOT = Path(__file__).resolve().parents[4]


def test_a_run_that_was_killed_goes_on_where_it_stopped(under_test: LiveNetwork, alone: StudyResult, once: Once, tmp_path: Path) -> None:
    before = {name: log_length(under_test, name) for name in under_test.names}
    command = [sys.executable, "-m", "equipoise", "run", str(ROOT / "studies" / "bclm.yaml"), "--network", str(under_test.hub.folder)]
    run = subprocess.Popen([*command, "--out", str(tmp_path / "report"), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    under_test.until(lambda: sum(path.stat().st_size for path in under_test.hub.studies.glob(f"*/{REPLIES}")) > 200_000)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    (kept,) = under_test.hub.studies.glob(f"*/{REPLIES}")
    remembered = kept.stat().st_size
    again = subprocess.run([*command, "--out", str(tmp_path / "report"), "--json"], capture_output=True, text=True, timeout=200)
    assert again.returncode == 0, again.stderr
    assert remembered > 200_000
    assert not kept.exists(), "a study that is done is forgotten"
    assert json.loads(again.stdout)["records"] == len(alone.records)
    write_report(alone, tmp_path / "alone")
    found, wanted = (json.loads((tmp_path / out / "results.json").read_text(encoding="utf-8")) for out in ("report", "alone"))
    assert len(found) == len(wanted) > 50
    for one, other in zip(found, wanted, strict=True):
        assert one == {name: pytest.approx(v, rel=1e-9, abs=1e-12) if isinstance(v, float) else v for name, v in other.items()}
    for name, since in before.items():
        assert not answered(under_test.state(name), since) - once[name], "what was answered was asked again"


def test_a_site_behind_a_dead_line_is_named_and_the_rest_goes_on(under_test: LiveNetwork, loaded: LoadedStudy) -> None:
    far = under_test.names[-1]
    under_test.line.mute()
    try:
        found = conduct(task(loaded), under_test.transport(Limits(silence=3.0, work=60.0)), quiet)
    finally:
        under_test.line.speak()
        under_test.line.cut()
    (lost,) = (site for site in found.sites if site.status == "failed")
    assert (lost.site, lost.why[:12]) == (far, "EQ-HUB-003 n") or "EQ-FLARE-004" in lost.why
    assert sum(site.status == "contributed" for site in found.sites) == 3
    under_test.until(lambda: under_test.transport().ask(hello(loaded), (far,), lambda _: None)[0].message is not None)


def test_a_slow_site_is_named_with_the_time_out_of_the_study(under_test: LiveNetwork, loaded: LoadedStudy) -> None:
    """And a run that the study ends for it is not the end of the study: the next one asks anew."""
    study, slow = small(loaded, "held", SiteRules(minimum_sites=4)), under_test.names[1]
    path = under_test.hub.folder / TIME_OUTS_FILE
    path.write_text("silence = 3600\n[held]\nsilence = 6\nanswer = 100\n", encoding="utf-8")
    try:
        under_test.hold(slow, signal.SIGSTOP)
        with pytest.raises(EquipoiseError) as caught:
            run_live(study, under_test.hub.folder, quiet)
    finally:
        under_test.hold(slow, signal.SIGCONT)
        path.unlink()
    assert caught.value.code == "EQ-HUB-001"
    assert f"{slow}: EQ-HUB-003 EQ-FLARE-004 no sign of life for 6 s (`silence` of its time-outs)" in str(caught.value)
    assert not (under_test.hub.studies / study.hash).exists()
    found = run_live(study, under_test.hub.folder, quiet)
    assert {site.status for site in found.sites} == {"contributed"}


def test_counting_is_quick(under_test: LiveNetwork, loaded: LoadedStudy) -> None:
    """Wall time on a shared machine says little: the bound is loose; docs/how-to/join-a-network.md has what was measured."""
    transport, told = under_test.transport(), list[tuple[str, int, int]]()
    began = time.monotonic()
    counted = count_over(transport, loaded, lambda *step: told.append(step))
    assert time.monotonic() - began < 20.0
    assert told[-1][1:] == (4, 4)
    numbers = [step.n for step in counted.flow if isinstance(step.n, int)]
    assert numbers
    assert all(number % 10 == 0 for number in numbers)


def test_a_run_without_a_hub_says_so(under_test: LiveNetwork, tmp_path: Path) -> None:
    """What says that a hub runs is still there when its machine has stopped."""
    hub = tmp_path / "hub"
    shutil.copytree(under_test.hub.folder, hub, ignore=shutil.ignore_patterns("transfer", "*.log*"))
    pointer = json.loads((hub / "run" / POINTER).read_text(encoding="utf-8"))
    (hub / "run" / POINTER).write_text(json.dumps({**pointer, "address": str(tmp_path / "gone")}), encoding="utf-8")
    command = [sys.executable, "-m", "equipoise", "count", str(ROOT / "studies" / "bclm.yaml"), "--network", str(hub)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "EQ-FLARE-003" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_site_that_is_revoked_is_asked_no_more(under_test: LiveNetwork, loaded: LoadedStudy) -> None:
    last = under_test.names[0]
    path = under_test.hub.folder / "sites" / f"{last}.toml"
    kept = path.read_bytes()
    try:
        revoke(under_test.hub, last)
        assert last not in under_test.hub.members()
        (reply,) = under_test.transport(Limits(silence=1.0, work=5.0)).ask(hello(loaded), (last,), lambda _: None)
        assert (reply.message, reply.why[:12]) == (None, "EQ-FLARE-021")
    finally:
        path.write_bytes(kept)
    under_test.until(lambda: under_test.transport().ask(hello(loaded), (last,), lambda _: None)[0].message is not None)
