"""A process that ends when its parent does, however the parent ended. On Linux; elsewhere it ends with the parent's own clean-up only."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

WITH_PARENT = "EQUIPOISE_END_WITH_PARENT"
"""Environment variable that asks for it."""
_ON_PARENTS_DEATH = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def end_with_parent() -> None:
    """Do as the environment asks."""
    if not os.environ.get(WITH_PARENT) or sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_ON_PARENTS_DEATH, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)
