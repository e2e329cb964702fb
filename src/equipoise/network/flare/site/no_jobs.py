"""The site's own validator of FLARE jobs: it refuses each by a named rule."""

from __future__ import annotations

from pathlib import Path

from nvflare.apis.app_validation import AppValidator

from equipoise.network.flare.errors import CODE_REFUSED, JOB_REFUSED


class NoJobs(AppValidator):  # type: ignore[misc] # FLARE has no types
    """Jobs with code break one rule, all others another."""

    def validate(self, app_folder: str) -> tuple[str, dict[str, object]]:
        """The reason for which the job may not run; FLARE passes it to who sent it."""
        kind = CODE_REFUSED if (Path(app_folder) / "custom").exists() else JOB_REFUSED
        return f"{kind.code} {kind.title}", {}
