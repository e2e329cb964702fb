"""What every transport must do, whatever carries it. A transport's own test file makes it an `UnderTest` and inherits `TransportSuite`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Protocol, TypeAlias

import pytest

from equipoise import __version__
from equipoise.network.hub.analysis.conduct import Task, conduct, count_cohort
from equipoise.network.hub.transport import Reply, Transport
from equipoise.network.local import SitePlace, run_study
from equipoise.network.wire.codec import decode, encode
from equipoise.network.wire.messages import Answer, Hello, Question, Refusal, Welcome
from equipoise.results.compared import differences
from equipoise.results.study_result import StudyResult
from equipoise.study.reading import LoadedStudy


class UnderTest(Protocol):
    """A network of four sites that give their own counts, over some transport."""

    places: tuple[SitePlace, ...]

    def transport(self) -> Transport: ...

    def hurried(self) -> Transport:
        """One that does not wait long for a site that gives no sign of life."""

    def lose(self, site: str) -> None:
        """End a site, as a power cut would."""

    def bring_back(self, site: str) -> None:
        """Start it again."""

    def state(self, site: str) -> Path:
        """The folder with the site's audit log."""


class Losing:
    """A transport that loses a site when the `at`-th question is put: before it, or (`after` seconds) while the sites are at work."""

    def __init__(self, inner: Transport, lose: Callable[[], None], at: int, after: float = 0.0) -> None:
        self.inner, self.lose, self.at, self.after, self.asked = inner, lose, at, after, 0

    @property
    def sites(self) -> tuple[str, ...]:
        return self.inner.sites

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        self.asked += 1
        if self.asked != self.at:
            return self.inner.ask(message, sites, answered)
        if not self.after:
            self.lose()
            return self.inner.ask(message, sites, answered)
        timer = Timer(self.after, self.lose)
        timer.start()
        try:
            return self.inner.ask(message, sites, answered)
        finally:
            timer.join()


def task(loaded: LoadedStudy) -> Task:
    return Task(loaded.study, loaded.hash, loaded.text)


def quiet(_stage: str, _done: int, _total: int) -> None:
    return None


def hello(loaded: LoadedStudy, version: str = __version__) -> bytes:
    return encode(Question(version, loaded.hash, 1, "hello", encode(Hello(loaded.study.model_dump_json()))))


Once: TypeAlias = dict[str, Counter[tuple[int, str]]]
"""By site: what it answers in one run of the study."""


def answered(state: Path, since: int = 0) -> Counter[tuple[int, str]]:
    """How often a site answered each question: by its number and what was asked, from the site's own log."""
    lines = (state / "audit.jsonl").read_text(encoding="utf-8").splitlines()[since:]
    return Counter((entry["question"], entry["estimator"]) for entry in map(json.loads, lines))


def log_length(under_test: UnderTest, site: str) -> int:
    path = under_test.state(site) / "audit.jsonl"
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0


class TransportSuite:
    """The promises. Fixtures: `under_test`, `loaded`, and `alone` (the same study in one process, by the sites that take part)."""

    def test_every_site_answers_in_the_order_asked_and_is_counted(self, under_test: UnderTest, loaded: LoadedStudy) -> None:
        transport, told = under_test.transport(), list[int]()
        names = tuple(place.name for place in under_test.places)
        assert transport.sites == names
        backwards = tuple(reversed(names))
        replies = transport.ask(hello(loaded), backwards, told.append)
        assert tuple(reply.site for reply in replies) == backwards
        assert told == [1, 2, 3, 4]
        for reply in replies:
            assert reply.message is not None
            answer = decode(reply.message, Answer)
            assert (answer.site, answer.number) == (reply.site, 1)
            assert decode(answer.body, Welcome).share == "site-aggregates"

    def test_only_those_asked_answer(self, under_test: UnderTest, loaded: LoadedStudy) -> None:
        names = tuple(place.name for place in under_test.places)
        replies = under_test.transport().ask(hello(loaded), names[1:3], lambda _: None)
        assert tuple(reply.site for reply in replies) == names[1:3]

    @pytest.mark.parametrize("garbage", [b"", b"\xff\x00 garbage", b"\x92\xa5Hello\x80"])
    def test_garbage_is_refused_by_a_rule(self, under_test: UnderTest, garbage: bytes) -> None:
        for reply in under_test.transport().ask(garbage, (under_test.places[0].name,), lambda _: None):
            assert reply.message is not None
            assert decode(reply.message, Refusal).code == "EQ-WIRE-001"

    def test_another_version_is_refused_and_both_are_named(self, under_test: UnderTest, loaded: LoadedStudy) -> None:
        for reply in under_test.transport().ask(hello(loaded, "0.0.9"), (under_test.places[0].name,), lambda _: None):
            assert reply.message is not None
            refusal = decode(reply.message, Refusal)
            assert refusal.code == "EQ-WIRE-004"
            assert "0.0.9" in refusal.what
            assert __version__ in refusal.what

    def test_tens_of_megabytes_pass_both_ways(self, under_test: UnderTest, loaded: LoadedStudy) -> None:
        """A version is repeated in the refusal: a long one makes a large question and a large answer."""
        long = "9" * 30_000_000
        (reply,) = under_test.transport().ask(hello(loaded, long), (under_test.places[0].name,), lambda _: None)
        assert reply.message is not None
        assert long in decode(reply.message, Refusal).what

    def test_a_study_gives_what_one_process_gives(self, under_test: UnderTest, loaded: LoadedStudy, alone: StudyResult) -> None:
        before = {place.name: log_length(under_test, place.name) for place in under_test.places}
        found = conduct(task(loaded), under_test.transport(), quiet)
        assert not differences(found, alone)
        for name, lines in before.items():
            assert log_length(under_test, name) > lines

    def test_a_count_gives_the_same_flow(self, under_test: UnderTest, loaded: LoadedStudy, alone: StudyResult) -> None:
        assert count_cohort(task(loaded), under_test.transport(), quiet).flow == alone.flow

    @pytest.mark.parametrize(("at", "after"), [(2, 0.05), (20, 0.02)])
    def test_a_site_lost_while_it_works_is_named_and_the_rest_is_right(
        self, under_test: UnderTest, loaded: LoadedStudy, at: int, after: float
    ) -> None:
        lost, rest = under_test.places[1], (under_test.places[0], *under_test.places[2:])
        transport = Losing(under_test.hurried(), lambda: under_test.lose(lost.name), at, after)
        try:
            found = conduct(task(loaded), transport, quiet)
        finally:
            under_test.bring_back(lost.name)
        status = {site.site: site.status for site in found.sites}
        if after and status[lost.name] == "contributed":
            pytest.fail("the site was lost too late to be missed: ask again with a shorter time")
        assert status == {lost.name: "failed", **{place.name: "contributed" for place in rest}}
        assert next(site.why for site in found.sites if site.site == lost.name).startswith("EQ-")
        without = run_study(loaded, rest)
        assert (found.records, found.flow, found.baseline) == (without.records, without.flow, without.baseline)

    def test_a_site_that_came_back_takes_part_in_the_next_study(
        self, under_test: UnderTest, loaded: LoadedStudy, alone: StudyResult
    ) -> None:
        lost = under_test.places[2].name
        under_test.lose(lost)
        under_test.bring_back(lost)
        assert not differences(conduct(task(loaded), under_test.transport(), quiet), alone)
