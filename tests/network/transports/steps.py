"""A study that something happens to at each step of its protocol, over whatever carries it: it ends right, or refuses clearly.

Under masks the steps are hello, prepare, join, agree, totals, then estimates; in clear there is no session to join. A step is named by the
kind of its question and how often that kind was put. `StepSuite` is inherited by each transport's own test file, once for either way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeAlias

import pytest

from equipoise.guard.audit_check import lines_of, verify
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.conduct import conduct, count_cohort
from equipoise.network.hub.transport import Reply, Transport
from equipoise.network.local import SitePlace, run_study
from equipoise.network.wire.codec import decode
from equipoise.network.wire.messages import Question
from equipoise.results.compared import differences
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import SiteRules
from equipoise.study.reading import LoadedStudy
from network.transports.suite import quiet, task

CLEAR = ("hello 1", "prepare 1", "estimate 1", "estimate 9")
MASKED = ("hello 1", "prepare 1", "join 1", "agree 1", "totals 1", "estimate 1", "estimate 9")
ADDED = ("totals", "estimate")
"""Kinds of question from which on something may have been added under masks: who is lost then takes two others along."""

Pooled: TypeAlias = Callable[[tuple[str, ...]], StudyResult]
"""The small study over some sites' rows in one table."""
Ask: TypeAlias = Callable[[bytes, tuple[str, ...], Callable[[int], None]], tuple[Reply, ...]]


class Stricken(Protocol):
    """A network of sites over some transport. masked: whether they answer under masks only."""

    places: tuple[SitePlace, ...]
    masked: bool

    def transport(self) -> Transport: ...

    def hurried(self) -> Transport:
        """One that does not wait long for a site that gives no sign of life."""

    def lose(self, site: str) -> None:
        """End a site, as a power cut would."""

    def bring_back(self, site: str) -> None:
        """Start it again."""

    def restart(self, site: str) -> None:
        """End it and start it again at once: it knows what its folder holds, and nothing else."""

    def state(self, site: str) -> Path:
        """The folder with the site's audit log."""


class Disturbed:
    """A transport with something else in place of an ordinary question, at some steps or at all."""

    def __init__(
        self, inner: Transport, how: Callable[[Ask, bytes, tuple[str, ...], Callable[[int], None]], tuple[Reply, ...]], *steps: str
    ):
        self.inner, self.how, self.steps = inner, how, steps
        self.seen: Counter[str] = Counter()

    @property
    def sites(self) -> tuple[str, ...]:
        return self.inner.sites

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        kind = decode(message, Question).kind
        self.seen[kind] += 1
        if not self.steps or f"{kind} {self.seen[kind]}" in self.steps:
            return self.how(self.inner.ask, message, sites, answered)
        return self.inner.ask(message, sites, answered)


def small(loaded: LoadedStudy, name: str, rules: SiteRules | None = None) -> LoadedStudy:
    """The flagship without its model of scores, under a name of its own: what one test was answered does not bear on the next."""
    study = loaded.study
    crude = study.analysis.model_copy(update={"adjustments": ("crude",), "main": "crude"})
    less = {"name": name, "propensity": None, "covariates": study.covariates[:1], "analysis": crude, "sites": rules or study.sites}
    changed = study.model_copy(update=less)
    return replace(loaded, study=changed, hash=study_hash(changed))


def own_words(found: StudyResult) -> StudyResult:
    """A result without what it says of its own run, and of who took part."""
    masked = tuple(cell for cell in found.masked if not cell.cell.startswith("site "))
    return replace(found, study_hash="", study_text="", sites=(), notes=(), released=(), masked=masked, code_sets=())


def released(state: Path, study: str) -> Counter[tuple[int, str]]:
    """How often a site let out each summary of a study, by the number of the question: from the site's own log."""
    return Counter((line.question, line.estimator) for line in lines_of(state) if (line.study_hash, line.decision) == (study, "released"))


