"""Whether two results say the same: every number, text and masked count; what differs is named by its place."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from math import isclose

from equipoise.results.study_result import StudyResult

OF_THE_RUN = ("mode", "seconds", "rounds", "messages", "bytes_received", "versions")
"""What a run says of itself, and no result of the study."""


def differences(one: StudyResult, other: StudyResult, relative: float = 1e-9, absolute: float = 1e-12) -> tuple[str, ...]:
    """The places where two results differ; numbers by more than a relative and an absolute tolerance."""
    parts = [field.name for field in fields(one) if field.name not in OF_THE_RUN]
    return tuple(found for part in parts for found in _apart(getattr(one, part), getattr(other, part), part, (relative, absolute)))


def _apart(one: object, other: object, where: str, near: tuple[float, float]) -> list[str]:
    if isinstance(one, float) and isinstance(other, float):
        same = isclose(one, other, rel_tol=near[0], abs_tol=near[1]) or (one != one and other != other)
        return [] if same else [f"{where}: {one!r} and {other!r}"]
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) != len(other):
            return [f"{where}: {len(one)} and {len(other)} entries"]
        return [d for n, pair in enumerate(zip(one, other, strict=True)) for d in _apart(*pair, f"{where}[{n}]", near)]
    if is_dataclass(one) and type(one) is type(other):
        return [d for f in fields(one) for d in _apart(getattr(one, f.name), getattr(other, f.name), f"{where}.{f.name}", near)]
    return [] if one == other else [f"{where}: {one!r} and {other!r}"]
