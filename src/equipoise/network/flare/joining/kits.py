"""What hub and sites do alike when they are made: a free folder, a certificate's request, FLARE's kit in its place."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from equipoise.kernel.errors import Where
from equipoise.network.flare.errors import ALREADY_THERE
from equipoise.network.flare.joining.engine_tool import run_tool


def must_be_free(folder: Path) -> None:
    """Raises EQ-FLARE-015 when a folder holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ALREADY_THERE.error(f"{folder.name} is there and not empty", Where(file=folder))


SIGNED = "site.signed.zip"
"""FLARE asks for this ending."""


@dataclass(frozen=True, slots=True)
class Approved:
    """A signed request, the folder of the request with its key, and FLARE's record with the authority's fingerprint, or that itself."""

    signed: Path
    request: Path
    authority: Path | str


def build_kit(records: Path, work: Path, kit: Path, approved: Approved) -> None:
    """Have FLARE's tool build the participant's kit, and put it in its place."""
    authority = approved.authority
    fingerprint = authority if isinstance(authority, str) else str(json.loads(authority.read_text(encoding="utf-8"))["rootCA_fingerprint"])
    made = work / "made"
    run_tool(records, "package", approved.signed, "--request-dir", approved.request, "-w", made, "--fingerprint", fingerprint)
    (found,) = (path.parent for path in made.glob("*/prod_00/*/startup"))
    shutil.rmtree(kit, ignore_errors=True)
    shutil.move(found, kit)


def write_yaml(path: Path, content: object) -> None:
    """For FLARE's tool."""
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(content, file)
