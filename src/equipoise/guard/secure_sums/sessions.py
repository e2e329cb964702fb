"""A site's side of masked sessions: join, agree, then one answer a question. Every rule that a curious hub would break is held here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from threading import RLock

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from equipoise.guard.errors import KEY_NOT_BELIEVED, MASKS_NEEDED, REPLAYED, TOO_FEW_MASKED
from equipoise.guard.office.memory import Memory
from equipoise.guard.policy import Policy
from equipoise.guard.secure_sums.agreement import Offer, believe, digest_of, offer, secrets_with
from equipoise.guard.secure_sums.fixed_point import MOST_SITES, Words
from equipoise.guard.secure_sums.identity import Identity, Roster
from equipoise.guard.secure_sums.masks import masked, question_digest
from equipoise.guard.secure_sums.site_sets import Sites, allow_set


@dataclass(slots=True)
class Session:
    """One session of a study. `secure`: its sites that share sums only. `agreed`: the digest of all its sites.

    `reply`: the last answer, for a question that comes twice.
    """

    study_hash: str
    name: bytes
    private: X25519PrivateKey
    offer: Offer
    secrets: dict[str, bytes] = field(default_factory=dict)
    secure: Sites = frozenset()
    sites: int = 0
    agreed: bytes = b""
    last: int = 0
    asked: bytes = b""
    reply: bytes | None = None

    @property
    def context(self) -> tuple[str, bytes]:
        """What every signature of the session names."""
        return self.study_hash, self.name


MOST_OPEN = 8
"""Sessions of one study at a time: a run's and those of counts beside it. The one not used for longest ends for a new one."""


class MaskedSessions:
    """The sessions of a site, and the sets of sites that each study was asked over.

    Every rule but that of the order of questions is held by study, over all its sessions: several say no more than one.
    """

    def __init__(self, site: str, identity: Identity, policy: Policy, version: str, memory: Memory | None = None) -> None:
        self.site, self.identity, self.policy, self.version = site, identity, policy, version
        self.memory = memory or Memory(None)
        self.roster = Roster({})
        self._open: dict[str, OrderedDict[bytes, Session]] = {}
        self._lock = RLock()

    def join(self, study_hash: str, name: bytes) -> Offer:
        """A fresh key for a session; an earlier one of that name ends."""
        private = X25519PrivateKey.generate()
        said = self.site, self.version, self.policy.share
        made = offer(self.identity, private, (study_hash, name), said)
        with self._lock:
            sessions = self._open.setdefault(study_hash, OrderedDict())
            sessions.pop(name, None)
            while len(sessions) >= MOST_OPEN:
                sessions.popitem(last=False)
            sessions[name] = Session(study_hash, name, private, made)
        return made

    def agree(self, study_hash: str, name: bytes, offers: Sequence[Offer]) -> bytes:
        """Take the set of sites; (32 bytes) a digest of it. The same set again is the same answer, for a question that is carried twice.

        Raises EQ-GUARD-010, -011, -012, -013; -014 for another set.
        """
        with self._lock:
            session = self._session(study_hash, name)
            if session.secrets and not session.last and session.agreed == digest_of(offers, session.context):
                return session.agreed
            if session.secrets or session.last:
                raise REPLAYED.error("the set of sites of a session is taken once")
            self._check(session, offers)
            session.secure = frozenset(one.site for one in offers if one.share == "secure-sums")
            if self.policy.masked:
                self._enough(session)
            session.secrets = secrets_with(self.site, session.private, offers, session.context)
            session.sites = len(offers)
            session.agreed = digest_of(offers, session.context)
            return session.agreed

    def _enough(self, session: Session) -> None:
        here, needed = len(session.secure), self.policy.minimum_sites
        if here < needed:
            raise TOO_FEW_MASKED.error(f"{here} sites share sums only, this site's policy needs {needed} (`minimum_sites`)")
        allow_set(session.secure, self.memory.sets_of(session.study_hash), needed)

    def _check(self, session: Session, offers: Sequence[Offer]) -> None:
        names = [one.site for one in offers]
        if len(set(names)) != len(names) or len(names) > MOST_SITES or session.offer not in offers:
            raise KEY_NOT_BELIEVED.error("the set of sites names a site twice, or not this one as it offered itself")
        other = next((one for one in offers if one.version != self.version), None)
        if other is not None:
            raise KEY_NOT_BELIEVED.error(f"{other.site} runs version {other.version}, this site runs {self.version}")
        believe([one for one in offers if one.site != self.site], self.roster, session.context)

    def needed(self, name: bytes) -> bool:
        """Whether an answer must be masked. Raises EQ-GUARD-013 when it must and the question names no session."""
        if name:
            return True
        if self.policy.masked:
            raise MASKS_NEEDED.error("this site answers only under masks, and the question names no session")
        return False

    def again(self, study_hash: str, name: bytes, number: int, message: bytes) -> bytes | None:
        """The answer given before to the very same question, if it is the last. Raises EQ-GUARD-014 for an older or another one.

        From then on the number is spent: an answer leaves once.
        """
        with self._lock:
            session = self._session(study_hash, name)
            digest = question_digest(message)
            if number == session.last and digest == session.asked and session.reply is not None:
                return session.reply
            if number <= session.last:
                raise REPLAYED.error(f"question {number} comes after question {session.last} of the session")
            session.last, session.asked, session.reply = number, digest, None
            return None

    def ask_over(self, study_hash: str, name: bytes, without: Collection[Collection[str]]) -> None:
        """Write down the sets that a question adds over: all, and all without some. Raises EQ-GUARD-012 before anything is answered."""
        with self._lock:
            session = self._session(study_hash, name)
            for left_out in ((), *without):
                over, known = session.secure - frozenset(left_out), self.memory.sets_of(study_hash)
                if over not in known and self.policy.masked:
                    allow_set(over, known, self.policy.minimum_sites)
                    self.memory.keep_set(study_hash, over)

    def hide(self, study_hash: str, name: bytes, words: Words) -> Words:
        """The words of the question that `again` let in, under this session's masks."""
        session = self._session(study_hash, name)
        return masked(words, self.site, session.secrets, session.asked)

    def size(self, study_hash: str, name: bytes) -> int:
        """Sites in a session that was agreed."""
        session = self._session(study_hash, name)
        if not session.sites:
            raise MASKS_NEEDED.error("the sites of this session are not agreed yet")
        return session.sites

    def keep_reply(self, study_hash: str, name: bytes, reply: bytes) -> None:
        """Keep the last answer, for a question that is carried twice."""
        self._session(study_hash, name).reply = reply

    def _session(self, study_hash: str, name: bytes) -> Session:
        with self._lock:
            sessions = self._open.get(study_hash, OrderedDict())
            if name not in sessions:
                raise MASKS_NEEDED.error("this site is in no such session")
            sessions.move_to_end(name)
            return sessions[name]
