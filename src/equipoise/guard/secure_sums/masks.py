"""Masks that cancel in the sum over all sites of a session, and hide every single site's words.

For each two sites there is a secret that only they have (`agreement.py`). Of it and of the very question a keyed stream (ChaCha20) is made;
the site whose name comes first adds it, the other subtracts it. A site that was asked another question makes another stream, and nothing
cancels: a hub cannot ask one site something and the others something else.

Bell et al., Secure single-server aggregation with (poly)logarithmic overhead, CCS 2020, for the setting; here every pair is masked, which
costs a site one stream a peer and is cheap at the size of our summaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b, sha256

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from equipoise.guard.secure_sums.fixed_point import Words

NONCE = bytes(16)
"""Constant: every key is used for one stream only."""


def question_digest(question: bytes) -> bytes:
    """(32 bytes) what the streams of a question hang on: all of its bytes."""
    return sha256(question).digest()


def masked(words: Words, own: str, secrets: Mapping[str, bytes], digest: bytes) -> Words:
    """The words under masks. own: this site's name. secrets: by peer, (32 bytes). digest: of the question; never the same one twice."""
    hidden = words.copy()
    blank = bytes(words.nbytes)
    for peer, secret in secrets.items():
        mask = np.frombuffer(stream(secret, digest, blank), dtype="<u8")
        if own < peer:
            hidden += mask
        else:
            hidden -= mask
    return hidden


def stream(secret: bytes, digest: bytes, blank: bytes) -> bytes:
    """As many bytes as `blank` has, which look random to whoever does not have the secret."""
    key = blake2b(digest, key=secret, digest_size=32, person=b"equipoise mask 1").digest()
    return Cipher(algorithms.ChaCha20(key, NONCE), mode=None).encryptor().update(blank)
