"""What a test needs and may not find."""

from __future__ import annotations

import os

import pytest

REQUIRED = set(filter(None, os.environ.get("EQUIPOISE_REQUIRE", "").split(",")))


def skip_or_fail(name: str, how: str) -> None:
    """Skip with a sentence that says how to get what is missing, or fail when EQUIPOISE_REQUIRE names it."""
    if name in REQUIRED:
        pytest.fail(f"{name} is required here (EQUIPOISE_REQUIRE) but missing: {how}")
    pytest.skip(how)
