"""The vocabulary slice: every concept that a simulated record can hold, how it maps and what it descends from.

The slice, `data/concepts.csv`, is written by `benchmarks/build_simulated_vocabulary.py`. Source: the code list of the flagship
protocol, with the OMOP ids it has verified; all other ids are local, 2,000,000,000 and above.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from equipoise.simulate.baseline import Ints


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of the slice. standard: `S` or empty. maps_to: 0 when the concept is standard itself. parents: direct ancestors."""

    concept_id: int
    name: str
    domain: str
    vocabulary: str
    concept_class: str
    standard: str
    code: str
    maps_to: int
    parents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """Concepts and, by position in `concepts`, their ids, standard concepts and domains as arrays."""

    concepts: tuple[Concept, ...]
    ids: Ints
    standard_ids: Ints
    domains: tuple[str, ...]
    domain: Ints
    """Position in `domains` of the domain of each concept."""
    positions: dict[tuple[str, str], int]

    def at(self, vocabulary: str, code: str) -> int:
        """The position of a concept. Raises KeyError when the slice lacks it."""
        return self.positions[vocabulary, code]

    def domain_number(self, domain: str) -> int:
        """The position of a domain in `domains`; -1 when no concept of the slice is in it."""
        return self.domains.index(domain) if domain in self.domains else -1


@cache
def codebook(slice_of: str = "concepts") -> Codebook:
    """Read a slice by the name of its file, once a process."""
    with files("equipoise.simulate").joinpath(f"data/{slice_of}.csv").open(encoding="utf-8") as file:
        concepts = tuple(_concept(row) for row in csv.DictReader(file))
    domains = tuple(sorted({concept.domain for concept in concepts}))
    return Codebook(
        concepts=concepts,
        ids=np.array([concept.concept_id for concept in concepts], np.int64),
        standard_ids=np.array([concept.maps_to or concept.concept_id for concept in concepts], np.int64),
        domains=domains,
        domain=np.array([domains.index(concept.domain) for concept in concepts], np.int64),
        positions={(concept.vocabulary, concept.code): i for i, concept in enumerate(concepts)},
    )


def _concept(row: dict[str, str]) -> Concept:
    return Concept(
        int(row["concept_id"]),
        row["concept_name"],
        row["domain_id"],
        row["vocabulary_id"],
        row["concept_class_id"],
        row["standard_concept"],
        row["concept_code"],
        int(row["maps_to"] or 0),
        tuple(int(parent) for parent in row["parents"].split()),
    )


def ancestors(concepts: tuple[Concept, ...]) -> list[tuple[int, int, int, int]]:
    """Rows of concept_ancestor: (ancestor, descendant, fewest levels, most levels); each standard concept is its own at level 0."""
    parents = {concept.concept_id: concept.parents for concept in concepts}
    rows = []
    for concept in concepts:
        if concept.standard != "S":
            continue
        levels: dict[int, tuple[int, int]] = {concept.concept_id: (0, 0)}
        _climb(concept.concept_id, 0, parents, levels)
        rows += [(ancestor, concept.concept_id, low, high) for ancestor, (low, high) in sorted(levels.items())]
    return rows


def _climb(concept_id: int, level: int, parents: dict[int, tuple[int, ...]], levels: dict[int, tuple[int, int]]) -> None:
    for parent in parents.get(concept_id, ()):
        low, high = levels.get(parent, (level + 1, level + 1))
        levels[parent] = (min(low, level + 1), max(high, level + 1))
        _climb(parent, level + 1, parents, levels)
