"""The levels of subgroups, by name and in order: what the hub asks for and the sites fill."""

from __future__ import annotations

from itertools import pairwise

from equipoise.study.learned import is_binary, levels_of
from equipoise.study.model import CategoryCovariate, Covariate, CriterionSubgroup, CutSubgroup, Study, Subgroup

NOWHERE = ""
"""The category of persons who are in no level of a subgroup by criteria."""
YES_NO, SEXES = ("yes", "no"), ("female", "male")


def covariate_of(study: Study, subgroup: Subgroup) -> Covariate | None:
    """The covariate that the subgroup is made of; None for one by criteria."""
    if isinstance(subgroup, CriterionSubgroup):
        return None
    return next(covariate for covariate in study.covariates if covariate.name == subgroup.covariate)


def subgroup_levels(study: Study, subgroup: Subgroup) -> tuple[str, ...]:
    """The levels in their order, all of them, whether anybody is in them or not. Persons without a value are in none."""
    covariate = covariate_of(study, subgroup)
    if isinstance(subgroup, CriterionSubgroup) or covariate is None:
        category = as_category(subgroup) if isinstance(subgroup, CriterionSubgroup) else None
        return tuple(level for level in (levels_of(category) or () if category else ()) if level != NOWHERE)
    if isinstance(subgroup, CutSubgroup):
        return cut_levels(subgroup.cuts, years=covariate.kind == "index_year")
    if is_binary(covariate):
        return SEXES if covariate.kind == "sex" else YES_NO
    return levels_of(covariate) or ()


def cut_levels(cuts: tuple[float, ...], *, years: bool) -> tuple[str, ...]:
    """`under 65`, `65 to under 75`, `75 or more`; of years `before 2019`, `2019-2021`, `2022 and later`."""
    first, last = f"{cuts[0]:g}", f"{cuts[-1]:g}"
    if years:
        between = (f"{a:g}" if b == a + 1 else f"{a:g}-{b - 1:g}" for a, b in pairwise(cuts))
        return (f"before {first}", *between, f"{last} and later")
    return (f"under {first}", *(f"{a:g} to under {b:g}" for a, b in pairwise(cuts)), f"{last} or more")


def column_of(subgroup: CriterionSubgroup) -> str:
    """The column of the analysis table that holds its levels: no covariate can bear this name."""
    return f"subgroup {subgroup.name}"


def as_category(subgroup: CriterionSubgroup) -> CategoryCovariate:
    """The category that a site makes of it."""
    return CategoryCovariate(
        name=column_of(subgroup),
        levels=subgroup.levels,
        otherwise=NOWHERE if subgroup.otherwise is None else subgroup.otherwise,
    )


def own_categories(study: Study) -> tuple[CategoryCovariate, ...]:
    """Categories that the analysis table holds for subgroups alone: they are in no model and in no Table 1."""
    return tuple(as_category(subgroup) for subgroup in study.subgroups or () if isinstance(subgroup, CriterionSubgroup))
