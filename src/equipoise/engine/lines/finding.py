"""Lines of therapy of all persons in one sorted pass."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from equipoise.engine.lines.columns import earliest, true, whole
from equipoise.engine.lines.compiled import ALWAYS, CompiledPack, Flags, Ints, compiled
from equipoise.engine.lines.exposures import exposures
from equipoise.engine.lines.state import Closed, Joined
from equipoise.engine.lines.treatments import LINE_COLUMNS, PERSON_LINE_COLUMNS, REASONS, LinesFound, Treatments
from equipoise.engine.lines.waves import all_lines
from equipoise.engine.shapes import shaped
from equipoise.study.model.lines.pack import Pack

Column: TypeAlias = Any
"""What Arrow makes a column of."""


def find_lines(treatments: Treatments, pack: Pack) -> LinesFound:
    """Lines of therapy of every person. See `Treatments` and `LinesFound`; `engine/reference/lines.py` says the same slowly.

    Time grows with the records; memory is about 200 bytes a record. Raises EQ-STUDY-061 for a name in a rule that the pack does not have.
    """
    rules = compiled(pack)
    given = exposures(treatments, rules)
    anchors = _anchor_days(treatments, pack, given.ids)
    lead_in = pack.anchor.lead_in.days if pack.anchor else 0
    borders = np.full(len(given.ids), ALWAYS, np.int64) if anchors is None else np.where(anchors == ALWAYS, ALWAYS, anchors - lead_in)
    closed, joined = all_lines(given, borders, rules)
    order = np.lexsort((closed.line, closed.person))
    closed = _ordered(closed, order)
    curative = _curative(closed, anchors, pack)
    cured = np.bincount(closed.person, curative, len(given.ids)).astype(np.int64)
    number = np.where(curative, closed.line, closed.line - cured[closed.person])
    lines = _line_table(closed, given.ids, rules, {"line": number, "curative": curative}, joined)
    return LinesFound(lines, _person_table(treatments, pack, lines))


def _ordered(closed: Closed, order: Ints) -> Closed:
    return Closed(*(getattr(closed, name)[order] for name in Closed.__slots__))


def _anchor_days(treatments: Treatments, pack: Pack, ids: Ints) -> Ints | None:
    """By person of `ids`; `ALWAYS` for a person without; None when anchors are not asked for."""
    if treatments.anchors is None or pack.anchor is None:
        return None
    who, day = earliest(treatments.anchors)
    found = np.full(len(ids), ALWAYS, np.int64)
    _, here, there = np.intersect1d(ids, who, assume_unique=True, return_indices=True)
    found[here] = day[there]
    return found


def _curative(closed: Closed, anchors: Ints | None, pack: Pack) -> Flags:
    if anchors is None or pack.anchor is None:
        return np.zeros(len(closed.person), np.bool_)
    day = anchors[closed.person]
    before: Flags = (closed.start < day - pack.anchor.lead_in.days) & (closed.end <= day + pack.anchor.ongoing.days)
    return before


def _line_table(closed: Closed, ids: Ints, rules: CompiledPack, more: dict[str, Ints | Flags], joined: Joined) -> pa.Table:
    regimen, later = _drug_lists(closed, joined, rules)
    columns: dict[str, Column] = {
        "person_id": ids[closed.person],
        "start_day": closed.start,
        "end_day": closed.end,
        "regimen": regimen,
        "later": later,
        "began": pa.DictionaryArray.from_arrays(closed.began, pa.array(REASONS)),
        "maintenance": closed.maintenance,
        "rechallenge": closed.rechallenge,
    }
    return shaped(pa.table(columns | more), LINE_COLUMNS)


def _drug_lists(closed: Closed, joined: Joined, rules: CompiledPack) -> tuple[Column, Column]:
    """Drugs of each line that began in its window, and those that joined later."""
    most = int(closed.line.max(initial=0)) + 1
    where = np.searchsorted(closed.person * most + closed.line, joined.person * most + joined.line)
    order = np.lexsort((~joined.in_window, joined.drug, where))
    where, drug, in_window = where[order], joined.drug[order], joined.in_window[order]
    again = np.concatenate(([False], (where[1:] == where[:-1]) & (drug[1:] == drug[:-1])))[: len(where)]
    early, late = in_window & ~again, ~in_window & ~again
    lines = len(closed.line)
    return _lists(where[early], drug[early], lines, rules), _lists(where[late], drug[late], lines, rules)


def _lists(where: Ints, drug: Ints, lines: int, rules: CompiledPack) -> Column:
    offsets = np.concatenate(([0], np.cumsum(np.bincount(where, minlength=lines)))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(rules.drugs).take(drug))


def _person_table(treatments: Treatments, pack: Pack, lines: pa.Table) -> pa.Table:
    if treatments.index is None:
        return pa.table({name: pa.array([], kind) for name, kind in PERSON_LINE_COLUMNS.items()})
    ids, index = earliest(treatments.index)
    who, line, start, end = (whole(lines, name) for name in ("person_id", "line", "start_day", "end_day"))
    curative = true(lines, "curative")
    place = np.minimum(np.searchsorted(ids, who), max(len(ids) - 1, 0))
    here = (ids[place] == who) if len(ids) else np.zeros(len(who), np.bool_)
    counted = here & ~curative
    day = index[place] if len(ids) else start
    prior = np.bincount(place[counted & (start < day)], minlength=len(ids))
    near = counted & (start <= day) & (day <= end + pack.current.days)
    current = np.zeros(len(ids), np.int64)
    np.maximum.at(current, place[near], line[near])
    cured = np.full(len(ids), -ALWAYS, np.int64)
    np.maximum.at(cured, place[here & curative], end[here & curative])
    columns: dict[str, Column] = {
        "person_id": ids,
        "prior_lines": prior,
        "current_line_at_index": pa.array(current, mask=current == 0),
        "early_relapse": _early_relapse(treatments, pack, ids, cured),
    }
    return shaped(pa.table(columns), PERSON_LINE_COLUMNS)


def _early_relapse(treatments: Treatments, pack: Pack, ids: Ints, cured: Ints) -> Flags:
    anchors = _anchor_days(treatments, pack, ids)
    if anchors is None or pack.anchor is None:
        return np.zeros(len(ids), np.bool_)
    soon: Flags = (cured > -ALWAYS) & (anchors < ALWAYS) & (anchors - cured <= pack.anchor.early_relapse.days)
    return soon
