"""What a site says under masks cannot be told from random numbers, and a hub that plays tricks is refused by a named rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chisquare, kstest

from equipoise import __version__
from equipoise.estimators.moments.summary import MomentsAsk
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.site.service import SiteService, introduce
from equipoise.network.wire.codec import decode, decode_any, encode
from equipoise.network.wire.masked import Agree, Join, MaskedEstimates, Offer, Totals
from equipoise.network.wire.messages import Answer, Batch, EstimatorQuestion, Hello, Prepare, Prepared, Question, Refusal
from equipoise.network.wire.views import Setting, View
from equipoise.results.study_result import StudyResult

NAMES = ("A", "B", "C", "D", "E", "F", "G", "H")
RAREST = 1e-7
"""A test of random words fails by chance once in so many."""


class Heard:
    """Passes messages on, and keeps what the site says; from the `dies`-th message on it says nothing."""

    def __init__(self, site: SiteService, dies: int = 10**6) -> None:
        self.site, self.dies, self.asked = site, dies, 0
        self.said: list[tuple[Question, bytes]] = []

    def answer(self, message: bytes) -> bytes:
        self.asked += 1
        if self.asked >= self.dies:
            raise TimeoutError
        reply = self.site.answer(message)
        self.said.append((decode(message, Question), reply))
        return reply

    def words(self) -> list[NDArray[np.uint64]]:
        """What was said under masks."""
        answers = [(question.kind, decode_any(reply, Answer | Refusal)) for question, reply in self.said if question.session]
        return [decode(one.body, MaskedEstimates).words for kind, one in answers if isinstance(one, Answer)]


def network(leaky: Any, names: tuple[str, ...] = NAMES, policy: Policy = Policy()) -> dict[str, SiteService]:  # noqa: B008 - frozen
    """Sites with different rows, each with canaries, that believe each other."""
    sites = {name: leaky.named(name, policy, seed) for seed, name in enumerate(names, start=4)}
    introduce(sites.values())
    return sites


def run(leaky: Any, heard: dict[str, Heard]) -> StudyResult:
    return conduct(Task(leaky.study, leaky.hash, ""), InProcess(heard), lambda *_: None)


def random_looking(words: NDArray[np.uint64]) -> float:
    """The least p-value of tests that the words are uniform and independent of their neighbours."""
    counts = np.bincount(words.view(np.uint8), minlength=256)
    unit = words.astype(np.float64) / 2.0**64
    bits = np.unpackbits(words.view(np.uint8)).reshape(-1, 64).mean(axis=0)
    z_of_bits = np.abs(bits - 0.5).max() * 2 * np.sqrt(len(words))
    z_of_neighbours = abs(np.corrcoef(unit[:-1], unit[1:])[0, 1]) * np.sqrt(len(words))
    p_of = lambda z, tests: min(1.0, tests * 2 * np.exp(-z * z / 2))  # noqa: E731 - a bound on the normal tail
    return min(float(chisquare(counts).pvalue), float(kstest(unit, "uniform").pvalue), p_of(z_of_bits, 64), p_of(z_of_neighbours, 1))


def correlated(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """The p-value of no correlation of two sets of words, place by place."""
    n = min(len(one), len(other))
    z = abs(np.corrcoef(one[:n].astype(float), other[:n].astype(float))[0, 1]) * np.sqrt(n)
    return min(1.0, 2 * float(np.exp(-z * z / 2)))


@pytest.fixture(scope="module")
def study_run(leaky_once: Any) -> dict[str, Heard]:
    """A whole study over eight sites, with all that they said."""
    heard = {name: Heard(site) for name, site in network(leaky_once).items()}
    result = run(leaky_once, heard)
    assert all(site.status == "contributed" for site in result.sites)
    return heard


def test_what_one_site_says_looks_random(study_run: dict[str, Heard]) -> None:
    for heard in study_run.values():
        words = np.concatenate(heard.words())
        assert len(words) > 5_000
        assert random_looking(words) > RAREST


def test_sites_and_rounds_do_not_resemble_each_other(study_run: dict[str, Heard]) -> None:
    a, b = study_run["A"].words(), study_run["B"].words()
    long = [(x, y) for x, y in zip(a, b, strict=True) if len(x) > 100]
    assert len(long) > 5
    assert min(correlated(x, y) for x, y in long) > RAREST
    assert min(correlated(x, y) for x, y in pairwise(a) if min(len(x), len(y)) > 100) > RAREST


def test_the_tests_of_randomness_find_what_is_not_masked(study_run: dict[str, Heard]) -> None:
    plain = sum((np.concatenate(heard.words()) for heard in study_run.values()), np.zeros(1, dtype=np.uint64))
    assert random_looking(plain) < 1e-30  # masks cancelled
    half = [np.concatenate(heard.words()) for heard in list(study_run.values())[:-1]]
    assert random_looking(sum(half, np.zeros(1, dtype=np.uint64))) > RAREST  # one is missing: nothing to see


def test_the_same_study_again_says_other_words(leaky: Any, study_run: dict[str, Heard]) -> None:
    heard = {name: Heard(one.site) for name, one in study_run.items()}
    run(leaky, heard)
    before, now = np.concatenate(study_run["A"].words()), np.concatenate(heard["A"].words())
    assert len(before) == len(now)
    assert not np.intersect1d(before, now).size
    assert random_looking(before - now) > RAREST


def test_nothing_outside_the_masks_counts_anybody(study_run: dict[str, Heard]) -> None:
    for heard in study_run.values():
        for question, reply in heard.said:
            answer = decode_any(reply, Answer | Refusal)
            assert question.session or question.kind in ("hello", "prepare", "join", "agree")
            if question.kind == "prepare":
                prepared = decode(answer.body, Prepared)
                assert not prepared.attrition.any()
                assert not prepared.code_records.any()


class Hub:
    """An attacker: it knows every message, and may send any."""

    def __init__(self, leaky: Any, sites: dict[str, SiteService]) -> None:
        self.leaky, self.sites, self.number = leaky, sites, 0
        for name in sites:
            self.ask(name, "hello", Hello(leaky.study.model_dump_json()))
            self.ask(name, "prepare", Prepare())

    def ask(self, site: str, kind: str, body: object, session: bytes = b"", number: int = 0) -> Answer | Refusal:
        self.number += 1
        message = Question(__version__, self.leaky.hash, number or self.number, kind, encode(body), session)  # type: ignore[arg-type]
        return decode_any(self.sites[site].answer(encode(message)), Answer | Refusal)

    def session(self, names: tuple[str, ...], name: bytes = b"session") -> dict[str, Answer | Refusal]:
        offers = tuple(decode(self.ask(site, "join", Join(name)).body, Offer) for site in names)  # type: ignore[union-attr]
        return {site: self.ask(site, "agree", Agree(name, offers)) for site in names}


def code(reply: Answer | Refusal) -> str:
    return reply.code if isinstance(reply, Refusal) else "answered"


MEANS = Batch(Setting(), (EstimatorQuestion("moments", View(columns="arm"), encode(MomentsAsk(2, np.zeros(1)))),))


@pytest.mark.parametrize(("kind", "body"), [("estimate", MEANS), ("totals", Totals())])
def test_asking_without_masks(leaky: Any, kind: str, body: object) -> None:
    hub = Hub(leaky, network(leaky))
    assert code(hub.ask("A", kind, body)) == "EQ-GUARD-013"
    assert code(hub.ask("A", kind, body, b"no session")) == "EQ-GUARD-013"


def test_asking_again_with_one_site_fewer(leaky: Any) -> None:
    hub = Hub(leaky, network(leaky))
    hub.session(NAMES)
    assert {code(hub.ask(site, "estimate", MEANS, b"session", number=100)) for site in NAMES} == {"answered"}
    assert {code(reply) for reply in hub.session(NAMES[1:], b"another").values()} == {"EQ-GUARD-012"}
    assert {code(reply) for reply in hub.session(NAMES[3:], b"a third").values()} == {"answered"}


def test_a_view_that_leaves_out_one_site_or_overlapping_groups(leaky: Any) -> None:
    hub = Hub(leaky, network(leaky))
    hub.session(NAMES)

    def without(*names: str) -> Batch:
        part = replace(MEANS.questions[0], view=View(columns="arm", without=names))
        return Batch(Setting(), (part,))

    assert code(hub.ask("B", "estimate", without("A"), b"session")) == "EQ-GUARD-012"
    assert code(hub.ask("B", "estimate", without("A", "B", "C"), b"session")) == "answered"
    assert code(hub.ask("B", "estimate", without("A", "B", "D"), b"session")) == "EQ-GUARD-012"


def test_replaying_a_question_gives_the_same_bytes_or_a_refusal(leaky: Any) -> None:
    hub = Hub(leaky, network(leaky))
    hub.session(NAMES)
    first = hub.ask("A", "estimate", MEANS, b"session", number=50)
    assert hub.ask("A", "estimate", MEANS, b"session", number=50) == first
    other = replace(MEANS, questions=MEANS.questions * 2)
    assert code(hub.ask("A", "estimate", other, b"session", number=50)) == "EQ-GUARD-014"
    assert code(hub.ask("A", "estimate", MEANS, b"session", number=49)) == "EQ-GUARD-014"


def test_swapping_keys(leaky: Any) -> None:
    sites = network(leaky)
    hub = Hub(leaky, sites)
    strangers = network(leaky)
    offers = [decode(hub.ask(site, "join", Join(b"session")).body, Offer) for site in NAMES]  # type: ignore[union-attr]
    own = strangers["B"]._masks.join(leaky.hash, b"session")
    assert code(hub.ask("A", "agree", Agree(b"session", (offers[0], own, *offers[2:])))) == "EQ-GUARD-010"
    assert code(hub.ask("A", "agree", Agree(b"session", tuple(offers)))) == "answered"


def test_asking_one_site_what_the_others_are_not_asked(leaky: Any) -> None:
    hub = Hub(leaky, network(leaky))
    hub.session(NAMES)
    nobody = replace(MEANS, questions=(replace(MEANS.questions[0], view=View(columns="arm", site="nowhere")),))
    replies = [hub.ask(site, "estimate", MEANS if site == "A" else nobody, b"session", number=30) for site in NAMES]
    words = sum((decode(one.body, MaskedEstimates).words for one in replies if isinstance(one, Answer)), np.zeros(1, dtype=np.uint64))
    assert words[-1] != 0  # the control word: the masks did not cancel
    assert len(np.unique(words)) == len(words)


def test_a_network_of_two_is_refused_unless_the_policy_allows_it(leaky: Any) -> None:
    with pytest.raises(EquipoiseError, match="EQ-GUARD-011"):
        run(leaky, {name: Heard(site) for name, site in network(leaky, ("A", "B")).items()})
    found = run(leaky, {name: Heard(site) for name, site in network(leaky, ("A", "B"), Policy(minimum_sites=2)).items()})
    assert all(site.status == "contributed" for site in found.sites)


@pytest.mark.parametrize("dies", [1, 2, 3, 4])
def test_a_site_that_fails_before_anything_was_added_costs_itself_alone(leaky: Any, dies: int) -> None:
    heard = {name: Heard(site, dies if name == "C" else 10**6) for name, site in network(leaky).items()}
    found = run(leaky, heard)
    assert [site.site for site in found.sites if site.status != "contributed"] == ["C"]


@pytest.mark.parametrize("dies", [5, 6, 9])
def test_a_site_that_fails_later_takes_two_others_with_it(leaky: Any, dies: int) -> None:
    heard = {name: Heard(site, dies if name == "C" else 10**6) for name, site in network(leaky).items()}
    found = run(leaky, heard)
    status = {site.site: site.status for site in found.sites}
    assert status["C"] == "failed"
    assert sorted(status.values()) == ["contributed"] * 5 + ["failed"] + ["left out"] * 2
    assert "EQ-HUB-016" in {note.code for note in found.notes}
    left = tuple(name for name, one in status.items() if one == "contributed")
    seeds = {name: seed for seed, name in enumerate(NAMES, start=4)}
    fresh = {name: leaky.named(name, Policy("site-aggregates"), seeds[name]) for name in left}
    plain = run(leaky, {name: Heard(site) for name, site in fresh.items()})
    assert len(found.records) == len(plain.records)
    for one, same in zip(found.records, plain.records, strict=True):
        assert (one.measure, one.n_target) == (same.measure, same.n_target)
        assert one.estimate == pytest.approx(same.estimate, rel=1e-9, abs=0), one
