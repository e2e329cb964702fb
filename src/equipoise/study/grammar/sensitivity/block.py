"""The sensitivity analyses of a study, each switched on by its name."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from itertools import product

from equipoise.kernel.errors import closest
from equipoise.study.errors import ADJUSTMENT_IMPOSSIBLE, OUT_OF_RANGE, UNKNOWN_CHOICE
from equipoise.study.grammar.analysis import TimePoint
from equipoise.study.grammar.sensitivity.values import PRIOR, YesNo
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import ListOf, Number, Text, Whole
from equipoise.study.model import (
    Analysis,
    Grids,
    MatchOrder,
    MisclassifiedArms,
    MissedDeaths,
    Outcome,
    Sensitivity,
    TippingPoint,
)

MOST_SEEDS = 1000
LARGEST_ARM = 1_000_000
_SHARES = ListOf(Number(above=0, high=1))

_OUTCOME = Field("outcome", Text(60), "The outcome; the first one that has a time when left out.", example="os")
_SENSITIVITY = Field("sensitivity", _SHARES, "Shares of the true target arm that are recorded as such.", example=[0.8, 0.9, 1])
_SPECIFICITY = Field("specificity", _SHARES, "Shares of the true comparator arm that are recorded as such.", example=[0.9, 1])
_SENSITIVITY_PRIOR = Field("sensitivity prior", PRIOR, "The sensitivity as a distribution to draw from.", example=PRIOR.examples[0])
_SPECIFICITY_PRIOR = Field("specificity prior", PRIOR, "The specificity as a distribution to draw from.", example=PRIOR.examples[1])
_DRAWS = Field("draws", Whole(100, 100_000), "How often they are drawn.", default=10_000, example=10_000)
_SEED = Field("seed", Whole(0, 2**31 - 1), "For the draws.", default=1, example=1)
_RECORDED = Field("sensitivity", _SHARES, "Shares of the deaths that are recorded; every pair of the arms' is tried.", required=True,
                  example=[0.66, 0.8, 1])  # fmt: skip
_DELTAS = Field("deltas", ListOf(Number(above=0, high=100)), "Hazards of the censored, in hazards of their arm, to be shown.",
                default=[0.5, 2, 3, 5], example=[2, 3])  # fmt: skip
_SEEDS = Field("seeds", Whole(2, MOST_SEEDS), "In how many random orders persons are matched.", default=100, example=100)
_TRIMS = Field("trims", ListOf(Number(low=0, below=0.5)), "Scores are kept from the number to 1 less it, for each weighting.",
               example=[0, 0.01, 0.05])  # fmt: skip
_CALIPERS = Field("calipers", ListOf(Number(above=0, high=10)), "Of the matching, in standard deviations.", example=[0.1, 0.2])
_ENDS = Field("follow-up ends", ListOf(TimePoint()), "Follow-up ends then at the latest.", example=["24 months", "36 months"])
_MINIMUM = Field("minimum arms", ListOf(Whole(1, LARGEST_ARM)), "Sites with fewer persons in either arm are left out.", example=[1, 5])


def _arms(entry: Entry) -> MisclassifiedArms | None:
    if not entry.whole:
        return None
    sensitivity, specificity = entry.get(_SENSITIVITY), entry.get(_SPECIFICITY)
    if any(sum(pair) <= 1 for pair in product(sensitivity or (1.0,), specificity or (1.0,))):
        return entry.desk.report(OUT_OF_RANGE, "sensitivity and specificity must add to more than 1", entry.node)
    return MisclassifiedArms(
        **entry.given(
            outcome=_OUTCOME,
            sensitivity=_SENSITIVITY,
            specificity=_SPECIFICITY,
            sensitivity_prior=_SENSITIVITY_PRIOR,
            specificity_prior=_SPECIFICITY_PRIOR,
            draws=_DRAWS,
            seed=_SEED,
        )
    )


def _deaths(entry: Entry) -> MissedDeaths | None:
    return MissedDeaths(**entry.given(outcome=_OUTCOME, sensitivity=_RECORDED)) if entry.whole else None


def _tipping(entry: Entry) -> TippingPoint | None:
    return TippingPoint(**entry.given(outcome=_OUTCOME, deltas=_DELTAS)) if entry.whole else None


def _order(entry: Entry) -> MatchOrder | None:
    return MatchOrder(**entry.given(outcome=_OUTCOME, seeds=_SEEDS)) if entry.whole else None


def _grids(entry: Entry) -> Grids | None:
    given = entry.given(outcome=_OUTCOME, trims=_TRIMS, calipers=_CALIPERS, follow_up_ends=_ENDS, minimum_arms=_MINIMUM)
    return Grids(**given) if entry.whole else None


_E_VALUES = Field(
    "e-values", YesNo(), "How strong an unmeasured confounder would have to be, for each ratio of the main adjustment.", example="yes"
)
_CONTROLS = Field(
    "negative controls",
    ListOf(Text(60), at_least=2),
    "Outcomes of this study that neither treatment can cause: what is found for them is error, and p-values and intervals of the others "
    "are calibrated by it.",
    example=["cataract", "hearing_loss"],
)
_ARMS = Field(
    "misclassified arms",
    Record((_OUTCOME, _SENSITIVITY, _SPECIFICITY, _SENSITIVITY_PRIOR, _SPECIFICITY_PRIOR, _DRAWS, _SEED), _arms),
    "What the answer would be if persons were recorded in the wrong arm.",
)
_DEATHS = Field("missed deaths", Record((_OUTCOME, _RECORDED), _deaths), "What the answer would be with the deaths that no record holds.")
_TIPPING = Field(
    "tipping point",
    Record((_OUTCOME, _DELTAS), _tipping),
    "How strong informative censoring, or how many missed deaths, in one arm would undo the answer.",
)
_ORDER = Field("match order", Record((_OUTCOME, _SEEDS), _order), "The matching repeated in random orders.")
_GRIDS = Field("grids", Record((_OUTCOME, _TRIMS, _CALIPERS, _ENDS, _MINIMUM), _grids), "One choice of the analysis changed at a time.")


def _sensitivity(entry: Entry) -> Sensitivity | None:
    if not entry.whole:
        return None
    given = entry.given(
        e_values=_E_VALUES,
        negative_controls=_CONTROLS,
        misclassified_arms=_ARMS,
        missed_deaths=_DEATHS,
        tipping_point=_TIPPING,
        match_order=_ORDER,
        grids=_GRIDS,
    )
    if "negative_controls" in given:
        given["negative_controls"] = tuple(dict.fromkeys(given["negative_controls"]))
    return Sensitivity(**given)


SENSITIVITY: Record[Sensitivity] = Record((_E_VALUES, _CONTROLS, _ARMS, _DEATHS, _TIPPING, _ORDER, _GRIDS), _sensitivity)


def check_sensitivity(node: Node, said: Sensitivity | None, outcomes: tuple[Outcome, ...], analysis: Analysis, desk: Desk) -> None:
    """Report outcomes that the study does not have or that do not fit, and repetitions of what the study does not run."""
    if said is None:
        return
    kinds = {outcome.name: outcome.kind for outcome in outcomes}
    for name in said.negative_controls:
        _fits(name, kinds, frozenset({"event"}), _at(node, _CONTROLS.key), desk)
    timed, deaths = frozenset({"event", "death"}), frozenset({"death"})
    blocks = (
        (_ARMS, said.misclassified_arms, timed),
        (_DEATHS, said.missed_deaths, deaths),
        (_TIPPING, said.tipping_point, timed),
        (_ORDER, said.match_order, timed),
        (_GRIDS, said.grids, timed),
    )
    for key, block, wanted in blocks:
        if block is not None and block.outcome is not None:
            _fits(block.outcome, kinds, wanted, _at(_at(node, key.key), _OUTCOME.key), desk)
    if said.missed_deaths is not None and "death" not in kinds.values():
        desk.report(UNKNOWN_CHOICE, "the study has no outcome that is death", _at(node, _DEATHS.key))
    _check_adjustments(node, said, analysis, desk)


def _check_adjustments(node: Node, said: Sensitivity, analysis: Analysis, desk: Desk) -> None:
    grids = said.grids or Grids()
    matched = "matched" in analysis.adjustments
    for asked, key in ((said.match_order is not None, _ORDER.key), (bool(grids.calipers), _GRIDS.key)):
        if asked and not matched:
            desk.report(ADJUSTMENT_IMPOSSIBLE, "`matched` is not among the adjustments, so there is nothing to repeat", _at(node, key))
    if grids.trims and not {"overlap", "iptw", "att"} & set(analysis.adjustments):
        desk.report(ADJUSTMENT_IMPOSSIBLE, "no weighting is among the adjustments, so there is nothing to trim", _at(node, _GRIDS.key))


def _at(node: Node, key: str) -> Node:
    pair = node.find(key) if isinstance(node, Mapping) else None
    return pair.value if pair else node


def _fits(name: str, kinds: MappingOf[str, str], wanted: frozenset[str], place: Node, desk: Desk) -> None:
    fitting = [other for other, kind in kinds.items() if kind in wanted]
    if name not in kinds:
        desk.report(UNKNOWN_CHOICE, f"there is no outcome `{name[:60]}`", place, closest(name, fitting))
    elif kinds[name] not in wanted:
        needed = "the first record of a code set" if wanted == {"event"} else "death" if wanted == {"death"} else "an outcome with a time"
        desk.report(UNKNOWN_CHOICE, f"`{name}` is not {needed}", place)
