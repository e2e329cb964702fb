"""Names of the analyses in the field `analysis` of a record, and which of them stand apart from the estimates of the whole cohort."""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.study.model import Study

MAIN = "main"
FOLLOW_UP = "follow-up"
SUBGROUPS = "subgroups"
"""`population` names the subgroup and the level, `subtype: HR+`; of a test of interaction the subgroup alone."""
SITES = "sites"
"""`population` is the site's name."""
FIXED, DERSIMONIAN_LAIRD, HARTUNG_KNAPP = "two-stage, fixed effect", "two-stage, DerSimonian-Laird", "two-stage, REML and Hartung-Knapp"
TWO_STAGE = (FIXED, DERSIMONIAN_LAIRD, HARTUNG_KNAPP)
LEFT_OUT = "leave-one-site-out"
"""`population` names who is left out, `without hospital_03`; `all sites` for the range over all of these."""

WASHOUT = "washout"
"""Whom an outcome's washout leaves out, and how alike those are who stay."""
ASSOCIATION = "measures of association"
"""TriNetX's own: shares of all patients of a cohort, whether they were followed or not. Worked out from counts as they are shown."""

E_VALUES, NEGATIVE_CONTROLS = "sensitivity: e-values", "sensitivity: negative controls"
MISCLASSIFIED_ARMS, MISSED_DEATHS = "sensitivity: misclassified arms", "sensitivity: missed deaths"
TIPPING_POINT, MATCH_ORDER, GRIDS = "sensitivity: tipping point", "sensitivity: match order", "sensitivity: grids"
SENSITIVITY = (E_VALUES, NEGATIVE_CONTROLS, MISCLASSIFIED_ARMS, MISSED_DEATHS, TIPPING_POINT, MATCH_ORDER, GRIDS)
"""`population` says in words what was changed."""

LINES = "lines of therapy"
"""Whose eligibility hangs on the rules; `population` names the rules that were changed."""

REPEATED_MEASURES, BEING_MEASURED = "repeated measures", "weighted for being measured"
WEIGHTED_REPEATED_MEASURES = f"{REPEATED_MEASURES}, {BEING_MEASURED}"
LAB_MODELS = (REPEATED_MEASURES, BEING_MEASURED, WEIGHTED_REPEATED_MEASURES)
"""Of laboratory outcomes; `population` is the window's name, `all` for tests over all windows."""

APART = frozenset({*LAB_MODELS, LINES, *SENSITIVITY, FOLLOW_UP, WASHOUT, ASSOCIATION, SUBGROUPS, SITES, *TWO_STAGE, LEFT_OUT})
"""Analyses whose records must not be taken for those of the whole cohort, though their measures have the same names."""


def standing_apart(analyses: Iterable[str], study: Study) -> frozenset[str]:
    """Of the names of analyses, those that stand apart; each is looked at once, however many records it has."""
    return frozenset(name for name in set(analyses) if stands_apart(name, study))


def stands_apart(analysis: str, study: Study) -> bool:
    """Whether the records of an analysis must not be taken for those of the whole cohort: `APART`, and analyses of combined arms."""
    return analysis in APART or (study.combination is not None and analysis in study.combination.analysis_names)
