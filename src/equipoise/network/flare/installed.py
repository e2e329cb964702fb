"""Whether the network engine is installed. The only module of this room, with `homes`, `parcel` and `errors`, that needs nothing of it."""

from __future__ import annotations

from importlib.util import find_spec

from equipoise.network.flare.errors import NOT_INSTALLED


def must_be_installed() -> None:
    """Raises EQ-FLARE-002 when it is not."""
    if find_spec("nvflare") is None:
        raise NOT_INSTALLED.error("NVIDIA FLARE is not there")
