"""A question on a bad line: the answer comes whole or not at all, the site answers once, and says no to anybody but its hub."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event

import numpy as np
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.hub import asking as asking_module
from equipoise.network.flare.hub.asking import Asking, Limits, RefusedAtTheDeskError, Stamped
from equipoise.network.flare.parcel import PART, Request, Response, digest_of
from equipoise.network.flare.site.desk import Desk
from equipoise.network.flare.stamp import Stamper, Verifier

QUICK = Limits(silence=1.0, work=10.0)


@dataclass
class Service:
    """A site's service that counts what it is asked."""

    reply: Callable[[bytes], bytes] = lambda message: b"answer to " + message
    asked: list[bytes] = field(default_factory=list)

    def answer(self, message: bytes) -> bytes:
        self.asked.append(message)
        return self.reply(message)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "PAUSE", 0.01)


def stamped(hub: Stamper, message: bytes, site: str = "H01") -> Stamped:
    return Stamped(message, hub.stamp(site, digest_of(message), len(message)), hub.certificate)


def straight(desk: Desk) -> Callable[[str, Request], Response | None]:
    return lambda _, request: desk.handle(request)


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 3 * PART + 17])
def test_questions_and_answers_of_any_size_come_whole(hub: Stamper, verifier: Verifier, size: int) -> None:
    message = np.random.default_rng(size).bytes(size)
    service = Service(reply=lambda m: m[::-1])
    desk = Desk("H01", verifier, service.answer, hold=0.2)
    assert Asking(straight(desk), "H01", stamped(hub, message), QUICK).ask() == message[::-1]
    assert service.asked == [message]


def test_a_line_that_loses_and_repeats_does_not_make_the_site_answer_twice(hub: Stamper, verifier: Verifier) -> None:
    service = Service(reply=lambda m: m * 2)
    desk = Desk("H01", verifier, service.answer, hold=0.05)
    chance = np.random.default_rng(7)

    def bad_line(_: str, request: Request) -> Response | None:
        luck = chance.random()
        if luck < 0.3:
            return None
        response = desk.handle(request)
        if luck < 0.5:
            return None
        return desk.handle(request) if luck < 0.7 else response

    message = np.random.default_rng(1).bytes(PART * 3 + 5)
    for number in range(3):
        assert Asking(bad_line, "H01", stamped(hub, message), replace(QUICK, silence=5.0)).ask() == message * 2, number
    assert service.asked == [message]


def test_a_settled_question_may_be_asked_anew(hub: Stamper, verifier: Verifier) -> None:
    service = Service()
    desk = Desk("H01", verifier, service.answer, hold=0.2)
    for _ in range(2):
        asked = Asking(straight(desk), "H01", stamped(hub, b"count"), QUICK)
        asked.ask()
        asked.settle()
    assert service.asked == [b"count", b"count"]


def test_a_site_at_work_is_waited_for_longer_than_a_silent_one(hub: Stamper, verifier: Verifier) -> None:
    slow = Service(reply=lambda m: (time.sleep(0.6), m)[1])
    desk = Desk("H01", verifier, slow.answer, hold=0.05)
    assert Asking(straight(desk), "H01", stamped(hub, b"q"), Limits(silence=0.3, work=5.0)).ask() == b"q"


def test_a_silent_site_and_a_late_one_are_told_apart(hub: Stamper, verifier: Verifier) -> None:
    with pytest.raises(EquipoiseError, match="EQ-FLARE-004"):
        Asking(lambda *_: None, "H01", stamped(hub, b"q"), Limits(silence=0.1, work=5.0)).ask()
    never = Event()
    desk = Desk("H01", verifier, lambda _: str(never.wait(2)).encode(), hold=0.05)
    with pytest.raises(EquipoiseError, match="EQ-FLARE-005"):
        Asking(straight(desk), "H01", stamped(hub, b"q"), Limits(silence=5.0, work=0.3)).ask()
    never.set()


def test_a_site_that_was_started_again_is_given_the_question_again(hub: Stamper, verifier: Verifier) -> None:
    first, second = Service(reply=lambda m: m * PART), Service(reply=lambda m: m * PART)
    desks = [Desk("H01", verifier, one.answer, hold=0.2) for one in (first, second)]
    sent = 0

    def restarted(_: str, request: Request) -> Response | None:
        nonlocal sent
        sent += 1
        return desks[0 if sent <= 2 else 1].handle(request)

    assert Asking(restarted, "H01", stamped(hub, b"abc"), QUICK).ask() == b"abc" * PART
    assert (len(first.asked), len(second.asked)) == (1, 1)


@pytest.mark.parametrize("how", ["other bytes", "a gap", "longer than said", "nothing more"])
def test_parts_that_do_not_fit_are_refused(hub: Stamper, verifier: Verifier, how: str) -> None:
    desk = Desk("H01", verifier, Service(reply=lambda m: b"x" * (PART + 10)).answer, hold=0.2)

    def bent(_: str, request: Request) -> Response | None:
        response = desk.handle(request)
        if how == "a gap":
            return replace(response, offset=response.offset + 1)
        if how == "longer than said":
            return replace(response, total=5)
        if how == "nothing more" and request.offset:
            return replace(response, part=b"")
        return replace(response, digest="0" * 64) if how == "other bytes" else response

    with pytest.raises(EquipoiseError, match="EQ-FLARE-004" if how == "other bytes" else "EQ-FLARE-006"):
        Asking(bent, "H01", stamped(hub, b"q"), replace(QUICK, silence=0.1)).ask()


def test_a_question_whose_parts_are_not_what_was_announced_is_refused(hub: Stamper, verifier: Verifier) -> None:
    service = Service()
    desk = Desk("H01", verifier, service.answer)
    good = stamped(hub, b"good")
    said = desk.handle(Request("put", digest_of(b"good"), 4, 0, b"evil", good.stamp, good.certificate))
    assert (said.state, said.why[:12]) == ("refused", "EQ-FLARE-006")
    assert not service.asked


def test_only_the_hub_may_ask(hub: Stamper, other_site: Stamper, stranger: Stamper, verifier: Verifier) -> None:
    service = Service()
    desk = Desk("H01", verifier, service.answer, hold=0.2)
    wrong = {
        "another site of the network": stamped(other_site, b"q"),
        "a stranger under the hub's name": stamped(stranger, b"q"),
        "a stamp for another site": stamped(hub, b"q", "H02"),
        "a stamp for another question": replace(stamped(hub, b"p"), message=b"q"),
        "no stamp": Stamped(b"q", b"", b""),
        "a certificate that is none": replace(stamped(hub, b"q"), certificate=b"-----BEGIN CERTIFICATE-----\n"),
    }
    for who, question in wrong.items():
        with pytest.raises(RefusedAtTheDeskError, match="EQ-FLARE-001"):
            Asking(straight(desk), "H01", question, QUICK).ask()
        assert not service.asked, who


def test_a_service_that_fails_does_not_show_why(hub: Stamper, verifier: Verifier) -> None:
    def broken(_: bytes) -> bytes:
        raise ValueError("patient 4711")

    desk = Desk("H01", verifier, broken, hold=0.2)
    with pytest.raises(RefusedAtTheDeskError) as caught:
        Asking(straight(desk), "H01", stamped(hub, b"q"), QUICK).ask()
    assert "4711" not in str(caught.value)
