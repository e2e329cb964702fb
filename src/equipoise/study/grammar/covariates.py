"""Covariates: what is known of a person up to the index day."""

from __future__ import annotations

import re
from typing import Any, Literal

from equipoise.kernel.errors import closest
from equipoise.study.comorbidity import GROUPS, WEIGHTS
from equipoise.study.errors import CONTRADICTORY_BOUNDS, OUT_OF_RANGE, UNKNOWN_CHOICE, UNKNOWN_GROUP, UNREADABLE_PHRASE
from equipoise.study.grammar.criteria import CRITERION, HOW_MANY, LINES_BEFORE, in_words, set_in_words
from equipoise.study.grammar.set_phrases import SET_CLAUSES, read_set_phrase
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.phrases import NUMBER, Form, Part, Sentence, names_in, split_clauses, tidy
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Headed, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node, Scalar
from equipoise.study.grammar.shapes.units import unit_is_known
from equipoise.study.grammar.shapes.values import Choice, ListOf, Number, OneOrMore, SetName, Text, Turned, Whole
from equipoise.study.grammar.shapes.windows import FARTHEST, WINDOW_CLAUSES, WindowShape, past_only, window_from
from equipoise.study.model import (
    AgeCovariate,
    AllOf,
    AnyOf,
    CategoryCovariate,
    CategoryLevel,
    ComorbidityCovariate,
    CountCovariate,
    Covariate,
    Criterion,
    EventCovariate,
    EventCriterion,
    IndexYearCovariate,
    LastRegimenCovariate,
    LinesCovariate,
    MeasurementCovariate,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCovariate,
    Window,
)

# --- phrases ---------------------------------------------------------------------------------------------------------

_WINDOW = "|".join(re.sub(r"\((?!\?)", "(?:", clause.pattern) for clause in WINDOW_CLAUSES)
_BARE_NAMES = r"\[[^\[\]]*\]|[A-Za-z]\w*"


def covariate_label(name: str, unit: str | None = None) -> str:
    """The words of a covariate without a label."""
    return in_words(set_in_words(name)) + (f", {unit}" if unit else "")


def _nearest(match: re.Match[str], node: Node, desk: Desk) -> Covariate | None:
    sets = desk.use_sets(dict.fromkeys(names_in(match["sets"] or node.name)), node)
    parts = window_clause(match["window"], node, desk)
    low, high = (float(match[end]) if match[end] else None for end in ("low", "high"))
    unit = match["unit"] or match["only_unit"]
    if sets is None or parts is None:
        return None
    return checked_measurement(
        MeasurementCovariate(
            name=node.name,
            label=covariate_label(node.name, unit),
            sets=sets,
            window=parts,
            unit=unit,
            low=low,
            high=high,
            transform="log" if match["log"] else "none",
        ),
        node,
        desk,
    )


def window_clause(text: str, node: Node, desk: Desk) -> Window | None:
    """A window of a covariate from its phrase."""
    for clause in WINDOW_CLAUSES:
        if match := re.fullmatch(clause.pattern, text, re.IGNORECASE):
            window = window_from(Part(clause, match.groups()), node, desk)
            return None if window is None else past_only(window, node, desk)
    return None


def checked_measurement(made: MeasurementCovariate, node: Node, desk: Desk, unit: Node | None = None) -> MeasurementCovariate | None:
    """The covariate when its bounds agree with each other and with the logarithm. `unit`: where the unit stands, if not in `node`."""
    if made.low is not None and made.high is not None and made.low >= made.high:
        return desk.report(CONTRADICTORY_BOUNDS, f"no value lies between {made.low:g} and {made.high:g}", node)
    if made.transform == "log" and (made.low is None or made.low <= 0):
        return desk.report(CONTRADICTORY_BOUNDS, "a logarithm needs a plausible range that begins above 0", node)
    if not _holds(made.window, made.target):
        return desk.report(OUT_OF_RANGE, f"day {made.target} lies outside the window", node)
    return made if unit_is_known(made.unit, unit or node, desk) else None


def _holds(window: Window, day: int) -> bool:
    return (window.start is None or window.start <= day) and (window.end is None or day <= max(window.end, 0))


def _event(match: re.Match[str], node: Node, desk: Desk) -> Covariate | None:
    text: str = match[0]
    names: tuple[str, ...] = (node.name,)
    named = re.fullmatch(rf"({_BARE_NAMES}),? (.+)", text)
    if named and split_clauses(text, SET_CLAUSES) is None:
        text, names = named[2], names_in(named[1])
    found = _event_phrase(text, names, node, desk)
    sets = None if found is None else desk.use_sets(dict.fromkeys(names), node)
    if found is None or sets is None:
        return None
    if past_only(found.window, node, desk) is None:
        return None
    return EventCovariate(name=node.name, label=covariate_label(node.name), sets=sets, window=found.window, at_least=found.at_least)


