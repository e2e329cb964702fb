"""Which concepts a code set means at this site, written as the rules are said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from equipoise.engine.reference.tables import Record, Row, read_table, whole
from equipoise.study.model import Code, CodeSet


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The site's vocabulary tables: concept rows by id, valid `Maps to` targets, and pairs of ancestor and descendant."""

    concepts: dict[int, Row]
    maps_to: dict[int, set[int]]
    descendants: dict[int, set[int]]


@dataclass(frozen=True, slots=True)
class Concepts:
    """What a set means: `named` by its codes, `standing` in a concept column, `unmapped` there when the record has no source concept."""

    named: set[int]
    standing: set[int]
    unmapped: set[int]
    missing: tuple[str, ...]

    def hold(self, record: Record) -> bool:
        """Whether the record belongs to the set."""
        by_map = record.source_concept_id == 0 and record.concept_id in self.unmapped
        return record.source_concept_id in self.named or record.concept_id in self.standing or by_map


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read concept, concept_relationship and concept_ancestor."""
    concepts = {key: row for row in read_table(folder, "concept") if (key := whole(row["concept_id"]))}
    maps_to: dict[int, set[int]] = {}
    for row in read_table(folder, "concept_relationship"):
        source, target = whole(row["concept_id_1"]), whole(row["concept_id_2"])
        if row["relationship_id"] == "Maps to" and not row.get("invalid_reason") and source and target:
            maps_to.setdefault(source, set()).add(target)
    descendants: dict[int, set[int]] = {}
    for row in read_table(folder, "concept_ancestor"):
        above, below = whole(row["ancestor_concept_id"]), whole(row["descendant_concept_id"])
        if above and below:
            descendants.setdefault(above, set()).add(below)
    return Vocabulary(concepts, maps_to, descendants)


def concepts_of(codes: CodeSet, vocabulary: Vocabulary) -> Concepts:
    """Resolve the set."""
    result = Concepts(set(), set(), set(), tuple(_name(code) for code in codes.codes if not _named(code, vocabulary)))
    for code in codes.codes:
        named = _named(code, vocabulary)
        result.named.update(named)
        if code.match == "omop_descendants":
            result.standing.update(_with_descendants(named, vocabulary))
        else:
            result.standing.update(named)
            result.unmapped.update(*(vocabulary.maps_to.get(concept, set()) for concept in named))
    return result


def _name(code: Code) -> str:
    return f"{code.vocabulary}:{code.code or code.concept_id or ''}"


def _named(code: Code, vocabulary: Vocabulary) -> set[int]:
    found = {concept for concept, row in vocabulary.concepts.items() if row["vocabulary_id"] == code.vocabulary and _matches(code, row)}
    hint = code.concept_id
    known = hint in vocabulary.concepts or hint in vocabulary.descendants or any(hint in below for below in vocabulary.descendants.values())
    return found or ({hint} if hint and known else set())


def _matches(code: Code, row: Row) -> bool:
    if not code.code.replace(".", "") or row["concept_code"] is None:
        return False
    held = str(row["concept_code"])
    return held.replace(".", "").startswith(code.code.replace(".", "")) if code.match == "prefix" else held == code.code


def _with_descendants(named: set[int], vocabulary: Vocabulary) -> set[int]:
    standard: set[int] = set()
    for concept in named:
        is_standard = vocabulary.concepts.get(concept, {}).get("standard_concept") == "S"
        standard |= {concept} if is_standard else vocabulary.maps_to.get(concept) or {concept}
    return standard.union(*(vocabulary.descendants.get(concept, set()) for concept in standard))
