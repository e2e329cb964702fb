"""Which code sets tell the drugs of a pack, the anchor and local treatments in a site's records."""

from __future__ import annotations

import re
from dataclasses import dataclass

from equipoise.cohort.lines.pack import Pack
from equipoise.study.model import Code, CodeSet

_ASIDE = re.compile(r"\s*\(.*\)$")


@dataclass(frozen=True, slots=True)
class LineSources:
    """Names of code sets. `drugs`: each name that the pack has for a drug or product, with the sets whose records are that drug.

    `anchor`: the anchor is the first day with a record of these sets; with `confirmed_within`, the first that has a later one at most so
    many days after it. `local`: local treatments, around which some drugs do not count.
    """

    drugs: tuple[tuple[str, tuple[str, ...]], ...]
    anchor: tuple[str, ...] = ()
    confirmed_within: int | None = None
    local: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrugSets:
    """Sets of classes of drugs, taken apart into one set a drug. `unknown`: descriptions that the pack has no name for."""

    code_sets: tuple[CodeSet, ...]
    drugs: tuple[tuple[str, tuple[str, ...]], ...]
    unknown: tuple[str, ...]


def sets_by_drug(pack: Pack, code_sets: tuple[CodeSet, ...]) -> DrugSets:
    """One code set for each drug or product of the pack, from lists whose descriptions name the drug (what stands in brackets is ignored).

    A set's name is `lines of therapy: <drug>`. Drugs that are never part of lines are left out.
    """
    known, never = set(pack.contained()), {drug for rule in pack.never for drug in rule.drugs}
    codes: dict[str, dict[Code, None]] = {}
    for code in (code for one in code_sets for code in one.codes):
        codes.setdefault(_ASIDE.sub("", code.description.strip()), {})[code] = None
    found = sorted(known & set(codes))
    return DrugSets(
        tuple(CodeSet(name=_name(drug), codes=tuple(codes[drug])) for drug in found),
        tuple((drug, (_name(drug),)) for drug in found),
        tuple(sorted(set(codes) - known - never)),
    )


def _name(drug: str) -> str:
    return f"lines of therapy: {drug}"