def _event_phrase(text: str, sets: tuple[str, ...], node: Node, desk: Desk) -> EventCriterion | None:
    said = read_set_phrase(Scalar(text, node.line, node.path, node.name, False), sets, desk)
    if said is None:
        return None
    found = said.criterion
    if isinstance(found, MeasurementCriterion) or found.at_most is not None or found.days_apart or found.count != "records":
        return desk.report(
            UNREADABLE_PHRASE,
            "a covariate of yes and no counts records: `at least 2 records in [-365, 0]`; for more, use `first that holds`",
            node,
        )
    return found if said.window_given else found.model_copy(update={"window": Window(end=0)})


def _prior_lines(_match: re.Match[str], node: Node, desk: Desk) -> Covariate:
    desk.lines_needed.append(node)
    return LinesCovariate(name=node.name, label=covariate_label(node.name))


def _last_regimen(_match: re.Match[str], node: Node, desk: Desk) -> Covariate:
    """Without classes yet: they are the pack's."""
    desk.lines_needed.append(node)
    return LastRegimenCovariate(name=node.name, label=covariate_label(node.name), classes=())


LAST_REGIMEN = "regimen class of the last line before index"
COVARIATE_PHRASE: Sentence[Covariate] = Sentence(
    "a covariate",
    (
        Form(r"age(?: at index)?", "age at index", "years at the index date", lambda _m, n, _d: AgeCovariate(name=n.name)),
        Form(r"(?:recorded )?sex", "sex", "1 female, 0 male", lambda _m, n, _d: SexCovariate(name=n.name)),
        Form(
            r"year of index|index year", "year of index", "the calendar year, a number", lambda _m, n, _d: IndexYearCovariate(name=n.name)
        ),
        Form(LINES_BEFORE, LINES_BEFORE, "how many lines of therapy began before the index day, a number", _prior_lines),
        Form(
            LAST_REGIMEN,
            LAST_REGIMEN,
            "the first class of the rule pack, in its order, of which the last line begun before the index day has a drug",
            _last_regimen,
        ),
        Form(
            rf"(?P<log>log of )?(?:the )?nearest value(?: of (?P<sets>{_BARE_NAMES}))?,? (?P<window>{_WINDOW})"
            rf"(?:,? (?:from )?(?P<low>{NUMBER}) to (?P<high>{NUMBER})(?: (?P<unit>[^\s,]{{1,30}}))?"
            r"|,? unit (?P<only_unit>[^\s,]{1,30}))?",
            "nearest value in [-45, 0], 0.8 to 7 g/dL",
            "the measured value nearest to the index day; values outside the range are dropped; `log of` takes the logarithm",
            _nearest,
        ),
        Form(
            r".+",
            "any time up to index",
            "1 with a record of the set of the same name in the window, else 0; the set may stand first",
            _event,
        ),
    ),
)

# --- long forms ------------------------------------------------------------------------------------------------------

_PAST = WindowShape(up_to_index=True)
_LABEL = Field("label", Text(), "The name in tables and figures.", example="Albumin, g/dL")
_WINDOW_FIELD = Field("window", _PAST, "The days in which records count, up to the index day.", example=[-365, 0])
_NUMBER = Field("number", HOW_MANY, "How many records there must be.", default="at least 1", example="at least 2")
_SETS = OneOrMore(SetName())
_RECORDS = Field("records of", _SETS, "1 when there are records of any of the sets, else 0.", required=True, example="diabetes")
_LEVELS = Field("levels", Whole(1, 20), "Makes categories 0, 1, ... of the number; the last is `that many or more`.", example=3)
_NEAREST = Field("nearest value of", _SETS, "The measured value nearest to a day.", required=True, example="albumin")
_TARGET = Field("to day", Whole(-FARTHEST, 0), "The day from the index that the value should be nearest to.", default=0, example=-7)
_UNIT = Field("unit", Text(30), "The unit (UCUM) that values are converted to.", example="g/dL")
_PLAUSIBLE = Field("plausible", ListOf(Number(), 2, 2), "Values outside are dropped as implausible.", example=[0.8, 7])
_TRANSFORM = Field("transform", Choice(("none", "log")), "Whether the logarithm enters the model.", default="none", example="log")
_KNOTS = Field("spline knots", Whole(3, 7), "Enters the model as a restricted cubic spline with so many knots.", example=4)
_CATEGORIES = Field(
    "first that holds",
    ByName(Turned(CRITERION, lambda said, node, _desk: (node.name, said)), plain_names=False),
    "Categories, each with its criterion; a person takes the first that holds. The first one listed is the reference.",
    required=True,
)
_OTHERWISE = Field("otherwise", Text(60), "The category of those for whom none holds.", default="unknown", example="unknown")
_YEAR = Field(
    "year of index", ListOf(Whole(1800, 2200)), "Categories of calendar years that begin at these.", required=True, example=[2019, 2022]
)
_AGE = Field("age at index", Choice(("years",)), "Age at the index date.", required=True, example="years")
_SEX = Field("sex", Choice(("recorded",)), "Sex as recorded.", required=True, example="recorded")
_INDEX = Field("comorbidity index", Choice(tuple(GROUPS)), "Quan's 2005 coding of the index.", required=True, example="Charlson")
_WEIGHTS = Field("weights", Choice(("charlson1987", "quan2011", "vanwalraven", "count")), "What each group counts.", example="quan2011")
_WITHOUT = Field("without", ListOf(Text(30)), "Groups that count nothing, by their short names.", example=["canc", "metacanc"])

