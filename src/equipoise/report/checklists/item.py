"""A checklist and its items; where each stands in one report."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.report.checklists.places import Place
from equipoise.results.study_result import StudyResult

AUTHORS = "To be filled by the authors"


@dataclass(frozen=True, slots=True)
class Item:
    """One item in our own words. `authors`: what of it only people can say; empty when the report says it all."""

    number: str
    topic: str
    places: tuple[Place, ...] = ()
    authors: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A reporting standard: its name, where it is published, what to know of this rendering, its items by section."""

    id: str
    name: str
    source: str
    note: str
    items: tuple[tuple[str, tuple[Item, ...]], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """One item in one report: where it stands, and what is left to the authors."""

    item: Item
    places: tuple[Place, ...]
    left: str


def standing(item: Item, result: StudyResult) -> Standing:
    """Places that this report has. An item with none of them is left to the authors, whatever it is."""
    found = tuple(place for place in item.places if place.there(result))
    if item.authors:
        return Standing(item, found, f"{AUTHORS}: {item.authors}.")
    return Standing(item, found, "" if found else f"{AUTHORS}." if not item.places else f"Not in this report. {AUTHORS}.")
