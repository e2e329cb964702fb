"""A site's service, opened from its folder."""

from __future__ import annotations

from equipoise.guard.office.policy_file import POLICY_FILE, read_policy
from equipoise.guard.policy import Policy
from equipoise.network.flare.homes import SiteHome
from equipoise.network.flare.joining.identity import believed
from equipoise.network.site.service import SiteService
from equipoise.network.site.tables import CdmTables


def open_service(home: SiteHome) -> SiteService:
    """The service with the site's CDM and its own terms; its log and its cache lie in its folder."""
    name = home.settings().name
    home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    service = SiteService(name, CdmTables(name, home.cdm(), home.state), read_terms(home), home.state, office=home.folder)
    service.believe(believed(home))
    service.asked_by(home.hub_name())
    return service


def read_terms(home: SiteHome) -> Policy:
    """The site's own terms, from `policy.toml`. Raises EQ-GUARD-004 when that is not there or not clear."""
    return read_policy(home.folder / POLICY_FILE)