_LINES = Field(
    LINES_BEFORE,
    Choice(("counted",)),
    "Lines of therapy begun before the index day, by the rules under `lines`.",
    required=True,
    example="counted",
)
_LAST = Field(
    LAST_REGIMEN,
    OneOrMore(Text(60)),
    "Classes or groups of the rule pack: a person takes the first of which the last line begun before the index day has a drug.",
    required=True,
    example=["immune_checkpoint_inhibitor", "chemotherapy", "endocrine"],
)
_NO_CLASS = Field(
    "otherwise", Text(60), "The category of those without a line, or with none of the classes.", default="none", example="none"
)

CountWhat = Literal["records", "dates", "sets"]


def _labelled(entry: Entry, unit: str | None = None) -> dict[str, Any]:
    return {"name": entry.node.name, "label": entry.get(_LABEL) or covariate_label(entry.node.name, unit)}


def _event_long(entry: Entry) -> Covariate | None:
    if not entry.whole:
        return None
    number = entry.get(_NUMBER)
    if number is not None and number.at_most is not None:
        return entry.desk.report(
            UNREADABLE_PHRASE, "a covariate of yes and no takes `at least`; for more, use `first that holds`", entry.at(_NUMBER)
        )
    at_least = 1 if number is None else number.at_least
    return EventCovariate(sets=entry.need(_RECORDS), at_least=at_least, **_labelled(entry), **entry.given(window=_WINDOW_FIELD))


def _count(key: str, count: CountWhat, says: str) -> Record[Covariate]:
    head = Field(key, _SETS, says, required=True, example=["drug_a", "drug_b"])

    def build(entry: Entry) -> Covariate | None:
        if not entry.whole:
            return None
        given = entry.given(window=_WINDOW_FIELD, levels=_LEVELS)
        return CountCovariate(sets=entry.need(head), count=count, **_labelled(entry), **given)

    return Record((head, _WINDOW_FIELD, _LEVELS, _LABEL), build, says)


def _measured(entry: Entry) -> Covariate | None:
    if not entry.whole:
        return None
    low, high = entry.get(_PLAUSIBLE) or (None, None)
    given = entry.given(window=_WINDOW_FIELD, target=_TARGET, unit=_UNIT, transform=_TRANSFORM, spline_knots=_KNOTS)
    made = MeasurementCovariate(sets=entry.need(_NEAREST), low=low, high=high, **_labelled(entry, entry.get(_UNIT)), **given)
    return checked_measurement(made, entry.at(_PLAUSIBLE), entry.desk, entry.at(_UNIT))


def _category(entry: Entry) -> Covariate | None:
    if not entry.whole:
        return None
    node = entry.at(_CATEGORIES)
    places = {pair.key: pair.value for pair in node.pairs} if isinstance(node, Mapping) else {}
    levels: list[CategoryLevel] = []
    for name, said in entry.need(_CATEGORIES):
        if all(past_only(window, places.get(name, node), entry.desk) for window in windows_of(said.criterion)):
            levels.append(CategoryLevel(level=tidy(name), criterion=said.criterion))
    otherwise = entry.get(_OTHERWISE) or "unknown"
    if any(level.level == otherwise for level in levels):
        return entry.desk.report(CONTRADICTORY_BOUNDS, "`otherwise` has the name of a category", entry.at(_OTHERWISE))
    return CategoryCovariate(levels=tuple(levels), otherwise=otherwise, **_labelled(entry))


