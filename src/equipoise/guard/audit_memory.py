"""Where else a site remembers that it has a log, and how far it went: a log that is gone, or was put back to an earlier day, is missed.

That there is one stands in the site's key file, below the key: without that file the site is nobody whom its peers know. How many lines it
has had stands beside what the site remembers of studies.
"""

from __future__ import annotations

from pathlib import Path

from equipoise.guard.secure_sums.identity import KEY_FILE
from equipoise.kernel.whole_file import write_whole

FOLDER, LINES_FILE = "memory", "log.lines"
NOTE = b"# This site has written an audit log.\n"


def has_log(home: Path) -> bool:
    """Whether a site's key file says that it has written a log."""
    key = home / KEY_FILE
    return key.exists() and NOTE in key.read_bytes()


def lines_remembered(home: Path) -> int:
    """How many lines a site's log had when it was last written; 0 where nothing is remembered or can be read."""
    try:
        return int((home / FOLDER / LINES_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def remember(home: Path, lines: int) -> None:
    """Remember a log of so many lines. Not brought to the disk at once: a machine that dies may forget the last, never remember more."""
    if not has_log(home) and (home / KEY_FILE).exists():
        key = (home / KEY_FILE).read_bytes()
        write_whole(home / KEY_FILE, key.rstrip() + b"\n" + NOTE, mode=0o600)
    (home / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / FOLDER / LINES_FILE
    part = path.with_name(f"{path.name}.part")
    part.write_text(str(lines), encoding="ascii")
    part.replace(path)


def missing(home: Path, lines: int) -> str:
    """What is missing of a log that has so many lines now; empty where nothing is."""
    if lines == 0 and has_log(home):
        return "the log and its head are gone, and this site has written one"
    before = lines_remembered(home)
    return f"the log has {lines} lines and had {before}: an earlier one was put in its place" if lines < before else ""
