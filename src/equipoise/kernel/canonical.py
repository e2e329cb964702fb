"""Canonical JSON (sorted keys, no spaces, no NaN) and the hash that names a study and its results."""

from __future__ import annotations

import hashlib
import json


def canonical_json(value: object) -> str:
    """Serialise plain values so that equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(value: object) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
