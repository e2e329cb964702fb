"""What a site's office has said of a study: whether it is answered, and which questions of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from equipoise.guard.errors import NOT_APPROVED
from equipoise.guard.office.approvals import Approvals
from equipoise.guard.office.memory import Memory, coded
from equipoise.guard.policy import Policy
from equipoise.guard.release import Door
from equipoise.network.wire.codec import encode
from equipoise.network.wire.combination import CombinationFrame
from equipoise.network.wire.labs import LabFrame
from equipoise.network.wire.messages import Batch
from equipoise.network.wire.views import Setting
from equipoise.table.analysis_table import AnalysisTable


class Office:
    """The approvals in a folder, under a policy. Without a folder no study is approved."""

    def __init__(self, policy: Policy, folder: Path | None) -> None:
        self._policy = policy
        self._approvals = Approvals(folder) if folder else None

    def allow(self, study_hash: str, document: str, *, counting: bool = False) -> None:
        """Raise EQ-GUARD-016 for a study that is not approved, where the policy asks for it; from then on it waits for the office.

        counting: nothing but its cohort's counts is asked for so far.
        """
        if self._policy.studies == "approved" and not (counting and self._policy.counts == "any"):
            if self._approvals is None:
                raise NOT_APPROVED.error("this site has no folder for approvals")
            self._approvals.allow(study_hash, document)

    def meet(self, memory: Memory, study_hash: str, table: AnalysisTable) -> None:
        """Raise EQ-GUARD-018 for a study whose persons here are almost those of an earlier one, unless the office approved that."""
        if self._policy.differencing == "allow":
            return
        found = self._approvals.find(study_hash) if self._approvals else None
        numbers = [table.rows[name].to_numpy().astype(np.int64) for name in ("person_id", "arm")]
        persons = coded(numbers[0], numbers[1])
        memory.meet(study_hash, persons, self._policy.minimum_count, accepted=found is not None and found.alike)
        memory.keep_persons(study_hash, persons)

    def check(self, door: Door, study_hash: str, batch: Batch) -> None:
        """Raise EQ-GUARD-016 for a study approved no more, -019 for an estimator not answered, -020 for too many cut points or scores."""
        if self._policy.studies == "approved" and (self._approvals is None or self._approvals.find(study_hash) is None):
            raise NOT_APPROVED.error(f"study {study_hash[:12]} is not approved any more")
        for part in batch.questions:
            door.allow_estimator(part.estimator)
        for design in designs(batch):
            door.allow_design(study_hash, design)


def designs(batch: Batch) -> Iterator[bytes]:
    """Digests of what the hub has chosen to tell persons apart by: cut points, scores, bins, models of weights and their limits."""
    setting = batch.setting
    if setting.learned is not None or setting.scores is not None:
        yield _digest(Setting(setting.learned, setting.centre, setting.spread, setting.scores))
    for weighting in setting.weightings:
        if weighting.edges is not None:
            yield _digest(replace(weighting, variant=""))
    for part in batch.questions:
        frame, labs = part.view.combination, part.view.labs
        if frame is not None and (frame.models or frame.limits):
            yield _digest(CombinationFrame("weighted clones", models=frame.models, limits=frame.limits))
        if labs is not None and (labs.model is not None or labs.rows == "measured"):
            yield _digest(LabFrame(labs.outcome, "values", labs.covariates, labs.centre, labs.spread, labs.model, labs.limits))


def _digest(chosen: object) -> bytes:
    return hashlib.sha256(encode(chosen)).digest()
