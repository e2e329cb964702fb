"""A study's conversation with its sites: numbered questions, checked replies, failures by site."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from equipoise import __version__
from equipoise.guard.audit import Entry
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.errors import BAD_REPLY, SITE_FAILED, TOO_FEW_SITES
from equipoise.network.hub.ledger import Ledger
from equipoise.network.hub.transport import Reply, Transport
from equipoise.network.wire.codec import decode, decode_any, encode
from equipoise.network.wire.messages import Answer, Question, Refusal
from equipoise.study.model import SiteRules

Body = TypeVar("Body")
UNDER, CLEAR = "under masks", "in clear"
UNDER_MASKS = ("totals", "estimate")
"""The kinds of question that are answered under masks, in a session that has them."""


def random_name() -> bytes:
    """(16 bytes) a name that nobody can foresee."""
    return secrets.token_bytes(16)


class SitesLostError(Exception):
    """Sites failed after their answers may have entered a result: the analysis must start again with the rest."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much was said."""

    rounds: int = 0
    messages: int = 0
    bytes_received: int = 0


@dataclass(slots=True)
class Conversation:
    """Asks the sites that are left, drops those that fail, and stops when the study's rules say so."""

    transport: Transport
    study_hash: str
    rules: SiteRules
    sites: tuple[str, ...] = ()
    failures: dict[str, str] = field(default_factory=dict)
    traffic: Traffic = Traffic()
    session: bytes = b""
    """Of the masks that answers come under; empty when they come in clear."""
    secure_sites: frozenset[str] = frozenset()
    """Sites that share sums only."""
    added: list[frozenset[str]] = field(default_factory=list)
    """The sets of such sites over which something was added under masks, in this run."""
    new_name: Callable[[], bytes] = random_name
    """Names sessions, (16 bytes) each: one that nobody can foresee."""
    ledger: Ledger = field(default_factory=Ledger)
    """What came from each site."""
    apart: dict[str, str] = field(default_factory=dict)
    """Sites left out together with one that failed, and why."""

    def __post_init__(self) -> None:
        self.sites = self.sites or self.transport.sites

    def ask(
        self,
        kind: str,
        body: object,
        declared: type[Body],
        answered: Callable[[int], None] = lambda _: None,
        *,
        what: Sequence[str] = (),
    ) -> dict[str, Body]:
        """One question to every site that is left; the answers of those that gave a good one. The others are dropped.

        what: names of the summaries that are asked for, for the ledger.
        """
        self.traffic = replace(self.traffic, rounds=self.traffic.rounds + 1)
        session = self.session if kind in UNDER_MASKS else b""
        question = Question(__version__, self.study_hash, self.traffic.rounds, kind, encode(body), session)  # type: ignore[arg-type]
        replies = self.transport.ask(encode(question), self.sites, answered)
        received = sum(len(reply.message or b"") for reply in replies)
        self.traffic = replace(
            self.traffic, messages=self.traffic.messages + len(replies), bytes_received=self.traffic.bytes_received + received
        )
        answers: dict[str, Body] = {}
        way = UNDER if session else CLEAR
        for reply in replies:
            try:
                answers[reply.site] = decode(self._body(reply, question), declared)
                self.ledger.heard(reply.site, way, what or (kind,), len(reply.message or b""))
            except EquipoiseError as error:
                self.failures[reply.site] = sentence(error)
        self._write_down(question, what, f"{len(answers)} of {len(replies)} sites", received)
        self._keep(tuple(site for site in self.sites if site in answers))
        return answers

    def _write_down(self, question: Question, what: Sequence[str], answered: str, received: int) -> None:
        names = ", ".join(f"{name} {n}" for name, n in sorted(Counter(what).items())) or question.kind
        terms = UNDER if question.session else CLEAR
        self.ledger.write(Entry(question.study_hash, question.number, names, answered, received, "answered", terms))

    def drop(self, site: str, why: EquipoiseError) -> None:
        """Leave out a site whose answer cannot be used."""
        self.failures[site] = sentence(why)
        self._keep(tuple(other for other in self.sites if other != site))

    def leave_out(self, site: str) -> None:
        """Ask a site no more that the study's own rule leaves out: it did not fail."""
        self.sites = tuple(other for other in self.sites if other != site)
        self._enough()

    def secure(self, without: Iterable[str] = ()) -> tuple[str, ...]:
        """The sites left that share sums only, but some."""
        left_out = set(without)
        return tuple(site for site in self.sites if site in self.secure_sites and site not in left_out)

    def shuffled(self, sites: Iterable[str]) -> list[str]:
        """Sites in an order that hangs on the study alone."""
        order = sorted(sites)
        random.Random(self.study_hash).shuffle(order)  # noqa: S311 - a partition, not a secret
        return order

    def _body(self, reply: Reply, question: Question) -> bytes:
        if reply.message is None:
            raise BAD_REPLY.error(reply.why or "no reply")
        answer = decode_any(reply.message, Answer | Refusal)
        if isinstance(answer, Refusal):
            raise RefusedError(answer)
        if (answer.site, answer.study_hash, answer.number) != (reply.site, question.study_hash, question.number):
            raise BAD_REPLY.error("the reply belongs to another site, study or question")
        body: bytes = answer.body
        return body

    def _keep(self, left: tuple[str, ...]) -> None:
        lost = [site for site in self.sites if site not in left]
        self.sites = left
        if lost and self.rules.on_failure == "stop":
            raise SITE_FAILED.error(f"{lost[0]} failed: {self.failures[lost[0]]}")
        self._enough()

    def _enough(self) -> None:
        if len(self.sites) < self.rules.minimum_sites:
            named = "; ".join(f"{site}: {why}" for site, why in self.failures.items())
            raise TOO_FEW_SITES.error(
                f"{len(self.sites)} sites are left, {self.rules.minimum_sites} needed ({named or 'the network is empty'})"
            )


class RefusedError(EquipoiseError):
    """A site's refusal, in the site's own words."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(*BAD_REPLY.error(refusal.what).problems)
        self.refusal = refusal


def sentence(error: EquipoiseError) -> str:
    """A code and a sentence, for the record of a failure."""
    if isinstance(error, RefusedError):
        return f"{error.refusal.code} {error.refusal.what}"
    return f"{error.code} {error.problems[0].what}"
