"""Frozen dataclasses to bytes (MessagePack) and back to the declared types. Anything else is refused with a code."""

from __future__ import annotations

from functools import cache, lru_cache
from threading import Lock
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
import numpy as np

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.wire.arrays import pack, unpack
from equipoise.network.wire.errors import GARBAGE, TOO_LARGE, UNSENDABLE

Message = TypeVar("Message")
LARGEST_MESSAGE = 512 * 1024 * 1024
"""Bytes in one message."""
LARGEST_REMEMBERED = 200_000
"""Bytes in a question that is decoded once for all sites of a process."""


def encode(value: object) -> bytes:
    """Bytes of a frozen dataclass, under the name of its class."""
    try:
        packed = _ENCODER.encode((type(value).__name__, value))
    except (TypeError, NotImplementedError, OverflowError) as error:
        raise UNSENDABLE.error(f"a {type(value).__name__} cannot be sent") from error
    return _bounded(packed)


def decode(data: bytes, declared: type[Message]) -> Message:
    """The message, of the declared dataclass. Raises EQ-WIRE-001, -002 or -003; never shows what was read."""
    message: Message = decode_any(data, declared)
    return message


def decode_any(data: bytes, declared: Any) -> Any:
    """As `decode`, where `declared` may also be a union of dataclasses: the message is one of them."""
    try:
        name, body = _ENVELOPE.decode(_bounded(data))
        return _decoders(declared)[name].decode(body)
    except EquipoiseError:
        raise
    except msgspec.ValidationError as error:
        inner = error.__cause__
        if isinstance(inner, EquipoiseError):
            raise inner from None
        raise GARBAGE.error(f"not a {_names(declared)}: a field is missing or of another type") from None
    except (msgspec.DecodeError, KeyError, ValueError, TypeError, RecursionError):
        raise GARBAGE.error(f"not a {_names(declared)}") from None


def decode_question(data: bytes, declared: Any) -> Any:
    """As `decode_any`, remembered while small: sites of one process are asked the same, and what is frozen and read-only may be shared."""
    return _remembered(data, declared) if len(data) <= LARGEST_REMEMBERED else decode_any(data, declared)


@lru_cache(maxsize=512)
def _remembered(data: bytes, declared: Any) -> Any:
    return decode_any(data, declared)


def members(declared: Any) -> tuple[type, ...]:
    """The dataclasses that a declaration allows: itself, or the members of a union."""
    return get_args(declared) if get_origin(declared) in (Union, UnionType) else (declared,)


def _bounded(data: bytes) -> bytes:
    if len(data) > LARGEST_MESSAGE:
        raise TOO_LARGE.error(f"a message of {len(data)} bytes, {LARGEST_MESSAGE} allowed")
    return data


def _names(declared: Any) -> str:
    return " or ".join(member.__name__ for member in members(declared))


@cache
def _decoders(declared: Any) -> dict[str, msgspec.msgpack.Decoder[Any]]:
    """By one thread at a time: msgspec keeps what it learns of a dataclass on the class, and another thread would read it half made."""
    with _MAKING:
        return {member.__name__: msgspec.msgpack.Decoder(member, dec_hook=unpack) for member in members(declared)}


def _encode_hook(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return pack(value)
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError


_MAKING = Lock()
_ENCODER = msgspec.msgpack.Encoder(enc_hook=_encode_hook)
_ENVELOPE = msgspec.msgpack.Decoder(tuple[str, msgspec.Raw])
