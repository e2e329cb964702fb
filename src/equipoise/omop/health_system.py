"""Health-system, economic, derived and metadata tables of the CDM.

Column notation: see `omop.model.columns`. Source: OHDSI CommonDataModel, field-level specification of CDM 5.4 and 5.3.
"""

from equipoise.omop.model import Table, columns

TABLES = (
    Table(
        "location",
        "health_system",
        columns(
            """
            location_id:int* address_1:text address_2:text city:text state:text zip:text county:text location_source_value:text
            country_concept_id:int+ country_source_value:text+ latitude:float+ longitude:float+
            """
        ),
    ),
    Table(
        "care_site",
        "health_system",
        columns(
            """
            care_site_id:int* care_site_name:text place_of_service_concept_id:int location_id:int care_site_source_value:text
            place_of_service_source_value:text
            """
        ),
    ),
    Table(
        "provider",
        "health_system",
        columns(
            """
            provider_id:int* provider_name:text npi:text dea:text specialty_concept_id:int care_site_id:int year_of_birth:int
            gender_concept_id:int provider_source_value:text specialty_source_value:text specialty_source_concept_id:int
            gender_source_value:text gender_source_concept_id:int
            """
        ),
    ),
    Table(
        "payer_plan_period",
        "health_system",
        columns(
            """
            payer_plan_period_id:int* person_id:int* payer_plan_period_start_date:date* payer_plan_period_end_date:date*
            payer_concept_id:int payer_source_value:text payer_source_concept_id:int plan_concept_id:int plan_source_value:text
            plan_source_concept_id:int sponsor_concept_id:int sponsor_source_value:text sponsor_source_concept_id:int
            family_source_value:text stop_reason_concept_id:int stop_reason_source_value:text stop_reason_source_concept_id:int
            """
        ),
        id_column="payer_plan_period_id",
        date_column="payer_plan_period_start_date",
        end_date_column="payer_plan_period_end_date",
        concept_column="payer_concept_id",
        source_concept_column="payer_source_concept_id",
        source_value_column="payer_source_value",
    ),
    Table(
        "cost",
        "health_system",
        columns(
            """
            cost_id:int* cost_event_id:int* cost_domain_id:text* cost_type_concept_id:int* currency_concept_id:int
            total_charge:float total_cost:float total_paid:float paid_by_payer:float paid_by_patient:float paid_patient_copay:float
            paid_patient_coinsurance:float paid_patient_deductible:float paid_by_primary:float paid_ingredient_cost:float
            paid_dispensing_fee:float payer_plan_period_id:int amount_allowed:float revenue_code_concept_id:int
            revenue_code_source_value:text drg_concept_id:int drg_source_value:text
            """
        ),
    ),
    Table(
        "drug_era",
        "health_system",
        columns(
            """
            drug_era_id:int* person_id:int* drug_concept_id:int* drug_era_start_date:date* drug_era_end_date:date*
            drug_exposure_count:int gap_days:int
            """
        ),
        id_column="drug_era_id",
        date_column="drug_era_start_date",
        end_date_column="drug_era_end_date",
        concept_column="drug_concept_id",
    ),
    Table(
        "dose_era",
        "health_system",
        columns(
            """
            dose_era_id:int* person_id:int* drug_concept_id:int* unit_concept_id:int* dose_value:float* dose_era_start_date:date*
            dose_era_end_date:date*
            """
        ),
        id_column="dose_era_id",
        date_column="dose_era_start_date",
        end_date_column="dose_era_end_date",
        concept_column="drug_concept_id",
    ),
    Table(
        "condition_era",
        "health_system",
        columns(
            """
            condition_era_id:int* person_id:int* condition_concept_id:int* condition_era_start_date:date*
            condition_era_end_date:date* condition_occurrence_count:int
            """
        ),
        id_column="condition_era_id",
        date_column="condition_era_start_date",
        end_date_column="condition_era_end_date",
        concept_column="condition_concept_id",
    ),
    Table(
        "cohort",
        "health_system",
        columns(
            """
            cohort_definition_id:int* subject_id:int* cohort_start_date:date* cohort_end_date:date*
            """
        ),
    ),
    Table(
        "cohort_definition",
        "health_system",
        columns(
            """
            cohort_definition_id:int* cohort_definition_name:text* cohort_definition_description:text
            definition_type_concept_id:int* cohort_definition_syntax:text subject_concept_id:int* cohort_initiation_date:date
            """
        ),
    ),
    Table(
        "cdm_source",
        "health_system",
        columns(
            """
            cdm_source_name:text* cdm_source_abbreviation:text* cdm_holder:text* source_description:text
            source_documentation_reference:text cdm_etl_reference:text source_release_date:date* cdm_release_date:date*
            cdm_version:text cdm_version_concept_id:int*+ vocabulary_version:text*
            """
        ),
    ),
    Table(
        "metadata",
        "health_system",
        columns(
            """
            metadata_id:int*+ metadata_concept_id:int* metadata_type_concept_id:int* name:text* value_as_string:text
            value_as_concept_id:int value_as_number:float+ metadata_date:date metadata_datetime:datetime
            """
        ),
    ),
)
