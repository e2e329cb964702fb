"""Laboratory outcomes of a study file: values, scores of values, and the block `labs` of what is estimated of them."""

from equipoise.study.grammar.labs.models import LAB_MODELS, complete_lab_models
from equipoise.study.grammar.labs.score import SCORE, complete_scores
from equipoise.study.grammar.labs.value import LAB, lab_label

__all__ = ["LAB", "LAB_MODELS", "SCORE", "complete_lab_models", "complete_scores", "lab_label"]
