"""Views that single a site out: what the site's own terms make of them."""

from __future__ import annotations

from dataclasses import replace

from equipoise.guard.alone import allow_leaving_out, may_stand_alone
from equipoise.guard.errors import ALONE_REFUSED
from equipoise.guard.policy import Policy
from equipoise.network.site.data import chosen
from equipoise.network.site.rows import Rows
from equipoise.network.wire.views import Setting, View

NOBODY = ""
"""No site has this name."""


def limited(rows: Rows, setting: Setting, view: View, policy: Policy) -> View:
    """The view as the site answers it: of nobody where it asks for a site that may not stand alone.

    Raises EQ-GUARD-005 where the view leaves out so few sites that one of them would be shown by the difference, or asks for sites of a
    size that the study does not name: sizes tried one after the other would show single sites.
    """
    if policy.masked and view.minimum_arm and view.minimum_arm not in rows.sizes_named:
        raise ALONE_REFUSED.error(f"the study names no sites of at least {view.minimum_arm} persons an arm")
    for name in set(view.without) & set(rows.sites):
        allow_leaving_out(policy, len(view.without), _persons(rows, setting, replace(view, site=name, without=())))
    if view.site in rows.sites and not may_stand_alone(policy, _persons(rows, setting, view)):
        return replace(view, site=NOBODY)
    return view


def _persons(rows: Rows, setting: Setting, view: View) -> tuple[int, int]:
    """Persons of a view by arm."""
    group = chosen(rows, setting, replace(view, columns="none", group="arm")).group
    return int((group == 0).sum()), int((group == 1).sum())
