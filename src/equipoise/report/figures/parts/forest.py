"""Forest plots of parts of the cohort: the hazard ratio in each level of each subgroup; at each site, pooled, and without each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.report.figures.figure import Drawn, sheets
from equipoise.report.figures.forest import Line, draw_lines, scale_of
from equipoise.report.selection import hazard_ratio, outcome_label
from equipoise.report.wording import p_value, percent
from equipoise.results.analyses import DERSIMONIAN_LAIRD, FIXED, HARTUNG_KNAPP, LEFT_OUT, SITES, SUBGROUPS
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Subgroup

MOST_ROWS = 28
METHODS = {FIXED: "Two-stage, fixed effect", DERSIMONIAN_LAIRD: "Two-stage, DerSimonian-Laird", HARTUNG_KNAPP: "Two-stage, Hartung-Knapp"}


def draw_parts(result: StudyResult) -> tuple[Drawn, ...]:
    """Subgroups, then sites; nothing where the study asks for neither."""
    return (*_drawn(result, "subgroups", "Subgroup and level", _subgroups(result)), *_drawn(result, "sites", "Site", _sites(result)))


def _drawn(result: StudyResult, name: str, head: str, groups: tuple[tuple[Line, ...], ...]) -> Iterator[Drawn]:
    """Groups of lines kept whole, under the estimate of the whole cohort."""
    outcome = next((record.outcome for record in result.records if record.analysis in (SUBGROUPS, SITES, LEFT_OUT)), None)
    if not groups or outcome is None:
        return
    whole = hazard_ratio(result, outcome, result.study.analysis.main) or hazard_ratio(result, outcome, "crude")
    first = (Line("All patients, all sites", whole, main=True),) if whole else ()
    scale = scale_of([line.record for group in groups for line in group if line.record and line.record.estimate is not None])
    for number, part in enumerate(sheets(groups, MOST_ROWS, _again), 1):
        lines = (*first, *part)
        title = f"{outcome_label(result, outcome)} by {'subgroup' if name == 'subgroups' else 'site'}" + (f", part {number}" * (number > 1))
        yield draw_lines(result, lines, scale, (f"forest_{name}" + f"_{number}" * (number > 1), title), head)


def _again(heading: Line) -> Line:
    return replace(heading, label=f"{heading.label}, continued", note="")


def _of(result: StudyResult, analysis: str, measure: str = "hazard_ratio") -> tuple[Record, ...]:
    """Records of an analysis under the main adjustment; crude ones where that could not be made."""
    found = tuple(record for record in result.records if (record.analysis, record.measure) == (analysis, measure))
    main = tuple(record for record in found if record.adjustment == result.study.analysis.main)
    return main or found


def _subgroups(result: StudyResult) -> tuple[tuple[Line, ...], ...]:
    made = (_subgroup(result, subgroup) for subgroup in result.study.subgroups or ())
    return tuple(group for group in made if group)


def _subgroup(result: StudyResult, subgroup: Subgroup) -> tuple[Line, ...]:
    start = f"{subgroup.name}: "
    rows = tuple(Line("  " + r.population.removeprefix(start), r) for r in _of(result, SUBGROUPS) if r.population.startswith(start))
    return (Line(subgroup.label, None, note=_interaction(result, subgroup.name)), *rows) if rows else ()


def _interaction(result: StudyResult, name: str) -> str:
    test = next((record for record in _of(result, SUBGROUPS, "interaction_test") if record.population == name), None)
    return "" if test is None else p_value(test.p_value, name="interaction p")


def _sites(result: StudyResult) -> tuple[tuple[Line, ...], ...]:
    own = tuple(Line("  " + record.population, record) for record in _of(result, SITES))
    pooled = tuple(Line("  " + label, record) for name, label in METHODS.items() for record in _of(result, name))
    without = tuple(Line("  " + _named(record.population), record) for record in _of(result, LEFT_OUT))
    groups = (
        (Line("Each site that may be shown alone", None, note=_heterogeneity(result)), *own) if own else (),
        (Line("Their meta-analysis", None), *pooled) if pooled else (),
        (Line("One stage, without a site or a group of sites", None), *without) if without else (),
    )
    return tuple(group for group in groups if group)


def _named(population: str) -> str:
    """`without H03`; of a group the first and how many more."""
    first, *others = population.split(" and ")
    return f"{first} and {len(others)} more" if others else first


def _heterogeneity(result: StudyResult) -> str:
    share = next(iter(_of(result, FIXED, "i_squared")), None)
    test = next(iter(_of(result, FIXED, "heterogeneity_test")), None)
    return f"I² {percent(share.estimate, 0)}, {p_value(test.p_value)}" if share and test else ""
