"""Numpy arrays on the wire: dtype, shape and little-endian bytes, read back only as what was declared."""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from equipoise.network.wire.errors import BAD_ARRAY, TOO_LARGE

DTYPES = {"f8": np.dtype("<f8"), "i8": np.dtype("<i8"), "u8": np.dtype("<u8"), "b1": np.dtype("?")}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
LARGEST_ARRAY = 256 * 1024 * 1024
"""Bytes in one array."""
MOST_DIMENSIONS = 4


def pack(array: NDArray[Any]) -> tuple[str, tuple[int, ...], bytes]:
    """Dtype, shape and row-major bytes. Raises EQ-WIRE-002 for any other dtype."""
    name = NAMES.get(array.dtype)
    if name is None or array.ndim > MOST_DIMENSIONS:
        raise BAD_ARRAY.error(f"an array of {array.dtype} in {array.ndim} dimensions cannot be sent")
    if array.nbytes > LARGEST_ARRAY:
        raise TOO_LARGE.error(f"an array of {array.nbytes} bytes, {LARGEST_ARRAY} allowed")
    return name, array.shape, array.tobytes()


def unpack(declared: Any, wire: Any) -> NDArray[Any]:
    """The array, read-only. `declared` is the field's annotation. Raises EQ-WIRE-002 unless dtype, shape and length agree with it."""
    match wire:
        case [str(name), [*shape], bytes(data)] if name in DTYPES and len(shape) <= MOST_DIMENSIONS:
            pass
        case _:
            raise BAD_ARRAY.error("an array must come as dtype, shape and bytes")
    wanted = declared_dtype(declared)
    if wanted is not None and wanted != DTYPES[name]:
        raise BAD_ARRAY.error(f"an array of {DTYPES[name]} came where {wanted} is declared")
    if not all(type(size) is int and size >= 0 for size in shape) or prod(shape) * DTYPES[name].itemsize != len(data):
        raise BAD_ARRAY.error("an array's shape and its length in bytes disagree")
    return np.frombuffer(data, DTYPES[name]).reshape(shape)


@cache
def declared_dtype(declared: Any) -> np.dtype[Any] | None:
    """The dtype of an annotation such as `NDArray[np.float64]`; None when it leaves it open."""
    parts = get_args(declared)
    inner = get_args(parts[1]) if len(parts) == 2 else ()
    return np.dtype(inner[0]) if inner and inner[0] is not Any and isinstance(inner[0], type) else None
