"""De-identified rows at a site: a keyed token instead of a person, a score and an arm."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.matching.summary import MatchRowsAsk, MatchRowsData, MatchRowsResult, MatchRowsSummary, Tokens
from equipoise.estimators.propensity.site import logit

MAX_KEY = 64


def tokens(site: Iterable[str], person_id: Iterable[int], key: bytes) -> Tokens:
    """A number (n,) uint64 for each person: blake2b of site and person id under the study's key (at most 64 bytes), 8 bytes.

    The same in a federated and in a pooled run. Whoever lacks the key cannot try out person ids. Two of 10^6 people share a token with
    a probability of about 3 in 10^8.
    """
    used = key[:MAX_KEY]
    digests = (hashlib.blake2b(f"{s}\x1f{p}".encode(), key=used, digest_size=8).digest() for s, p in zip(site, person_id, strict=True))
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def summarise(data: MatchRowsData, ask: MatchRowsAsk) -> MatchRowsSummary:
    """A row a person, sorted by token so that the order of the site's table is not told."""
    score = logit(data.score) if ask.scale == "logit" else data.score
    order = np.argsort(data.token)
    return MatchRowsSummary(data.token[order], score[order], data.treated[order].astype(np.int64))


def matched_here(result: MatchRowsResult, token: Tokens) -> tuple[Floats, Ints]:
    """For this site's people: matching weight (n,), 0 if unmatched, and matched set (n,), -1 if unmatched."""
    weight, pair = np.zeros(len(token)), np.full(len(token), -1, dtype=np.int64)
    if not len(result.token):
        return weight, pair
    order = np.argsort(result.token)
    ranked = result.token[order]
    place = np.minimum(np.searchsorted(ranked, token), len(ranked) - 1)
    found = ranked[place] == token
    weight[found] = result.weight[order][place[found]]
    pair[found] = result.pair[order][place[found]]
    return weight, pair
