"""Lines of therapy at a site as counts of persons. Stays at the site."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.attrition.summary import AttritionData
from equipoise.estimators.data import Ints
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.wire.lines import LineCounts
from equipoise.study.lines.pathways import LONGEST, OTHER, regimen_labels
from equipoise.study.model import LinesOfTherapy, Study
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import whole
from equipoise.table.lines.columns import regimen_names

NONE = -1
"""No such line."""


def line_counts(table: AnalysisTable, study: Study, asked: LineCounts) -> AttritionData:
    """Counts in all, of the target arm, of the comparator arm. Raises EQ-SITE-004 for what the study does not have."""
    if study.lines is None:
        raise UNKNOWN_ESTIMATOR.error("the study has no lines of therapy")
    if asked.what == "grid":
        return _grid(table)
    arm, regimens = whole(table.rows["arm"]), _regimens(table, study.lines)
    if asked.what == "regimens":
        places = len(regimen_labels(study.lines.pack))
        return _by_arm(arm, lambda of: np.bincount(regimens[of][regimens[of] != NONE], minlength=places))
    known = _told_apart(regimens, study.lines, asked.told_apart)
    prefixes = [_places(prefix, asked.told_apart) for prefix in asked.prefixes]
    return _by_arm(arm, lambda of: _courses(known[of], prefixes, len(asked.told_apart) + 2))


def _grid(table: AnalysisTable) -> AttritionData:
    if table.line_grid is None:
        raise UNKNOWN_ESTIMATOR.error("the study varies no rules of lines of therapy")
    counts = np.array(table.line_grid.counts, dtype=np.int64)
    return AttritionData(counts[:, 0], counts[:, 1], counts[:, 2])


def _by_arm(arm: Ints, count: Callable[[NDArray[np.bool_]], Ints]) -> AttritionData:
    return AttritionData(count(np.ones(len(arm), np.bool_)), count(arm == 1), count(arm == 0))


def _regimens(table: AnalysisTable, lines: LinesOfTherapy) -> Ints:
    """(n, LONGEST) places among `regimen_labels`."""
    columns = [table.rows[name] for name in regimen_names(lines)]
    return np.column_stack([np.where(np.asarray(column.is_valid()), whole(column), NONE) for column in columns])


def _told_apart(regimens: Ints, lines: LinesOfTherapy, told_apart: tuple[str, ...]) -> Ints:
    """Places among `told_apart`; one more for other regimens."""
    labels = regimen_labels(lines.pack)
    unknown = [name for name in told_apart if name not in labels]
    if unknown:
        raise UNKNOWN_ESTIMATOR.error(f"the rules have no regimen {unknown[0][:60]}")
    place = {name: k for k, name in enumerate(told_apart)}
    new = np.array([*(place.get(name, len(told_apart)) for name in labels), NONE])
    return new[regimens]


def _places(prefix: tuple[str, ...], told_apart: tuple[str, ...]) -> list[int]:
    if len(prefix) >= LONGEST or not set(prefix) <= {*told_apart, OTHER}:
        raise UNKNOWN_ESTIMATOR.error("a course that cannot be followed")
    return [told_apart.index(name) if name in told_apart else len(told_apart) for name in prefix]


def _courses(known: Ints, prefixes: list[list[int]], width: int) -> Ints:
    """For each prefix, `width` counts: by regimen of the next line, the last for none."""
    found = np.zeros((len(prefixes), width), np.int64)
    for row, prefix in enumerate(prefixes):
        begun = (known[:, : len(prefix)] == prefix).all(axis=1)
        following = known[begun, len(prefix)]
        found[row] = np.bincount(np.where(following == NONE, width - 1, following), minlength=width)
    return found.ravel()
