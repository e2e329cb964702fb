"""Vocabulary tables of the CDM: concepts, how they map and how they descend.

Column notation: see `omop.model.columns`. Source: OHDSI CommonDataModel, field-level specification of CDM 5.4 and 5.3.
"""

from equipoise.omop.model import Table, columns

TABLES = (
    Table(
        "concept",
        "vocabulary",
        columns(
            """
            concept_id:int* concept_name:text* domain_id:text* vocabulary_id:text* concept_class_id:text* standard_concept:text
            concept_code:text* valid_start_date:date* valid_end_date:date* invalid_reason:text
            """
        ),
    ),
    Table(
        "vocabulary",
        "vocabulary",
        columns(
            """
            vocabulary_id:text* vocabulary_name:text* vocabulary_reference:text vocabulary_version:text vocabulary_concept_id:int*
            """
        ),
    ),
    Table(
        "domain",
        "vocabulary",
        columns(
            """
            domain_id:text* domain_name:text* domain_concept_id:int*
            """
        ),
    ),
    Table(
        "concept_class",
        "vocabulary",
        columns(
            """
            concept_class_id:text* concept_class_name:text* concept_class_concept_id:int*
            """
        ),
    ),
    Table(
        "concept_relationship",
        "vocabulary",
        columns(
            """
            concept_id_1:int* concept_id_2:int* relationship_id:text* valid_start_date:date* valid_end_date:date*
            invalid_reason:text
            """
        ),
    ),
    Table(
        "relationship",
        "vocabulary",
        columns(
            """
            relationship_id:text* relationship_name:text* is_hierarchical:text* defines_ancestry:text* reverse_relationship_id:text*
            relationship_concept_id:int*
            """
        ),
    ),
    Table(
        "concept_synonym",
        "vocabulary",
        columns(
            """
            concept_id:int* concept_synonym_name:text* language_concept_id:int*
            """
        ),
    ),
    Table(
        "concept_ancestor",
        "vocabulary",
        columns(
            """
            ancestor_concept_id:int* descendant_concept_id:int* min_levels_of_separation:int* max_levels_of_separation:int*
            """
        ),
    ),
    Table(
        "source_to_concept_map",
        "vocabulary",
        columns(
            """
            source_code:text* source_concept_id:int* source_vocabulary_id:text* source_code_description:text target_concept_id:int*
            target_vocabulary_id:text* valid_start_date:date* valid_end_date:date* invalid_reason:text
            """
        ),
    ),
    Table(
        "drug_strength",
        "vocabulary",
        columns(
            """
            drug_concept_id:int* ingredient_concept_id:int* amount_value:float amount_unit_concept_id:int numerator_value:float
            numerator_unit_concept_id:int denominator_value:float denominator_unit_concept_id:int box_size:int
            valid_start_date:date* valid_end_date:date* invalid_reason:text
            """
        ),
    ),
)
