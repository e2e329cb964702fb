from __future__ import annotations

import hashlib

import pytest

from equipoise.kernel.canonical import canonical_json, content_hash


def test_key_order_and_spaces_do_not_matter():
    assert canonical_json({"b": 1, "a": [1, 2]}) == '{"a":[1,2],"b":1}'
    assert content_hash({"b": 1, "a": 2}) == content_hash({"a": 2, "b": 1})


def test_the_hash_is_sha256_of_the_text():
    assert content_hash([]) == hashlib.sha256(b"[]").hexdigest()


def test_a_missing_number_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))
