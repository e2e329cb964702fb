"""Subgroups at a site: which level each person is in, and the columns that views ask for. Stays at the site."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.kernel.errors import closest
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.wire.views import Subset
from equipoise.study.model import CriterionSubgroup, CutSubgroup, Study, Subgroup
from equipoise.study.subgroup_levels import SEXES, YES_NO, column_of, covariate_of, subgroup_levels
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import Column, coded, real

NOWHERE = -1


class Levels:
    """The levels of every subgroup of a study, by person: worked out once."""

    def __init__(self, table: AnalysisTable, study: Study) -> None:
        self._table = table
        self._study = study
        self._codes: dict[str, Ints] = {}

    def codes(self, name: str) -> Ints:
        """(n,) the place of each person's level, -1 for none. Raises EQ-SITE-004 for a subgroup that the study does not have."""
        if name not in self._codes:
            subgroups = {subgroup.name: subgroup for subgroup in self._study.subgroups or ()}
            if name not in subgroups:
                raise UNKNOWN_ESTIMATOR.error(f"no such subgroup: {name}", did_you_mean=closest(name, subgroups))
            self._codes[name] = level_codes(self._table, self._study, subgroups[name])
        return self._codes[name]

    def inside(self, subset: Subset) -> NDArray[np.bool_]:
        """(n,) whether a person is in one of the subset's levels."""
        return np.isin(self.codes(subset.subgroup), subset.levels)

    def counts(self, event: Ints) -> Floats:
        """(n, 2 q) for each level of each subgroup, in the study's order: 1 in it, and 1 in it with the event."""
        columns: list[Floats] = []
        for subgroup in self._study.subgroups or ():
            codes = self.codes(subgroup.name)
            for place in range(len(subgroup_levels(self._study, subgroup))):
                here = codes == place
                columns += [here.astype(np.float64), (here & (event == 1)).astype(np.float64)]
        return np.column_stack(columns) if columns else np.zeros((self._table.rows.num_rows, 0))

    def arm_by_level(self, subset: Subset, arm: Ints) -> Floats:
        """(n, 2 m - 1) for m levels: the arm, each level but the first, and the products of arm and level."""
        codes = self.codes(subset.subgroup)
        treated = arm.astype(np.float64)
        others = [(codes == level).astype(np.float64) for level in subset.levels[1:]]
        return np.column_stack([treated, *others, *(treated * other for other in others)])


def level_codes(table: AnalysisTable, study: Study, subgroup: Subgroup) -> Ints:
    """(n,) the place of each person's level in `subgroup_levels`; -1 where the covariate is missing or no criterion holds."""
    levels, covariate = subgroup_levels(study, subgroup), covariate_of(study, subgroup)
    if isinstance(subgroup, CriterionSubgroup) or covariate is None:
        return _by_name(table.rows[column_of(subgroup)], levels) if isinstance(subgroup, CriterionSubgroup) else _nowhere(table)
    if isinstance(subgroup, CutSubgroup):
        logged = covariate.kind == "measurement" and covariate.transform == "log"
        cuts = np.array([log(cut) if logged else cut for cut in subgroup.cuts])
        values = real(table.rows[covariate.name])
        return np.where(np.isfinite(values), np.searchsorted(cuts, values, side="right"), NOWHERE).astype(np.int64)
    if levels in (YES_NO, SEXES):
        values = real(table.rows[covariate.name])
        return np.where(np.isfinite(values), np.where(values == 1, 0, 1), NOWHERE).astype(np.int64)
    return _by_name(table.rows[covariate.name], levels)


def _nowhere(table: AnalysisTable) -> Ints:
    return np.full(table.rows.num_rows, NOWHERE, dtype=np.int64)


def _by_name(column: Column, levels: tuple[str, ...]) -> Ints:
    codes, names = coded(column)
    place = np.array([*(levels.index(name) if name in levels else NOWHERE for name in names), NOWHERE], dtype=np.int64)
    return place[codes]
