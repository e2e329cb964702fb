"""Concept sets: which concepts of the vocabulary a criterion means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A concept as ATLAS writes it. Only `concept_id` decides who is in a cohort; the rest is for people."""

    concept_id: int
    concept_name: str | None = None
    standard_concept: str | None = None
    """`S` standard, `C` classification, `N` or None neither."""
    invalid_reason: str | None = None
    """`V` valid, `D` deleted, `U` replaced."""
    concept_code: str | None = None
    domain_id: str | None = None
    vocabulary_id: str | None = None
    concept_class_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptSetItem:
    """One line of a concept set.

    A set is the union of its lines that are not excluded, less the union of its excluded lines. `include_descendants` adds the
    concept's descendants in `concept_ancestor`; `include_mapped` adds the concepts that have a current `Maps to` relationship to any of
    the line's concepts. Descendants and mapped concepts of an excluded line are excluded too.
    """

    concept: Concept
    is_excluded: bool = False
    include_descendants: bool = False
    include_mapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptSet:
    """A named set; criteria refer to it by `id`."""

    id: int
    name: str = ""
    items: tuple[ConceptSetItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptSetSelection:
    """A concept column filtered by a concept set (the `...CS` attributes).

    With `codeset_id`: the column's concept is in the set, or, with `is_exclusion`, not in it (a column that is null passes neither).
    Without: the column is not null, or, with `is_exclusion`, is null.
    """

    codeset_id: int | None = None
    is_exclusion: bool = False
