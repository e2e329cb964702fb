"""How the arms are made comparable, what is estimated, and what a run does when hospitals fail."""

from __future__ import annotations

from typing import Any, get_args

from equipoise.kernel.errors import closest
from equipoise.study.errors import ADJUSTMENT_IMPOSSIBLE, CONTRADICTORY_BOUNDS, OUT_OF_RANGE, UNKNOWN_COVARIATE, UNREADABLE_PHRASE
from equipoise.study.grammar.sessions import OBSERVABLE
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node, Scalar
from equipoise.study.grammar.shapes.values import Choice, ListOf, Number, OneOrMore, Schema, SetName, Shape, Text, Whole, wrong_type
from equipoise.study.grammar.shapes.windows import DURATIONS, FARTHEST, WindowShape
from equipoise.study.model import AcrossSites, Analysis, LargeDomain, LargeScale, Matching, PropensityModel, ScoreBins, SiteRules

ADJUSTMENT_WORDS = ("crude", "overlap", "iptw", "att", "matched", "score-bins")

# --- propensity ------------------------------------------------------------------------------------------------------

_COVARIATES = Field("covariates", ListOf(Text(60)), "Names from `covariates`; all of them when left out.", example=["age", "sex"])
_SITE_SD = Field(
    "site intercept sd",
    Number(above=0, high=100),
    "Each site has its own intercept, drawn towards the common one by a normal prior of this standard deviation (log-odds).",
    example=1.0,
)
_TRIM = Field("trim", ListOf(Number(low=0, high=1), 2, 2), "For `iptw` and `att`: keep scores in this range only.", example=[0.05, 0.95])


_DOMAINS = Field(
    "domains",
    ListOf(Choice(get_args(LargeDomain))),
    "Whose records count.",
    default=["conditions", "drugs", "procedures", "measurements"],
    example=["conditions", "drugs"],
)
_LARGE_WINDOWS = Field(
    "windows",
    ListOf(WindowShape(up_to_index=True)),
    "Days in which they start, closed at both ends; end them before the index day to keep the treatment out.",
    default=["any time before index", [-365, -1], [-30, -1]],
    example=[[-365, -1]],
)
_WITHOUT = Field("without", OneOrMore(SetName()), "Code sets that stay out, beside those of the arms.", example="study_drug")
_LEAST = Field("minimum persons", Whole(1, 10_000_000), "Covariates that fewer have stay out.", default=100, example=100)
_FOLDS = Field("folds", Whole(2, 50), "Of the cross-validation that chooses the penalty.", default=10, example=10)
_FOLD_SEED = Field("seed", Whole(0, 2**31 - 1), "Deals persons into folds.", default=1, example=1)
_LARGE_FIELDS = (_DOMAINS, _LARGE_WINDOWS, _WITHOUT, _LEAST, _FOLDS, _FOLD_SEED)


def _large_scale(entry: Entry) -> LargeScale | None:
    given = entry.given(domains=_DOMAINS, windows=_LARGE_WINDOWS, without=_WITHOUT, minimum_persons=_LEAST, folds=_FOLDS, seed=_FOLD_SEED)
    return LargeScale(**given) if entry.whole else None


_LARGE = Field(
    "large scale",
    Record(_LARGE_FIELDS, _large_scale),
    "Everything recorded before the index as covariates, chosen by a cross-validated lasso. Needs all rows in one place.",
)


def _propensity(entry: Entry) -> PropensityModel | None:
    if not entry.whole:
        return None
    trim = entry.get(_TRIM)
    if trim is not None and trim[0] >= trim[1]:
        return entry.desk.report(CONTRADICTORY_BOUNDS, "no score lies in this range", entry.at(_TRIM))
    bounds = None if trim is None else (trim[0], trim[1])
    given = entry.given(site_intercept_sd=_SITE_SD, large_scale=_LARGE)
    return PropensityModel(covariates=entry.get(_COVARIATES) or (), trim=bounds, **given)


PROPENSITY: Record[PropensityModel] = Record((_COVARIATES, _SITE_SD, _TRIM, _LARGE), _propensity)


