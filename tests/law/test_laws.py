"""What holds for every registered estimator, by registration: any split of the rows gives the pooled answer, order does not
matter, an empty site adds nothing, a summary has the shapes that it declares, an integer weight is the row that many times, the
score is the slope of the likelihood, the unit of time does not matter, and what crosses the wire arrives as it was sent.

A case file `cases/<estimator>.py` has

    problems() -> strategy of (data, hub)
    split(data, rows) -> data                 rows: a boolean mask or an order
    repeated(data, hub, counts) -> (data with weights times counts, data with rows repeated, what to compare)  or WEIGHTS = "why not"
    slopes(data, hub, random) -> [(value at a point, slope at a point, point)]                or SLOPES = "why not"
    rescaled(data, hub, factor) -> (data, hub);  in_old_unit(result, factor) -> result       or TIME_UNITS = "why not"

and may set RTOL and ATOL, with the reason beside it, NEVER_ASKED (fields of size 0 in all its problems), and CONCATENATED where `+` puts
rows one after the other.
"""

from __future__ import annotations

import importlib.util
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.estimators import site_side
from equipoise.estimators.hub_side import HUB_SIDE
from equipoise.estimators.loop import run_sites
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.site_side import SITE_SIDE
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.wire.codec import decode_any, encode

CASES = Path(__file__).parent / "cases"
NAMES = sorted(SITE_SIDE)
MAX_SITES = 4
EXAMPLES = settings(max_examples=int(os.environ.get("EQUIPOISE_LAW_EXAMPLES", "200")))
"""How many problems each law is tried on; EQUIPOISE_LAW_EXAMPLES asks for more or fewer."""


@cache
def case(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"law_cases_{name}", CASES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(name: str, hub: Any, sites: list[Any]) -> Any:
    """The result, or the code of the refusal."""
    try:
        return run_sites(hub, SITE_SIDE[name].summarise, sites)
    except EquipoiseError as error:
        return error.code


def assert_same(name: str, a: Any, b: Any, path: str = "result") -> None:
    """Equal field by field, numbers to the case's tolerance."""
    assert type(a) is type(b), f"{path}: {a!r} and {b!r}"
    if is_dataclass(a):
        for f in (f for f in fields(a) if f.compare):
            assert_same(name, getattr(a, f.name), getattr(b, f.name), f"{path}.{f.name}")
    elif isinstance(a, tuple | list):
        assert len(a) == len(b), path
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            assert_same(name, x, y, f"{path}[{i}]")
    elif isinstance(a, np.ndarray | float | np.floating) and np.issubdtype(np.asarray(a).dtype, np.number):
        rtol, atol = getattr(case(name), "RTOL", 1e-9), getattr(case(name), "ATOL", 1e-9)
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, equal_nan=True, err_msg=path)
    elif isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b, err_msg=path)
    else:
        assert a == b, path


def needs(name: str, function: str, reason: str) -> Callable[..., Any]:
    """The case's function, or a skip that says why the law does not apply."""
    found: Callable[..., Any] | None = getattr(case(name), function, None)
    if found is None:
        pytest.skip(getattr(case(name), reason))
    return found


ESTIMATORS = Path(site_side.__file__).parent
LAWS = (("repeated", "WEIGHTS"), ("slopes", "SLOPES"), ("rescaled", "TIME_UNITS"))


def two_halves(folder: Path) -> set[str]:
    """Estimators by folder: those that have a half for the site and one for the hub."""
    return {half.parent.name for half in folder.glob("*/site.py") if half.with_name("hub.py").is_file()}


def folders_of(halves: Iterable[str]) -> set[str]:
    """The folders in which registered halves, given by module, stand."""
    return {module.removeprefix("equipoise.estimators.").split(".")[0] for module in halves}


def test_every_estimator_with_two_halves_is_registered_on_both_sides() -> None:
    assert set(SITE_SIDE) == set(HUB_SIDE) == set(NAMES)
    assert two_halves(ESTIMATORS) == folders_of(site.summarise.__module__ for site in SITE_SIDE.values())
    assert two_halves(ESTIMATORS) == folders_of(hub.hub.__module__ for hub in HUB_SIDE.values())


def test_an_estimator_that_was_not_registered_is_seen(tmp_path: Path) -> None:
    for name, halves in {"cox": ("site.py", "hub.py"), "forgotten": ("site.py", "hub.py"), "helper": ("site.py",)}.items():
        (tmp_path / name).mkdir()
        for half in halves:
            (tmp_path / name / half).touch()
    assert two_halves(tmp_path) - folders_of([SITE_SIDE["cox"].summarise.__module__]) == {"forgotten"}


def lawless(names: Iterable[str], cases: Path) -> list[str]:
    """Estimators without a case, and laws that a case neither tries nor says why not."""
    found = [name for name in names if not (cases / f"{name}.py").is_file()]
    tried = [name for name in names if name not in found]
    return found + [f"{name}: {'/'.join(pair)}" for name in tried for pair in LAWS if not any(hasattr(case(name), part) for part in pair)]


