"""Every kind of criterion that the study document knows, for tests that must miss none."""

from __future__ import annotations

from typing import get_args

from equipoise.study.model import Criterion, Model

CRITERION_KINDS: tuple[type[Model], ...] = get_args(get_args(Criterion)[0])
