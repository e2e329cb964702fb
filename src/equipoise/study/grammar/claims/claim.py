"""What a published abstract claims, sentence by sentence, so that the report can hold it against what this run found."""

from __future__ import annotations

from typing import Any, get_args

from equipoise.kernel.errors import closest
from equipoise.study.errors import MISSING_KEY, OUT_OF_RANGE, UNKNOWN_CHOICE
from equipoise.study.grammar.analysis import TimePoint
from equipoise.study.grammar.claims.published_p import PublishedP
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Node, Sequence
from equipoise.study.grammar.shapes.values import Choice, ListOf, Number, Text, Whole
from equipoise.study.model import Claim, ClaimMeasure
from equipoise.study.model.claims import CLAIM_MEASURES_OF_ONE_ARM

MOST = 1e9
PEOPLE = Whole(0, 1_000_000_000)

_NUMBER = Number(low=-MOST, high=MOST)
_SAYS = Field("says", Text(2000), "The sentence, or what it says.", required=True, example="Median survival was 36 and 25 months.")
_STATUS = Field(
    "status",
    Choice(("verified", "not verified")),
    "Whether somebody read the sentence in its source and found these numbers there.",
    default="not verified",
    example="verified",
)
_SOURCE = Field("source", Text(), "Where it stands, for readers.", example="Abstract, results")
_OUTCOME = Field("outcome", Text(60), "The outcome of this study that it speaks of.", example="os")
_MEASURE = Field("measure", Choice(get_args(ClaimMeasure)), "What its numbers are, in the words of the results.", example="median_survival")
_ARM = Field("arm", Text(60), "The arm it speaks of: of this study, or of one of its analyses.", example="A")
_PART_OF = Field("part of", Text(60), "The arm that this arm is a part of.", example="A")
_COMPARATOR = Field("comparator", Text(60), "The arm that it is compared with; left out where the abstract does not say.", example="B")
_VALUE = Field("value", _NUMBER, "The number of the arm; of a measure of two arms, the comparison.", example=36)
_OTHER = Field("comparator value", _NUMBER, "The number of the comparator.", example=25)
_INTERVAL = Field("interval", ListOf(_NUMBER, 2, 2), "The interval of `value`.", example=[30, 42])
_UNIT = Field("unit", Text(30), "The unit of the numbers.", example="months")
_P = Field("p", PublishedP(), "The p-value between the two arms: 0.03, or `below 0.001`.", example=0.04)
_DIRECTION = Field("direction", Choice(("higher", "lower")), "Without numbers: the arm against the comparator.", example="higher")
_N = Field("n", PEOPLE, "Persons in the arm.", example=334)
_OTHER_N = Field("comparator n", PEOPLE, "Persons in the comparator.", example=84)
_ANALYSIS = Field("analysis", Text(60), "Which analysis answers it (of a laboratory value, the window); all when left out.", example="main")
_AT = Field("at", TimePoint(), "The time point of a measure that has one.", example="36 months")

_PLAIN: dict[str, Field[Any]] = {
    "words": _SAYS, "status": _STATUS, "source": _SOURCE, "outcome": _OUTCOME, "measure": _MEASURE, "arm": _ARM, "part_of": _PART_OF,
    "comparator": _COMPARATOR, "value": _VALUE, "comparator_value": _OTHER, "unit": _UNIT, "direction": _DIRECTION, "n": _N,
    "comparator_n": _OTHER_N, "analysis": _ANALYSIS, "at_days": _AT,
}  # fmt: skip


def _claim(entry: Entry) -> Claim | None:
    if not entry.whole:
        return None
    bounds, p = entry.get(_INTERVAL), entry.get(_P)
    if bounds is not None and bounds[0] > bounds[1]:
        return entry.desk.report(OUT_OF_RANGE, "the interval ends before it begins", entry.at(_INTERVAL))
    if (missing := _missing(entry)) is not None:
        return entry.desk.report(MISSING_KEY, missing, entry.node)
    given = entry.given(**_PLAIN)
    if bounds is not None:
        given |= {"lower": bounds[0], "upper": bounds[1]}
    if p is not None:
        given |= {"p_value": p[0], "p_below": p[1]}
    return Claim(**given)


def _missing(entry: Entry) -> str | None:
    numbers = [name for name in ("value", "comparator value", "interval") if entry.node.find(name) is not None]
    if numbers and entry.get(_MEASURE) is None:
        return f"`{numbers[0]}` needs a `measure`, or it is not known what it counts"
    if entry.get(_COMPARATOR) is None and (entry.get(_OTHER) is not None or entry.get(_OTHER_N) is not None):
        return "`comparator value` and `comparator n` need a `comparator`"
    measure: str | None = entry.get(_MEASURE)
    if entry.get(_OTHER) is not None and measure not in {*CLAIM_MEASURES_OF_ONE_ARM, None}:
        return f"`comparator value` needs a measure of one arm; `{measure}` compares two"
    return None


CLAIM: Record[Claim] = Record(
    (
        *(_SAYS, _STATUS, _SOURCE, _OUTCOME, _MEASURE, _ARM, _PART_OF, _COMPARATOR, _VALUE, _OTHER, _INTERVAL),
        *(_UNIT, _P, _DIRECTION, _N, _OTHER_N, _ANALYSIS, _AT),
    ),
    _claim,
    "One sentence of a published abstract and its numbers.",
)
CLAIMS: ListOf[Claim] = ListOf(CLAIM)


def check_claims(node: Node, claims: tuple[Claim, ...], names: tuple[str, ...], desk: Desk) -> None:
    """Report each claim about an outcome that the study does not have. names: of its outcomes."""
    places = node.items if isinstance(node, Sequence) else ()
    for claim, place in zip(claims, places, strict=False):
        if claim.outcome is not None and claim.outcome not in names:
            desk.report(UNKNOWN_CHOICE, f"there is no outcome `{claim.outcome}`", place, closest(claim.outcome, names))
