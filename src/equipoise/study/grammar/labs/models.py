"""The block `labs`: what is estimated of laboratory outcomes beside their means."""

from __future__ import annotations

from typing import Any

from equipoise.kernel.errors import closest
from equipoise.study.errors import UNKNOWN_CHOICE
from equipoise.study.grammar.sensitivity.values import YesNo
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import Choice, ListOf, Text
from equipoise.study.lab_columns import is_flag
from equipoise.study.model import LabModels, LabOutcome, Outcome

_REPEATED = Field(
    "repeated measures",
    YesNo(),
    "Difference in change between the arms at each window, adjusted for the baseline value, by estimating equations.",
    example="yes",
)
_WEIGHTS = Field(
    "weights for being measured",
    YesNo(),
    "Means and models once more, persons weighted by the inverse of their probability of being measured in the window.",
    example="yes",
)
_CORRELATION = Field(
    "working correlation",
    Choice(("independence", "exchangeable", "unstructured")),
    "How the values of one person are taken to hang together.",
    default="exchangeable",
    example="exchangeable",
)
_ONLY = Field("outcomes", ListOf(Text(60)), "The laboratory outcomes and scores meant; all when left out.", example=["alt"])


def _models(entry: Entry) -> LabModels | None:
    if not entry.whole:
        return None
    given: dict[str, Any] = entry.given(repeated_measures=_REPEATED, weights=_WEIGHTS, correlation=_CORRELATION)
    return LabModels(outcomes=entry.get(_ONLY) or (), **given)


LAB_MODELS: Record[LabModels] = Record(
    (_REPEATED, _WEIGHTS, _CORRELATION, _ONLY), _models, "What is estimated of laboratory outcomes beside their means."
)


def complete_lab_models(said: LabModels | None, node: Node, outcomes: tuple[Outcome, ...], desk: Desk) -> LabModels | None:
    """The block with the names of its outcomes, sorted; names that no laboratory outcome has are reported."""
    if said is None:
        return None
    names = [outcome.name for outcome in outcomes if isinstance(outcome, LabOutcome) and not is_flag(outcome)]
    pair = node.find(_ONLY.key) if isinstance(node, Mapping) else None
    for name in said.outcomes:
        if name not in names:
            what = f"there is no laboratory outcome `{name[:60]}` that has changes"
            desk.report(UNKNOWN_CHOICE, what, pair.value if pair else node, closest(name, names))
    return said.model_copy(update={"outcomes": tuple(sorted(set(said.outcomes or names)))})