@pytest.mark.parametrize("name", NAMES)
def test_every_registered_estimator_has_its_other_half_and_a_case(name: str) -> None:
    assert lawless([name], CASES) == []
    assert SITE_SIDE[name].ask_type == HUB_SIDE[name].ask_type
    assert SITE_SIDE[name].summary_type == HUB_SIDE[name].summary_type


def test_an_estimator_without_a_case_or_a_law_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lawless(["cox", "forgotten"], CASES) == ["forgotten"]
    monkeypatch.delattr(case("cox"), "slopes")
    assert lawless(["cox"], CASES) == ["cox: slopes/SLOPES"]


@pytest.mark.parametrize("name", NAMES)
def test_most_problems_have_an_answer(name: str) -> None:
    """A law says nothing about an estimator that refuses what it is given."""
    answers: list[Any] = []

    @settings(max_examples=25)
    @given(case(name).problems())
    def tried(problem: tuple[Any, Any]) -> None:
        answers.append(answer(name, problem[1], [problem[0]]))

    tried()
    assert sum(isinstance(found, str) for found in answers) < len(answers) / 2


@pytest.mark.parametrize("name", NAMES)
def test_any_split_gives_the_pooled_answer(name: str) -> None:
    @EXAMPLES
    @given(case(name).problems(), st.integers(1, MAX_SITES), st.randoms(use_true_random=False))
    def law(problem: tuple[Any, Any], sites: int, random: Any) -> None:
        data, hub = problem
        home = site_of_rows(data, sites, random)
        parts = [case(name).split(data, home == site) for site in range(sites)]
        pooled = answer(name, hub, [data])
        assert_same(name, answer(name, hub, parts), pooled)
        assert_same(name, answer(name, hub, parts[::-1]), pooled)

    law()


def site_of_rows(data: Any, sites: int, random: Any) -> np.ndarray:
    """(n,) a site for each row; rows of one cluster, and of one of several blocks, stay together."""
    cluster, block = getattr(data, "cluster", None), getattr(data, "block", None)
    together = cluster if cluster is not None else block if block is not None and np.unique(block).size > 1 else None
    if together is None:
        return np.array([random.randrange(sites) for _ in range(rows_of(data))], dtype=np.int64)
    labels, codes = np.unique(together, return_inverse=True)
    return np.array([random.randrange(sites) for _ in labels], dtype=np.int64)[codes]


def rows_of(data: Any) -> int:
    first = getattr(data, fields(data)[0].name)
    return len(first)


@pytest.mark.parametrize("name", NAMES)
def test_row_order_does_not_matter(name: str) -> None:
    @EXAMPLES
    @given(case(name).problems(), st.randoms(use_true_random=False))
    def law(problem: tuple[Any, Any], random: Any) -> None:
        data, hub = problem
        order = list(range(rows_of(data)))
        random.shuffle(order)
        shuffled = case(name).split(data, np.array(order, dtype=np.int64))
        assert_same(name, answer(name, hub, [shuffled]), answer(name, hub, [data]))

    law()


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_site_adds_nothing(name: str) -> None:
    @EXAMPLES
    @given(case(name).problems())
    def law(problem: tuple[Any, Any]) -> None:
        data, hub = problem
        ask = hub.first()
        whole: Additive = SITE_SIDE[name].summarise(data, ask)
        empty = SITE_SIDE[name].summarise(case(name).split(data, np.zeros(rows_of(data), dtype=bool)), ask)
        for f in fields(whole):  # type: ignore[arg-type]
            full, zero = np.asarray(getattr(whole, f.name)), np.asarray(getattr(empty, f.name))
            if getattr(case(name), "CONCATENATED", False):
                full = full[:0]
            assert zero.shape == full.shape, f.name
            assert zero.dtype == full.dtype, f.name
            assert not zero.any(), f.name
        assert_same(name, whole + empty, whole)

    law()


@pytest.mark.parametrize("name", NAMES)
def test_a_summary_has_the_shapes_that_it_declares(name: str) -> None:
    seen: dict[str, int] = {}

    def watched(data: Any, ask: Any) -> Any:
        summary = SITE_SIDE[name].summarise(data, ask)
        assert misshapen(summary) == []
        for f in fields(summary):
            here = f"{type(summary).__name__}.{f.name}"
            seen[here] = max(seen.get(here, 0), np.size(getattr(summary, f.name)))
        return summary

    @EXAMPLES
    @given(case(name).problems())
    def law(problem: tuple[Any, Any]) -> None:
        data, hub = problem
        try:
            run_sites(hub, watched, [data])
        except EquipoiseError:
            return

    law()
    never = [here for here, size in seen.items() if not size]
    assert sorted(never) == sorted(getattr(case(name), "NEVER_ASKED", [])), (
        "fields that no problem asks for are not held against what they declare"
    )


