"""Why a study does not go on."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

UNANSWERED = ErrorKind(
    "EQ-CHECK-001",
    "a design check found an error",
    "The design, or what came of it, has a flaw that is known to give wrong answers, and the study does not say why it goes on.",
    "Do what the finding says; or, knowing better, name the check under `overrides` in the study file, with the reason.",
    exit_status=3,
)