class StepSuite:
    """The promises. Fixtures: `stricken`, `loaded`, and `pooled` (the small study over some sites' rows in one table)."""

    def check(self, stricken: Stricken, found: StudyResult, pooled: Pooled, lost: dict[str, str]) -> None:
        """The numbers are those of the sites that are left, and whoever is missing is named: by `lost`, and those left out with them."""
        status = {site.site: site.status for site in found.sites}
        assert {name: one for name, one in status.items() if one == "failed"} == dict.fromkeys(lost, "failed")
        assert all(site.why.startswith(lost[site.site]) for site in found.sites if site.status == "failed"), found.sites
        left = tuple(name for name, one in status.items() if one == "contributed")
        wanted = pooled(left)
        assert differences(replace(own_words(found), study=wanted.study), own_words(wanted)) == ()
        for place in stricken.places:
            verify(stricken.state(place.name))

    def taken_along(self, stricken: Stricken, step: str) -> int:
        return 2 if stricken.masked and step.split()[0] in ADDED else 0

    def test_a_site_that_dies(self, stricken: Stricken, loaded: LoadedStudy, pooled: Pooled, step: str) -> None:
        study, victim = small(loaded, f"dies-{step}"), stricken.places[1].name

        def dies(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
            stricken.lose(victim)
            return stricken.hurried().ask(message, sites, answered)

        try:
            found = conduct(task(study), Disturbed(stricken.transport(), dies, step), quiet)
        finally:
            stricken.bring_back(victim)
        self.check(stricken, found, pooled, {victim: "EQ-"})
        apart = [site for site in found.sites if site.status == "left out"]
        assert len(apart) == self.taken_along(stricken, step)
        assert all(victim in site.why for site in apart)

    def test_a_site_that_starts_again_at_once(self, stricken: Stricken, loaded: LoadedStudy, pooled: Pooled, again: str) -> None:
        """It has forgotten the study and its masks; before the study was put to it that is no loss."""
        study, victim = small(loaded, f"again-{again}"), stricken.places[1].name

        def starts(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
            stricken.restart(victim)
            return ask(message, sites, answered)

        found = conduct(task(study), Disturbed(stricken.transport(), starts, again), quiet)
        self.check(stricken, found, pooled, {} if again == "hello 1" else {victim: "EQ-"})
        assert sum(site.status == "left out" for site in found.sites) == self.taken_along(stricken, again)

    def test_every_question_is_carried_twice_and_counted_once(self, stricken: Stricken, loaded: LoadedStudy, pooled: Pooled) -> None:
        def twice(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
            first, second = ask(message, sites, lambda _: None), ask(message, sites, answered)
            assert not stricken.masked or decode(message, Question).kind == "join" or first == second
            return second

        plain, doubled = small(loaded, "once"), small(loaded, "twice")
        conduct(task(plain), stricken.transport(), quiet)
        found = conduct(task(doubled), Disturbed(stricken.transport(), twice), quiet)
        self.check(stricken, found, pooled, {})
        for place in stricken.places:
            once = released(stricken.state(place.name), plain.hash)
            assert once
            if stricken.masked:
                assert released(stricken.state(place.name), doubled.hash) == once

    def test_a_count_beside_a_run_does_not_end_it(self, stricken: Stricken, loaded: LoadedStudy, pooled: Pooled) -> None:
        study, counted = small(loaded, "counted-beside"), []

        def beside(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
            counted.append(count_cohort(task(study), stricken.transport(), quiet).flow)
            return ask(message, sites, answered)

        found = conduct(task(study), Disturbed(stricken.transport(), beside, "prepare 1", "estimate 1", "estimate 9"), quiet)
        self.check(stricken, found, pooled, {})
        assert counted == [found.flow] * 3

    def test_a_study_that_needs_all_its_sites_says_who_is_missing(self, stricken: Stricken, loaded: LoadedStudy) -> None:
        study, victim = small(loaded, "strict", SiteRules(on_failure="stop")), stricken.places[1].name

        def dies(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
            stricken.lose(victim)
            return stricken.hurried().ask(message, sites, answered)

        try:
            with pytest.raises(EquipoiseError, match=victim) as caught:
                conduct(task(study), Disturbed(stricken.transport(), dies, "estimate 2"), quiet)
        finally:
            stricken.bring_back(victim)
        assert caught.value.code == "EQ-HUB-002"


def over_steps(metafunc: pytest.Metafunc, masked: bool, again: tuple[str, ...] = ()) -> None:
    """Make a test of each step. again: the steps at which a site starts again at once; all when none are named."""
    steps = MASKED if masked else CLEAR
    if "step" in metafunc.fixturenames:
        metafunc.parametrize("step", steps)
    if "again" in metafunc.fixturenames:
        metafunc.parametrize("again", again or steps)


def pooled_over(loaded: LoadedStudy, places: tuple[SitePlace, ...]) -> Pooled:
    """The small study over the rows of some sites in one table; each set of sites once."""
    known: dict[tuple[str, ...], StudyResult] = {}

    def over(names: tuple[str, ...]) -> StudyResult:
        if names not in known:
            known[names] = run_study(small(loaded, "pooled"), tuple(place for place in places if place.name in names), pooled=True)
        return known[names]

    return over
