"""What a site remembers of the studies it has answered, so that no two of them can be subtracted to show a few persons or a few sites.

Kept at the site, beside its tables: for each study its persons by arm, and the sets of sites that were added over. Two studies are alike
when their persons here are the same but for fewer than the minimum count. A study that is alike to an earlier one but not the same is
refused; of those with the same persons, the sets of sites count together.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from equipoise.guard.errors import TOO_ALIKE
from equipoise.guard.office.kept_lines import add_line, read_lines
from equipoise.kernel.whole_file import write_whole

Persons = NDArray[np.int64]
FOLDER, SETS = "memory", "sets.jsonl"


class Memory:
    """The memory in a site's folder; without a folder that of this process."""

    def __init__(self, home: Path | None) -> None:
        self._folder = home / FOLDER if home else None
        self._persons: dict[str, Persons] = {}
        self._sets: list[tuple[str, frozenset[str]]] = []
        self._alike: dict[str, list[str]] = {}
        if self._folder and self._folder.is_dir():
            self._read(self._folder)

    def meet(self, study_hash: str, persons: Persons, fewest: int, *, accepted: bool = False) -> None:
        """Compare a study's persons with those of every earlier study, its own earlier ones too. persons: (n,) `coded`.

        Raises EQ-GUARD-018 where fewer than `fewest` differ, unless the site's office accepted that. That nobody was here before does not
        help: elsewhere the two studies may have the same persons, and their difference would be those who are here now.
        """
        alike = []
        for earlier, others in self._persons.items():
            if not persons.size and not others.size:
                continue
            differing = np.setxor1d(persons, others, assume_unique=True).size
            if 0 < differing < fewest and not accepted:
                which = "when it was answered before" if earlier == study_hash else f"study {earlier[:12]}, which was answered before"
                raise TOO_ALIKE.error(f"fewer than {fewest} persons differ here from {which}")
            if differing < fewest and earlier != study_hash:
                alike.append(earlier)
        self._alike[study_hash] = alike

    def keep_persons(self, study_hash: str, persons: Persons) -> None:
        """Remember the persons of a study that is being answered."""
        if study_hash in self._persons and np.array_equal(self._persons[study_hash], persons):
            return
        self._persons[study_hash] = persons
        if self._folder:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = io.BytesIO()
            np.save(file, persons, allow_pickle=False)
            write_whole(self._folder / f"{study_hash}.npy", file.getvalue(), mode=0o600)

    def keep_set(self, study_hash: str, sites: frozenset[str]) -> None:
        """Remember a set of sites that a study was added over."""
        self._sets.append((study_hash, sites))
        if self._folder:
            add_line(self._folder / SETS, {"study": study_hash, "sites": sorted(sites)})

    def sets_of(self, study_hash: str) -> Sequence[frozenset[str]]:
        """The sets of a study and of those with the same persons."""
        together = {study_hash, *self._alike.get(study_hash, ())}
        return list(dict.fromkeys(sites for study, sites in self._sets if study in together))

    def _read(self, folder: Path) -> None:
        for path in sorted(folder.glob("*.npy")):
            self._persons[path.stem] = np.load(path, allow_pickle=False)
        for said in read_lines(folder / SETS):
            self._sets.append((said["study"], frozenset(said["sites"])))


def coded(person_id: NDArray[np.int64], arm: NDArray[np.int64]) -> Persons:
    """(n,) persons with their arm as one number each, sorted."""
    return np.unique(2 * person_id + arm)
