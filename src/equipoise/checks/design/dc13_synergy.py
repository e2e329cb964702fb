"""DC13: synergy claimed without a test for it."""

from __future__ import annotations

import re

from equipoise.checks.check import Check
from equipoise.study.model import Study

WORDS = re.compile(r"\bsynerg\w*|\bpotentiat\w*|\bsuper-?additive\w*|\beffect modif\w*|\bgreater than the sum\b", re.IGNORECASE)


def design(study: Study) -> tuple[str, ...]:
    """Each claim (or the title) that speaks of synergy, when the study estimates no interaction."""
    if study.combination is not None and study.combination.interaction:
        return ()
    texts = (study.title, *(claim.words for claim in study.claims or ()))
    return tuple(f"“{text}” speaks of synergy, and the study estimates no interaction." for text in texts if WORDS.search(text))


CHECK = Check(
    "DC13",
    "synergy without a test",
    "two treatments that are each followed by longer life are not thereby better together than the two effects taken one by one",
    "Name the classes under `interaction` in `combination`: the ratio of hazard ratios and the excess risk (RERI), with their intervals.",
    "warning",
    design=design,
)