def windows_of(criterion: Criterion) -> list[Window]:
    """All windows that a criterion looks at."""
    if isinstance(criterion, EventCriterion | MeasurementCriterion):
        return [criterion.window]
    if isinstance(criterion, AllOf | AnyOf):
        return [window for part in criterion.criteria for window in windows_of(part)]
    if isinstance(criterion, Not):
        return windows_of(criterion.criterion)
    return [Window(end=criterion.after)] if isinstance(criterion, PriorObservation) else []


def _years(entry: Entry) -> Covariate | None:
    if not entry.whole:
        return None
    cuts = entry.need(_YEAR)
    if list(cuts) != sorted(set(cuts)):
        return entry.desk.report(CONTRADICTORY_BOUNDS, "the years must rise", entry.at(_YEAR))
    return IndexYearCovariate(cuts=cuts, **_labelled(entry))


def _age(entry: Entry) -> Covariate | None:
    return AgeCovariate(**_labelled(entry)) if entry.whole else None


def _sex(entry: Entry) -> Covariate | None:
    return SexCovariate(**_labelled(entry)) if entry.whole else None


def _comorbidity(entry: Entry) -> Covariate | None:
    if not entry.whole:
        return None
    index = entry.need(_INDEX)
    weights = entry.get(_WEIGHTS) or WEIGHTS[index][0]
    without = entry.get(_WITHOUT) or ()
    before = len(entry.desk.problems)
    if weights not in WEIGHTS[index]:
        entry.desk.report(UNKNOWN_CHOICE, f"{index} has the weights {', '.join(WEIGHTS[index])}", entry.at(_WEIGHTS))
    for group in without:
        if group not in GROUPS[index]:
            what = f"{index} has no group `{group}`; it has {', '.join(GROUPS[index])}"
            entry.desk.report(UNKNOWN_GROUP, what, entry.at(_WITHOUT), closest(group, GROUPS[index]))
    given = {"index": index, "weights": weights, "without": without, **_labelled(entry), **entry.given(window=_WINDOW_FIELD)}
    return ComorbidityCovariate.model_validate(given) if len(entry.desk.problems) == before else None


def _counted_lines(entry: Entry) -> Covariate | None:
    entry.desk.lines_needed.append(entry.at(_LINES))
    return LinesCovariate(**_labelled(entry), **entry.given(levels=_LEVELS)) if entry.whole else None


def _last_regimen_long(entry: Entry) -> Covariate | None:
    entry.desk.lines_needed.append(entry.at(_LAST))
    if not entry.whole:
        return None
    classes, otherwise = entry.need(_LAST), entry.get(_NO_CLASS) or "none"
    if len(set(classes)) < len(classes) or otherwise in map(set_in_words, classes):
        return entry.desk.report(CONTRADICTORY_BOUNDS, "a class is named twice", entry.at(_LAST))
    return LastRegimenCovariate(classes=classes, otherwise=otherwise, **_labelled(entry))


COVARIATE: Headed[Covariate] = Headed(
    (
        Record((_RECORDS, _WINDOW_FIELD, _NUMBER, _LABEL), _event_long, "Yes or no: records of code sets."),
        _count("number of records of", "records", "The number of records of the sets."),
        _count("number of dates of", "dates", "The number of distinct dates with a record of the sets."),
        _count("number of distinct sets of", "sets", "The number of the sets that have a record."),
        Record(
            (_NEAREST, _WINDOW_FIELD, _TARGET, _UNIT, _PLAUSIBLE, _TRANSFORM, _KNOTS, _LABEL),
            _measured,
            "A measurement. Where it is missing, the network's median and an indicator enter the model.",
        ),
        Record((_CATEGORIES, _OTHERWISE, _LABEL), _category, "A category by criteria."),
        Record((_INDEX, _WEIGHTS, _WINDOW_FIELD, _WITHOUT, _LABEL), _comorbidity, "A comorbidity index."),
        Record((_LINES, _LEVELS, _LABEL), _counted_lines, "Lines of therapy before the index day."),
        Record((_LAST, _NO_CLASS, _LABEL), _last_regimen_long, "What the last line of therapy before the index day was made of."),
        Record((_YEAR, _LABEL), _years, "Calendar year in categories."),
        Record((_AGE, _LABEL), _age, "Age, with a label."),
        Record((_SEX, _LABEL), _sex, "Sex, with a label."),
    ),
    otherwise=COVARIATE_PHRASE,
    wanted="a phrase such as `age at index`, or keys with values",
)
COVARIATES: ByName[Covariate] = ByName(COVARIATE)
