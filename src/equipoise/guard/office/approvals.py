"""Which studies a site's office has approved, and which wait for it: a small file each, in the site's folder, by the study's hash."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from equipoise.guard.errors import NOT_APPROVED, NOT_PREVIEWED
from equipoise.kernel.errors import Where
from equipoise.kernel.whole_file import write_whole

APPROVED, WAITING, PREVIEWED = "approved", "waiting", "previewed"
MOST_WAITING = 50
"""Studies that wait; more are not kept, so that nobody can fill the disk."""
_HASH = re.compile(r"^[0-9a-f]{16,64}$")


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a study and when. alike: also though its persons here are almost those of an earlier study."""

    study_hash: str
    name: str
    by: str
    when: str
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Approvals:
    """The files in a site's folder."""

    folder: Path

    def find(self, study_hash: str) -> Approval | None:
        """The approval of a study. A file that cannot be read approves nothing."""
        try:
            return Approval(**json.loads(self._path(APPROVED, study_hash).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def allow(self, study_hash: str, document: str) -> Approval:
        """The approval. Raises EQ-GUARD-016 for a study without one, which from then on waits."""
        found = self.find(study_hash)
        if found is None or found.study_hash != study_hash:
            self._wait(study_hash, document)
            raise NOT_APPROVED.error(f"study {study_hash[:12]} was not approved at this site")
        return found

    def previewed(self, study_hash: str) -> None:
        """Write down that a study's preview was made."""
        write_whole(self._made(PREVIEWED, study_hash), _now().encode(), mode=0o600)

    def approve(self, study_hash: str, name: str, by: str, *, alike: bool = False) -> Approval:
        """Approve. Raises EQ-GUARD-017 for a study that was not previewed here."""
        if not self._path(PREVIEWED, study_hash).exists():
            raise NOT_PREVIEWED.error(f"study {study_hash[:12]} was not previewed here", Where(file=self.folder))
        approval = Approval(study_hash, name, by, _now(), alike)
        write_whole(self._made(APPROVED, study_hash), (json.dumps(asdict(approval), indent=1) + "\n").encode(), mode=0o600)
        self._path(WAITING, study_hash).unlink(missing_ok=True)
        return approval

    def withdraw(self, study_hash: str) -> None:
        """Approve a study no more. Raises EQ-GUARD-016 when it was not approved."""
        try:
            self._path(APPROVED, study_hash).unlink()
        except FileNotFoundError:
            raise NOT_APPROVED.error(f"study {study_hash[:12]} was not approved at this site") from None

    def waiting(self) -> dict[str, str]:
        """The documents that wait, by hash."""
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted((self.folder / WAITING).glob("*.json"))}

    def _wait(self, study_hash: str, document: str) -> None:
        path = self._path(WAITING, study_hash)
        if not path.exists() and len(list((self.folder / WAITING).glob("*.json"))) < MOST_WAITING:
            write_whole(self._made(WAITING, study_hash), document.encode(), mode=0o600)

    def _path(self, kind: str, study_hash: str) -> Path:
        if not _HASH.match(study_hash):
            raise NOT_APPROVED.error("this is no study's hash")
        return self.folder / kind / f"{study_hash}.json"

    def _made(self, kind: str, study_hash: str) -> Path:
        path = self._path(kind, study_hash)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
