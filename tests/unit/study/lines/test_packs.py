"""What the names of a pack stand for, and that the breast pack holds every drug of the protocol's code lists."""

from __future__ import annotations

import csv
import re

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model.lines.rules import Rule

BREAST = bundled_pack("breast")
SAME = {
    "ado-trastuzumab emtansine": "trastuzumab emtansine",
    "fam-trastuzumab deruxtecan": "trastuzumab deruxtecan",
}
LINE_SETS = re.compile(r"DRUG_(CHEMO|ICI|HER2|ADC|ENDOCRINE|CDK46|PI3K_AKT_MTOR|PARP|ANTIVEGF)")
NO_LINE_SETS = re.compile(r"DRUG_(OFS|BONE_AGENT_NOT_A_LINE|MODULATOR_NOT_A_LINE)")


def listed(shared, sets: re.Pattern[str]) -> set[str]:
    with (shared / "clinical" / "codes.csv").open(encoding="utf-8", newline="") as file:
        rows = [row["description"] for row in csv.DictReader(file) if sets.fullmatch(row["set_id"])]
    return {re.sub(r" \(.*\)$", "", name) for name in rows}


def test_every_drug_of_the_code_lists_is_in_the_breast_pack_and_no_other(shared):
    contained = BREAST.contained()
    names = listed(shared, LINE_SETS)
    assert names <= set(contained)
    assert set(BREAST.drugs()) == {drug for name in names for drug in contained[name]}


def test_drugs_that_are_no_lines_in_the_code_lists_are_never_in_the_breast_pack(shared):
    never = {drug for rule in BREAST.never for drug in rule.drugs}
    assert listed(shared, NO_LINE_SETS) <= never


def test_drugs_given_with_an_embolisation_are_those_of_the_code_lists(shared):
    names = {name.split(" ")[0] for name in listed(shared, re.compile("TACE_DRUG"))}
    assert {drug for rule in BREAST.local for drug in rule.drugs} == names


def test_names_stand_for_drugs_classes_and_groups():
    assert BREAST.drugs_of(["letrozole"]) == {"letrozole"}
    assert BREAST.drugs_of(["estrogen_receptor_modulator"]) == {"tamoxifen", "toremifene"}
    assert BREAST.drugs_of(["endocrine"]) >= {"letrozole", "fulvestrant", "megestrol", "tamoxifen", "elacestrant"}


def test_a_name_that_the_pack_lacks_is_an_error_with_what_was_meant():
    with pytest.raises(EquipoiseError) as caught:
        BREAST.drugs_of(["letrozol"])
    assert [(one.kind.code, one.did_you_mean) for one in caught.value.problems] == [("EQ-STUDY-061", "letrozole")]


def test_every_rule_says_how_well_it_is_known():
    rules = [*BREAST.gap.values(), BREAST.window, BREAST.rechallenge, *BREAST.substitutions, *BREAST.additions, *BREAST.advances]
    assert all(isinstance(rule, Rule) and rule.status in ("verified", "assumption") for rule in rules)
    assert all(rule.source for rule in rules if rule.status == "verified")


def test_the_protocol_s_numbers():
    assert (BREAST.window.days, BREAST.gap["iv"].days, BREAST.gap["oral"].days, BREAST.rechallenge.days) == (28, 90, 120, 180)
    assert BREAST.anchor is not None
    assert (BREAST.anchor.lead_in.days, BREAST.anchor.ongoing.days, BREAST.current.days) == (14, 30, 30)
