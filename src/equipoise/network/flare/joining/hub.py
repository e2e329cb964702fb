"""The hub's part of joining: it makes its authority, invites sites by name, and admits those who ask with their invitation's code."""

from __future__ import annotations

import hmac
import json
import secrets
import shutil
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from equipoise import __version__
from equipoise.kernel.errors import Where
from equipoise.network.flare.errors import ALREADY_THERE, NOT_INVITED, NOT_MEMBER
from equipoise.network.flare.homes import HUB_FILE, Admitted, HubHome, HubSettings, write_settings
from equipoise.network.flare.installed import must_be_installed
from equipoise.network.flare.joining.engine_tool import run_tool
from equipoise.network.flare.joining.kits import SIGNED, Approved, build_kit, must_be_free, write_yaml
from equipoise.network.flare.joining.names import must_be_hub, must_be_site
from equipoise.network.flare.joining.papers import (
    ENGINE_PART,
    FORM,
    Invitation,
    read_paper,
    request_form,
    write_invitation,
    write_paper,
)
from equipoise.network.flare.terms import write_hub_terms

PROFILE = "profile.yaml"


@dataclass(frozen=True, slots=True)
class NewHub:
    """What a hub is to be. bind: the address it listens at; this machine alone, unless said otherwise."""

    network: str
    host: str
    port: int
    bind: str = "127.0.0.1"


def make_hub(folder: Path, wanted: NewHub) -> HubHome:
    """A new folder with the network's authority and the server's own certificate. Raises EQ-FLARE-012, -013, -015."""
    must_be_installed()
    must_be_hub(wanted.network, wanted.host, wanted.port)
    must_be_free(folder)
    home = HubHome(folder.resolve())
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_authority(home, wanted)
    _make_server(home, wanted)
    write_hub_terms(home.kit, home.folder / "state")
    fingerprint = str(json.loads((home.authority / "ca.json").read_text(encoding="utf-8"))["rootCA_fingerprint"])
    write_settings(home.folder / HUB_FILE, HubSettings(wanted.network, wanted.host, wanted.port, wanted.bind, fingerprint))
    return home


def invite(home: HubHome, site: str, organisation: str, out: Path) -> Invitation:
    """Write an invitation for a site of this name; an earlier one for it is void. Raises EQ-FLARE-013, -015."""
    must_be_site(site, organisation)
    settings = home.settings()
    if site == settings.host or any(other.name == site and not other.revoked for other in home.admitted()):
        raise ALREADY_THERE.error(f"{site} is admitted already, or is the hub's own name")
    code = secrets.token_urlsafe(18)
    invitation = Invitation(settings.network, settings.host, settings.port, settings.fingerprint, site, organisation, code, __version__)
    write_invitation(out, invitation)
    kept = home.folder / "invitations"
    kept.mkdir(mode=0o700, exist_ok=True)
    (kept / site).write_text(_hashed(code, site, organisation), encoding="utf-8")
    return invitation


def admit(home: HubHome, request: Path, out: Path) -> Admitted:
    """Sign the request of a site that was invited, and write its admission. Raises EQ-FLARE-012, -014, -016."""
    parts = read_paper(request, (FORM, ENGINE_PART))
    form = request_form(parts, request)
    must_be_site(form.site, form.organisation)
    kept = home.folder / "invitations" / form.site
    expected = kept.read_text(encoding="utf-8") if kept.is_file() else ""
    if not hmac.compare_digest(expected, _hashed(form.code, form.site, form.organisation)):
        raise NOT_INVITED.error(f"the request of {form.site} does not bear the code of an invitation that is open", Where(file=request))
    with TemporaryDirectory(dir=home.folder / "state", prefix="admitting") as folder:
        work = Path(folder)
        (work / "site.request.zip").write_bytes(parts[ENGINE_PART])
        name, key = _asked_for(work / "site.request.zip", request)
        if name != (form.site, form.organisation):
            raise NOT_INVITED.error("the certificate that is asked for is another site's", Where(file=request))
        profile = home.authority / PROFILE
        run_tool(
            home.folder / "state",
            "cert",
            "approve",
            "-c",
            home.authority,
            "--profile",
            profile,
            "--out",
            work / SIGNED,
            work / "site.request.zip",
        )
        site = Admitted(form.site, form.organisation, key, form.identity, datetime.now(UTC).strftime("%Y-%m-%d"))
        (home.folder / "sites").mkdir(mode=0o700, exist_ok=True)
        write_settings(home.folder / "sites" / f"{form.site}.toml", site)
        write_paper(out, {ENGINE_PART: (work / SIGNED).read_bytes()})
        kept.unlink()
    return site


def revoke(home: HubHome, name: str) -> Admitted:
    """Put no more questions to a site, and turn its client away. Raises EQ-FLARE-017."""
    site = next((site for site in home.admitted() if site.name == name), None)
    if site is None:
        raise NOT_MEMBER.error(f"no site {name} was admitted")
    site = replace(site, revoked=True)
    write_settings(home.folder / "sites" / f"{name}.toml", site)
    return site


def peers(home: HubHome) -> str:
    """The roster as the hub knows it: a line a site. Every site compares it with the other sites' own word."""
    return "".join(f"{site.identity} {site.name}\n" for site in home.admitted() if not site.revoked)


def _make_authority(home: HubHome, wanted: NewHub) -> None:
    home.authority.mkdir(mode=0o700)
    profile = home.authority / PROFILE
    server = {"host": wanted.host, "fed_learn_port": wanted.port, "admin_port": wanted.port}
    write_yaml(profile, {"name": wanted.network, "scheme": "grpc", "connection_security": "mtls", "server": server})
    run_tool(home.folder / "state", "cert", "init", "--profile", profile, "-o", home.authority)


def _make_server(home: HubHome, wanted: NewHub) -> None:
    """The server's key and certificate, by the same way as a site's."""
    work, records = home.folder / "state" / "making", home.folder / "state"
    server = {"name": wanted.host, "type": "server", "org": "hub", "fed_learn_port": wanted.port, "admin_port": wanted.port}
    work.mkdir(mode=0o700)
    write_yaml(work / "server.yaml", {"name": wanted.network, "participants": [server]})
    run_tool(records, "cert", "request", "-p", work / "server.yaml", "--out", work / "request")
    request, signed = work / "request" / f"{wanted.host}.request.zip", work / SIGNED
    run_tool(records, "cert", "approve", "-c", home.authority, "--profile", home.authority / PROFILE, "--out", signed, request)
    build_kit(records, work, home.kit, Approved(signed, work / "request", home.authority / "ca.json"))
    _listen_at(home.kit / "startup" / "fed_server.json", wanted)
    shutil.rmtree(work)


def _listen_at(path: Path, wanted: NewHub) -> None:
    """The server's own file says where sites reach it; it is to say where to listen."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for server in content["servers"]:
        server["service"]["target"] = f"{wanted.bind}:{wanted.port}"
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _asked_for(request: Path, shown: Path) -> tuple[tuple[str, str], str]:
    """The name and organisation for which FLARE's request asks a certificate, and its key's digest."""
    with zipfile.ZipFile(request) as paper:
        asked = json.loads(paper.read("request.json"))
    if asked.get("cert_type") != "client":
        raise NOT_INVITED.error("the request asks for another certificate than a site's", Where(file=shown))
    return (str(asked.get("name")), str(asked.get("org"))), str(asked.get("public_key_sha256"))


def _hashed(code: str, site: str, organisation: str) -> str:
    return sha256(f"{code}\n{site}\n{organisation}".encode()).hexdigest()
