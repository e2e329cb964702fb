"""Units that a study names: UCUM codes and usual spellings that values can be converted to."""

from __future__ import annotations

from equipoise.kernel.errors import closest
from equipoise.omop.units import known_units, unit_named
from equipoise.study.errors import UNKNOWN_UNIT
from equipoise.study.grammar.shapes.desk import Desk, Placed


def unit_is_known(unit: str | None, place: Placed, desk: Desk) -> bool:
    """Whether values can be converted to the unit (none named: always); else the problem is reported."""
    if unit is None or unit_named(unit) is not None:
        return True
    desk.report(UNKNOWN_UNIT, f"`{unit[:30]}` is no unit that values can be converted to", place, closest(unit, known_units()))
    return False
