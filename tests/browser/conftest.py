"""A browser without a network, and the reports it opens."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

MADE = Path(__file__).resolve().parents[1] / "unit" / "report"
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--enable-logging=stderr", "--v=0",
)  # fmt: skip
MEASURE = """
<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="page" width="{width}" height="900" style="border:0" srcdoc="{page}"></iframe>
<pre id="answer"></pre><script>
document.getElementById("page").onload = event => {{
  const inside = event.target.contentDocument;
  if ({unfold}) inside.querySelectorAll("details").forEach(d => d.open = true);
  const wide = [...inside.querySelectorAll("body *")].filter(e => {{
    const right = e.getBoundingClientRect().right, left = e.getBoundingClientRect().left;
    return (right > {width} + 1 || left < -1) && !e.parentElement.closest(".scroll") && !e.closest(".skip");
  }});
  document.getElementById("answer").textContent = JSON.stringify({{
    width: inside.documentElement.scrollWidth, view: inside.documentElement.clientWidth,
    wide: wide.slice(0, 5).map(e => e.tagName + "#" + e.id + "." + e.getAttribute("class")),
    figures: inside.querySelectorAll("figure svg").length,
    flat: [...inside.querySelectorAll("figure svg")].filter(s => s.getBoundingClientRect().height < 40 && s.checkVisibility()).length,
  }});
}};
</script>
"""


@dataclass(frozen=True)
class Chromium:
    """Runs one headless Chromium after another, each with an empty profile."""

    path: str
    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        profile = self.folder / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        command = [self.path, *SWITCHES, f"--user-data-dir={profile}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)

    def measure(self, page: str, width: int, *, unfold: bool) -> dict[str, object]:
        """The layout of the page in a view so wide; the page's own policy forbids script, so a frame around it measures."""
        frame = self.folder / "frame.html"
        frame.write_text(MEASURE.format(width=width, page=html.escape(page), unfold=json.dumps(unfold)), encoding="utf-8")
        answer = self.run("--window-size=1400,1000", "--dump-dom", frame.as_uri()).stdout
        found = re.search(r'<pre id="answer">(.*?)</pre>', answer, re.DOTALL)
        assert found is not None
        assert found.group(1)
        return dict(json.loads(html.unescape(found.group(1))))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        how = "no Chromium on the path: install it (Debian: apt-get install chromium) to open the report in a browser"
        if "browser" in os.environ.get("EQUIPOISE_REQUIRE", "").split(","):
            pytest.fail(f"browser is required here (EQUIPOISE_REQUIRE) but missing: {how}")
        pytest.skip(how)
    return Chromium(path, tmp_path_factory.mktemp("chromium"))


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"browser_{name}", MADE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made():
    return load("made_result").made_result()


@pytest.fixture(scope="session")
def hard(made):
    return load("hard_results").hard_results(made)
