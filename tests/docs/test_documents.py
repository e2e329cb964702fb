"""The documents tell the truth: fences parse, links lead somewhere, generated pages are current."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise.study.reading import read_study

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p for p in ROOT.rglob("*.md") if not {".venv", "demo", "node_modules"} & set(p.relative_to(ROOT).parts))


def test_the_study_in_the_readme_is_sound_and_short(tmp_path):
    text = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    assert len(text[1].splitlines()) <= 20
    (tmp_path / "study.yaml").write_text(text[1], encoding="utf-8")
    shutil.copytree(ROOT / "studies" / "codes", tmp_path / "codes")
    study = read_study(tmp_path / "study.yaml").study
    assert (study.target.name, study.comparator.name) == ("Celecoxib", "Diclofenac")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """Links of a part of a page lead from the page that is made of it."""
    home = ROOT / "docs" / "estimators" if page.name in ("card.md", "finite_samples_lessons.md") else page.parent
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if not link.startswith(("http:", "https:", "mailto:")) and not (home / link).exists()]
    assert broken == []


def test_generated_pages_are_current():
    done = subprocess.run([sys.executable, ROOT / "rules" / "docs_current.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lock_files_name_no_package_index():
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert not re.search(r"https?://|file:|--index-url|--find-links", lock.read_text(encoding="utf-8")), lock.name
