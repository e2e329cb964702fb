"""The three papers of joining: the hub's invitation, the site's request, the hub's admission. None of them holds a private key."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeVar

from equipoise.kernel.errors import Where
from equipoise.kernel.whole_file import write_whole
from equipoise.network.flare.errors import BAD_PAPER

FORM, ENGINE_PART = "form.json", "engine.zip"
LARGEST = 1_000_000
"""Bytes of any part."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One site may ask to join: under this name, with this code, once."""

    network: str
    host: str
    port: int
    fingerprint: str
    site: str
    organisation: str
    code: str
    version: str


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What a site says of itself beside its request for a certificate. identity: its key for sums under masks."""

    site: str
    organisation: str
    code: str
    identity: str
    version: str


Form = TypeVar("Form")


def write_invitation(path: Path, invitation: Invitation) -> None:
    """As JSON, readable by its owner."""
    write_whole(path, form_bytes(invitation), mode=0o600)


def read_invitation(path: Path) -> Invitation:
    """Raises EQ-FLARE-014."""
    return _form(_bytes(path), Invitation, path)


def write_paper(path: Path, parts: dict[str, bytes]) -> None:
    """A zip file of a few small parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as paper:
        for name, content in parts.items():
            paper.writestr(name, content)
    write_whole(path, buffer.getvalue())


def read_paper(path: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """Exactly these parts. Raises EQ-FLARE-014."""
    try:
        with zipfile.ZipFile(io.BytesIO(_bytes(path))) as paper:
            infos = paper.infolist()
            if sorted(info.filename for info in infos) != sorted(wanted) or any(info.file_size > LARGEST for info in infos):
                raise BAD_PAPER.error(f"{path.name} does not hold {', '.join(wanted)}", Where(file=path))
            return {info.filename: paper.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        raise BAD_PAPER.error(f"{path.name} is no zip file of ours", Where(file=path)) from None


def form_bytes(form: Invitation | RequestForm) -> bytes:
    """As JSON."""
    return (json.dumps(asdict(form), indent=2) + "\n").encode()


def request_form(parts: dict[str, bytes], path: Path) -> RequestForm:
    """The form in a request. Raises EQ-FLARE-014."""
    return _form(parts[FORM], RequestForm, path)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > 4 * LARGEST:
            raise BAD_PAPER.error(f"{path.name} is too large", Where(file=path))
        return path.read_bytes()
    except OSError:
        raise BAD_PAPER.error(f"{path.name} cannot be read", Where(file=path)) from None


def _form(data: bytes, declared: type[Form], path: Path) -> Form:
    try:
        content = json.loads(data)
        types = {field.name: {"str": str, "int": int}[str(field.type)] for field in fields(declared)}  # type: ignore[arg-type]
        if content.keys() == types.keys() and all(type(content[name]) is types[name] for name in types):
            return declared(**content)
    except (ValueError, AttributeError):
        pass
    raise BAD_PAPER.error(f"{path.name} is not a {declared.__name__}", Where(file=path))
