"""DC16: classes of treatment that are given for what itself decides the outcome."""

from __future__ import annotations

from equipoise.checks.check import Check
from equipoise.study.model import Study


def design(study: Study) -> tuple[str, ...]:
    """When nothing is said to decide who is given a class, or what decides is not adjusted for."""
    block = study.combination
    if block is None:
        return ()
    named = ", ".join(one.name for one in block.classes)
    if not block.decided_by:
        return (f"The study does not say what decides who is given {named}.",)
    labels = {covariate.name: covariate.label or covariate.name for covariate in study.covariates}
    missing = [labels[name] for name in block.decided_by if name not in block.covariates]
    return (f"{', '.join(missing)} decides who is given {named}, and is not adjusted for.",) if missing else ()


CHECK = Check(
    "DC16",
    "confounding by the indication of a class",
    "a drug that is licensed for one subtype carries that subtype's outlook, and looks as good or as bad as it",
    "Name the covariates under `decided by` in `combination`, and adjust for them; define the class by its ingredients alone.",
    "error",
    design=design,
)
