"""Names that a network, its hub and its sites may bear, and where the hub is reached."""

from __future__ import annotations

import re

from equipoise.network.flare.errors import BAD_NAME

SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
ORGANISATION = re.compile(r"[A-Za-z0-9_]{1,64}")
NETWORK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*")
LARGEST_PORT = 65_535


def must_be_site(name: str, organisation: str) -> None:
    """Raises EQ-FLARE-013 for a name that could not stand in a certificate."""
    _must(SITE, name, "a site's name: letters, digits, `_` and `-`, at most 63")
    _must(ORGANISATION, organisation, "an organisation: letters, digits and `_`, at most 64")


def must_be_hub(network: str, host: str, port: int) -> None:
    """Raises EQ-FLARE-013."""
    _must(NETWORK, network, "a network's name: letters, digits, `_` and `-`, at most 63")
    _must(HOST, host, "a host name, as sites will reach it")
    if not 0 < port <= LARGEST_PORT:
        raise BAD_NAME.error(f"{port} is no port")


def _must(pattern: re.Pattern[str], name: str, what: str) -> None:
    if not pattern.fullmatch(name):
        raise BAD_NAME.error(f"`{name}` is not {what}")
