"""What a site looks at before its first study: one finding a line, each failing one with what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from cryptography import x509

from equipoise.engine.open import open_cdm
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.homes import SiteHome
from equipoise.network.flare.joining.identity import believed
from equipoise.network.flare.terms import site_terms
from equipoise.study.model import Code, CodeSet

FREE = 2_000_000_000
"""Bytes that must be free for analysis tables and logs."""
SOON = timedelta(days=60)
SECONDS = 10.0
LONGEST_HEAD = 8192
"""Bytes of a proxy's answer."""
COMMON = ("I10", "E11.9", "C50.919", "C78.7")
"""Diagnoses (ICD-10-CM) that a vocabulary without gaps holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A line. `remedy` says what to do, and is empty when nothing is wrong."""

    name: str
    well: bool
    said: str
    remedy: str = ""


class FailedError(Exception):
    """What is wrong, and what to do."""

    def __init__(self, said: str, remedy: str) -> None:
        super().__init__(said)
        self.said, self.remedy = said, remedy


def look(home: SiteHome) -> Iterator[Finding]:
    """Every line in turn; a line that fails does not hide the next."""
    lines: dict[str, Callable[[SiteHome], str]] = {
        "folder": _folder,
        "policy": _policy,
        "CDM": _cdm,
        "vocabulary": _vocabulary,
        "disk": _disk,
        "clock": _clock,
        "certificate": _certificate,
        "locks": _locks,
        "connection": _connection,
    }
    for name, line in lines.items():
        try:
            yield Finding(name, True, line(home))
        except FailedError as failed:
            yield Finding(name, False, failed.said, failed.remedy)
        except EquipoiseError as error:
            problem = error.problems[0]
            yield Finding(name, False, f"{problem.kind.code} {problem.what}", problem.kind.remedy)


def _folder(home: SiteHome) -> str:
    settings = home.settings()
    secret = [path for path in (home.folder, home.keys, home.kit / "startup" / "client.key") if path.exists()]
    loose = [path.name for path in secret if os.name == "posix" and path.stat().st_mode & 0o077]
    if loose:
        raise FailedError(f"others can read {', '.join(loose)}", "take the rights away: chmod -R go= and the folder's name")
    return f"{settings.name} of {settings.network}, version {_version()}"


def _policy(home: SiteHome) -> str:
    from equipoise.network.flare.site.opening import read_terms

    policy = read_terms(home)
    if policy.masked and len(believed(home).keys) < policy.minimum_sites:
        raise FailedError(
            f"sums leave under masks of at least {policy.minimum_sites} sites, and the roster names {len(believed(home).keys)}",
            "ask the hub for the list of peers, compare it with their owners, and take it with `equipoise site believe`",
        )
    return f"shares {policy.share}, hides counts under {policy.minimum_count}"


def _cdm(home: SiteHome) -> str:
    with closing(open_cdm(home.cdm(), home.settings().name)) as engine:
        notes = engine.notes
    return "readable" + (f"; {'; '.join(notes)}" if notes else ", no table is missing")


def _vocabulary(home: SiteHome) -> str:
    codes = tuple(Code(vocabulary="ICD10CM", code=code, match="exact") for code in COMMON)
    with closing(open_cdm(home.cdm(), home.settings().name)) as engine:
        (found,) = engine.prepare((CodeSet(name="common", codes=codes),))
    known = len(COMMON) - len(found.missing_codes)
    if not known:
        raise FailedError(
            f"holds none of {', '.join(COMMON)} of ICD10CM",
            "load the OMOP vocabulary tables concept and concept_relationship (with ICD10CM) into the CDM",
        )
    return f"holds {known} of {len(COMMON)} common diagnoses of ICD10CM"


def _disk(home: SiteHome) -> str:
    free = shutil.disk_usage(home.folder).free
    if free < FREE:
        raise FailedError(f"{free / 1e9:.1f} GB are free", f"make {FREE / 1e9:.0f} GB free where the site's folder lies")
    return f"{free / 1e9:.0f} GB are free"


def _clock(home: SiteHome) -> str:
    """A clock that is behind what this site itself wrote, or behind its certificate, is wrong; one that is ahead shows at the hub."""
    now = time.time()
    newest = max((path.stat().st_mtime for path in home.folder.rglob("*") if path.is_file()), default=0.0)
    begins = _own_certificate(home).not_valid_before_utc.timestamp() if home.joined else 0.0
    behind = max(newest, begins) - now
    if behind > 60:
        raise FailedError(f"the clock is {behind / 60:.0f} minutes behind this site's own files", "set the clock, and keep it with NTP")
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _certificate(home: SiteHome) -> str:
    if not home.joined:
        raise FailedError("the hub's admission was not taken yet", "send the request to the hub, then `equipoise site join`")
    left = _own_certificate(home).not_valid_after_utc - datetime.now(UTC)
    if left < SOON:
        raise FailedError(f"the certificate ends in {left.days} days", "ask the hub for a new invitation, and join again in a new folder")
    return f"in force for {left.days} days"


def _own_certificate(home: SiteHome) -> x509.Certificate:
    return x509.load_pem_x509_certificate((home.kit / "startup" / "client.crt").read_bytes())


def _locks(home: SiteHome) -> str:
    """The engine's policy files are as this version writes them."""
    changed = [name for name, content in site_terms().items() if _json(home.kit / "local" / name) != content]
    if changed:
        raise FailedError(
            f"{', '.join(changed)} in kit/local differ from this version's",
            "write them anew with `equipoise site lock`; start the site again",
        )
    return "the engine takes no jobs and no code, and sends no logs"


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _connection(home: SiteHome) -> str:
    settings, startup = home.settings(), home.kit / "startup"
    if not home.joined:
        raise FailedError("not tried: there is no certificate yet", "join first")
    context = ssl.create_default_context(cafile=str(startup / "rootCA.pem"))
    context.load_cert_chain(startup / "client.crt", startup / "client.key")
    context.set_alpn_protocols(["h2"])
    place = f"{settings.host}:{settings.port}"
    try:
        with (
            _line_to(settings.host, settings.port) as line,
            context.wrap_socket(line, server_hostname=settings.host) as secured,
        ):
            return f"{place} answers with the network's certificate ({secured.version()})"
    except ssl.SSLError:
        raise FailedError(
            f"{place} answers, but not as this network's hub",
            "compare the authority's fingerprint with the hub; a proxy must pass TLS through, not open it",
        ) from None
    except OSError:
        raise FailedError(
            f"{place} cannot be reached",
            "let this machine open connections to it (only outwards; `https_proxy` names a proxy), and ask the hub whether it runs",
        ) from None


def _line_to(host: str, port: int) -> socket.socket:
    """As the engine connects: directly, or by a tunnel through the proxy that the environment names."""
    proxy = "" if proxy_bypass(host) else getproxies().get("https", "")
    if not proxy:
        return socket.create_connection((host, port), SECONDS)
    through = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    line = socket.create_connection((through.hostname or "", through.port or 3128), SECONDS)
    try:
        line.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        said = b""
        while not said.endswith(b"\r\n\r\n") and len(said) < LONGEST_HEAD and (more := line.recv(1)):
            said += more
        if said.split()[1:2] != [b"200"]:
            raise ConnectionRefusedError
    except OSError:
        line.close()
        raise
    return line


def _version() -> str:
    from equipoise import __version__

    return __version__
