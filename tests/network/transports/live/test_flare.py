"""The transport between hospitals: processes of their own, mutual TLS."""

from __future__ import annotations

from network.transports.suite import TransportSuite


class TestFlare(TransportSuite):
    """Every promise of a transport."""
