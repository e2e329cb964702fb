"""What every site has let out in a run, as the hub received it: for the report, and for the hub's own log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from equipoise.guard.audit import AuditLog, Entry
from equipoise.results.study_result import Released


@dataclass(slots=True)
class Ledger:
    """Counts of answers by site and way. log: the hub's own, of questions."""

    log: AuditLog = field(default_factory=lambda: AuditLog(None))
    _summaries: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    _answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    _bytes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def heard(self, site: str, way: str, what: Sequence[str], size: int) -> None:
        """A site has answered. what: the summaries in its answer, by name."""
        self._answers[site, way] += 1
        self._bytes[site, way] += size
        self._summaries.setdefault((site, way), Counter()).update(what)

    def write(self, entry: Entry) -> None:
        """Write a question down. Raises OSError when it cannot be."""
        self.log.append(entry)
        self.log.flush()

    def rows(self, shares: Mapping[str, str]) -> tuple[Released, ...]:
        """A row a site and way, in the order they came. shares: each site's terms."""
        return tuple(
            Released(
                site=site,
                terms=shares.get(site, ""),
                way=way,
                answers=self._answers[site, way],
                summaries=sum(counts.values()),
                bytes=self._bytes[site, way],
                kinds=", ".join(f"{name} {n}" for name, n in sorted(counts.items())),
            )
            for (site, way), counts in self._summaries.items()
        )
