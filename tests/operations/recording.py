"""Run the literal tests of cohort definitions on the reference and see which operations they notice.

`python tests/operations/recording.py` writes `circe.tsv` anew, from which the table of support in the documentation is made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTICED = Path(__file__).with_name("circe.tsv")
SPEC = ROOT / "tests" / "spec" / "circe"
sys.path[:0] = [] if str(ROOT / "tests") in sys.path else [str(ROOT / "tests")]

from operations.circe import WITHOUT_EFFECT, Case, noticed, operations, recorded  # noqa: E402

_ALONE = ("test_none_left_out.py", "test_on_spark.py")
"""Tests that ask what the others ask."""


def literal_tests(folder: Path) -> list[Case]:
    """What the literal tests ask, their tables written into a folder. Runs them on the reference."""
    ignored = [f"--ignore={SPEC / name}" for name in _ALONE]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", str(SPEC), "-q", "-k", "reference", "-p", "no:randomly", "-p", "no:cacheprovider", *ignored],
        cwd=ROOT,
        env=os.environ | {"EQUIPOISE_RECORD": str(folder), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"the literal tests fail on the reference:\n{ran.stdout[-3000:]}")
    return recorded(folder)


def noticing_tests(cases: list[Case]) -> dict[str, str]:
    """The first test that notices each operation; of those without effect the first that has it."""
    told, present = noticed(cases)
    return {name: test for name, test in {**{one: present.get(one, "") for one in WITHOUT_EFFECT}, **told}.items() if test}


def read_noticed() -> dict[str, str]:
    """What was written last."""
    return dict(line.split("\t") for line in NOTICED.read_text(encoding="utf-8").splitlines())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = noticing_tests(literal_tests(Path(folder)))
    NOTICED.write_text("".join(f"{name}\t{found[name]}\n" for name in sorted(found)), encoding="utf-8")
    missing = [one for one in operations() if one not in found]
    print(f"{len(found)} operations noticed; missing: {', '.join(missing) or 'none'}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
