from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from equipoise.guard.office.memory import Memory, coded
from equipoise.kernel.errors import EquipoiseError

ALL = coded(np.arange(100), np.arange(100) % 2)


def test_persons_are_coded_with_their_arm() -> None:
    assert coded(np.array([5, 3]), np.array([1, 0])).tolist() == [6, 11]


@pytest.mark.parametrize("differ", [1, 2, 10])
def test_a_study_with_almost_the_same_persons_is_refused_and_stays_so_after_a_restart(tmp_path: Path, differ: int) -> None:
    Memory(tmp_path).keep_persons("one", ALL)
    memory = Memory(tmp_path)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-018"):
        memory.meet("two", ALL[differ:], 11)
    memory.meet("two", ALL[differ:], 11, accepted=True)


def test_one_person_in_the_other_arm_is_a_difference() -> None:
    memory = Memory(None)
    memory.keep_persons("one", ALL)
    other = coded(np.arange(100), np.where(np.arange(100) == 7, 0, np.arange(100) % 2))
    with pytest.raises(EquipoiseError, match="EQ-GUARD-018"):
        memory.meet("two", other, 11)


def test_the_same_persons_and_quite_other_ones_are_no_difference() -> None:
    memory = Memory(None)
    memory.keep_persons("one", ALL)
    for others in (ALL, ALL[11:], coded(np.arange(500, 600), np.ones(100, dtype=np.int64)), ALL[:0]):
        memory.meet("two", others, 11)


@pytest.mark.parametrize(("before", "now"), [(ALL[:0], ALL[:1]), (ALL[:1], ALL[:0]), (ALL[:0], ALL[:10])])
def test_few_persons_where_nobody_was_are_a_difference(before: np.ndarray, now: np.ndarray) -> None:
    memory = Memory(None)
    memory.keep_persons("one", before)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-018"):
        memory.meet("two", now, 11)


def test_nobody_twice_and_many_where_nobody_was_are_none() -> None:
    memory = Memory(None)
    memory.keep_persons("one", ALL[:0])
    memory.meet("two", ALL[:0], 11)
    memory.meet("two", ALL[:11], 11)


def test_the_same_study_over_records_that_changed_by_a_few_is_a_difference(tmp_path: Path) -> None:
    Memory(tmp_path).keep_persons("one", ALL)
    memory = Memory(tmp_path)
    memory.meet("one", ALL, 11)
    memory.meet("one", ALL[11:], 11)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-018"):
        memory.meet("one", ALL[1:], 11)


def test_sets_of_sites_count_together_where_the_persons_are_the_same(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep_persons("one", ALL)
    memory.keep_set("one", frozenset("abcd"))
    memory.keep_persons("far", ALL[:30])
    memory.keep_set("far", frozenset("xyz"))
    memory = Memory(tmp_path)
    memory.meet("two", ALL, 11)
    memory.keep_set("two", frozenset("abcdefg"))
    assert set(memory.sets_of("two")) == {frozenset("abcd"), frozenset("abcdefg")}
    assert memory.sets_of("unknown") == []
