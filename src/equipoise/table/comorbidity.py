"""Charlson and Elixhauser comorbidity scores from diagnosis codes (Quan 2005), with their usual weights.

A group is present when any of the person's codes begins with any of the group's codes, dots aside; a code may stand in several
groups. Then the milder of two forms gives way to the graver. Sources: `data/ORIGIN.md`.

Misleads when the window is short or records begin late: absence of a code counts as absence of the disease.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
import pyarrow as pa

from equipoise.kernel.errors import Where, closest
from equipoise.study.model import ComorbidityCovariate
from equipoise.table.arrow import Bools, Floats, Ints, coded, whole
from equipoise.table.errors import UNKNOWN_GROUP, WRONG_WEIGHTS

HIERARCHY = {
    "Charlson": (("mld", "msld"), ("diab", "diabwc"), ("canc", "metacanc")),
    "Elixhauser": (("hypunc", "hypc"), ("diabunc", "diabc"), ("solidtum", "metacanc")),
}
"""The milder group counts nothing beside the graver one."""

_FAMILY = {"ICD10CM": "ICD10CM", "ICD10": "ICD10CM", "ICD10GM": "ICD10CM", "ICD9CM": "ICD9CM", "ICD9": "ICD9CM"}
"""Other national forms of ICD-10 begin with the same codes."""


@dataclass(frozen=True, slots=True)
class ComorbidityIndex:
    """The g groups of an index: names, labels, prefixes by vocabulary (one tuple a group), and weights by their name (one a group)."""

    groups: tuple[str, ...]
    labels: tuple[str, ...]
    prefixes: dict[str, tuple[tuple[str, ...], ...]]
    weights: dict[str, tuple[float, ...]]


@lru_cache(maxsize=2)
def comorbidity_index(name: str) -> ComorbidityIndex:
    """`Charlson` or `Elixhauser`, read from the package's data."""
    text = files("equipoise.table").joinpath("data/comorbidity_map.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["index"] == name]
    labels = {row["group"]: row["group_label"] for row in rows}
    prefixes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        prefixes[row["vocabulary"], row["group"]].append(row["code_prefix_no_dot"])
    by_group = {row["group"]: row for row in rows}
    given = {key.removeprefix("weight_") for key, value in rows[0].items() if key.startswith("weight_") and value}
    return ComorbidityIndex(
        groups=tuple(labels),
        labels=tuple(labels.values()),
        prefixes={v: tuple(tuple(prefixes[v, group]) for group in labels) for v in ("ICD10CM", "ICD9CM")},
        weights={w: tuple(float(by_group[group][f"weight_{w}"]) for group in labels) for w in given} | {"count": (1.0,) * len(labels)},
    )


def groups_of_codes(index: str, vocabulary: str, codes: Sequence[str]) -> Bools:
    """(c, g) whether each of c codes (dots removed, capitals) belongs to each group of the index."""
    by_group = comorbidity_index(index).prefixes[vocabulary]
    text = np.asarray(codes, dtype=np.str_)
    out = np.zeros((len(text), len(by_group)), dtype=bool)
    for length in sorted({len(prefix) for prefixes in by_group for prefix in prefixes}, reverse=True):
        beginnings = text.astype(f"U{length}")
        for group, prefixes in enumerate(by_group):
            out[:, group] |= np.isin(beginnings, [prefix for prefix in prefixes if len(prefix) == length])
    return out


def group_flags(index: str, source_codes: pa.Table, person_ids: Ints) -> Bools:
    """(n, g) the groups of each person before the hierarchy. source_codes: person_id, vocabulary, code; person_ids sorted."""
    out = np.zeros((len(person_ids), len(comorbidity_index(index).groups)), dtype=bool)
    row = np.searchsorted(person_ids, whole(source_codes["person_id"]))
    vocabulary, names = coded(source_codes["vocabulary"])
    position, texts = coded(source_codes["code"])
    codes = [text.replace(".", "").upper() for text in texts]
    for number, name in enumerate(names):
        if name in _FAMILY:
            belongs, of_it = groups_of_codes(index, _FAMILY[name], codes), vocabulary == number
            for group in range(out.shape[1]):
                out[row[of_it][belongs[position[of_it], group]], group] = True
    return out


def apply_hierarchy(index: str, flags: Bools) -> Bools:
    """The flags with the milder form of each pair cleared where the graver is present."""
    groups, out = comorbidity_index(index).groups, flags.copy()
    for mild, grave in HIERARCHY[index]:
        out[:, groups.index(mild)] &= ~flags[:, groups.index(grave)]
    return out


def comorbidity_score(covariate: ComorbidityCovariate, source_codes: pa.Table, person_ids: Ints) -> Floats:
    """(n,) the weighted sum of each person's groups; no code at all gives 0. Errors: EQ-TABLE-001, EQ-TABLE-002."""
    weights = _weights(covariate)
    flags = apply_hierarchy(covariate.index, group_flags(covariate.index, source_codes, person_ids))
    return flags.astype(np.float64) @ weights


def _weights(covariate: ComorbidityCovariate) -> Floats:
    index, place = comorbidity_index(covariate.index), f"covariates.{covariate.name}"
    if covariate.weights not in index.weights:
        raise WRONG_WEIGHTS.error(f"{covariate.index} has no weights {covariate.weights}", Where(path=f"{place}.weights"))
    weights = np.array(index.weights[covariate.weights])
    for name in covariate.without:
        known = index.groups if name in index.groups else index.labels
        if name not in known:
            meant = closest(name, (*index.groups, *index.labels))
            raise UNKNOWN_GROUP.error(f"unknown group: {name}", Where(path=f"{place}.without"), did_you_mean=meant)
        weights[known.index(name)] = 0.0
    return weights
