"""The transport of the laptop and of the other tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.network.hub.transport import Transport
from equipoise.network.in_process import Answering, InProcess
from equipoise.network.local import SitePlace, sites
from network.transports.suite import TransportSuite


class Losable:
    """A site that may be lost."""

    def __init__(self, site: Answering) -> None:
        self.site, self.there = site, True

    def answer(self, message: bytes) -> bytes:
        if not self.there:
            raise TimeoutError("patient 4711")
        return self.site.answer(message)


class OneProcess:
    """Sites that are objects of this process."""

    def __init__(self, places: tuple[SitePlace, ...], folder: Path) -> None:
        self.places, self._folder = places, folder
        inside = sites(places, folder)
        self._sites = {name: Losable(inside._sites[name]) for name in inside.sites}

    def transport(self) -> Transport:
        return InProcess(self._sites)

    def hurried(self) -> Transport:
        return self.transport()

    def lose(self, site: str) -> None:
        self._sites[site].there = False

    def bring_back(self, site: str) -> None:
        self._sites[site].there = True

    def state(self, site: str) -> Path:
        return self._folder / site


@pytest.fixture
def under_test(places: tuple[SitePlace, ...], tmp_path: Path) -> OneProcess:
    return OneProcess(places, tmp_path)


class TestInProcess(TransportSuite):
    """Every promise of a transport."""
