"""The whole study file: its keys, and the checks between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from equipoise.kernel.errors import closest
from equipoise.study.errors import ARM_NOT_IN_INDEX, BAD_NAME, UNKNOWN_VERSION
from equipoise.study.grammar.analysis import ANALYSIS, PROPENSITY, SITES, complete_analysis, complete_propensity
from equipoise.study.grammar.claims import CLAIMS, check_claims
from equipoise.study.grammar.codes import CODES, CodesBlock, CodeSets, load_code_sets, name_from, used_code_sets
from equipoise.study.grammar.cohort import ARMS, EXCLUDE, FOLLOW, INCLUDE, INDEX, PERIOD
from equipoise.study.grammar.cohorts import COHORTS, check_values
from equipoise.study.grammar.combination import COMBINATION, complete_combination
from equipoise.study.grammar.covariates import COVARIATES
from equipoise.study.grammar.labs import LAB_MODELS, complete_lab_models, complete_scores
from equipoise.study.grammar.lines import LINES, Uses, complete_lines
from equipoise.study.grammar.outcomes import OUTCOMES, check_risk_windows
from equipoise.study.grammar.overrides import OVERRIDES
from equipoise.study.grammar.sensitivity import SENSITIVITY, check_sensitivity
from equipoise.study.grammar.sessions import CLASSIFICATION, TREATMENTS, Blocks, Places, complete_classification
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node, Scalar
from equipoise.study.grammar.shapes.values import Choice, Schema, Shape, Text, Turned, wrong_type
from equipoise.study.grammar.subgroups.block import SUBGROUPS, complete_subgroups
from equipoise.study.model import Classification, Design, FollowUp, SiteRules, Study


class Version(Shape[int]):
    """The version of the grammar: 1."""

    def read(self, node: Node, desk: Desk) -> int | None:
        """See `Shape.read`."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int):
            return wrong_type(node, desk, "the number 1")
        return value if value == 1 else desk.report(UNKNOWN_VERSION, f"there is no version {str(value)[:20]} of the grammar", node)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"const": 1}


def _short_name(name: str, node: Node, desk: Desk) -> str | None:
    if name == "-".join(name.split()) and name.replace("-", "").isalnum() and name.isascii() and name == name.lower():
        return name
    return desk.report(BAD_NAME, "the name of a study has small letters, digits and hyphens only", node)


