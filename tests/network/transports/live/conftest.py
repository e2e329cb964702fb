"""One live network for all tests of this folder; on one worker, since it is one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from engines.required import skip_or_fail
from equipoise.network.local import SitePlace
from network.transports.live.network import LiveNetwork


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "transports/live" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("live"))


@pytest.fixture(scope="session")
def live(places: tuple[SitePlace, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveNetwork]:
    yield from running(places, tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="session")
def live_masked(six: tuple[SitePlace, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveNetwork]:
    yield from running(six, tmp_path_factory.mktemp("live-masked"))


def running(places: tuple[SitePlace, ...], folder: Path) -> Iterator[LiveNetwork]:
    if find_spec("nvflare") is None:
        skip_or_fail("flare", "NVIDIA FLARE is not installed: `make federation`, or pip install 'equipoise[federation]'")
    network = LiveNetwork(places, folder)
    yield network
    network.end()


@pytest.fixture
def under_test(live: LiveNetwork) -> Iterator[LiveNetwork]:
    live.wait()
    yield live
    live.hang_up()


@pytest.fixture
def under_masks(live_masked: LiveNetwork) -> Iterator[LiveNetwork]:
    live_masked.wait()
    yield live_masked
    live_masked.hang_up()