def complete_propensity(said: PropensityModel | None, node: Node | None, names: tuple[str, ...], desk: Desk) -> PropensityModel | None:
    """The propensity model with its covariates: all that the study has unless it names some. None without covariates."""
    if said is None or not said.covariates:
        made = said or PropensityModel(covariates=())
        return made.model_copy(update={"covariates": names}) if names else None
    place = _value_of(node, "covariates")
    for name in dict.fromkeys(said.covariates):
        if name not in names:
            desk.report(UNKNOWN_COVARIATE, f"there is no covariate `{name}`", place, closest(name, names))
    return said.model_copy(update={"covariates": tuple(dict.fromkeys(said.covariates))})


def _value_of(node: Node | None, key: str) -> Node | None:
    pair = node.find(key) if isinstance(node, Mapping) else None
    return pair.value if pair else node


# --- analysis --------------------------------------------------------------------------------------------------------


class TimePoint(Shape[int]):
    """A time after the index: days as a number, or `12 months`."""

    def read(self, node: Node, desk: Desk) -> int | None:
        """See `Shape.read`."""
        number = isinstance(node, Scalar) and isinstance(node.value, int | float)
        days = (Whole(1, FARTHEST) if number else DURATIONS).read(node, desk)
        if days is not None and not 1 <= days <= FARTHEST:
            return desk.report(OUT_OF_RANGE, "a time after the index is at least one day", node)
        return days

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [Whole(1, FARTHEST).schema(), DURATIONS.schema()]}


class Confidence(Shape[float]):
    """`95%`, or 0.95."""

    def read(self, node: Node, desk: Desk) -> float | None:
        """See `Shape.read`."""
        if not isinstance(node, Scalar):
            return wrong_type(node, desk, "a level such as 95%")
        if not isinstance(node.value, str):
            return Number(above=0.5, below=1).read(node, desk)
        try:
            level = float(node.text.strip().removesuffix("%")) / 100 if node.text.strip().endswith("%") and len(node.text) < 20 else 0.0
        except ValueError:
            level = 0.0
        if not 0.5 < level < 1:
            return desk.report(UNREADABLE_PHRASE, "a confidence level is written as 95%", node)
        return level

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [Number(above=0.5, below=1).schema(), {"type": "string"}]}


_RATIO = Field("ratio", Whole(1, 10), "Comparators for each target.", default=1, example=1)
_CALIPER = Field(
    "caliper sd", Number(above=0, high=10), "Greatest distance, in standard deviations of the scale.", default=0.2, example=0.2
)
_SCALE = Field("scale", Choice(("logit", "score")), "What the distance is measured on.", default="logit", example="logit")
_ORDER = Field("order", Choice(("largest", "smallest", "random")), "Which score is matched first.", default="largest", example="largest")
_FOCAL = Field("focal", Choice(("smaller", "target")), "Whose people choose partners.", default="smaller", example="target")
_SEED = Field("seed", Whole(0, 2**31 - 1), "For the random order.", default=1, example=1)


def _matching(entry: Entry) -> Matching | None:
    given = entry.given(ratio=_RATIO, caliper_sd=_CALIPER, scale=_SCALE, order=_ORDER, seed=_SEED, focal=_FOCAL)
    return Matching(**given) if entry.whole else None


_BINS = Field("bins", Whole(2, 500), "At most so many bins of about equal size.", default=50, example=100)
_POPULATION = Field(
    "population",
    Choice(("matched", "target", "everyone", "overlap")),
    "Whom both arms are made to look like: as many as the bin's smaller arm has, the target arm, both arms, or those of either choice.",
    default="matched",
    example="target",
)


def _score_bins(entry: Entry) -> ScoreBins | None:
    return ScoreBins(**entry.given(bins=_BINS, population=_POPULATION)) if entry.whole else None


