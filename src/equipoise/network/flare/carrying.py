"""A parcel inside FLARE's own message: one field of bytes, read back as what is declared and nothing else."""

from __future__ import annotations

from typing import TypeVar

from nvflare.apis.shareable import Shareable

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.errors import BAD_PARCEL
from equipoise.network.wire.codec import decode, encode

FIELD = "parcel"
Parcel = TypeVar("Parcel")


def wrapped(parcel: object) -> Shareable:
    """FLARE's message with the parcel in it."""
    message = Shareable()
    message[FIELD] = encode(parcel)
    return message


def unwrapped(message: object, declared: type[Parcel]) -> Parcel:
    """The parcel. Raises EQ-FLARE-006, or EQ-WIRE-001 to -003, for anything else."""
    data = message.get(FIELD) if isinstance(message, Shareable) else None
    if not isinstance(data, bytes):
        raise BAD_PARCEL.error("the message holds no parcel")
    return decode(data, declared)


def unwrapped_or_none(message: object, declared: type[Parcel]) -> Parcel | None:
    """As `unwrapped`; None for what is no parcel."""
    try:
        return unwrapped(message, declared)
    except EquipoiseError:
        return None
