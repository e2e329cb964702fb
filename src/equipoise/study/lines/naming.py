"""Code lists of classes of drugs, taken apart into one code set a drug."""

from __future__ import annotations

import re
from dataclasses import dataclass

from equipoise.study.model.codes import Code, CodeSet
from equipoise.study.model.lines.block import LineDrug
from equipoise.study.model.lines.pack import Pack

SET_OF_A_DRUG = "lines of therapy: "
"""How the names of these sets begin; no set of a study file can have such a name."""
_ASIDE = re.compile(r"\s*\(.*\)$")


@dataclass(frozen=True, slots=True)
class DrugSets:
    """Sets of classes of drugs, taken apart into one set a drug. `unknown`: descriptions that the pack has no name for."""

    code_sets: tuple[CodeSet, ...]
    drugs: tuple[LineDrug, ...]
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
        tuple(CodeSet(name=SET_OF_A_DRUG + drug, codes=tuple(codes[drug])) for drug in found),
        tuple(LineDrug(drug=drug, sets=(SET_OF_A_DRUG + drug,)) for drug in found),
        tuple(sorted(set(codes) - known - never)),
    )
