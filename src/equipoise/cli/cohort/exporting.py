"""`equipoise cohort export`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from equipoise.cli.errors import OUTPUT_IN_THE_WAY
from equipoise.cohort.circe.exporting.cohort import Exported, export
from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.writing import write_circe
from equipoise.kernel.errors import Where
from equipoise.study.reading import read_study


def export_study(path: Path, out: Path, *, as_json: bool) -> None:
    """Write one definition an arm; say where each may differ from the study."""
    study = read_study(path).study
    arms = export(study)
    files = [out / f"{name}.json" for name in _names(study.name, arms)]
    texts = [write_circe(arm.expression) for arm in arms]
    for file, text in zip(files, texts, strict=True):
        _must_be_free(file, text)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
    except OSError:
        raise OUTPUT_IN_THE_WAY.error("nothing can be written here", Where(file=out)) from None
    sys.stdout.write(_as_json(arms, files) if as_json else _in_words(arms, files))


def _names(study: str, arms: tuple[Exported, Exported]) -> list[str]:
    slugs = [re.sub(r"[^a-z0-9]+", "-", arm.arm.lower()).strip("-") for arm in arms]
    if not all(slugs) or slugs[0] == slugs[1]:
        slugs = ["arm-1", "arm-2"]
    return [f"{study}-{slug}" for slug in slugs]


def _must_be_free(file: Path, text: str) -> None:
    occupied = file.parent.exists() and not file.parent.is_dir()
    if occupied or (file.exists() and (not file.is_file() or file.read_bytes() != text.encode())):
        raise OUTPUT_IN_THE_WAY.error("something else stands where a definition should go", Where(file=file))


def _in_words(arms: tuple[Exported, Exported], files: list[Path]) -> str:
    lines = [f"{arm.arm}: {file}" for arm, file in zip(arms, files, strict=True)]
    return "\n".join([*lines, "The definitions may differ from the study:", *(f"- {note}" for note in arms[0].notes)]) + "\n"


def _as_json(arms: tuple[Exported, Exported], files: list[Path]) -> str:
    records = [
        {"arm": arm.arm, "file": str(file), "hash": fingerprint(arm.expression), "notes": arm.notes}
        for arm, file in zip(arms, files, strict=True)
    ]
    return json.dumps({"definitions": records}) + "\n"