def misshapen(summary: Additive) -> list[str]:
    """Fields whose shape is not the declared one: a letter stands for one size within a summary, and for 0 where nothing tells it."""
    sizes: dict[str, int] = defaultdict(int)
    declared = {f.name: f.metadata for f in fields(summary)}  # type: ignore[arg-type]
    shapes = {name: np.shape(getattr(summary, name)) for name in declared}
    wanted = {
        name: [] if meta["shape"] == "1" else [part.strip() for part in meta["shape"].strip("()").split(",") if part.strip()]
        for name, meta in declared.items()
        if not (meta["if_asked"] and shapes[name] == (0,))
    }
    for name, parts in wanted.items():
        sizes.update({part: size for part, size in zip(parts, shapes[name], strict=False) if part.isalpha() and part not in sizes})
    return [
        f"{name} is {shapes[name]}, declared {declared[name]['shape']}"
        for name, parts in wanted.items()
        if shapes[name] != tuple(sum(int(term) if term.isdigit() else sizes[term] for term in part.split(" + ")) for part in parts)
    ]


def test_a_wrong_shape_is_seen() -> None:
    @dataclass(frozen=True)
    class Sums(Additive):
        people: Any = disclosed("count", "(g,)")
        sums: Any = disclosed("sum", "(g, c + 1)")
        total: Any = disclosed("sum", "1")
        more: Any = disclosed("sum", "(c,)", if_asked=True)

    assert misshapen(Sums(np.zeros(2), np.zeros((2, 4)), 0.0, np.zeros(3))) == []
    assert misshapen(Sums(np.zeros(2), np.zeros((2, 1)), 0.0, np.zeros(0))) == []
    assert misshapen(Sums(np.zeros(3), np.zeros((2, 4)), 0.0, np.zeros(3))) == ["sums is (2, 4), declared (g, c + 1)"]
    assert misshapen(Sums(np.zeros(2), np.zeros((2, 4)), np.zeros(1), np.zeros(3))) == ["total is (1,), declared 1"]


@pytest.mark.parametrize("name", NAMES)
def test_every_question_and_answer_crosses_the_wire(name: str) -> None:
    site = SITE_SIDE[name]

    def by_wire(data: Any, ask: Any) -> Any:
        there = decode_any(encode(ask), site.ask_type)
        return decode_any(encode(site.summarise(data, there)), site.summary_type)

    @EXAMPLES
    @given(case(name).problems())
    def law(problem: tuple[Any, Any]) -> None:
        data, hub = problem
        try:
            found = run_sites(hub, by_wire, [data])
        except EquipoiseError as error:
            found = error.code
        assert_same(name, found, answer(name, hub, [data]))

    law()


@pytest.mark.parametrize("name", NAMES)
def test_an_integer_weight_is_the_row_that_many_times(name: str) -> None:
    repeated = needs(name, "repeated", "WEIGHTS")

    @EXAMPLES
    @given(case(name).problems(), st.randoms(use_true_random=False))
    def law(problem: tuple[Any, Any], random: Any) -> None:
        data, hub = problem
        counts = np.array([random.randrange(1, 4) for _ in range(rows_of(data))], dtype=np.int64)
        weighted, long, same = repeated(data, hub, counts)
        a, b = answer(name, hub, [weighted]), answer(name, hub, [long])
        assert isinstance(a, str) == isinstance(b, str)
        if not isinstance(a, str):
            assert_same(name, same(a), same(b))

    law()


@pytest.mark.parametrize("name", NAMES)
def test_the_score_is_the_slope(name: str) -> None:
    slopes = needs(name, "slopes", "SLOPES")

    @EXAMPLES
    @given(case(name).problems(), st.randoms(use_true_random=False))
    def law(problem: tuple[Any, Any], random: Any) -> None:
        for value, slope, point in slopes(*problem, random):
            for j in range(point.size):
                step = np.zeros_like(point)
                step[j] = 1e-5
                central = (value(point + step) - value(point - step)) / 2e-5
                np.testing.assert_allclose(np.asarray(slope(point))[..., j], central, rtol=1e-5, atol=1e-5)

    law()


@pytest.mark.parametrize("name", NAMES)
def test_the_unit_of_time_does_not_matter(name: str) -> None:
    rescaled = needs(name, "rescaled", "TIME_UNITS")

    @EXAMPLES
    @given(case(name).problems(), st.sampled_from([0.25, 2.0, 16.0]))
    def law(problem: tuple[Any, Any], factor: float) -> None:
        data, hub = problem
        there = rescaled(data, hub, factor)
        found = answer(name, there[1], [there[0]])
        same = found if isinstance(found, str) else case(name).in_old_unit(found, factor)
        assert_same(name, same, answer(name, hub, [data]))

    law()
