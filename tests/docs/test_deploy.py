"""The files for services and containers are what their programs can read, and name what is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_reads_the_unit(unit: Path, tmp_path: Path) -> None:
    """The command itself is not installed where the unit says, so another one stands in for it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there: it comes with systemd")
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/equipoise/bin/equipoise", "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    copy.write_text(copy.read_text(encoding="utf-8").replace("ProtectSystem=strict", "ProtectSystem=strcit"), encoding="utf-8")
    assert "strcit" in subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_service_may_write_the_folder_that_it_serves(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    command = re.search(r"^ExecStart=/opt/equipoise/bin/equipoise (hub|site) run (\S+)$", text, re.MULTILINE)
    assert command is not None
    assert f"ReadWritePaths={command[2]}\n" in text
    assert command[2].endswith(command[1])


def test_what_the_container_copies_is_there() -> None:
    lines = (DEPLOY / "site.Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    named = [name for line in lines for name in re.findall(r"-r (\S+)", line)]
    assert copied
    assert all((ROOT / name).exists() for name in [*copied, *named])
