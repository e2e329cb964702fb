"""What each adjustment estimates: in whom the effect of the treatment is asked for.

Sources: Li, Morgan and Zaslavsky, J Am Stat Assoc 2018; 113: 390 (overlap); Hernan and Robins, Causal Inference: What If (2020), chapters
4 and 12; Stuart, Stat Sci 2010; 25: 1 (matching).
"""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.study.model import Adjustment, ScoreBins, Study


@dataclass(frozen=True, slots=True)
class Estimand:
    """short: `ATO`, `ATE`, `ATT`, or `none`. population: whom the effect is of, in words. main: it answers the study's question."""

    adjustment: Adjustment
    short: str
    population: str
    main: bool


def estimands(study: Study) -> tuple[Estimand, ...]:
    """One for each adjustment of the study, in its order; crude, which is always run, first where the study does not list it."""
    analysis = study.analysis
    named = analysis.adjustments if "crude" in analysis.adjustments else ("crude", *analysis.adjustments)
    return tuple(Estimand(one, _short(study, one), _population(study, one), one == analysis.main) for one in named)


_SHORT: dict[Adjustment, str] = {"crude": "none", "overlap": "ATO", "iptw": "ATE", "att": "ATT", "matched": "ATT"}
_OF_BINS = {"matched": "ATM", "target": "ATT", "everyone": "ATE", "overlap": "ATO"}


def _population(study: Study, adjustment: Adjustment) -> str:
    target, comparator = study.target.name, study.comparator.name
    match adjustment:
        case "crude":
            return "no effect: the arms as they are, however different their patients"
        case "overlap":
            return "patients for whom either treatment was a real option, each counted by how much so"
        case "iptw":
            return f"all eligible patients{_kept(study)}"
        case "att":
            return f"patients who received {target}{_kept(study)}"
        case "matched":
            who = (
                f"patients of {target}"
                if study.analysis.matching.focal == "target"
                else f"patients of the smaller of {target} and {comparator}"
            )
            return f"{who} for whom a partner was found; that of all of them only where nobody is left without"

        case "score-bins":
            said = (study.analysis.score_bins or ScoreBins()).population
            whom = {
                "matched": "as many patients of either arm as the smaller one has",
                "target": f"patients who received {target}",
                "everyone": "all eligible patients",
                "overlap": "patients for whom either treatment was a real option",
            }[said]
            return f"{whom}, bin by bin of the propensity score; bins that lack an arm are left out"


def _short(study: Study, adjustment: Adjustment) -> str:
    if adjustment == "score-bins":
        return _OF_BINS[(study.analysis.score_bins or ScoreBins()).population]
    return _SHORT[adjustment]


def _kept(study: Study) -> str:
    trim = study.propensity.trim if study.propensity is not None else None
    return f" with a propensity score from {trim[0]:g} to {trim[1]:g}" if trim else ""
