"""What the types of a pack cannot say: names must be known, and mean one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from equipoise.kernel.errors import ErrorKind, closest
from equipoise.study.lines.errors import PACK_CONTRADICTION, UNKNOWN_DRUG
from equipoise.study.model.lines.pack import Pack

Location: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the root of the document."""
_NAME_FIELDS = {
    "local": ("drugs",),
    "substitutions": ("between",),
    "additions": ("added", "to"),
    "after_stop": ("added", "to", "stopped"),
    "advances": ("added", "to"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a pack, and where in the document."""

    kind: ErrorKind
    what: str
    at: Location
    did_you_mean: str | None = None


def faults(pack: Pack) -> tuple[Fault, ...]:
    """Everything that is wrong between the pack's parts, in the order of the document's keys."""
    return (*_double(pack), *_routes(pack), *_never(pack), *_unknown(pack))


def _double(pack: Pack) -> Iterator[Fault]:
    seen: set[str] = set()
    for name, one in pack.classes.items():
        for place, drug in enumerate(one.drugs):
            if drug in seen:
                yield Fault(PACK_CONTRADICTION, f"the drug `{drug[:60]}` is listed twice", ("classes", name, "drugs", place))
            seen.add(drug)
    for key, names in (("classes", pack.classes), ("groups", pack.groups), ("products", pack.products)):
        for name in names:
            if name in seen:
                yield Fault(PACK_CONTRADICTION, f"the name `{name[:60]}` is used twice", (key, name))
            seen.add(name)


def _routes(pack: Pack) -> Iterator[Fault]:
    for name, one in pack.classes.items():
        if one.route not in pack.gap:
            what = f"no gap is given for the route `{one.route[:60]}`"
            yield Fault(UNKNOWN_DRUG, what, ("classes", name, "route"), closest(one.route, pack.gap))


def _never(pack: Pack) -> Iterator[Fault]:
    used = {*pack.drugs(), *pack.products}
    for number, rule in enumerate(pack.never):
        for place, drug in enumerate(rule.drugs):
            if drug in used:
                yield Fault(PACK_CONTRADICTION, f"`{drug[:60]}` is part of lines and never", ("never", number, "drugs", place))


def _unknown(pack: Pack) -> Iterator[Fault]:
    known, drugs = set(pack.names()), {*pack.drugs(), *pack.classes}
    for at, name in _names_used(pack):
        allowed = drugs if at[0] in ("groups", "products") else known
        if name not in allowed:
            yield Fault(UNKNOWN_DRUG, f"there is no drug, class or group `{name[:60]}`", at, closest(name, allowed))


def _names_used(pack: Pack) -> Iterator[tuple[Location, str]]:
    for key, named in (("groups", pack.groups), ("products", pack.products)):
        yield from (((key, name, place), inner) for name, inside in named.items() for place, inner in enumerate(inside))
    for key, fields in _NAME_FIELDS.items():
        for number, rule in enumerate(getattr(pack, key)):
            yield from (((key, number, field, place), name) for field in fields for place, name in enumerate(getattr(rule, field)))
    if pack.maintenance:
        for field in ("after", "continued"):
            yield from ((("maintenance", field, place), name) for place, name in enumerate(getattr(pack.maintenance, field)))
