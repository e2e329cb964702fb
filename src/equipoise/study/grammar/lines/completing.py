"""The `lines` block with its drugs' code sets, and what in the study asks for lines of therapy."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.kernel.errors import closest
from equipoise.study.code_file import read_code_file
from equipoise.study.errors import CODE_FILE_UNREADABLE
from equipoise.study.grammar.codes import CodeSets
from equipoise.study.grammar.lines.block import LinesSaid, places
from equipoise.study.grammar.lines.drugs import DrugsSaid
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.tree import Node
from equipoise.study.lines.errors import LINES_MISPLACED, NO_DRUGS, NO_LINES, UNKNOWN_DRUG
from equipoise.study.lines.grid import lines_asked
from equipoise.study.lines.naming import DrugSets, sets_by_drug
from equipoise.study.model import (
    AllOf,
    AnyOf,
    Classification,
    CodeSet,
    Covariate,
    Criterion,
    LastRegimenCovariate,
    LineDrug,
    LinesCriterion,
    LinesOfTherapy,
    Not,
    Pack,
    Step,
)


@dataclass(frozen=True, slots=True)
class Uses:
    """The parts of a study that may ask for lines of therapy, as read, and where covariates and treatments stand."""

    steps: tuple[Step, ...]
    covariates: tuple[Covariate, ...]
    classification: Classification | None
    at_covariates: Node
    at_treatments: Node


@dataclass(frozen=True, slots=True)
class Completed:
    """`lines` None: the study has none, or something was reported. `code_sets`: one for each drug, besides those the study names."""

    lines: LinesOfTherapy | None
    code_sets: tuple[CodeSet, ...]
    covariates: tuple[Covariate, ...]


def complete_lines(said: LinesSaid | None, node: Node | None, code_sets: CodeSets | None, uses: Uses, desk: Desk) -> Completed:
    """Look the drugs up; check that what asks for lines can be answered. `node`: the block, None when the study has none."""
    _check_uses(uses, desk)
    if node is None:
        for place in desk.lines_needed:
            desk.report(NO_LINES, "this asks for lines of therapy, and the study has no `lines`", place)
    if said is None or node is None or code_sets is None:
        return Completed(None, (), uses.covariates)
    found = _drug_sets(said, node, code_sets, desk)
    if not found.drugs:
        desk.report(NO_DRUGS, f"no code is known for any drug of the pack `{said.pack.name}`", _at(node, "drugs"))
        return Completed(None, (), uses.covariates)
    if said.vary and not any(lines_asked(step.criterion) for step in uses.steps):
        desk.report(LINES_MISPLACED, "`vary` needs `lines of therapy before index` among the criteria", _at(node, "vary"))
    given = {} if said.pathways is None else {"pathways": said.pathways}
    lines = LinesOfTherapy(pack=said.pack, drugs=found.drugs, anchor=said.anchor, local=said.local, vary=said.vary, **given)
    return Completed(lines, found.code_sets, tuple(_with_classes(one, said.pack, uses.at_covariates, desk) for one in uses.covariates))


def _drug_sets(said: LinesSaid, node: Node, code_sets: CodeSets, desk: Desk) -> DrugSets:
    drugs = said.drugs
    if drugs is None:
        return _beside(said, node, desk)
    if drugs.named:
        return _by_drug(drugs, said.pack, desk)
    lists = tuple(CodeSet(name=name, codes=code_sets.codes_of(name)) for name in drugs.lists)
    return _known(sets_by_drug(said.pack, lists), said.pack, _at(node, "drugs"), desk)


def _beside(said: LinesSaid, node: Node, desk: Desk) -> DrugSets:
    """Drugs by the code list that lies beside the pack."""
    listed = read_code_file(said.code_file)
    for problem in listed.problems:
        if problem.where.line is None:
            what = f"`drugs` is left out, and the pack `{said.pack.name}` has no code list `{said.code_file.name}` beside it"
            desk.report(CODE_FILE_UNREADABLE, what, _at(node, "pack"))
        else:
            desk.problems.append(problem)
    codes = tuple(row.code for row in listed.rows)
    return _known(sets_by_drug(said.pack, (CodeSet(name=said.pack.name, codes=codes),)), said.pack, _at(node, "pack"), desk)


def _by_drug(drugs: DrugsSaid, pack: Pack, desk: Desk) -> DrugSets:
    known = pack.contained()
    for one in drugs.named:
        if one.drug not in known:
            what = f"the pack `{pack.name}` has no drug `{one.drug[:60]}`"
            desk.report(UNKNOWN_DRUG, what, one.node, closest(one.drug, known))
    return DrugSets((), tuple(LineDrug(drug=one.drug, sets=one.sets) for one in drugs.named), ())


def _known(found: DrugSets, pack: Pack, node: Node, desk: Desk) -> DrugSets:
    for name in found.unknown:
        what = f"the code lists name the drug `{name[:60]}`, which the pack `{pack.name}` does not have"
        desk.report(UNKNOWN_DRUG, what, node, closest(name, pack.contained()))
    return found


def _check_uses(uses: Uses, desk: Desk) -> None:
    treatments = uses.classification.treatments if uses.classification else ()
    for one in treatments:
        if any(map(_asks, (one.evidence, one.weak_evidence, one.deciding_evidence))):
            desk.report(LINES_MISPLACED, f"the evidence of `{one.name}` asks for lines of therapy", uses.at_treatments)


def _asks(criterion: Criterion | None) -> bool:
    if isinstance(criterion, AllOf | AnyOf):
        return any(map(_asks, criterion.criteria))
    return _asks(criterion.criterion) if isinstance(criterion, Not) else isinstance(criterion, LinesCriterion)


def _with_classes(covariate: Covariate, pack: Pack, node: Node, desk: Desk) -> Covariate:
    """A covariate of the last regimen with all classes of the pack where it names none; names that the pack lacks are reported."""
    if not isinstance(covariate, LastRegimenCovariate):
        return covariate
    known = (*pack.classes, *pack.groups)
    for name in covariate.classes:
        if name not in known:
            what = f"the pack `{pack.name}` has no class or group `{name[:60]}`"
            desk.report(UNKNOWN_DRUG, what, _at(node, covariate.name), closest(name, known))
    return covariate if covariate.classes else covariate.model_copy(update={"classes": tuple(pack.classes)})


def _at(node: Node, key: str) -> Node:
    return dict(places(node)).get(key, node)
