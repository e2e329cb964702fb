"""What a table needs to know of its persons' lines of therapy. Nothing here loops over persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from equipoise.engine.contract import Engine
from equipoise.study.lines.pathways import LONGEST, SEVERAL, regimen_labels
from equipoise.study.model import LinesOfTherapy, Pack, Window
from equipoise.table.arrow import Bools, Ints, whole
from equipoise.table.records import Records


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Of n persons with d drugs of the pack, in its order.

    prior: (n,) lines begun before the index. last: (n, d) whether the drug is part of the latest of these. Both from what was recorded up
    to the index day. later: records of the days after the index on which a line begins. regimens: (n, LONGEST) by line, the place of its
    regimen in `regimen_labels`, -1 where there is no such line. Both from all records; lines for cure do not count anywhere.
    """

    pack: Pack
    prior: Ints
    last: Bools
    later: Records
    regimens: Ints


def line_facts(engine: Engine, lines: LinesOfTherapy | None, index: pa.Table) -> LineFacts | None:
    """Ask the engine; `index` is sorted by person. None for a study without lines."""
    if lines is None:
        return None
    person_ids, pack = whole(index["person_id"]), lines.pack
    known, every = engine.lines(index, up_to_index=True), engine.lines(index)
    prior = whole(known.persons["prior_lines"])
    drugs = _drug_matrix(known.lines, pack, later=True)
    found = _Lines.of(known.lines, person_ids)
    before = np.flatnonzero(found.counted & (found.start < 0))
    last = np.zeros((len(person_ids), len(pack.drugs())), np.bool_)
    last[found.row[before]] = drugs[before]
    of_all = _Lines.of(every.lines, person_ids)
    return LineFacts(
        pack, prior, last, _later(of_all), _regimens(of_all, _drug_matrix(every.lines, pack, later=False), pack, len(person_ids))
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """Columns of lines, sorted by person and start: the person's row, whether the line counts, its number and first day."""

    row: Ints
    counted: Bools
    number: Ints
    start: Ints

    @staticmethod
    def of(lines: pa.Table, person_ids: Ints) -> _Lines:
        row = np.searchsorted(person_ids, whole(lines["person_id"]))
        return _Lines(row, whole(lines["curative"]) == 0, whole(lines["line"]), whole(lines["start_day"]))


def _drug_matrix(lines: pa.Table, pack: Pack, *, later: bool) -> Bools:
    """(m, d) whether a drug is in the line's regimen, or, with `later`, joined it afterwards."""
    drugs = pa.array(pack.drugs(), pa.string())
    held = np.zeros((lines.num_rows, len(drugs)), np.bool_)
    for name in ("regimen", "later") if later else ("regimen",):
        column = lines[name].combine_chunks()
        place = pc.index_in(pc.list_flatten(column), drugs)
        held[np.asarray(pc.list_parent_indices(column)), np.asarray(place)] = True
    return held


def _later(lines: _Lines) -> Records:
    """The starts after the index day as records."""
    after = np.flatnonzero(lines.counted & (lines.start > 0))
    zeros = np.zeros(len(after), np.int64)
    return Records(lines.row[after], lines.start[after], zeros, zeros, np.full(len(after), np.nan), zeros, after)


def _regimens(lines: _Lines, held: Bools, pack: Pack, n: int) -> Ints:
    """Labels as places: classes alone, then pairs in the order of `regimen_labels`, then all others."""
    labels = regimen_labels(pack)
    names = [name.replace("_", " ") for name in pack.classes]
    drugs = pack.drugs()
    of_class = np.array([[drug in one.drugs for drug in drugs] for one in pack.classes.values()], np.bool_)
    classes = held.astype(np.int64) @ of_class.T.astype(np.int64) > 0
    sizes = classes.sum(axis=1)
    first = classes.argmax(axis=1)
    second = len(names) - 1 - classes[:, ::-1].argmax(axis=1)
    pairs = np.full((len(names), len(names)), labels.index(SEVERAL), np.int64)
    for a, one in enumerate(names):
        pairs[a, a] = a
        for b in range(a + 1, len(names)):
            pairs[a, b] = labels.index(f"{one} + {names[b]}")
    place = np.where(sizes > 2, labels.index(SEVERAL), pairs[first, second])
    found = np.full((n, LONGEST), -1, np.int64)
    shown = lines.counted & (lines.number <= LONGEST)
    found[lines.row[shown], lines.number[shown] - 1] = place[shown]
    return found


def starts_in(later: Records, window: Window) -> Records:
    """The starts that lie in a window of days from the index."""
    inside = (later.day >= (window.start or 0)) & (later.day <= (np.inf if window.end is None else window.end))
    return later.take(inside)
