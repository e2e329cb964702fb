"""The chapters of a result, in the order in which they are asked and written."""

from __future__ import annotations

from equipoise.network.hub.chapter import Opening
from equipoise.network.hub.combination.chapter import open_combination
from equipoise.network.hub.events.chapter import open_events
from equipoise.network.hub.follow_up import open_follow_up
from equipoise.network.hub.labs.chapter import open_labs
from equipoise.network.hub.lines.chapter import open_lines
from equipoise.network.hub.sensitivity.chapter import open_sensitivity
from equipoise.network.hub.site_mix import open_site_mix
from equipoise.network.hub.sites.chapter import open_sites
from equipoise.network.hub.subgroups.chapter import open_subgroups

CHAPTERS: tuple[Opening, ...] = (
    open_site_mix,
    open_follow_up,
    open_labs,
    open_events,
    open_subgroups,
    open_sites,
    open_combination,
    open_lines,
    open_sensitivity,
)
