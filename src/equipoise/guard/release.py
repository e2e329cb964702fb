"""The only door out of a site: every summary passes here, is checked against its declaration and the policy, and is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from threading import Lock
from typing import Any

import numpy as np

from equipoise.estimators.shape import Additive
from equipoise.guard.audit import AuditLog, Entry
from equipoise.guard.errors import ESTIMATOR_REFUSED, NOT_A_SUMMARY, OVERFLOW, ROWS_REFUSED, RULE_BROKEN, TOO_MANY_FAILURES
from equipoise.guard.office.budgets import Budgets
from equipoise.guard.policy import Policy
from equipoise.guard.rules import Model, Text, broken
from equipoise.kernel.errors import EquipoiseError

MOST_FAILURES = 3
"""Questions of a study that may fail at a site under masks for what its records hold, before it answers no more of them."""
TELLING = (NOT_A_SUMMARY.code, OVERFLOW.code, RULE_BROKEN.code, "EQ-SITE-001")
"""Refusals that may hang on records, beside those of estimators (EQ-EST-...); all others hang on the question alone."""
PLAIN = (int, float, np.integer, np.floating)
DTYPES = {np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.uint64), np.dtype(np.bool_)}


@dataclass(frozen=True, slots=True)
class Purpose:
    """For whom a summary is meant to leave: which study, which question, which estimator, the types that it declares.

    persons: how many it is a sum over, where that is known.
    """

    study_hash: str
    question: int
    estimator: str
    declared: tuple[type, ...]
    persons: int | None = None


class Door:
    """A site's door: its policy, what it may still be asked, and the log."""

    def __init__(self, policy: Policy, log: AuditLog, budgets: Budgets | None = None) -> None:
        self.policy = policy
        self.log = log
        self.budgets = budgets or Budgets(policy)
        self._failures: dict[str, int] = {}
        self._lock = Lock()

    def spend(self, study_hash: str) -> None:
        """Count a summary. Raises EQ-GUARD-003 when the study, or the day, has used up its number."""
        self.budgets.spend(study_hash, self.log)

    def allow_design(self, study_hash: str, design: bytes) -> None:
        """Count a set of cut points, scores or weights. design: its digest. Raises EQ-GUARD-020 when the study has tried too many."""
        self.budgets.take_design(study_hash, design)

    def allow_more(self, study_hash: str) -> None:
        """Raise EQ-GUARD-022 when so many questions of the study have failed that another failure would tell of a record."""
        if self.policy.masked and self._failures.get(study_hash, 0) >= MOST_FAILURES:
            raise TOO_MANY_FAILURES.error(f"{MOST_FAILURES} questions of this study failed here, no more are answered")

    def failed(self, study_hash: str, code: str) -> None:
        """Count a question that was not answered, by the code of its refusal."""
        if code in TELLING or code.startswith("EQ-EST-"):
            with self._lock:
                self._failures[study_hash] = self._failures.get(study_hash, 0) + 1

    def allow_estimator(self, name: str) -> None:
        """Raise EQ-GUARD-019 for an estimator that the policy does not name."""
        if self.policy.estimators and name not in self.policy.estimators:
            raise ESTIMATOR_REFUSED.error(f"this site's policy does not answer {name}")


def release(summary: object, door: Door, purpose: Purpose) -> Additive:
    """Let a summary leave: of a declared type, sums only unless the policy shares rows, within the budget. Logged either way.

    Raises EQ-GUARD-001 for anything that is not a declared summary, -002 for rows, -003 when the budget is spent.
    """
    shape, size = describe(summary)
    decision = "released"
    try:
        checked = check(summary, door.policy, purpose)
        door.spend(purpose.study_hash)
        return checked
    except EquipoiseError as error:
        decision = error.code
        raise
    finally:
        door.log.append(Entry(purpose.study_hash, purpose.question, purpose.estimator, shape, size, decision, terms_met(door.policy)))


def terms_met(policy: Policy) -> str:
    """The terms that a summary leaves under, in a few words for the log."""
    way = f"under masks, over {policy.minimum_sites} sites or more" if policy.masked else policy.share
    return f"{way}; counts under {policy.minimum_count} masked"


def check(summary: object, policy: Policy, purpose: Purpose) -> Additive:
    """The summary, if it is of a declared type, holds numbers only, and no rows that the policy keeps."""
    if not isinstance(summary, Additive) or type(summary) not in purpose.declared:
        raise NOT_A_SUMMARY.error(f"{purpose.estimator} gave a {type(summary).__name__}")
    for part in fields(summary):
        if not numeric(getattr(summary, part.name)):
            raise NOT_A_SUMMARY.error(f"{purpose.estimator}: field {part.name} of {type(summary).__name__} is not numeric")
    if holds_rows(type(summary)):
        allow_rows(policy, purpose.estimator)
    if policy.keeps_models:
        allow_model(summary, policy, purpose)
    return summary


def allow_model(summary: Additive, policy: Policy, purpose: Purpose) -> None:
    """Raise EQ-GUARD-021 for the sums of a model that this site's persons alone would saturate.

    A model's sums are those with a square matrix over its parameters: curvature, or outer products of scores. Those of a model whose
    weights were estimated have the parameters of both.
    """
    parameters = parameters_of(summary)
    if parameters and purpose.persons is not None and (rules := broken(Model(purpose.persons, parameters), policy)):
        raise RULE_BROKEN.error(f"{purpose.estimator}: {', '.join(rules)} ({parameters} parameters)")


def parameters_of(summary: Additive) -> int:
    """The side of a summary's largest square matrix over parameters (`p`, `q` in its declared shapes); 0 where there is none."""
    sides = [
        np.asarray(getattr(summary, part.name)).shape[-1]
        for part in fields(summary)
        if _square(str(part.metadata.get("shape", ""))) and np.asarray(getattr(summary, part.name)).size
    ]
    return max(sides, default=0)


def _square(shape: str) -> bool:
    """Whether a declared shape ends in the same number of parameters twice."""
    sides = [side.strip() for side in shape.strip("()").split(",")]
    return len(sides) > 1 and sides[-1] == sides[-2] and sides[-1][:1] in ("p", "q")


def allow_text(texts: Iterable[str], policy: Policy) -> None:
    """Raise EQ-GUARD-021 for text that is too long to be a name."""
    for text in texts:
        if rules := broken(Text(len(text)), policy):
            raise RULE_BROKEN.error(f"{', '.join(rules)}: {len(text)} characters")


def holds_rows(kind: type[Additive]) -> bool:
    """Whether any field of a summary has one value a person."""
    return any(part.metadata.get("disclosure") == "rows" for part in fields(kind))


def allow_rows(policy: Policy, what: str) -> None:
    """Raise EQ-GUARD-002 unless the policy shares de-identified rows."""
    if policy.share != "deidentified-rows":
        raise ROWS_REFUSED.error(f"{what} needs one line a person; this site's policy is {policy.share}")


def numeric(value: object) -> bool:
    """Whether a field is a number or an array of them."""
    return value.dtype in DTYPES if isinstance(value, np.ndarray) else isinstance(value, PLAIN)


def describe(summary: Any) -> tuple[str, int]:
    """The names and shapes of a summary's fields, and its size in bytes; no value."""
    if not isinstance(summary, Additive):
        return type(summary).__name__, 0
    values = [(part.name, np.asarray(getattr(summary, part.name))) for part in fields(summary)]
    return " ".join(f"{name}{list(array.shape)}" for name, array in values), sum(array.nbytes for _, array in values)
