"""Treatments from a site's records, through any engine: what lines of therapy are found from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from equipoise.engine.contract import Engine, EventRequest
from equipoise.engine.lines.columns import named, whole
from equipoise.engine.lines.compiled import Ints
from equipoise.engine.lines.treatments import Treatments
from equipoise.study.model import LinesOfTherapy, Window

DRUGS, ANCHOR, LOCAL = "drugs of lines", "anchor of lines", "local treatments"


def treatments_of(engine: Engine, index: pa.Table, lines: LinesOfTherapy, *, up_to_index: bool = False) -> Treatments:
    """The treatments of indexed persons, all days counted from each person's index day (which is 0).

    `index` has person_id and index_date; the engine must be prepared with the sets of `lines`. A record's last day is its end date; its
    route is the drug's own. Records are taken as given: events do not tell an order from an administration. `up_to_index`: only what
    was recorded by then, so that nothing known later decides who is eligible.
    Errors are those of the engine.
    """
    window = Window(end=0) if up_to_index else Window()
    drug_sets = tuple(one for drug in lines.drugs for one in drug.sets)
    every = ((DRUGS, drug_sets), (ANCHOR, lines.anchor.sets if lines.anchor else ()), (LOCAL, lines.local))
    requests = tuple(EventRequest(name, sets, window) for name, sets in every if sets)
    found = engine.events(index, requests)
    names, request = named(found, "request")
    tables = {name: found.filter(pa.array(request == place)) for place, name in enumerate(names)}
    drugs = tables.get(DRUGS, found.slice(0, 0))
    of_set = {one: drug.drug for drug in lines.drugs for one in drug.sets}
    sets, number = named(drugs, "set")
    drug = pa.DictionaryArray.from_arrays(pa.array(number, pa.int32()), pa.array([of_set[one or ""] for one in sets], pa.string()))
    given = drugs.select(["person_id", "day", "end_day"]).append_column("drug", drug)
    anchors = _days(tables.get(ANCHOR, found.slice(0, 0)))
    everyone = index.select(["person_id"]).append_column("day", pa.array(np.zeros(index.num_rows, np.int32)))
    return Treatments(
        administrations=given,
        anchors=anchor_days(anchors, lines.anchor.confirmed_within) if lines.anchor else None,
        index=everyone,
        local=_days(tables[LOCAL]) if LOCAL in tables else None,
    )


def anchor_days(records: pa.Table, confirmed_within: int | None = None) -> pa.Table:
    """Each person's first day in `records` (person_id, day; no nulls); with `confirmed_within`, the first that has a later day so soon.

    Persons without such a day are left out. Sorted by person.
    """
    person, day = whole(records, "person_id"), whole(records, "day")
    order = np.lexsort((day, person))
    person, day = _distinct(person[order], day[order])
    if confirmed_within is not None:
        soon = np.append((person[1:] == person[:-1]) & (day[1:] - day[:-1] <= confirmed_within), False)[: len(day)]
        person, day = person[soon], day[soon]
    ids, first = np.unique(person, return_index=True)
    return pa.table({"person_id": pa.array(ids, pa.int64()), "day": pa.array(day[first], pa.int32())})


def _distinct(person: Ints, day: Ints) -> tuple[Ints, Ints]:
    fresh = np.append(True, (person[1:] != person[:-1]) | (day[1:] != day[:-1]))[: len(day)]
    return person[fresh], day[fresh]


def _days(events: pa.Table) -> pa.Table:
    return events.select(["person_id", "day"])
