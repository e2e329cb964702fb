"""A clinician can check a cohort by its words: nothing that has an effect goes unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.cohort.circe.describing.document import describe
from equipoise.cohort.circe.model import (
    ConditionOccurrence,
    CorrelatedCriteria,
    CriteriaGroup,
    CustomEra,
    DateOffset,
    Endpoint,
    EndWindow,
    InclusionRule,
    Occurrence,
    OccurrenceType,
    Window,
)
from equipoise.cohort.circe.reading import from_tree

UNSAID = {
    "Concept.standard_concept",
    "Concept.invalid_reason",
    "Concept.domain_id",
    "Concept.concept_class_id",
    "CorrelatedCriteria.restrict_visit",
}
OF_ANOTHER = {"Concept.concept_code", "Concept.vocabulary_id"}
"""Said of the concepts of concept sets, not of the concepts that filter."""


def test_the_example_reads_as_a_clinician_would_say_it(gout):
    text = describe(from_tree(gout), "gout")
    for words in (
        "# gout",
        "- a condition occurrence of **Gout** (only the person's first ever record of this), with age at its start at least 18",
        "- a measurement of **Urate in serum**, with value greater than 7.5, with unit milligram per deciliter (8840)",
        "The event must start in an observation period of the person, observed for at least 365 days before it.",
        "Only the earliest of a person's entry events is kept.",
        "### 1. No urate-lowering drug in the year before",
        "- no drug exposure of **Urate-lowering drugs**, starting between 365 days before the start of the entry event and "
        "1 day before the start of the entry event",
        "A person leaves 365 days after the start of the entry event, at the latest at the end of the observation period.",
        "- a death of any kind",
        "| 440674 | Gout | SNOMED 90560007 | the concept, its descendants |",
    ):
        assert words in text


def test_each_attribute_of_each_domain_changes_the_words(domain, a_full, all_changes, definition_with):
    base = describe(definition_with(censoring_criteria=(a_full(domain),)))
    unsaid = {name for name, changed in all_changes(a_full(domain)) if describe(definition_with(censoring_criteria=(changed,))) == base}
    assert unsaid <= UNSAID | OF_ANOTHER


def test_each_part_of_the_rest_changes_the_words(a_full, all_changes, definition_with):
    definition = replace(a_full(type(definition_with())), concept_sets=definition_with().concept_sets)
    base = describe(definition)
    unsaid = {name for name, changed in all_changes(definition) if describe(changed) == base}
    assert unsaid <= UNSAID | OF_ANOTHER


def test_each_part_of_concept_sets_changes_the_words(a_full, all_changes, definition_with):
    concept_set = a_full(type(definition_with().concept_sets[0]))
    base = describe(definition_with(concept_sets=(concept_set,)))
    unsaid = {name for name, changed in all_changes(concept_set) if describe(definition_with(concept_sets=(changed,))) == base}
    assert unsaid == UNSAID - {"CorrelatedCriteria.restrict_visit"}


def window(first: tuple[int | None, int], last: tuple[int | None, int], **flags: bool) -> Window:
    start, end = (Endpoint(days=days, coeff=1 if coeff > 0 else -1) for days, coeff in (first, last))
    return Window(start=start, end=end, **flags)


@pytest.mark.parametrize(
    ("given", "ignore", "words"),
    [
        (window((None, -1), (None, 1)), False, "starting at any time in the observation period"),
        (window((None, -1), (None, 1)), True, "starting at any time,"),
        (window((0, -1), (0, 1)), False, "starting on the day of the start of the entry event"),
        (window((7, 1), (7, 1)), False, "starting 7 days after the start of the entry event"),
        (
            window((None, -1), (0, 1)),
            False,
            "starting between the beginning of the observation period and the day of the start of the entry event",
        ),
        (window((None, -1), (1, -1)), True, "starting between the beginning of all records and 1 day before the start of the entry event"),
        (
            window((1, 1), (None, 1), use_index_end=True, use_event_end=True),
            False,
            "ending between 1 day after the end of the entry event and the end of the observation period",
        ),
    ],
)
def test_windows(definition_with, given, ignore, words):
    member = CorrelatedCriteria(
        criteria=ConditionOccurrence(codeset_id=1),
        start_window=given,
        occurrence=Occurrence(type=OccurrenceType.AT_LEAST, count=1),
        ignore_observation_period=ignore,
    )
    rule = InclusionRule(name="r", expression=CriteriaGroup(criteria_list=(member,)))
    assert f"- at least 1 condition occurrence of **Set 1**, {words}" in describe(definition_with(inclusion_rules=(rule,)))


def test_what_stands_around_an_event_is_counted_from_that_event(definition_with):
    inner = CorrelatedCriteria(
        criteria=ConditionOccurrence(codeset_id=2),
        start_window=window((0, 1), (0, 1)),
        end_window=EndWindow(start=Endpoint(days=0, coeff=1), end=Endpoint(coeff=1)),
        occurrence=Occurrence(type=OccurrenceType.AT_MOST, count=2, is_distinct=True, count_column="START_DATE"),
        restrict_visit=True,
    )
    outer = ConditionOccurrence(codeset_id=1, correlated_criteria=CriteriaGroup(type="ANY", criteria_list=(inner,)))
    text = describe(definition_with(censoring_criteria=(outer,)))
    assert (
        "- a condition occurrence of **Set 1**; around it, at least one of these holds:\n"
        "  - at most 2 values of: distinct start date among condition occurrences of **Set 2**, starting on the day of the start of that "
        "condition occurrence, ending between the day of the start of that condition occurrence and the end of the observation period, in "
        "the same visit as that condition occurrence" in text
    )


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        (None, "A person leaves at the end of the observation period."),
        (DateOffset(date_field="EndDate"), "A person leaves on the end of the entry event"),
        (DateOffset(offset=-1), "A person leaves 1 day before the start"),
        (CustomEra(drug_codeset_id=1, gap_days=30, offset=7), "Exposures at most 30 days apart are continuous. An exposure lasts until"),
        (CustomEra(drug_codeset_id=1, days_supply_override=5), "Each exposure is taken to last 5 days, whatever is recorded."),
    ],
)
def test_exits(definition_with, strategy, words):
    assert words in describe(definition_with(end_strategy=strategy))


def test_names_cannot_break_the_page(gout):
    gout["ConceptSets"][0]["name"] = "**bold** <script>|\n# x"
    gout["InclusionRules"][0]["description"] = "first line\n# second"
    text = describe(from_tree(gout), "a|b")
    assert "# a\\|b\n" in text
    assert "**\\*\\*bold\\*\\* \\<script\\>\\| \\# x**" in text
    assert "> first line\n> \\# second\n" in text


def test_unknown_keys_are_said(gout):
    gout["Colour"] = "red"
    assert "change nothing" in describe(from_tree(gout))
    assert "$.Colour" in describe(from_tree(gout))
