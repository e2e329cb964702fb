"""What a published abstract claims: the block `claims` of a study file."""

from equipoise.study.grammar.claims.claim import CLAIM, CLAIMS, check_claims

__all__ = ["CLAIM", "CLAIMS", "check_claims"]
