"""What is done to an answer to see whether it stands: the block `sensitivity` of a study file."""

from equipoise.study.grammar.sensitivity.block import SENSITIVITY, check_sensitivity

__all__ = ["SENSITIVITY", "check_sensitivity"]
