"""The one loop, with a toy estimator (the mean, found in as many rounds as asked) and sites that fail in every way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from equipoise import __version__
from equipoise.estimators.hub_side import HUB_SIDE, HubEstimator
from equipoise.estimators.shape import Additive, Again, Done, disclosed
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub import rounds
from equipoise.network.hub.conversation import Conversation, SitesLostError
from equipoise.network.hub.rounds import Job, run_job, run_jobs
from equipoise.network.in_process import InProcess
from equipoise.network.wire.codec import decode, encode
from equipoise.network.wire.messages import Answer, Batch, Estimated, Question
from equipoise.network.wire.views import Setting, View
from equipoise.study.model import SiteRules


@dataclass(frozen=True)
class ToyAsk:
    guess: float
    left: int


@dataclass(frozen=True)
class ToySums(Additive):
    off: NDArray[np.float64] = disclosed("sum")
    n: int = disclosed("count")


@dataclass(frozen=True)
class ToyHub:
    rounds: int = 3

    def first(self) -> ToyAsk:
        return ToyAsk(0.0, self.rounds)

    def finish(self, ask: ToyAsk, total: ToySums) -> Again[ToyAsk] | Done[tuple[float, int]]:
        guess = ask.guess + float(total.off[0]) / total.n
        return Done((guess, total.n)) if ask.left == 1 else Again(ToyAsk(guess, ask.left - 1))


TOY = HubEstimator("toy", ToyAsk, ToySums, ToyHub)


def toy_job(rounds: int = 3) -> Job:
    return Job("toy", ToyHub(rounds), View())


class ToySite:
    """Answers estimate questions with sums of its own values; `break_at` is the question at which `broken` answers instead."""

    def __init__(self, name: str, values: list[float], break_at: int = 0, broken: str = "") -> None:
        self.name, self.values, self.break_at, self.broken = name, np.array(values), break_at, broken
        self.asked = 0

    def answer(self, message: bytes) -> bytes:
        self.asked += 1
        question = decode(message, Question)
        good = self.reply(question)
        if self.asked != self.break_at:
            return good
        return self.misbehave(question, good)

    def reply(self, question: Question, sums: ToySums | None = None, number: int | None = None) -> bytes:
        batch = decode(question.body, Batch)
        found = []
        for part in batch.questions:
            ask = decode(part.ask, ToyAsk)
            found.append(encode(sums or ToySums(np.array([(self.values - ask.guess).sum()]), len(self.values))))
        return encode(Answer(__version__, self.name, question.study_hash, number or question.number, encode(Estimated(tuple(found)))))

    def misbehave(self, question: Question, good: bytes) -> bytes:
        match self.broken:
            case "garbage":
                return b"\x93garbage"
            case "cut":
                return good[: len(good) // 2]
            case "raises":
                raise OSError("the disk is gone: patient 4711")
            case "other question":
                return self.reply(question, number=question.number + 7)
            case "other shape":
                return self.reply(question, ToySums(np.zeros(2), 1))
            case "too few":
                return encode(Answer(__version__, self.name, question.study_hash, question.number, encode(Estimated(()))))
            case other:
                raise AssertionError(other)


VALUES = {"north": [1.0, 2.0, 6.0], "south": [4.0], "empty": []}
RULES = SiteRules()
MISBEHAVIOUR = ["garbage", "cut", "raises", "other question", "other shape", "too few"]


@pytest.fixture(autouse=True)
def _toy_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HUB_SIDE, "toy", TOY)


def network(**broken: tuple[int, str]) -> InProcess:
    return InProcess({name: ToySite(name, values, *broken.get(name, (0, ""))) for name, values in VALUES.items()})


def conversation(transport: InProcess, rules: SiteRules = RULES) -> Conversation:
    return Conversation(transport, "hash", rules)


def test_the_sum_over_sites_gives_the_mean_of_all() -> None:
    talk = conversation(network())
    assert run_job(talk, Setting(), toy_job(3)) == (pytest.approx(13 / 4), 4)
    assert talk.traffic.rounds == 3
    assert talk.traffic.messages == 9
    assert talk.traffic.bytes_received > 0


def test_several_estimators_share_the_rounds() -> None:
    talk = conversation(network())
    results = run_jobs(talk, Setting(), [toy_job(1), toy_job(4), toy_job(2)])
    assert [mean for mean, _ in results] == pytest.approx([13 / 4] * 3)
    assert talk.traffic.rounds == 4


def test_many_estimators_take_turns_and_each_gives_its_own_answer() -> None:
    talk = conversation(network())
    results = run_jobs(talk, Setting(), [toy_job(1 + number % 3) for number in range(25)])
    assert [mean for mean, _ in results] == pytest.approx([13 / 4] * 25)
    # Ten begin; as their answers are small, all others join in the second round, and the longest of these takes three.
    assert talk.traffic.rounds == 4


def test_answers_that_fill_a_round_are_asked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "BYTES_A_ROUND", 1)
    talk = conversation(network())
    results = run_jobs(talk, Setting(), [toy_job(1) for _ in range(rounds.FIRST_JOBS + 3)])
    assert [mean for mean, _ in results] == pytest.approx([13 / 4] * (rounds.FIRST_JOBS + 3))
    assert talk.traffic.rounds == 1 + 3


@pytest.mark.parametrize("how", MISBEHAVIOUR)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_site_that_fails_is_named_and_the_rest_can_start_again(how: str, at: int) -> None:
    talk = conversation(network(south=(at, how)))
    with pytest.raises(SitesLostError):
        run_job(talk, Setting(), toy_job(3))
    assert list(talk.failures) == ["south"]
    assert talk.failures["south"].startswith("EQ-")
    assert "4711" not in talk.failures["south"]
    assert run_job(talk, Setting(), toy_job(3)) == (pytest.approx(3.0), 3)


@pytest.mark.parametrize("how", MISBEHAVIOUR)
def test_a_study_that_says_stop_stops(how: str) -> None:
    with pytest.raises(EquipoiseError, match="EQ-HUB-002 south failed"):
        run_job(conversation(network(south=(2, how)), SiteRules(on_failure="stop")), Setting(), toy_job(3))


def test_too_few_sites_end_the_run_with_the_reasons() -> None:
    with pytest.raises(EquipoiseError, match=r"EQ-HUB-001 2 sites are left, 3 needed \(south: EQ-WIRE-001"):
        run_job(conversation(network(south=(2, "garbage")), SiteRules(minimum_sites=3)), Setting(), toy_job(3))


def test_the_last_site_to_fail_ends_the_run() -> None:
    transport = InProcess({"south": ToySite("south", [1.0], 1, "raises")})
    with pytest.raises(EquipoiseError, match="EQ-HUB-001"):
        run_job(conversation(transport), Setting(), toy_job(3))
