"""The data office's commands, typed in order in a site's folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from equipoise.cli.main import app
from equipoise.guard.audit import AuditLog, Entry
from equipoise.guard.office.policy_file import POLICY_FILE, policy_text
from equipoise.guard.policy import Policy
from equipoise.guard.secure_sums.identity import Identity
from equipoise.network.flare.homes import SITE_FILE, SiteHome, SiteSettings, write_settings
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import read_study

STUDY = Path(__file__).resolve().parents[4] / "studies" / "bclm.yaml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteHome:
    folder = tmp_path_factory.mktemp("office")
    simulate_network(folder / "net", hospitals=3, patients=120, seed=3, scenario="flagship")
    home = SiteHome(folder / "site")
    home.state.mkdir(parents=True)
    write_settings(home.folder / SITE_FILE, SiteSettings("H02", "H02", str(folder / "net" / "H02"), "net", "localhost", 1, "x"))
    (home.folder / POLICY_FILE).write_text(policy_text(Policy(studies="approved", differencing="refuse")))
    return home


def typed(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["site", *map(str, arguments)])
    return result.exit_code, result.output


def test_preview_comes_before_approval(site: SiteHome) -> None:
    status, said = typed("approve", site.folder, STUDY)
    assert status == 2
    assert "EQ-GUARD-017" in said
    status, said = typed("preview", site.folder, STUDY, "--quiet")
    assert status == 0
    digest = read_study(STUDY).hash
    for words in (digest, "secure-sums", "attrition", "kaplan_meier", "persons left after a step", "Under masks"):
        assert words in said
    assert typed("approve", site.folder, STUDY, "--by", "office")[1].endswith(f"({digest[:12]}) is approved by office\n")
    assert typed("approve", site.folder, STUDY, "--withdraw")[0] == 0
    assert typed("preview", site.folder, "abcd")[0] == 2


def test_the_log_is_shown_and_verified(site: SiteHome) -> None:
    log = AuditLog(site.state, Identity.of(site.state), who="a hub")
    for number, study in enumerate(("one", "other"), start=1):
        log.append(Entry(study, number, "cox", "loglik[]", 8, "released", "under masks"))
    log.flush()
    assert typed("audit", site.folder, "--verify") == (0, "2 lines, as they were written\n")
    said = typed("audit", site.folder, "--study", "oth")[1]
    assert "a hub" in said
    assert "other" in said
    assert "one" not in said.replace("one site", "")
    path = site.state / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"cox", b"cos", 1))
    status, said = typed("audit", site.folder, "--verify")
    assert status == 3
    assert "EQ-GUARD-015" in said
    assert "set aside: set-aside." in typed("audit", site.folder, "--begin-anew")[1]
    assert typed("audit", site.folder, "--verify") == (0, "1 lines, as they were written\n")
    assert "begun anew" in typed("audit", site.folder)[1]
    assert len(list(site.state.glob("set-aside.*"))) == 2
