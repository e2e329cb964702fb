"""The analysis plan in words."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.report.protocol.words import listed, months
from equipoise.report.wording import ADJUSTMENT_MEANINGS, adjustment_label
from equipoise.study.model import Matching, PropensityModel, ScoreBins, SiteRules, Study


def adjustments_in_words(study: Study) -> tuple[str, ...]:
    """Each adjustment and whom it speaks of; the main one is marked."""
    main = study.analysis.main
    names = ((name, adjustment_label(name) + (" (main)" if name == main else "")) for name in study.analysis.adjustments)
    return tuple(f"{label}. {ADJUSTMENT_MEANINGS.get(name, '')}".strip() for name, label in names)


def estimates_in_words(study: Study) -> tuple[str, ...]:
    """What is estimated, and with which settings."""
    return tuple(_estimates(study))


def _estimates(study: Study) -> Iterator[str]:
    plan = study.analysis
    survival, means = (listed(months(d) for d in several) for several in (plan.survival_at_days, plan.rmst_days))
    yield f"Survival at {survival}; restricted mean survival time to {means}."
    yield f"Cox models with {plan.ties.capitalize()}'s approximation for ties, strata: {plan.cox_strata}."
    yield f"Intervals at {plan.confidence * 100:g}%."
    if "matched" in plan.adjustments:
        yield _matching(plan.matching)
    if "score-bins" in plan.adjustments:
        said = plan.score_bins or ScoreBins()
        yield f"Matching within at most {said.bins} bins of the propensity score, population: {said.population}."
    if study.propensity is not None:
        yield _propensity(study.propensity)
    yield _sites(study.sites)


def _matching(match: Matching) -> str:
    whose = "the smaller arm" if match.focal == "smaller" else "the target arm"
    seed = f" with seed {match.seed}" if match.order == "random" else " score first"
    return (
        f"Matching: {match.ratio}:1 nearest neighbour without replacement on the {match.scale}, caliper {match.caliper_sd:g} standard "
        f"deviations; partners are chosen for {whose}, {match.order}{seed}."
    )


def _propensity(model: PropensityModel) -> str:
    text = "Propensity model: logistic, one over all sites"
    if (large := model.large_scale) is not None:
        windows = ", ".join(f"[{'start' if one.start is None else one.start}, {one.end}]" for one in large.windows)
        text += (
            f"; besides the covariates, every concept of {', '.join(large.domains)} recorded in {windows}, but those of the arms, "
            f"held by at least {large.minimum_persons} persons, under a lasso, its penalty chosen by {large.folds}-fold cross-validation"
        )
    if model.site_intercept_sd:
        text += f", with an intercept of each site's own under a normal prior of standard deviation {model.site_intercept_sd:g}"
    if model.trim:
        text += f"; scores outside {model.trim[0]:g} to {model.trim[1]:g} are trimmed for IPTW and ATT weights"
    return text + "."


def _sites(rules: SiteRules) -> str:
    then = "the run stops" if rules.on_failure == "stop" else "the run goes on without it"
    few = f"; with fewer than {rules.minimum_sites} sites there is no result" if rules.minimum_sites > 1 else ""
    return f"When a site fails, {then}{few}."
