"""The `codes` block: which file, and which of its sets go by which name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from equipoise.kernel.errors import closest
from equipoise.study.code_file import CodeList, CodeRow, read_code_file
from equipoise.study.errors import CODE_FILE_UNREADABLE, EMPTY_CODE_SET, UNKNOWN_SET
from equipoise.study.grammar.shapes.desk import Desk, Spot
from equipoise.study.grammar.shapes.records import RESERVED, ByName, Entry, Field, Headed, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import ListOf, OneOrMore, Text, Turned
from equipoise.study.model import Code, CodeSet


@dataclass(frozen=True, slots=True)
class Naming:
    """A name of the study for one or several sets of the code file."""

    name: str
    set_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodesBlock:
    """What the `codes` block says."""

    files: tuple[str, ...]
    names: tuple[Naming, ...] = ()
    support: tuple[str, ...] = ()


@dataclass(slots=True)
class CodeSets:
    """All sets that a study may name."""

    rows: dict[str, list[CodeRow]] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    support: frozenset[str] = frozenset()
    complete: bool = True
    """False when a file could not be read: then no name can be called unknown."""

    def codes_of(self, name: str) -> tuple[Code, ...]:
        """The codes of a name, each once, in a fixed order."""
        found = {
            (row.code.vocabulary, row.code.code, row.code.match, row.code.concept_id or 0): row.code
            for set_id in self.names.get(name, (name,))
            for row in reversed(self.rows.get(set_id, []))
            if not row.support or name in self.support
        }
        return tuple(found[key] for key in sorted(found))


_PATHS = OneOrMore(Text(300))
_FILE = Field("file", _PATHS, "The code file (CSV), from the folder of the study file; or several.", required=True, example="codes/my.csv")
_SETS = Field(
    "sets",
    ByName(Turned(OneOrMore(Text(80)), lambda ids, node, _desk: Naming(node.name, ids)), reserved=RESERVED),
    "Names of your choosing for sets of the file; several sets under one name are taken together.",
    example={"diabetes": ["CMB_DM1", "CMB_DM2"]},
)
_SUPPORT = Field("support rows", ListOf(Text(80)), "Sets for which rows with the role `support` count too.", example=["diabetes"])


def _block(entry: Entry) -> CodesBlock | None:
    return CodesBlock(entry.need(_FILE), entry.get(_SETS) or (), entry.get(_SUPPORT) or ()) if entry.whole else None


CODES: Headed[CodesBlock] = Headed(
    (Record((_FILE, _SETS, _SUPPORT), _block),), otherwise=Turned(Text(300), lambda path, _node, _desk: CodesBlock((path,)))
)


def load_code_sets(block: CodesBlock, node: Node, desk: Desk) -> CodeSets:
    """Read the block's files; report what is wrong in them and in the names."""
    lists = [listed for path in block.files if (listed := _read(path, node, desk)) is not None]
    found = CodeSets(support=frozenset(block.support), complete=len(lists) == len(block.files) and all(listed.readable for listed in lists))
    for listed in lists:
        for set_id in listed.seen:
            found.rows.setdefault(set_id, [])
        for row in listed.rows:
            found.rows[row.set_id].append(row)
    for naming in block.names:
        found.names[naming.name] = naming.set_ids
    if found.complete:
        _check_names(block, found, node, desk)
        desk.sets = frozenset([*found.names, *found.rows])
    return found


def _read(path: str, node: Node, desk: Desk) -> CodeList | None:
    place = _inside(node, "file")
    try:
        listed = read_code_file(desk.file.parent / path)
    except (OSError, ValueError):
        return desk.report(CODE_FILE_UNREADABLE, f"`{path[:80]}` is no path of a code file", place)
    for problem in listed.problems:
        if problem.where.line is None:
            desk.report(problem.kind, problem.what, place, problem.did_you_mean)
        else:
            desk.problems.append(problem)
    return listed


def _check_names(block: CodesBlock, found: CodeSets, node: Node, desk: Desk) -> None:
    sets = _inside(node, "sets")
    for naming in block.names:
        for set_id in naming.set_ids:
            if set_id not in found.rows:
                desk.report(UNKNOWN_SET, f"the code file has no set `{set_id}`", _inside(sets, naming.name), closest(set_id, found.rows))
    for name in block.support:
        if name not in found.names and name not in found.rows:
            desk.report(
                UNKNOWN_SET, f"there is no code set `{name}`", _inside(node, "support rows"), closest(name, [*found.names, *found.rows])
            )


def _inside(node: Node, key: str) -> Node:
    pair = node.find(key) if isinstance(node, Mapping) else None
    return pair.value if pair else node


def used_code_sets(found: CodeSets, cohorts: tuple[CodeSet, ...], desk: Desk) -> tuple[CodeSet, ...]:
    """The sets that the study uses, sorted by name, cohort definitions among them; an empty one is reported where it is first used."""
    made: list[CodeSet] = []
    defined = {cohort.name: cohort for cohort in cohorts}
    for name, line in sorted(desk.used_sets.items()):
        if name in defined:
            made.append(defined[name])
            continue
        codes = found.codes_of(name)
        if not codes and any(found.rows.get(set_id) for set_id in found.names.get(name, (name,))):
            desk.report(EMPTY_CODE_SET, f"the code set `{name}` has no code that counts", Spot(line))
        made.append(CodeSet(name=name, codes=codes))
    return tuple(made)


def name_from(path: Path) -> str:
    """The name of a study from its file's name: letters, digits and hyphens."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in path.name.split(".")[0].lower())
    return "-".join(part for part in kept.split("-") if part) or "study"