_TIMES = ListOf(TimePoint())
_ADJUSTMENTS = Field(
    "adjustments", ListOf(Choice(ADJUSTMENT_WORDS)), "What is run; all but `score-bins` when left out.", example=["crude", "overlap"]
)
_MAIN = Field("main", Choice(ADJUSTMENT_WORDS), "The one that answers the question.", default="overlap", example="overlap")
_STRATA = Field(
    "cox strata", Choice(("none", "site")), "`site`: adjusted Cox models compare within sites only.", default="none", example="site"
)
_TIES = Field("ties", Choice(("efron", "breslow")), "Tied event times in Cox models.", default="efron", example="efron")
_SURVIVAL = Field(
    "survival at", _TIMES, "Times of the survival estimates.", default=["12 months", "24 months", "36 months"], example=["1 year"]
)
_RMST = Field("rmst at", _TIMES, "Times of restricted mean survival.", default=["12 months", "24 months", "36 months"], example=["1 year"])
_CONFIDENCE = Field("confidence", Confidence(), "Level of the intervals.", default="95%", example="95%")
_MATCHING = Field(
    "matching", Record((_RATIO, _CALIPER, _SCALE, _ORDER, _SEED, _FOCAL), _matching), "Nearest-neighbour matching without replacement."
)
_SCORE_BINS = Field(
    "score bins",
    Record((_BINS, _POPULATION), _score_bins),
    "Of `score-bins`: matching within bins of the score, from counts alone.",
)
_ACROSS = Field(
    "sites",
    ListOf(Choice(get_args(AcrossSites))),
    "`two-stage`: each site's own hazard ratio under the main adjustment, and a meta-analysis of them. "
    "`leave-one-out`: the main hazard ratio without each site.",
    example=["two-stage", "leave-one-out"],
)


def _analysis(entry: Entry) -> Analysis | None:
    if not entry.whole:
        return None
    given: dict[str, Any] = entry.given(
        adjustments=_ADJUSTMENTS,
        main=_MAIN,
        cox_strata=_STRATA,
        ties=_TIES,
        survival_at_days=_SURVIVAL,
        rmst_days=_RMST,
        confidence=_CONFIDENCE,
        matching=_MATCHING,
        score_bins=_SCORE_BINS,
        sites=_ACROSS,
    )
    for key in ("survival_at_days", "rmst_days"):
        if key in given:
            given[key] = tuple(sorted(set(given[key])))
    if "adjustments" in given:
        given["adjustments"] = tuple(word for word in ADJUSTMENT_WORDS if word in given["adjustments"])
    return Analysis(**given)


ANALYSIS: Record[Analysis] = Record(
    (_ADJUSTMENTS, _MAIN, _STRATA, _TIES, _SURVIVAL, _RMST, _CONFIDENCE, _MATCHING, _SCORE_BINS, _ACROSS), _analysis
)


def complete_analysis(said: Analysis | None, node: Node | None, adjustable: bool, desk: Desk) -> Analysis:
    """The analysis with defaults that fit: only `crude` without covariates; the main one among those that are run."""
    made = said or Analysis()
    asked = _value_of(node, "adjustments")
    chosen = isinstance(node, Mapping) and node.find("adjustments") is not None
    if not adjustable and not chosen:
        made = made.model_copy(update={"adjustments": ("crude",)})
    elif not adjustable and made.adjustments != ("crude",):
        desk.report(ADJUSTMENT_IMPOSSIBLE, "the study has no covariates to adjust for", asked)
    if made.main in made.adjustments:
        return made
    if isinstance(node, Mapping) and node.find("main") is not None:
        desk.report(ADJUSTMENT_IMPOSSIBLE, f"the main adjustment `{made.main}` is not among those run", _value_of(node, "main"))
    return made.model_copy(update={"main": made.adjustments[-1]})


# --- sites -----------------------------------------------------------------------------------------------------------

_ON_FAILURE = Field(
    "on failure", Choice(("continue", "stop")), "Whether a run goes on without a site that fails.", default="continue", example="stop"
)
_MINIMUM = Field("minimum", Whole(1, 100_000), "With fewer sites than this there is no result.", default=1, example=3)
_DROP = Field(
    "drop when", OBSERVABLE, "Which sites are left out because their records cannot show a treatment.", example=OBSERVABLE.examples[0]
)


def _sites(entry: Entry) -> SiteRules | None:
    return SiteRules(**entry.given(on_failure=_ON_FAILURE, minimum_sites=_MINIMUM, unobservable_from=_DROP)) if entry.whole else None


SITES: Record[SiteRules] = Record((_ON_FAILURE, _MINIMUM, _DROP), _sites)
