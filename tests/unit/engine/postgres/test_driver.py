"""Without the extra, a sentence says which."""

from __future__ import annotations

import sys

import pytest

from equipoise.engine.circe.opening import open_warehouse
from equipoise.kernel.errors import EquipoiseError


def test_the_driver_is_not_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    with pytest.raises(EquipoiseError) as error:
        open_warehouse("postgresql://me@db/hospital")
    assert error.value.code == "EQ-ENGINE-031"
    assert "equipoise[postgres]" in str(error.value)
