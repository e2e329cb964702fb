"""The ground of every block of a study: frozen, strict about unknown keys; windows in days."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen, strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def absent(value: object) -> bool:
    """Whether an optional field is left out of the document: a study that does not use it keeps its hash."""
    return value is None


class Window(Model):
    """Days from the index date, closed: `start <= day <= end`. None leaves that side open."""

    start: int | None = None
    end: int | None = None
