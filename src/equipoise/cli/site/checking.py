"""`equipoise site check`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from equipoise.network.flare.homes import SiteHome
from equipoise.network.flare.site.checks import Finding, look


def check(site: Path, *, as_json: bool) -> None:
    """Print a line a finding; leave with status 2 when one fails."""
    found = []
    for finding in look(SiteHome(site.resolve())):
        found.append(finding)
        if not as_json:
            sys.stdout.write(line(finding))
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in found]) + "\n")
    if not all(finding.well for finding in found):
        raise SystemExit(2)


def line(finding: Finding) -> str:
    """One finding for people."""
    remedy = f"\n{'':16}what to do: {finding.remedy}" if finding.remedy else ""
    return f"{'ok    ' if finding.well else 'FAILS '}{finding.name:<12}{finding.said}{remedy}\n"
