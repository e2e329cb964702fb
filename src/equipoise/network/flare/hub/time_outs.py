"""How long the hub waits, by study: `time-outs.toml` in the hub's folder. Where it says nothing, the defaults hold.

    silence = 20                # seconds without any sign of life, after which a site counts as down
    answer = 3600               # seconds for one question in all
    hub = 60                    # seconds to wait for the hub's own process when it went away

    ["name of a study"]
    answer = 14400

They are the hub's, and no part of a study: another word in a study is another study, which every hospital would have to approve again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from equipoise.kernel.errors import EquipoiseError, Where, closest
from equipoise.network.flare.errors import BAD_TIME_OUTS
from equipoise.network.flare.hub.asking import Limits
from equipoise.network.flare.hub.transport import PATIENCE

TIME_OUTS_FILE = "time-outs.toml"
BOUNDS = {"silence": (5, 3600), "answer": (10, 604_800), "hub": (0, 86_400)}
"""Seconds, least and most. A site at work gives a sign of life every two seconds; less than five would call a slow line dead."""
_SECTION, _KEY = re.compile(r"^\s*\[\s*[\"']?(.*?)[\"']?\s*\]"), re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")


def time_outs(folder: Path, study: str) -> tuple[Limits, float]:
    """Of a study: the limits of a question, and the seconds to wait for the hub's process.

    The file's words for this study go first, then those for all. Raises EQ-FLARE-022 with every problem of the file, also in the parts
    of other studies.
    """
    path = folder / TIME_OUTS_FILE
    if not path.exists():
        return Limits(), PATIENCE
    content, text = _read(path)
    problems = [
        BAD_TIME_OUTS.error(
            what, Where(file=path, line=_line(text, section, key), path=f"{section}.{key}".strip(".")), did_you_mean=closest(key, BOUNDS)
        ).problems[0]
        for section, key, what in _wrong(content)
    ]
    if problems:
        raise EquipoiseError(*problems)
    said = {**content, **content.get(study, {})}
    usual = Limits()
    return Limits(float(said.get("silence", usual.silence)), float(said.get("answer", usual.work))), float(said.get("hub", PATIENCE))


def _read(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except (OSError, UnicodeDecodeError):
        raise BAD_TIME_OUTS.error(f"{path.name} cannot be read", Where(file=path)) from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BAD_TIME_OUTS.error("this is not TOML", Where(file=path, line=int(line[1]) if line else None)) from None


def _wrong(content: dict[str, Any], section: str = "") -> Iterator[tuple[str, str, str]]:
    """Section, key, and what is wrong."""
    for key, value in content.items():
        if isinstance(value, dict) and not section and key not in BOUNDS:
            yield from _wrong(value, key)
        elif key not in BOUNDS:
            yield section, key, f"unknown key `{key}`"
        elif isinstance(value, bool) or not isinstance(value, int | float) or not BOUNDS[key][0] <= value <= BOUNDS[key][1]:
            yield section, key, f"`{key}` is no number of seconds from {BOUNDS[key][0]:,} to {BOUNDS[key][1]:,}"


def _line(text: str, section: str, key: str) -> int | None:
    """The line of a key in its section."""
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _SECTION.match(line):
            here = found[1]
        elif here == section and (found := _KEY.match(line)) and found[1] == key:
            return number
    return None
