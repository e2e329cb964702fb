"""The code sets an engine was prepared with: their numbers, and what their values measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from equipoise.engine.errors import NOT_PREPARED
from equipoise.kernel.errors import Where, closest
from equipoise.omop.units import analyte_of_set, factors_to
from equipoise.study.model import CodeSet


@dataclass(frozen=True, slots=True)
class PreparedSets:
    """Sets are numbered in the order given to `prepare`."""

    code_sets: tuple[CodeSet, ...] = ()
    site: str = field(default="", compare=False)
    """For errors only: sites prepared alike are equal."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names by number."""
        return tuple(codes.name for codes in self.code_sets)

    def numbers(self, names: Iterable[str]) -> tuple[int, ...]:
        """The sets' numbers, ascending, each once. Raises EQ-ENGINE-005 for a set that was not prepared."""
        return tuple(sorted({self._number(name) for name in names}))

    def _number(self, name: str) -> int:
        if name not in self.names:
            raise NOT_PREPARED.error(f"code set {name} was not prepared", Where(site=self.site), did_you_mean=closest(name, self.names))
        return self.names.index(name)

    def factors(self, number: int, unit: str) -> dict[int, float]:
        """What a value of the set is multiplied by, by its unit concept (0: no unit given), to be in `unit`. Others do not convert."""
        return factors_to(analyte_of_set(self.code_sets[number].codes), unit)
