"""Clinical data tables of the CDM: what happened to people.

Column notation: see `omop.model.columns`. Source: OHDSI CommonDataModel, field-level specification of CDM 5.4 and 5.3.
"""

from equipoise.omop.model import Table, columns

TABLES = (
    Table(
        "person",
        "clinical",
        columns(
            """
            person_id:int* gender_concept_id:int* year_of_birth:int* month_of_birth:int day_of_birth:int birth_datetime:datetime
            race_concept_id:int* ethnicity_concept_id:int* location_id:int provider_id:int care_site_id:int person_source_value:text
            gender_source_value:text gender_source_concept_id:int race_source_value:text race_source_concept_id:int
            ethnicity_source_value:text ethnicity_source_concept_id:int
            """
        ),
        id_column="person_id",
        source_value_column="person_source_value",
    ),
    Table(
        "observation_period",
        "clinical",
        columns(
            """
            observation_period_id:int* person_id:int* observation_period_start_date:date* observation_period_end_date:date*
            period_type_concept_id:int*
            """
        ),
        id_column="observation_period_id",
        date_column="observation_period_start_date",
        end_date_column="observation_period_end_date",
    ),
    Table(
        "visit_occurrence",
        "clinical",
        columns(
            """
            visit_occurrence_id:int* person_id:int* visit_concept_id:int* visit_start_date:date* visit_start_datetime:datetime
            visit_end_date:date* visit_end_datetime:datetime visit_type_concept_id:int* provider_id:int care_site_id:int
            visit_source_value:text visit_source_concept_id:int admitted_from_concept_id:int<admitting_source_concept_id
            admitted_from_source_value:text<admitting_source_value discharged_to_concept_id:int<discharge_to_concept_id
            discharged_to_source_value:text<discharge_to_source_value preceding_visit_occurrence_id:int
            """
        ),
        id_column="visit_occurrence_id",
        date_column="visit_start_date",
        end_date_column="visit_end_date",
        concept_column="visit_concept_id",
        source_concept_column="visit_source_concept_id",
        source_value_column="visit_source_value",
        domain="Visit",
    ),
    Table(
        "visit_detail",
        "clinical",
        columns(
            """
            visit_detail_id:int* person_id:int* visit_detail_concept_id:int* visit_detail_start_date:date*
            visit_detail_start_datetime:datetime visit_detail_end_date:date* visit_detail_end_datetime:datetime
            visit_detail_type_concept_id:int* provider_id:int care_site_id:int visit_detail_source_value:text
            visit_detail_source_concept_id:int admitted_from_concept_id:int<admitting_source_concept_id
            admitted_from_source_value:text<admitting_source_value discharged_to_source_value:text<discharge_to_source_value
            discharged_to_concept_id:int<discharge_to_concept_id preceding_visit_detail_id:int
            parent_visit_detail_id:int<visit_detail_parent_id visit_occurrence_id:int*
            """
        ),
        id_column="visit_detail_id",
        date_column="visit_detail_start_date",
        end_date_column="visit_detail_end_date",
        concept_column="visit_detail_concept_id",
        source_concept_column="visit_detail_source_concept_id",
        source_value_column="visit_detail_source_value",
    ),
    Table(
        "condition_occurrence",
        "clinical",
        columns(
            """
            condition_occurrence_id:int* person_id:int* condition_concept_id:int* condition_start_date:date*
            condition_start_datetime:datetime condition_end_date:date condition_end_datetime:datetime condition_type_concept_id:int*
            condition_status_concept_id:int stop_reason:text provider_id:int visit_occurrence_id:int visit_detail_id:int
            condition_source_value:text condition_source_concept_id:int condition_status_source_value:text
            """
        ),
        id_column="condition_occurrence_id",
        date_column="condition_start_date",
        end_date_column="condition_end_date",
        concept_column="condition_concept_id",
        source_concept_column="condition_source_concept_id",
        source_value_column="condition_source_value",
        domain="Condition",
    ),
    Table(
        "drug_exposure",
        "clinical",
        columns(
            """
            drug_exposure_id:int* person_id:int* drug_concept_id:int* drug_exposure_start_date:date*
            drug_exposure_start_datetime:datetime drug_exposure_end_date:date* drug_exposure_end_datetime:datetime
            verbatim_end_date:date drug_type_concept_id:int* stop_reason:text refills:int quantity:float days_supply:int sig:text
            route_concept_id:int lot_number:text provider_id:int visit_occurrence_id:int visit_detail_id:int drug_source_value:text
            drug_source_concept_id:int route_source_value:text dose_unit_source_value:text
            """
        ),
        id_column="drug_exposure_id",
        date_column="drug_exposure_start_date",
        end_date_column="drug_exposure_end_date",
        concept_column="drug_concept_id",
        source_concept_column="drug_source_concept_id",
        source_value_column="drug_source_value",
        domain="Drug",
    ),
    Table(
        "procedure_occurrence",
        "clinical",
        columns(
            """
            procedure_occurrence_id:int* person_id:int* procedure_concept_id:int* procedure_date:date* procedure_datetime:datetime
            procedure_end_date:date+ procedure_end_datetime:datetime+ procedure_type_concept_id:int* modifier_concept_id:int
            quantity:int provider_id:int visit_occurrence_id:int visit_detail_id:int procedure_source_value:text
            procedure_source_concept_id:int modifier_source_value:text
            """
        ),
        id_column="procedure_occurrence_id",
        date_column="procedure_date",
        end_date_column="procedure_end_date",
        concept_column="procedure_concept_id",
        source_concept_column="procedure_source_concept_id",
        source_value_column="procedure_source_value",
        domain="Procedure",
    ),
    Table(
        "device_exposure",
        "clinical",
        columns(
            """
            device_exposure_id:int* person_id:int* device_concept_id:int* device_exposure_start_date:date*
            device_exposure_start_datetime:datetime device_exposure_end_date:date device_exposure_end_datetime:datetime
            device_type_concept_id:int* unique_device_id:text production_id:text+ quantity:int provider_id:int
            visit_occurrence_id:int visit_detail_id:int device_source_value:text device_source_concept_id:int unit_concept_id:int+
            unit_source_value:text+ unit_source_concept_id:int+
            """
        ),
        id_column="device_exposure_id",
        date_column="device_exposure_start_date",
        end_date_column="device_exposure_end_date",
        concept_column="device_concept_id",
        source_concept_column="device_source_concept_id",
        source_value_column="device_source_value",
        domain="Device",
    ),
    Table(
        "measurement",
        "clinical",
        columns(
            """
            measurement_id:int* person_id:int* measurement_concept_id:int* measurement_date:date* measurement_datetime:datetime
            measurement_time:text measurement_type_concept_id:int* operator_concept_id:int value_as_number:float
            value_as_concept_id:int unit_concept_id:int range_low:float range_high:float provider_id:int visit_occurrence_id:int
            visit_detail_id:int measurement_source_value:text measurement_source_concept_id:int unit_source_value:text
            unit_source_concept_id:int+ value_source_value:text measurement_event_id:int+ meas_event_field_concept_id:int+
            """
        ),
        id_column="measurement_id",
        date_column="measurement_date",
        concept_column="measurement_concept_id",
        source_concept_column="measurement_source_concept_id",
        source_value_column="measurement_source_value",
        domain="Measurement",
    ),
    Table(
        "observation",
        "clinical",
        columns(
            """
            observation_id:int* person_id:int* observation_concept_id:int* observation_date:date* observation_datetime:datetime
            observation_type_concept_id:int* value_as_number:float value_as_string:text value_as_concept_id:int
            qualifier_concept_id:int unit_concept_id:int provider_id:int visit_occurrence_id:int visit_detail_id:int
            observation_source_value:text observation_source_concept_id:int unit_source_value:text qualifier_source_value:text
            value_source_value:text+ observation_event_id:int+ obs_event_field_concept_id:int+
            """
        ),
        id_column="observation_id",
        date_column="observation_date",
        concept_column="observation_concept_id",
        source_concept_column="observation_source_concept_id",
        source_value_column="observation_source_value",
        domain="Observation",
    ),
    Table(
        "death",
        "clinical",
        columns(
            """
            person_id:int* death_date:date* death_datetime:datetime death_type_concept_id:int cause_concept_id:int
            cause_source_value:text cause_source_concept_id:int
            """
        ),
        date_column="death_date",
        concept_column="cause_concept_id",
        source_concept_column="cause_source_concept_id",
        source_value_column="cause_source_value",
    ),
    Table(
        "note",
        "clinical",
        columns(
            """
            note_id:int* person_id:int* note_date:date* note_datetime:datetime note_type_concept_id:int* note_class_concept_id:int*
            note_title:text note_text:text* encoding_concept_id:int* language_concept_id:int* provider_id:int
            visit_occurrence_id:int visit_detail_id:int note_source_value:text note_event_id:int+ note_event_field_concept_id:int+
            """
        ),
        id_column="note_id",
        date_column="note_date",
        concept_column="note_class_concept_id",
        source_value_column="note_source_value",
    ),
    Table(
        "note_nlp",
        "clinical",
        columns(
            """
            note_nlp_id:int* note_id:int* section_concept_id:int snippet:text offset:text lexical_variant:text*
            note_nlp_concept_id:int note_nlp_source_concept_id:int nlp_system:text nlp_date:date* nlp_datetime:datetime
            term_exists:text term_temporal:text term_modifiers:text
            """
        ),
    ),
    Table(
        "specimen",
        "clinical",
        columns(
            """
            specimen_id:int* person_id:int* specimen_concept_id:int* specimen_type_concept_id:int* specimen_date:date*
            specimen_datetime:datetime quantity:float unit_concept_id:int anatomic_site_concept_id:int disease_status_concept_id:int
            specimen_source_id:text specimen_source_value:text unit_source_value:text anatomic_site_source_value:text
            disease_status_source_value:text
            """
        ),
        id_column="specimen_id",
        date_column="specimen_date",
        concept_column="specimen_concept_id",
        source_value_column="specimen_source_value",
    ),
    Table(
        "fact_relationship",
        "clinical",
        columns(
            """
            domain_concept_id_1:int* fact_id_1:int* domain_concept_id_2:int* fact_id_2:int* relationship_concept_id:int*
            """
        ),
    ),
    Table(
        "episode",
        "clinical",
        columns(
            """
            episode_id:int* person_id:int* episode_concept_id:int* episode_start_date:date* episode_start_datetime:datetime
            episode_end_date:date episode_end_datetime:datetime episode_parent_id:int episode_number:int
            episode_object_concept_id:int* episode_type_concept_id:int* episode_source_value:text episode_source_concept_id:int
            """
        ),
        id_column="episode_id",
        date_column="episode_start_date",
        end_date_column="episode_end_date",
        concept_column="episode_concept_id",
        source_concept_column="episode_source_concept_id",
        source_value_column="episode_source_value",
        since="5.4",
    ),
    Table(
        "episode_event",
        "clinical",
        columns(
            """
            episode_id:int* event_id:int* episode_event_field_concept_id:int*
            """
        ),
        since="5.4",
    ),
)
