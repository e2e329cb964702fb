"""The hash changes with the meaning, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.reading import from_tree

SILENT = {
    "CohortExpression.title",
    "CohortExpression.cdm_version_range",
    "ConceptSet.name",
    "InclusionRule.name",
    "InclusionRule.description",
    *(f"Concept.{name}" for name in ("concept_name", "concept_code", "standard_concept", "invalid_reason")),
    *(f"Concept.{name}" for name in ("domain_id", "vocabulary_id", "concept_class_id")),
}


def test_it_is_the_same_on_every_machine_and_in_every_release(gout):
    assert fingerprint(from_tree(gout)) == "4d82726a6fd30bee6956f6ccb4b98b7a5ebc1f226ed7ec710b005706d0635589"


def test_every_change_of_meaning_changes_it_and_no_other_does(domain, a_full, all_changes, definition_with):
    base = fingerprint(definition_with(censoring_criteria=(a_full(domain),)))
    for name, changed in all_changes(a_full(domain)):
        same = fingerprint(definition_with(censoring_criteria=(changed,))) == base
        assert same == (name in SILENT), name


def test_so_it_is_for_the_rest_of_the_definition(a_full, all_changes, definition_with):
    definition = replace(a_full(type(definition_with())), concept_sets=definition_with().concept_sets)
    base = fingerprint(definition)
    for name, changed in all_changes(definition):
        assert (fingerprint(changed) == base) == (name in SILENT), name


@pytest.mark.parametrize("key", ["QualifiedLimit", "CensorWindow", "CollapseSettings"])
def test_a_default_written_out_is_a_default(gout, key):
    base = fingerprint(from_tree(gout))
    del gout[key]
    assert fingerprint(from_tree(gout)) == base
