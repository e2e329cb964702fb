"""Failures provoked at every step of a study and in every estimator, each quoting a record: only the error's type and code are heard."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from threading import local
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from equipoise import __version__
from equipoise.estimators.site_side import SITE_SIDE
from equipoise.guard.audit_check import lines_of
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.site import service
from equipoise.network.site.service import SiteService, introduce
from equipoise.network.wire.codec import decode_any, encode
from equipoise.network.wire.messages import Answer, Batch, EstimatorQuestion, Hello, Prepare, Question, Refusal
from equipoise.network.wire.views import Setting, View
from leak.marks import MARK, VALUE, WORD, found_in
from leak.problems import problem

QUOTING = f"Could not convert string '{WORD}' to INT32 at row of person {MARK}, value {VALUE} on 1871-05-05"
ERRORS: tuple[Exception, ...] = (
    ValueError(QUOTING),
    KeyError(QUOTING),
    OSError(5, QUOTING, QUOTING),
    duckdb.ConversionException(QUOTING),
    pa.ArrowInvalid(QUOTING),
    np.linalg.LinAlgError(QUOTING),
    UnicodeDecodeError("utf-8", QUOTING.encode(), 3, 5, QUOTING),
    MemoryError(QUOTING),
    RecursionError(QUOTING),
    AssertionError(QUOTING),
)


Provoke = Callable[[SiteService, Exception, pytest.MonkeyPatch], None]


def raising(error: Exception) -> Callable[..., Any]:
    def fails(*_: object, **__: object) -> Any:
        raise error

    return fails


def failing_table(site: SiteService, error: Exception, _: pytest.MonkeyPatch) -> None:
    site._tables.error = error


def of_service(name: str) -> Provoke:
    """Something that the site's service calls fails: at this site, whichever thread it is asked in."""

    def provoke(site: SiteService, error: Exception, patch: pytest.MonkeyPatch) -> None:
        inner, whole, here = getattr(service, name), site._body, local()

        def body(question: Question) -> bytes:
            here.asked = True
            try:
                return whole(question)
            finally:
                here.asked = False

        def called(*given: Any) -> Any:
            if getattr(here, "asked", False):
                raise error
            return inner(*given)

        patch.setattr(service, name, called)
        patch.setattr(site, "_body", body)

    return provoke


def log_cannot_be_written(site: SiteService, error: Exception, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(site._door.log, "flush", raising(error))


STEPS: dict[str, Provoke] = {
    "hello": of_service("fingerprint"),
    "the table": failing_table,
    "the rows of a study": of_service("Rows"),
    "the large model": of_service("fit_large"),
    "what is said of the cohort": of_service("silent"),
    "totals": of_service("totals"),
    "the question": of_service("decode_question"),
    "a view": of_service("data_for"),
    "who is alone": of_service("limited"),
    "the door": of_service("release"),
    "masks": of_service("hidden"),
    "the answer": of_service("encode"),
    "the log": log_cannot_be_written,
}
"""Each step of a site's half, and how it is made to fail."""
NAMES = ("A", "B", "C", "D")


class Heard:
    """Keeps what a site says."""

    def __init__(self, site: SiteService) -> None:
        self.site, self.said = site, b""

    def answer(self, message: bytes) -> bytes:
        reply = self.site.answer(message)
        self.said += reply
        return reply


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_tells_its_type_alone(
    leaky: Any,
    step: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    policy = Policy("site-aggregates") if step == "the large model" else Policy()
    for number, error in enumerate(ERRORS if step in ("the table", "the door") else ERRORS[:1]):
        home = tmp_path / str(number)
        services = {name: leaky.named(name, policy, seed, home / name) for seed, name in enumerate(NAMES, start=4)}
        introduce(services.values())
        heard = {name: Heard(site) for name, site in services.items()}
        with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG):
            STEPS[step](services["A"], error, patch)
            try:
                said = repr(conduct(Task(leaky.study, leaky.hash, ""), InProcess(heard), lambda *_: None))
            except EquipoiseError as ended:  # under masks too few are left when one fails late
                said = str(ended)
        assert f"EQ-SITE-001 a {type(error).__name__} was not expected here" in said
        logs = b"".join(path.read_bytes() for path in home.rglob("audit*"))
        assert (b"EQ-SITE-001" in logs) == (step not in ("the log", "masks"))  # under masks it says what was let through to them
        everything = b"".join([*(one.said for one in heard.values()), logs, said.encode(), caplog.text.encode()])
        assert found_in(everything + "".join(capfd.readouterr()).encode()) == []


def asks(name: str) -> Iterator[Any]:
    """The first ask of an estimator; then asks that no hub half makes: other shapes, nothing, what is no number, too large a number."""
    first = problem(name)[1].first()
    yield first
    for part in fields(first):
        value = getattr(first, part.name)
        if isinstance(value, np.ndarray):
            empty = np.zeros((0,) * value.ndim, value.dtype)
            longer = np.concatenate([value.ravel(), value.ravel(), np.ones(1, value.dtype)])
            yield from (replace(first, **{part.name: other}) for other in (empty, longer, value[..., None]))
            if value.dtype.kind == "f":
                yield from (replace(first, **{part.name: np.full_like(value, bad)}) for bad in (np.nan, np.inf, -1e300))
        elif isinstance(value, bool | str | tuple) or value is None:
            continue
        elif isinstance(value, int):
            yield from (replace(first, **{part.name: other}) for other in (0, -3, 1_000))


@pytest.mark.parametrize("name", sorted(SITE_SIDE))
def test_no_question_makes_an_estimator_quote(
    leaky: Any, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is asked, and where the estimator itself fails with a record in its mouth: a summary, or a refusal without it."""
    site = leaky.site(Policy("deidentified-rows", minimum_sites=1))
    data = problem(name)[0]
    monkeypatch.setattr(service, "data_for", lambda *_: data)
    number = 0

    def ask(kind: str, body: object) -> Answer | Refusal:
        nonlocal number
        number += 1
        return decode_any(site.answer(encode(Question(__version__, leaky.hash, number, kind, encode(body)))), Answer | Refusal)  # type: ignore[arg-type]

    def estimate(asked: object) -> Answer | Refusal:
        return ask("estimate", Batch(Setting(), (EstimatorQuestion(name, View(group="none"), encode(asked)),)))

    ask("hello", Hello(leaky.study.model_dump_json()))
    ask("prepare", Prepare())
    said = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers that are none
        said += [estimate(asked) for asked in asks(name)]
        assert isinstance(said[0], Answer)
        for error in ERRORS:
            monkeypatch.setitem(SITE_SIDE, name, replace(SITE_SIDE[name], summarise=raising(error)))
            said.append(estimate(problem(name)[1].first()))
            assert said[-1] == Refusal("here", "EQ-SITE-001", f"a {type(error).__name__} was not expected here")
    refused = [one for one in said if isinstance(one, Refusal)]
    assert {one.what[:60] for one in refused if one.code == "EQ-SITE-001"} <= UNEXPECTED
    assert [line.decision for line in lines_of(leaky.folder)].count("EQ-SITE-001") == sum(one.code == "EQ-SITE-001" for one in refused)
    logs = b"".join(path.read_bytes() for path in leaky.folder.rglob("audit*"))
    assert found_in(repr(refused).encode() + logs + "".join(capfd.readouterr()).encode()) == []


UNEXPECTED = {
    f"a {kind} was not expected here"
    for kind in ("AxisError", "IndexError", "TypeError", "ZeroDivisionError", *(type(error).__name__ for error in ERRORS))
}
