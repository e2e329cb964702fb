"""Where a hub and a site keep what is theirs: one folder each, readable by the user that runs it alone.

hub/   hub.toml  authority/  kit/  sites/NAME.toml  invitations/  studies/  state/  run/
site/  site.toml  policy.toml  peers.txt  keys/  kit/  state/  run/
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from equipoise.kernel.errors import Where
from equipoise.kernel.whole_file import write_whole
from equipoise.network.flare.errors import BAD_HOME, NO_HOME

HUB_FOLDER, SITE_FOLDER = "EQUIPOISE_HUB_FOLDER", "EQUIPOISE_SITE_FOLDER"
"""Environment variables by which the process of a hub or a site knows its folder."""
HUB_FILE, SITE_FILE = "hub.toml", "site.toml"
RUNNING = "running.json"


@dataclass(frozen=True, slots=True)
class HubSettings:
    """A hub: the network's name, the host and port at which sites reach it, the address it listens at, and its authority's fingerprint."""

    network: str
    host: str
    port: int
    bind: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """A site: its name and organisation, where its CDM is, the hub it joins, and the fingerprint of the hub's authority."""

    name: str
    organisation: str
    cdm: str
    network: str
    host: str
    port: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """A site that the hub admitted. key: SHA-256 of its certificate's public key; identity: its key for sums under masks."""

    name: str
    organisation: str
    key: str
    identity: str
    since: str
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class HubHome:
    """A hub's folder."""

    folder: Path

    @staticmethod
    def of_this_process() -> HubHome:
        """The folder named in the environment."""
        return HubHome(_from_environment(HUB_FOLDER))

    @property
    def authority(self) -> Path:
        """The root key and certificate: whoever has this folder can admit sites."""
        return self.folder / "authority"

    @property
    def kit(self) -> Path:
        """What FLARE's server starts from."""
        return self.folder / "kit"

    @property
    def server_startup(self) -> Path:
        """The server's key and certificate."""
        return self.kit / "startup"

    @property
    def run(self) -> Path:
        """The line, and what says that the hub runs."""
        return self.folder / "run"

    @property
    def studies(self) -> Path:
        """Checkpoints of studies, by hash."""
        return self.folder / "studies"

    def settings(self) -> HubSettings:
        """Raises EQ-FLARE-008, -009."""
        return read_settings(self.folder / HUB_FILE, HubSettings)

    def admitted(self) -> tuple[Admitted, ...]:
        """The sites in order of name, revoked ones too."""
        folder = self.folder / "sites"
        return tuple(read_settings(path, Admitted) for path in sorted(folder.glob("*.toml"))) if folder.is_dir() else ()

    def members(self) -> tuple[str, ...]:
        """The names of the sites that studies are put to."""
        return tuple(site.name for site in self.admitted() if not site.revoked)

    def is_member(self, name: str) -> bool:
        """Whether a site is admitted and not revoked, as it is written now."""
        path = self.folder / "sites" / f"{name}.toml"
        return path.is_file() and not read_settings(path, Admitted).revoked

    def say_running(self) -> None:
        """Write down that this process serves the folder."""
        _say_running(self.run)


@dataclass(frozen=True, slots=True)
class SiteHome:
    """A site's folder."""

    folder: Path

    @staticmethod
    def of_this_process() -> SiteHome:
        """The folder named in the environment."""
        return SiteHome(_from_environment(SITE_FOLDER))

    @property
    def kit(self) -> Path:
        """What FLARE's client starts from."""
        return self.folder / "kit"

    @property
    def keys(self) -> Path:
        """The private key and the request for a certificate."""
        return self.folder / "keys"

    @property
    def state(self) -> Path:
        """The audit log, the identity for sums under masks, and the cache of analysis tables."""
        return self.folder / "state"

    @property
    def run(self) -> Path:
        """What says that the site runs."""
        return self.folder / "run"

    @property
    def joined(self) -> bool:
        """Whether the hub's admission was taken."""
        return (self.kit / "startup" / "client.crt").is_file()

    def settings(self) -> SiteSettings:
        """Raises EQ-FLARE-008, -009."""
        return read_settings(self.folder / SITE_FILE, SiteSettings)

    def cdm(self) -> Path:
        """The CDM; a relative path is relative to the folder."""
        return self.folder / self.settings().cdm

    def root_certificate(self) -> bytes:
        """PEM of the authority."""
        return (self.kit / "startup" / "rootCA.pem").read_bytes()

    def hub_name(self) -> str:
        """The name in the hub's certificate."""
        return self.settings().host

    def say_running(self) -> None:
        """Write down that this process serves the folder."""
        _say_running(self.run)


Settings = TypeVar("Settings")


def read_settings(path: Path, declared: type[Settings]) -> Settings:
    """A settings file as its dataclass. Raises EQ-FLARE-008 when it is not there, -009 when it is not as declared."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NO_HOME.error(f"{path.parent.name} holds no {path.name}", Where(file=path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise BAD_HOME.error(f"{path.name} cannot be read as TOML", Where(file=path)) from None
    types = {field.name: {"str": str, "int": int, "bool": bool}[str(field.type)] for field in fields(declared)}  # type: ignore[arg-type]
    other = {name for name in content.keys() & types.keys() if type(content[name]) is not types[name]}
    wrong = sorted((content.keys() ^ types.keys()) | other)
    if wrong:
        raise BAD_HOME.error(f"{path.name}: missing, unknown or of another type: {', '.join(wrong)}", Where(file=path))
    return declared(**content)


def write_settings(path: Path, settings: HubSettings | SiteSettings | Admitted) -> None:
    """As TOML, in one step."""
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in asdict(settings).items()]
    write_whole(path, ("\n".join(lines) + "\n").encode(), mode=0o600)


def _from_environment(name: str) -> Path:
    folder = os.environ.get(name)
    if not folder:
        raise NO_HOME.error(f"{name} is not set")
    return Path(folder)


def _say_running(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / RUNNING, json.dumps({"process": os.getpid()}).encode(), mode=0o600)
