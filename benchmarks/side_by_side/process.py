"""One measurement: a contender does its work once, in the process that this was started in, and says what it took, as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from side_by_side.work_item import Arrays, Work


def load(folder: Path, share: float) -> Arrays:
    """The input; the first rows of it for a share below 1."""
    arrays = {path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))}
    return arrays if share == 1 else {name: np.ascontiguousarray(values[: int(len(values) * share)]) for name, values in arrays.items()}


def memory(which: str) -> int:
    """Kilobytes: VmRSS, what this process holds, or VmHWM, the most it held since `forget_peak`."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1])
    return 0


def forget_peak() -> None:
    """Let VmHWM begin anew, so that loading the input does not count."""
    Path("/proc/self/clear_refs").write_text("5")


def measure(work: Work, name: str, folder: Path) -> None:
    """Print the figures of one run of a contender."""
    contender = next(c for c in work.contenders if c.name == name)
    assert contender.run is not None
    contender.run(work.little(load(folder, 1.0)))  # imports and first-time set-up
    arrays = load(folder, contender.share)
    forget_peak()
    held, before, began = memory("VmRSS"), resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    answer = contender.run(arrays)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = memory("VmHWM")
    numbers = answer() if callable(answer) else answer
    json.dump({"wall": wall, "cpu": cpu, "memory": (peak - held) / 1024, "answer": numbers}, sys.stdout)