@dataclass(frozen=True)
class ShortName(Shape[str]):
    """A name for files: small letters, digits, hyphens."""

    def read(self, node: Node, desk: Desk) -> str | None:
        """See `Shape.read`."""
        text = Text(60).read(node, desk)
        return None if text is None else _short_name(text, node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return Text(60).schema()


_LOADED: Turned[CodesBlock, CodeSets] = Turned(CODES, load_code_sets)
_CODES = Field(
    "codes", _LOADED, "The code lists: a CSV file, and names for its sets. A study has these, `cohorts`, or both.", example="codes/my.csv"
)
_COHORTS = Field(
    "cohorts",
    COHORTS,
    "Cohort definitions of ATLAS by names of your choosing. A name stands wherever that of a code set may; its records are the cohort's "
    "entries: each begins and ends on the days that the definition gives it, and has no value.",
    example={"gi_bleed": {"circe": "cohorts/gi_bleed.json"}},
)
_VERSION = Field("equipoise", Version(), "The version of this grammar.", required=True, example=1)
_NAME = Field("name", ShortName(), "A short name for files; the name of the study file when left out.", example="my-study")
_TITLE = Field("title", Text(), "What is asked, in one line.", required=True, example="Drug A versus drug B and gastrointestinal bleeding")
_PERIOD = Field("period", PERIOD, "First and last day on which an index date may lie.", required=True, example=PERIOD.examples[0])
_INDEX = Field(
    "index", INDEX, "The event that puts a person into the study, and its date: day 0.", required=True, example=INDEX.examples[0]
)
_INCLUDE = Field("include", INCLUDE, "Criteria that persons must meet, in the order of the flow diagram.", example=["age at index >= 18"])
_EXCLUDE = Field(
    "exclude", EXCLUDE, "Criteria that no person may meet; they come after `include`.", example=[{"cancer": "any time up to index"}]
)
_ARMS = Field(
    "arms",
    ARMS,
    "Two arms by name, the target first, then the comparator. With records of both on the index day, the first takes the person.",
    required=True,
    example={"A": "index is drug_a", "B": "index is drug_b"},
)
_TREATMENTS = Field("treatments", TREATMENTS, "Treatments that share the codes of a session, by name: what tells each from the others.")
_CLASSES = Field("classification", CLASSIFICATION, "Which sessions count as which treatment.")
_FOLLOW = Field(
    "follow", FOLLOW, "Time at risk.", default="day 1 to death, last record, 1826 days", example="day 1 to death, last record, 60 months"
)
_OUTCOMES = Field("outcomes", OUTCOMES, "What is compared, by name; overall survival goes by `os`.", required=True, example={"os": "death"})
_LAB_MODELS = Field(
    "labs",
    LAB_MODELS,
    "Models of laboratory outcomes; means alone when left out.",
    example={"repeated measures": "yes", "weights for being measured": "yes"},
)
_LINES = Field(
    "lines", LINES, "Rules by which treatments become lines of therapy, and the records they are found in.", example={"pack": "breast"}
)
_COVARIATES = Field("covariates", COVARIATES, "What is known of each person up to the index day, by name.", example={"age": "age at index"})
_PROPENSITY = Field("propensity", PROPENSITY, "The propensity model; all covariates when left out.")
_ANALYSIS = Field("analysis", ANALYSIS, "What is estimated for each outcome.")
_SITES = Field("sites", SITES, "What a run does when hospitals fail.")
_OVERRIDES = Field(
    "overrides",
    OVERRIDES,
    "Findings of the design checks that you know of, by code, each with the reason for going on in spite of it.",
    example={"DC01": "The published analysis, kept to show what it does."},
)
_CLAIMS = Field("claims", CLAIMS, "What a published abstract claims, to be held against what this run finds.")
_SUBGROUPS = Field(
    "subgroups",
    SUBGROUPS,
    "Parts of the cohort in which the effect is looked at apart, by name; each with a test of interaction.",
    example={"subtype": "each level", "age": "cut at 65"},
)
_COMBINATION = Field(
    "combination",
    COMBINATION,
    "Exposures beside the arms: classes, windows around the index, and how arms and classes are analysed together.",
)
_SENSITIVITY = Field("sensitivity", SENSITIVITY, "What is done to the answer to see whether it stands; each part runs when it is named.")
_DESIGN = Field(
    "design",
    Choice(get_args(Design)),
    "What kind of study this is: one that repeats a published analysis with its flaws, or one that asks as it should be asked.",
    example="as published",
)

_FIELDS = (
    *(_VERSION, _NAME, _TITLE, _DESIGN, _PERIOD, _CODES, _COHORTS, _INDEX, _INCLUDE, _EXCLUDE),
    *(_TREATMENTS, _CLASSES, _ARMS, _LINES, _FOLLOW),
    *(_OUTCOMES, _LAB_MODELS, _COVARIATES, _PROPENSITY, _ANALYSIS, _COMBINATION, _SUBGROUPS, _SENSITIVITY, _SITES, _OVERRIDES, _CLAIMS),
)


def _study(entry: Entry) -> Study | None:
    desk, code_sets = entry.desk, entry.get(_CODES)
    follow, covariates = entry.get(_FOLLOW) or FollowUp(), entry.get(_COVARIATES) or ()
    _check_arms(entry, code_sets)
    blocks = Blocks(
        entry.get(_INDEX), entry.get(_TREATMENTS), entry.get(_CLASSES), entry.get(_ARMS), bool(entry.node.find(_TREATMENTS.key))
    )
    classification = complete_classification(blocks, Places(entry.at(_INDEX), entry.at(_ARMS), entry.at(_CLASSES)), desk)
    check_risk_windows(entry.at(_OUTCOMES), follow, desk, entry.get(_OUTCOMES) or ())
    check_claims(entry.at(_CLAIMS), entry.get(_CLAIMS) or (), _names(entry, _OUTCOMES), desk)
    used = used_code_sets(code_sets or CodeSets(), entry.get(_COHORTS) or (), desk)
    completed = complete_lines(
        entry.get(_LINES), entry.at(_LINES) if entry.node.find(_LINES.key) else None, code_sets, _line_uses(entry, classification), desk
    )
    covariates = completed.covariates
    listed, names = entry.node.find(_COVARIATES.key), _names(entry, _COVARIATES)
    propensity = complete_propensity(entry.get(_PROPENSITY), entry.at(_PROPENSITY), names, desk)
    analysis = complete_analysis(entry.get(_ANALYSIS), entry.at(_ANALYSIS), bool(names), desk)
    readable = covariates if listed is None or covariates else None
    subgroups = complete_subgroups(entry.get(_SUBGROUPS), entry.at(_SUBGROUPS), readable, desk)
    outcomes = complete_scores(entry.get(_OUTCOMES) or (), entry.at(_OUTCOMES), desk)
    lab_models, combination = entry.get(_LAB_MODELS), entry.get(_COMBINATION)
    # With an outcome that cannot be read none is known, and whatever names one would be reported for nothing.
    if outcomes:
        lab_models = complete_lab_models(lab_models, entry.at(_LAB_MODELS), outcomes, desk)
        combination = complete_combination(combination, entry.at(_COMBINATION), outcomes, propensity, desk)
        check_sensitivity(entry.at(_SENSITIVITY), entry.get(_SENSITIVITY), outcomes, analysis, desk)
    steps = (entry.get(_INCLUDE) or ()) + (entry.get(_EXCLUDE) or ())
    check_values((steps, outcomes, covariates, classification, combination), entry.get(_COHORTS) or (), desk)
    if desk.problems:
        return None
    period = entry.need(_PERIOD)
    return Study(
        name=entry.get(_NAME) or name_from(desk.file),
        title=entry.need(_TITLE),
        period_start=period.start,
        period_end=period.end,
        code_sets=(*used, *completed.code_sets),
        lines=completed.lines,
        index=entry.need(_INDEX),
        steps=steps,
        arms=entry.need(_ARMS),
        follow=follow,
        outcomes=outcomes,
        lab_models=lab_models,
        covariates=covariates,
        propensity=propensity,
        analysis=analysis,
        sites=entry.get(_SITES) or SiteRules(),
        classification=classification,
        claims=entry.get(_CLAIMS),
        overrides=entry.get(_OVERRIDES),
        subgroups=subgroups,
        combination=combination,
        sensitivity=entry.get(_SENSITIVITY),
        design=cast("Design | None", entry.get(_DESIGN)),
    )


def _names(entry: Entry, block: Field[Any]) -> tuple[str, ...]:
    """The names that a block gives, whether what stands under them can be read or not."""
    listed = entry.node.find(block.key)
    return tuple(pair.key for pair in listed.value.pairs) if listed and isinstance(listed.value, Mapping) else ()


def _line_uses(entry: Entry, classification: Classification | None) -> Uses:
    steps = (entry.get(_INCLUDE) or ()) + (entry.get(_EXCLUDE) or ())
    return Uses(steps, entry.get(_COVARIATES) or (), classification, entry.at(_COVARIATES), entry.at(_TREATMENTS))


def _check_arms(entry: Entry, code_sets: CodeSets | None) -> None:
    index, arms, node = entry.get(_INDEX), entry.get(_ARMS), entry.at(_ARMS)
    if index is None or arms is None:
        return
    codes = {code for name in index.sets for code in code_sets.codes_of(name)} if code_sets else set()
    for arm in arms:
        pair = node.find(arm.name) if isinstance(node, Mapping) else None
        for name in arm.sets:
            inside = code_sets is not None and bool(own := code_sets.codes_of(name)) and codes.issuperset(own)
            if name not in index.sets and not inside:
                what = f"the arm `{arm.name}` takes `{name}`, which is no index event"
                entry.desk.report(ARM_NOT_IN_INDEX, what, pair.value if pair else node, closest(name, index.sets))


STUDY: Record[Study] = Record(
    _FIELDS, _study, "A study for Equipoise: who, what, when, compared with what, measured how.", one_of=(_CODES.key, _COHORTS.key)
)


def read_document(root: Node, desk: Desk) -> Study | None:
    """The study that a tree means; None when anything was reported. Code lists and cohorts are read first, wherever they stand."""
    if isinstance(root, Mapping):
        first = {_CODES.key: 0, _COHORTS.key: 1}
        root = replace(root, pairs=tuple(sorted(root.pairs, key=lambda pair: first.get(pair.key, 2))))
        if root.find(_CODES.key) is None and root.find(_COHORTS.key) is not None:
            desk.sets = frozenset()
    return STUDY.read(root, desk)
