"""How much a study may still ask at a site: summaries by study and by day, and sets of cut points, scores and weights by study.

At a hospital the numbers outlive the process: released summaries are counted in the site's own log, designs are kept beside what the
site remembers of studies. An approval gives a study its number of summaries anew, since somebody has said so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from equipoise.guard.audit import AuditLog
from equipoise.guard.errors import BUDGET_SPENT, DESIGNS_SPENT
from equipoise.guard.office.approvals import Approvals
from equipoise.guard.office.kept_lines import add_line, read_lines
from equipoise.guard.policy import Policy

FOLDER, DESIGNS = "memory", "designs.jsonl"


@dataclass(slots=True)
class Budgets:
    """A site's budgets. home: the folder where what was spent is found again after a restart, None to begin at nothing.

    approvals: those of the site's office; None where nobody approves.
    """

    policy: Policy
    home: Path | None = None
    approvals: Approvals | None = None
    _asked: dict[str, int] = field(default_factory=dict)
    _since: dict[str, str] = field(default_factory=dict)
    _designs: dict[str, set[str]] = field(default_factory=dict)
    _day: str = ""
    _today: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        for said in read_lines(self.home / FOLDER / DESIGNS) if self.home else ():
            self._designs.setdefault(said["study"], set()).add(said["design"])

    def spend(self, study_hash: str, log: AuditLog) -> None:
        """Count a summary. Raises EQ-GUARD-003 when the study, or the day, has used up its number. log: where releases are written."""
        with self._lock:
            self._spend_of_day(log)
            since = self._approved_at(study_hash)
            if study_hash not in self._asked or since != self._since.get(study_hash):
                self._asked[study_hash] = log.released(study=study_hash, since=since) if self.home else 0
                self._since[study_hash] = since
            self._asked[study_hash] += 1
            if self._asked[study_hash] > self.policy.questions_per_study:
                raise BUDGET_SPENT.error(f"{self.policy.questions_per_study} questions were answered, no more are")

    def take_design(self, study_hash: str, design: bytes) -> None:
        """Count a set of cut points, scores or weights. design: its digest. Raises EQ-GUARD-020 when the study has tried too many."""
        with self._lock:
            tried = self._designs.setdefault(study_hash, set())
            if design.hex() in tried:
                return
            if len(tried) >= self.policy.designs_per_study:
                raise DESIGNS_SPENT.error(f"{self.policy.designs_per_study} sets of cut points, scores or weights were used, no more are")
            tried.add(design.hex())
            if self.home:
                add_line(self.home / FOLDER / DESIGNS, {"study": study_hash, "design": design.hex()})

    def _spend_of_day(self, log: AuditLog) -> None:
        day = datetime.now(UTC).date().isoformat()
        if day != self._day:
            self._day, self._today = day, log.released(since=day)
        self._today += 1
        if self._today > self.policy.questions_per_day:
            raise BUDGET_SPENT.error(f"{self.policy.questions_per_day} questions were answered today, no more are")

    def _approved_at(self, study_hash: str) -> str:
        """When the study was approved last (ISO, UTC); empty where it was not."""
        found = self.approvals.find(study_hash) if self.approvals and self.home else None
        return found.when if found else ""
