"""A run over a live network that kills itself: HUB STUDY.json QUESTION OUT. Question 0 is never put, so that run comes to its end."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path

from equipoise.network.hub.remembering import Memory
from equipoise.network.hub.transport import Reply
from equipoise.network.live import run_live
from equipoise.network.wire.codec import decode
from equipoise.network.wire.messages import Answer
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Study
from equipoise.study.reading import LoadedStudy


def main() -> None:
    hub, document, question, out = sys.argv[1:]
    kept = Memory.keep

    def keep(self: Memory, digest: bytes, reply: Reply) -> None:
        kept(self, digest, reply)
        if reply.message is not None and decode(reply.message, Answer).number == int(question):
            os.kill(os.getpid(), signal.SIGKILL)

    Memory.keep = keep  # type: ignore[method-assign]
    study = Study.model_validate_json(Path(document).read_text(encoding="utf-8"))
    result = run_live(LoadedStudy(study, "", study_hash(study)), Path(hub), lambda *_: None)
    Path(out).write_bytes(pickle.dumps(result))


if __name__ == "__main__":
    main()
