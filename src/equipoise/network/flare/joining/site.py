"""A site's part of joining: it makes its keys and a request, and takes the hub's admission. Its private keys never leave its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from equipoise import __version__
from equipoise.guard.office.policy_file import POLICY_FILE, policy_text
from equipoise.guard.policy import OFFICE
from equipoise.kernel.errors import Where
from equipoise.kernel.whole_file import write_whole
from equipoise.network.flare.errors import NO_CDM_YET, NOT_JOINED
from equipoise.network.flare.homes import SITE_FILE, SiteHome, SiteSettings, write_settings
from equipoise.network.flare.installed import must_be_installed
from equipoise.network.flare.joining.engine_tool import run_tool
from equipoise.network.flare.joining.identity import identity_line
from equipoise.network.flare.joining.kits import SIGNED, Approved, build_kit, must_be_free, write_yaml
from equipoise.network.flare.joining.names import must_be_site
from equipoise.network.flare.joining.papers import (
    ENGINE_PART,
    FORM,
    RequestForm,
    form_bytes,
    read_invitation,
    read_paper,
    write_paper,
)
from equipoise.network.flare.terms import write_site_terms


def make_site(folder: Path, invitation_file: Path, cdm: Path, out: Path) -> SiteHome:
    """A new folder with the site's keys, and its request for the hub. Raises EQ-FLARE-012, -014, -015, -018."""
    must_be_installed()
    invitation = read_invitation(invitation_file)
    must_be_site(invitation.site, invitation.organisation)
    must_be_free(folder)
    if not cdm.exists():
        raise NO_CDM_YET.error(f"no CDM at {cdm.name}", Where(file=cdm))
    home = SiteHome(folder.resolve())
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.state.mkdir(mode=0o700, exist_ok=True)
    asked = {"name": invitation.site, "org": invitation.organisation, "type": "client"}
    write_yaml(home.folder / "asked.yaml", {"name": invitation.network, "participants": [asked]})
    run_tool(home.state / "records", "cert", "request", "-p", home.folder / "asked.yaml", "--out", home.keys)
    (home.folder / "asked.yaml").unlink()
    home.keys.chmod(0o700)
    i = invitation
    settings = SiteSettings(i.site, i.organisation, str(cdm.resolve()), i.network, i.host, i.port, i.fingerprint)
    write_settings(home.folder / SITE_FILE, settings)
    write_whole(home.folder / POLICY_FILE, policy_text(OFFICE).encode(), mode=0o600)
    form = RequestForm(i.site, i.organisation, i.code, identity_line(home), __version__)
    write_paper(out, {FORM: form_bytes(form), ENGINE_PART: (home.keys / f"{i.site}.request.zip").read_bytes()})
    return home


def join(home: SiteHome, admission: Path) -> None:
    """Take the admission: the site's certificate.

    Raises EQ-FLARE-012 when it is not for this site's key or not of the authority that the invitation named, -014.
    """
    settings = home.settings()
    parts = read_paper(admission, (ENGINE_PART,))
    work = home.folder / "joining"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        (work / SIGNED).write_bytes(parts[ENGINE_PART])
        build_kit(home.state / "records", work, home.kit, Approved(work / SIGNED, home.keys, settings.fingerprint))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    write_site_terms(home.kit)


def must_be_joined(home: SiteHome) -> None:
    """Raises EQ-FLARE-019 before the hub's admission was taken."""
    home.settings()
    if not home.joined:
        raise NOT_JOINED.error("the hub's admission was not taken yet")
