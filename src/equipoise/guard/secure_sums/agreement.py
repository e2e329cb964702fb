"""How two sites come to a secret that the hub, which carries every message between them, does not have.

For each session of a study a site makes a fresh X25519 key and signs it with its identity, together with the study, the session, its name,
its version and its terms. Peers check the signature against their own roster, and derive from the two keys (HKDF-SHA256) a secret that is
bound to all that was said: study, session, and every offer of the set of sites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from equipoise.guard.errors import KEY_NOT_BELIEVED
from equipoise.guard.policy import Share
from equipoise.guard.secure_sums.identity import Identity, Roster, signed_by


@dataclass(frozen=True, slots=True)
class Offer:
    """A site's key for one session, signed. share: its terms, which peers count by."""

    site: str
    version: str
    share: Share
    key: bytes
    signature: bytes


def offer(identity: Identity, private: X25519PrivateKey, context: tuple[str, bytes], said: tuple[str, str, Share]) -> Offer:
    """An offer. context: study hash and session. said: the site's name, version and terms."""
    key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    site, version, share = said
    return Offer(site, version, share, key, identity.sign(statement(context, Offer(site, version, share, key, b""))))


def statement(context: tuple[str, bytes], made: Offer) -> bytes:
    """The bytes that are signed: each part under its length, so that no two offers read alike."""
    study_hash, session = context
    said = made.site.encode(), made.version.encode(), made.share.encode(), made.key
    parts = b"equipoise session key 1", study_hash.encode(), session, *said
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def believe(offers: Sequence[Offer], roster: Roster, context: tuple[str, bytes]) -> None:
    """Raise EQ-GUARD-010 for the first offer that is not signed by the peer whom the roster knows by that name."""
    for made in offers:
        pinned = roster.keys.get(made.site)
        if pinned is None:
            raise KEY_NOT_BELIEVED.error(f"{made.site} is not in this site's roster")
        if not signed_by(pinned, made.signature, statement(context, made)):
            raise KEY_NOT_BELIEVED.error(f"the key that came for {made.site} is not signed by it for this study and session")


def digest_of(offers: Sequence[Offer], context: tuple[str, bytes]) -> bytes:
    """(32 bytes) of all that was said: what every secret of the session is bound to."""
    return sha256(b"".join(statement(context, made) for made in sorted(offers, key=lambda one: one.site))).digest()


def secrets_with(own: str, private: X25519PrivateKey, offers: Sequence[Offer], context: tuple[str, bytes]) -> dict[str, bytes]:
    """(32 bytes) by peer. Raises EQ-GUARD-010 for a key that is no point of the curve's large group."""
    bound = digest_of(offers, context)
    found = {}
    for made in offers:
        if made.site == own:
            continue
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(made.key))
        except ValueError:
            raise KEY_NOT_BELIEVED.error(f"the key of {made.site} is not a key") from None
        names = " and ".join(sorted((own, made.site))).encode()
        found[made.site] = HKDF(SHA256(), 32, salt=bound, info=b"equipoise pair 1 " + names).derive(shared)
    return found
