"""A rule pack from YAML: every mistake of the file at once, each with its line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from equipoise.kernel.errors import EquipoiseError, Where, closest
from equipoise.study.grammar.shapes.desk import Desk, Spot
from equipoise.study.grammar.shapes.tree import Mapping, Node, Sequence, as_plain, read_tree
from equipoise.study.lines.consistency import Location, faults
from equipoise.study.lines.errors import PACK_MISSING_KEY, PACK_UNKNOWN_KEY, PACK_UNREADABLE, PACK_VALUE
from equipoise.study.model.lines import rules
from equipoise.study.model.lines.pack import Pack

_KEYS = sorted(
    {key for one in (Pack, *vars(rules).values()) if isinstance(one, type) and issubclass(one, BaseModel) for key in one.model_fields}
)


def pack_names() -> tuple[str, ...]:
    """Names of the packs that Equipoise brings along."""
    found = files("equipoise.study.lines").joinpath("packs").iterdir()
    return tuple(sorted(one.name.removesuffix(".yaml") for one in found if one.name.endswith(".yaml")))


def bundled_pack(name: str) -> Pack:
    """A pack that Equipoise brings along. Raises EQ-STUDY-062 when there is none of that name."""
    if name not in pack_names():
        raise PACK_UNREADABLE.error(f"there is no rule pack `{name[:60]}`", did_you_mean=closest(name, pack_names()))
    file = files("equipoise.study.lines").joinpath(f"packs/{name}.yaml")
    return parse_pack(file.read_text(encoding="utf-8"), Path(f"{name}.yaml"))


def bundled_codes(name: str) -> Path:
    """Where the code list of a pack that Equipoise brings along lies, if it has one."""
    return Path(str(files("equipoise.study.lines").joinpath(f"packs/{name}.csv")))


def read_pack(path: Path) -> Pack:
    """Read a pack's file. Raises one error with every problem: EQ-STUDY-061 to -066, or EQ-STUDY-002 to -005 for what is no YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise PACK_UNREADABLE.error("the rule pack cannot be opened as UTF-8 text", Where(file=path)) from None
    return parse_pack(text, path)


def parse_pack(text: str, path: Path) -> Pack:
    """Read a pack from text that stands, or would stand, at `path`. Raises as `read_pack`."""
    desk = Desk(path)
    root = read_tree(text, desk)
    if root is None or desk.problems:
        raise EquipoiseError(*desk.problems)
    pack = _validated(root, desk)
    for fault in faults(pack) if pack else ():
        desk.report(fault.kind, fault.what, _spot(root, fault.at), fault.did_you_mean)
    if pack is None or desk.problems:
        raise EquipoiseError(*sorted(desk.problems, key=lambda problem: problem.where.line or 0))
    return pack


def _validated(root: Node, desk: Desk) -> Pack | None:
    try:
        return Pack.model_validate(as_plain(root))
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            _report(one["type"], one["msg"], one["loc"], root, desk)
    return None


def _report(kind: str, message: str, at: Location, root: Node, desk: Desk) -> None:
    name, spot = str(at[-1]) if at else "", _spot(root, at)
    if kind == "extra_forbidden":
        desk.report(PACK_UNKNOWN_KEY, f"there is no key `{name[:60]}` here", spot, closest(name, _KEYS))
    elif kind == "missing":
        desk.report(PACK_MISSING_KEY, f"the key `{name}` is missing", spot)
    else:
        desk.report(PACK_VALUE, f"{message[:1].lower()}{message[1:]}", spot)


def _spot(root: Node, at: Location) -> Spot:
    node, line, path = root, root.line, ""
    for step in at:
        inner = _inner(node, step)
        if inner is None:
            break
        line, node = inner
        path = node.path
    return Spot(line, path)


def _inner(node: Node, step: str | int) -> tuple[int, Any] | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        pair = node.find(step)
        return (pair.line, pair.value) if pair else None
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step].line, node.items[step]
    return None
