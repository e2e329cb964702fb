"""Subgroups: categories of a covariate, a number cut at values, or criteria."""

from __future__ import annotations

import re

from equipoise.kernel.errors import closest
from equipoise.study.errors import CONTRADICTORY_BOUNDS, UNFIT_SUBGROUP, UNKNOWN_COVARIATE
from equipoise.study.grammar.covariates import windows_of
from equipoise.study.grammar.criteria import CRITERION, in_words, set_in_words
from equipoise.study.grammar.shapes.desk import Desk, Refused
from equipoise.study.grammar.shapes.phrases import NUMBER, Form, Sentence, tidy
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Headed, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import ListOf, Number, Text, Turned
from equipoise.study.grammar.shapes.windows import past_only
from equipoise.study.learned import is_binary, levels_of
from equipoise.study.model import CategoryLevel, Covariate, CriterionSubgroup, CutSubgroup, LevelSubgroup, Subgroup

FARTHEST_CUT = 1e9


def _words(name: str) -> str:
    return in_words(set_in_words(name))


def _levels(match: re.Match[str], node: Node, _desk: Desk) -> Subgroup:
    return LevelSubgroup(name=node.name, covariate=match["covariate"] or node.name)


def _cut(match: re.Match[str], node: Node, desk: Desk) -> Subgroup | None:
    cuts = tuple(float(number) for number in re.findall(NUMBER, match["cuts"]))
    return _checked(CutSubgroup(name=node.name, covariate=match["covariate"] or node.name, cuts=cuts), node, desk)


def _checked(made: CutSubgroup, node: Node, desk: Desk) -> CutSubgroup | Refused:
    rising = list(made.cuts) == sorted(set(made.cuts))
    return made if rising else desk.report(CONTRADICTORY_BOUNDS, "the values of a cut must rise", node)


SUBGROUP_PHRASE: Sentence[Subgroup] = Sentence(
    "a subgroup",
    (
        Form(
            r"each level(?: of (?P<covariate>[A-Za-z]\w*))?",
            "each level of subtype",
            "the categories of a covariate, or its yes and no; without a name, of the covariate of the subgroup's own name",
            _levels,
        ),
        Form(
            rf"(?:(?P<covariate>[A-Za-z]\w*),? )?cut at (?P<cuts>{NUMBER}(?: ?, ?{NUMBER})*)",
            "age cut at 65, 75",
            "a number under the first value, from each value on; in the covariate's unit",
            _cut,
        ),
    ),
)

_LABEL = Field("label", Text(), "The name of the subgroup in tables and figures.", example="Age at index")
_EACH = Field("each level of", Text(60), "A covariate with categories, or of yes and no.", required=True, example="subtype")
_CUT = Field("cut", Text(60), "A covariate that is a number.", required=True, example="age")
_AT = Field("at", ListOf(Number(low=-FARTHEST_CUT, high=FARTHEST_CUT)), "Where it is cut; rising.", required=True, example=[65])
_FIRST = Field(
    "first that holds",
    ByName(Turned(CRITERION, lambda said, node, _desk: (node.name, said)), plain_names=False),
    "Levels, each with its criterion; a person is in the first that holds.",
    required=True,
)
_OTHERWISE = Field(
    "otherwise", Text(60), "The level of those for whom none holds; left out, they are in no level.", example="elsewhere too"
)


def _each(entry: Entry) -> Subgroup | None:
    if not entry.whole:
        return None
    return LevelSubgroup(name=entry.node.name, label=entry.get(_LABEL) or "", covariate=entry.need(_EACH))


def _cut_long(entry: Entry) -> Subgroup | None:
    if not entry.whole:
        return None
    made = CutSubgroup(name=entry.node.name, label=entry.get(_LABEL) or "", covariate=entry.need(_CUT), cuts=entry.need(_AT))
    return _checked(made, entry.at(_AT), entry.desk)


def _criteria(entry: Entry) -> Subgroup | None:
    if not entry.whole:
        return None
    node = entry.at(_FIRST)
    places = {pair.key: pair.value for pair in node.pairs} if isinstance(node, Mapping) else {}
    levels: list[CategoryLevel] = []
    for name, said in entry.need(_FIRST):
        if all(past_only(window, places.get(name, node), entry.desk) for window in windows_of(said.criterion)):
            levels.append(CategoryLevel(level=tidy(name), criterion=said.criterion))
    if len(levels) < len(entry.need(_FIRST)):
        return None
    otherwise = entry.get(_OTHERWISE)
    if any(level.level == otherwise for level in levels):
        return entry.desk.report(CONTRADICTORY_BOUNDS, "`otherwise` has the name of a level", entry.at(_OTHERWISE))
    if len(levels) + (otherwise is not None) < 2:
        return entry.desk.report(UNFIT_SUBGROUP, f"`{entry.node.name}` has one level only", node)
    label = entry.get(_LABEL) or _words(entry.node.name)
    return CriterionSubgroup(name=entry.node.name, label=label, levels=tuple(levels), otherwise=otherwise)


SUBGROUP: Headed[Subgroup] = Headed(
    (
        Record((_EACH, _LABEL), _each, "The categories of a covariate."),
        Record((_CUT, _AT, _LABEL), _cut_long, "A number cut at values."),
        Record((_FIRST, _OTHERWISE, _LABEL), _criteria, "Levels by criteria; they look at no day after the index."),
    ),
    otherwise=SUBGROUP_PHRASE,
    wanted="a phrase such as `each level of subtype`, or keys with values",
)
SUBGROUPS: ByName[Subgroup] = ByName(SUBGROUP)


def complete_subgroups(
    said: tuple[Subgroup, ...] | None, node: Node, covariates: tuple[Covariate, ...] | None, desk: Desk
) -> tuple[Subgroup, ...] | None:
    """The subgroups with their labels, checked against the covariates that they are made of (None: these were reported)."""
    if covariates is None:
        return said
    by_name = {covariate.name: covariate for covariate in covariates}
    made: list[Subgroup] = []
    for subgroup in said or ():
        if isinstance(subgroup, CriterionSubgroup):
            made.append(subgroup)
            continue
        place = _place(node, subgroup.name)
        covariate = by_name.get(subgroup.covariate)
        if covariate is None:
            desk.report(UNKNOWN_COVARIATE, f"there is no covariate `{subgroup.covariate}`", place, closest(subgroup.covariate, by_name))
        elif (why := _unfit(subgroup, covariate)) is not None:
            desk.report(UNFIT_SUBGROUP, why, place)
        else:
            label = "Sex" if covariate.kind == "sex" else covariate.label
            made.append(subgroup.model_copy(update={"label": subgroup.label or label or _words(subgroup.name)}))
    return tuple(made) or None


def _unfit(subgroup: LevelSubgroup | CutSubgroup, covariate: Covariate) -> str | None:
    by_level = is_binary(covariate) or levels_of(covariate) is not None
    if isinstance(subgroup, LevelSubgroup):
        return None if by_level else f"`{covariate.name}` is a number and has no levels: say where to cut it, as in `cut at 65`"
    if by_level:
        return f"`{covariate.name}` has levels and cannot be cut: write `each level`"
    if covariate.kind == "measurement" and covariate.transform == "log" and subgroup.cuts[0] <= 0:
        return f"the logarithm of `{covariate.name}` is taken: it can be cut above 0 only"
    return None


def _place(node: Node, name: str) -> Node:
    pair = node.find(name) if isinstance(node, Mapping) else None
    return pair.value if pair else node
