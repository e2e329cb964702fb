"""Addresses of CDMs in PostgreSQL; no error repeats a password."""

from __future__ import annotations

import pytest

from equipoise.engine.postgres.address import Address, is_address, read_address
from equipoise.kernel.errors import EquipoiseError


def test_an_address_with_everything():
    read = read_address("postgresql://me@db.example:5433/hospital?schema=cdm&vocabulary=vocab&scratch=work&sslmode=require")
    assert (read.database, read.schema, read.vocabulary, read.scratch) == ("hospital", "cdm", "vocab", "work")
    assert read.uri == "postgresql://me@db.example:5433/hospital?connect_timeout=15&application_name=equipoise&sslmode=require"


def test_what_is_not_said():
    read = read_address("postgres:///hospital?host=%2Fvar%2Frun%2Fpostgresql&connect_timeout=3")
    assert (read.schema, read.vocabulary, read.scratch) == ("public", None, None)
    assert read.uri == "postgresql:///hospital?connect_timeout=3&application_name=equipoise&host=%2Fvar%2Frun%2Fpostgresql"
    assert isinstance(read, Address)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:geheim@db/hospital",
        "postgresql://me@db/hospital?password=geheim",
        "postgresql://me@db/hospital?shcema=geheim",
        "postgresql://me@db:geheim/hospital",
        "postgresql://me@db/",
        "postgresql://me@db/hospital?geheim",
        "mysql://me@db/geheim",
    ],
)
def test_addresses_that_are_refused(text: str):
    with pytest.raises(EquipoiseError) as refused:
        read_address(text)
    assert refused.value.code == "EQ-ENGINE-032"
    assert "geheim" not in str(refused.value)


def test_what_is_meant_as_an_address():
    assert is_address("postgresql://db/x")
    assert is_address("postgres://db/x")
    assert not is_address("cdm/postgresql")
    assert not is_address("cdm.duckdb")
