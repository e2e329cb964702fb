"""Covariates as columns: numbers as float64 (null = missing), categories as dictionaries with all the study's levels in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from equipoise.engine.lines.errors import NO_RULES
from equipoise.kernel.errors import Where, closest
from equipoise.omop.units import analyte_of_set, convert, factors_to, known_units, unit_named
from equipoise.study.learned import levels_of
from equipoise.study.model import (
    AgeCovariate,
    CategoryCovariate,
    CodeSet,
    ComorbidityCovariate,
    CountCovariate,
    Covariate,
    EventCovariate,
    IndexYearCovariate,
    LastRegimenCovariate,
    LinesCovariate,
    MeasurementCovariate,
    SexCovariate,
)
from equipoise.table.analysis_table import ValueCount
from equipoise.table.arrow import Bools, Column, Floats, Ints, NewColumn, categories, coded, numbers, real
from equipoise.table.comorbidity import comorbidity_score
from equipoise.table.errors import UNKNOWN_UNIT
from equipoise.table.lines.columns import last_regimen, prior_lines
from equipoise.table.lines.facts import LineFacts
from equipoise.table.records import Records, counted, nearest, no_records


@dataclass(frozen=True, slots=True)
class Sources:
    """All that the engine found, in the order of the cohort's rows.

    index_day: (n,) days since 1970. persons: rows of `Engine.persons`. records: by request. levels: (n, k) whether each category
    criterion holds. codes: the diagnosis codes of each comorbidity covariate, by its name.
    """

    index_day: Ints
    person_ids: Ints
    persons: pa.Table
    records: Mapping[str, Records]
    levels: Bools
    codes: Mapping[str, pa.Table]
    code_sets: tuple[CodeSet, ...]
    lines: LineFacts | None = None
    """Lines of therapy; None for a study without."""


def covariate_columns(covariates: Sequence[Covariate], sources: Sources) -> tuple[dict[str, NewColumn], tuple[ValueCount, ...]]:
    """A column under the name of each covariate, and what became of laboratory values."""
    columns: dict[str, NewColumn] = {}
    counts: list[ValueCount] = []
    next_criterion = 0
    for covariate in covariates:
        if isinstance(covariate, CategoryCovariate):
            holds = sources.levels[:, next_criterion : next_criterion + len(covariate.levels)]
            next_criterion += len(covariate.levels)
            columns[covariate.name] = _category(covariate, holds)
        elif isinstance(covariate, MeasurementCovariate):
            columns[covariate.name], count = measurement(covariate, sources)
            counts.append(count)
        else:
            columns[covariate.name] = _column(covariate, sources)
    return columns, tuple(counts)


def completed_years(birth: Floats, index_day: Ints) -> Floats:
    """Whole years from birth to index (days since 1970; birth NaN when unknown). Born on 29 February: a year older on 1 March."""
    known = np.isfinite(birth)
    born, index = np.where(known, birth, 0).astype("datetime64[D]"), index_day.astype("datetime64[D]")
    years = _year(index) - _year(born)
    return np.where(known, years - (_month_day(index) < _month_day(born)), np.nan)


def _year(days: NDArray[np.datetime64]) -> Ints:
    years: Ints = days.astype("datetime64[Y]").astype(np.int64)
    return years + 1970


def _month_day(days: NDArray[np.datetime64]) -> Ints:
    months = days.astype("datetime64[M]")
    month: Ints = months.astype(np.int64) % 12
    day: Ints = (days - months.astype("datetime64[D]")).astype(np.int64)
    return month * 31 + day


def _sex(recorded: Column) -> NewColumn:
    codes, names = coded(recorded)
    value = np.array([{"female": 1.0, "male": 0.0}.get(name, np.nan) for name in names] + [np.nan])
    return numbers(value[codes])


def _index_year(covariate: IndexYearCovariate, index_day: Ints) -> NewColumn:
    years, levels = _year(index_day.astype("datetime64[D]")), levels_of(covariate)
    return numbers(years) if levels is None else categories(np.searchsorted(sorted(set(covariate.cuts)), years, side="right"), levels)


def _event(covariate: EventCovariate, sources: Sources) -> NewColumn:
    found = counted(_records(covariate.name, sources), len(sources.index_day), "records")
    return numbers((found >= covariate.at_least).astype(np.float64))


def _count(covariate: CountCovariate, sources: Sources) -> NewColumn:
    found = counted(_records(covariate.name, sources), len(sources.index_day), covariate.count)
    levels = levels_of(covariate)
    return numbers(found) if levels is None else categories(np.minimum(found, covariate.levels), levels)


_Plain: TypeAlias = (
    AgeCovariate
    | SexCovariate
    | IndexYearCovariate
    | EventCovariate
    | CountCovariate
    | ComorbidityCovariate
    | LinesCovariate
    | LastRegimenCovariate
)


def _column(covariate: _Plain, sources: Sources) -> NewColumn:
    match covariate:
        case AgeCovariate():
            return numbers(completed_years(real(sources.persons["birth_date"]), sources.index_day))
        case SexCovariate():
            return _sex(sources.persons["sex"])
        case IndexYearCovariate():
            return _index_year(covariate, sources.index_day)
        case EventCovariate():
            return _event(covariate, sources)
        case CountCovariate():
            return _count(covariate, sources)
        case ComorbidityCovariate():
            return numbers(comorbidity_score(covariate, sources.codes[covariate.name], sources.person_ids))
        case LinesCovariate():
            return prior_lines(covariate, _lines(sources))
        case LastRegimenCovariate():
            return last_regimen(covariate, _lines(sources))


def _lines(sources: Sources) -> LineFacts:
    if sources.lines is None:
        raise NO_RULES.error("a covariate asks for lines of therapy")
    return sources.lines


def _category(covariate: CategoryCovariate, holds: Bools) -> NewColumn:
    """holds: (n, levels). The first level that holds, else `otherwise` (which may bear a listed level's name)."""
    levels = levels_of(covariate) or ()
    code_of = np.array([levels.index(name) for name in (*(level.level for level in covariate.levels), covariate.otherwise)])
    first = np.argmax(np.c_[holds, np.ones(len(holds), dtype=bool)], axis=1)
    return categories(code_of[first], levels)


def _records(name: str, sources: Sources) -> Records:
    return sources.records.get(f"covariate {name}", no_records())


def measurement(covariate: MeasurementCovariate, sources: Sources) -> tuple[NewColumn, ValueCount]:
    """The value nearest to the target day among those that convert and are physiologic; on the log scale if asked (values > 0 only).

    A value without a unit is taken to be in the wanted one if it lies within the bounds. Without a wanted unit nothing is converted.
    """
    found, n = _records(covariate.name, sources), len(sources.index_day)
    found = found.take(np.isfinite(found.value))
    if covariate.unit is None:
        factors = dict.fromkeys(np.unique(found.unit).tolist(), 1.0)
    else:
        factors = factors_to(_analyte(covariate, sources.code_sets), _checked_unit(covariate.unit, covariate.name))
    low = covariate.low if covariate.transform == "none" else max(covariate.low or 0.0, np.finfo(np.float64).tiny)
    done = convert(found.value, found.unit, factors, low, covariate.high)
    kept = np.isfinite(done.values)
    good = found.take(kept)
    value = np.log(done.values[kept]) if covariate.transform == "log" else done.values[kept]
    _, column = nearest(Records(good.row, good.day, good.set_code, good.concept, value, good.unit, good.record), n, covariate.target)
    return numbers(column), ValueCount(covariate.name, len(found.value), done.not_convertible, done.out_of_bounds)


def _analyte(covariate: MeasurementCovariate, code_sets: tuple[CodeSet, ...]) -> str | None:
    return analyte_of_set(code for codes in code_sets if codes.name in covariate.sets for code in codes.codes)


def _checked_unit(unit: str, name: str) -> str:
    if unit_named(unit) is None:
        raise UNKNOWN_UNIT.error(f"unknown unit: {unit}", Where(path=f"covariates.{name}.unit"), did_you_mean=closest(unit, known_units()))
    return unit
