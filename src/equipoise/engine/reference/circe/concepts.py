"""Which concepts a concept set holds, in the site's own vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from equipoise.cohort.circe.model import ConceptSet, ConceptSetItem
from equipoise.engine.reference.circe.rows import Cdm


@dataclass(slots=True)
class Vocabulary:
    """The concepts of a site: all, those that are valid, the descendants of each, and what maps to each."""

    known: set[int]
    valid: set[int]
    descendants: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    mapped: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @staticmethod
    def of(cdm: Cdm) -> Vocabulary:
        """Read the site's vocabulary."""
        concept, ancestor, relation = (cdm.table(f"concept{one}") for one in ("", "_ancestor", "_relationship"))
        reasons = zip(concept.ids("concept_id"), concept.texts("invalid_reason"), strict=True)
        ids = {one for one in concept.ids("concept_id") if one is not None}
        made = Vocabulary(ids, {one for one, reason in reasons if one is not None and reason is None})
        for above, below in zip(ancestor.ids("ancestor_concept_id"), ancestor.ids("descendant_concept_id"), strict=True):
            if above is not None and below is not None:
                made.descendants[above].add(below)
        columns = (relation.ids("concept_id_1"), relation.ids("concept_id_2"))
        kinds = (relation.texts("relationship_id"), relation.texts("invalid_reason"))
        for source, standard, kind, invalid in zip(*columns, *kinds, strict=True):
            if kind == "Maps to" and invalid is None and source is not None and standard is not None:
                made.mapped[standard].add(source)
        return made

    def concepts_of(self, concept_set: ConceptSet) -> frozenset[int]:
        """What the lines that are not excluded bring, less what the excluded ones bring."""
        kept = self._brought(item for item in concept_set.items if not item.is_excluded)
        return frozenset(kept - self._brought(item for item in concept_set.items if item.is_excluded))

    def _brought(self, items: Iterable[ConceptSetItem]) -> set[int]:
        return {concept for item in items for concept in self._of_line(item)}

    def _of_line(self, item: ConceptSetItem) -> set[int]:
        """The concept if the vocabulary has it, with its valid descendants, with what maps to any of these."""
        concept = item.concept.concept_id
        found = {concept} & self.known
        if item.include_descendants:
            found |= self.descendants.get(concept, set()) & self.valid
        if item.include_mapped:
            found |= {source for one in found for source in self.mapped.get(one, ())}
        return found
