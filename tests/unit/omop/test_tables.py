"""The CDM as code against the files that OHDSI publishes: names in 5.4 (Synthea27Nj) and 5.3 (GiBleed)."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equipoise.omop.model import columns
from equipoise.omop.tables import ALL_TABLES, arrow_schema, clinical_tables, table, table_of_domain


@pytest.mark.parametrize(("folder", "version"), [("circe/synthea27nj_cdm", "5.4"), ("omop/gibleed", "5.3")])
def test_names_agree_with_ohdsi_files(shared: Path, folder: str, version: str) -> None:
    files = sorted((shared / folder).glob("*.parquet"))
    assert len(files) > 15
    differing = {
        file.stem: set(pq.read_schema(file).names) ^ set(table(file.stem).names(version))  # type: ignore[arg-type]
        for file in files
    }
    assert {name: difference for name, difference in differing.items() if difference} == {}


def test_order_agrees_with_ohdsi_files(shared: Path) -> None:
    for file in sorted((shared / "circe/synthea27nj_cdm").glob("*.parquet")):
        assert tuple(pq.read_schema(file).names) == table(file.stem).names("5.4"), file.stem


def test_dates_and_numbers_agree_with_ohdsi_files(shared: Path) -> None:
    for name in ("drug_exposure", "measurement", "condition_occurrence", "visit_occurrence", "concept"):
        theirs = {field.name: field.type for field in pq.read_schema(shared / f"omop/gibleed/{name}.parquet")}
        ours = {field.name: field.type for field in arrow_schema(name, "5.3")}
        assert theirs == ours, name


def test_role_columns_exist() -> None:
    for found in ALL_TABLES:
        roles = (found.id_column, found.date_column, found.end_date_column, found.concept_column, found.source_concept_column)
        assert {role for role in roles if role} <= set(found.names()), found.name


def test_clinical_tables_have_a_person_a_date_and_a_concept() -> None:
    found = list(clinical_tables())
    assert len(found) == 7
    assert "death" not in {one.name for one in found}
    for one in found:
        assert one.has_person
        assert one.id_column
        assert one.date_column
        assert one.concept_column
        assert one.source_concept_column


def test_domains_lead_to_tables() -> None:
    assert table_of_domain("Drug") is table("drug_exposure")
    assert table_of_domain("Unit") is None


def test_what_only_5_4_has() -> None:
    assert arrow_schema("episode", "5.3") == pa.schema([])
    assert "procedure_end_date" not in arrow_schema("procedure_occurrence", "5.3").names
    assert "visit_detail_parent_id" in arrow_schema("visit_detail", "5.3").names


def test_required_columns_are_not_nullable() -> None:
    schema = arrow_schema("condition_occurrence")
    assert not schema.field("condition_start_date").nullable
    assert schema.field("condition_end_date").nullable
    assert schema.field("condition_start_date").type == pa.date32()


def test_notation_refuses_an_unknown_type() -> None:
    with pytest.raises(ValueError, match="not a column type"):
        columns("person_id:number")
