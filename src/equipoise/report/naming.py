"""Names of outcomes and arms as parts of file names and ids."""

from __future__ import annotations

import hashlib
import re


def plain_name(text: str) -> str:
    """The text itself when it has only letters, digits, `_` and `-`; else those kept, with six digits that tell it from its likes."""
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", text)
    return kept if kept == text else f"{kept.strip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
