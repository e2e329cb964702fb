"""Generated reference pages are current. With --write, write them anew."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path

import equipoise
from equipoise.kernel.errors import ErrorKind

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))
DOCS = ROOT / "docs"
REFERENCE, ESTIMATORS = DOCS / "reference", DOCS / "estimators"


def error_kinds() -> list[ErrorKind]:
    """Every kind of error, from each room's `errors.py`."""
    names = [m.name for m in pkgutil.walk_packages(equipoise.__path__, "equipoise.") if m.name.split(".")[-1] == "errors"]
    kinds = [v for name in names for v in vars(importlib.import_module(name)).values() if isinstance(v, ErrorKind)]
    return sorted(set(kinds), key=lambda kind: kind.code)


def error_page() -> str:
    """The error catalogue."""
    lines = ["# Errors", "", "Generated from the code. Every message has a code, a place, a reason and a remedy.", ""]
    for kind in error_kinds():
        lines += [f"## {kind.code}", "", f"{kind.title[0].upper()}{kind.title[1:]}. Exit status {kind.exit_status}.", ""]
        lines += [f"- Why: {kind.why}.", f"- What to do: {kind.remedy}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def study_page() -> str:
    from equipoise.study.reference_page import study_reference

    return study_reference()


def results_page() -> str:
    from equipoise.results.dictionary import results_dictionary

    return results_dictionary()


def command_page() -> str:
    from equipoise.cli.reference_page import command_reference

    return command_reference()


def cohort_page() -> str:
    """What runs where, from the literal tests."""
    from operations.page import support_page

    return support_page()


FROM_BENCHMARKS = ("finite-samples.md",)
"""Pages beside those of the estimators that a benchmark writes."""
PAGES: dict[str, Callable[[], str]] = {
    "errors.md": error_page,
    "study.md": study_page,
    "results.md": results_page,
    "commands.md": command_page,
    "cohorts.md": cohort_page,
}


def pages() -> dict[Path, str]:
    """Every generated page, by its path."""
    from equipoise.estimators.reference_page import estimator_pages

    reference = {REFERENCE / name: make() for name, make in PAGES.items()}
    return {**reference, **{ESTIMATORS / name: text for name, text in estimator_pages().items()}}


def main() -> int:
    made = pages()
    orphans = [path for path in ESTIMATORS.glob("*.md") if path not in made and path.name not in FROM_BENCHMARKS]
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--write" in sys.argv:
        ESTIMATORS.mkdir(exist_ok=True)
        for path in stale:
            path.write_text(made[path], encoding="utf-8")
        for path in orphans:
            path.unlink()
    elif stale or orphans:
        print(f"out of date: {', '.join(path.name for path in [*stale, *orphans])}. Run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
