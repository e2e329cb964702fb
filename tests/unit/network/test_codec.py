from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.wire.codec import decode, decode_any, encode
from equipoise.network.wire.messages import Answer, Question


@dataclass(frozen=True, slots=True)
class Sums:
    total: NDArray[np.float64]
    people: NDArray[np.int64]
    tokens: NDArray[np.uint64]
    seen: NDArray[np.bool_]
    label: str = ""
    extra: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    total: NDArray[np.int64]


def arrays(dtype: str) -> st.SearchStrategy[NDArray[np.generic]]:
    return hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))


@given(total=arrays("f8"), people=arrays("i8"), tokens=arrays("u8"), seen=arrays("?"))
def test_arrays_come_back_bit_for_bit(total, people, tokens, seen) -> None:
    sent = Sums(total, people, tokens, seen, "x", total)
    got = decode(encode(sent), Sums)
    for name in ("total", "people", "tokens", "seen", "extra"):
        before, after = getattr(sent, name), getattr(got, name)
        assert before.dtype == after.dtype
        assert before.shape == after.shape
        assert before.tobytes() == after.tobytes()


def test_a_union_is_read_by_the_name_of_the_class() -> None:
    got = decode_any(encode(Counts(np.arange(3))), Sums | Counts)
    assert isinstance(got, Counts)


@pytest.mark.parametrize("data", [b"", b"\x00", b"not a message", b"\xc1" * 40, encode(Counts(np.arange(3)))[:-1]])
def test_garbage_is_refused_with_a_code(data: bytes) -> None:
    with pytest.raises(EquipoiseError) as caught:
        decode(data, Counts)
    assert caught.value.code == "EQ-WIRE-001"


def test_another_message_is_refused() -> None:
    question = Question("1", "h", 1, "prepare", b"")
    with pytest.raises(EquipoiseError) as caught:
        decode(encode(question), Answer)
    assert caught.value.code == "EQ-WIRE-001"


@pytest.mark.parametrize(
    "array",
    [
        ["f8", [3], np.zeros(3).tobytes()],
        ["i8", [4], np.arange(3).tobytes()],
        ["i8", [-1, -3], np.arange(3).tobytes()],
        ["O", [3], b"abc"],
        ["i8", [3]],
        "text",
        7,
    ],
)
def test_an_array_that_is_not_as_declared_is_refused(array: object) -> None:
    with pytest.raises(EquipoiseError) as caught:
        decode(msgspec.msgpack.encode(("Counts", {"total": array})), Counts)
    assert caught.value.code == "EQ-WIRE-002"


@pytest.mark.parametrize("array", [np.zeros(2, "f4"), np.array(["a"]), np.array([object()]), np.zeros((1, 1, 1, 1, 1))])
def test_other_arrays_cannot_be_sent(array: NDArray[np.generic]) -> None:
    with pytest.raises(EquipoiseError) as caught:
        encode(Counts(array))
    assert caught.value.code == "EQ-WIRE-002"


def test_a_free_object_cannot_be_sent() -> None:
    with pytest.raises(EquipoiseError) as caught:
        encode(Counts(object()))
    assert caught.value.code == "EQ-WIRE-005"


CROWD = """
import sys
import threading
from dataclasses import make_dataclass

from equipoise.network.wire.codec import decode, encode

sys.setswitchinterval(1e-6)
for number in range(400):
    inner = make_dataclass(f"Inner{number}", [(f"a{k}", int, 0) for k in range(30)], frozen=True)
    outer = make_dataclass(f"Outer{number}", [("x", inner), ("y", tuple[inner, ...])], frozen=True)
    data, barrier = encode(outer(inner(), (inner(),))), threading.Barrier(3)

    def read():
        barrier.wait()
        decode(data, outer)

    threads = [threading.Thread(target=read) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""


def test_threads_that_meet_a_message_for_the_first_time_together_both_read_it() -> None:
    done = subprocess.run([sys.executable, "-c", CROWD], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[-300:]
