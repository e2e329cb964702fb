"""Lines of therapy, rule by rule: drug sequence in, lines out. Every table runs on the vectorised pass and on the plain interpreter.

A sequence lists days after each drug; `60+90` is a supply of 90 days from day 60, `60?` an order only. A line out is written as
`number: first-last drugs + drugs that joined later (why it began; flags)`; curative lines: number in brackets, first lines no reason.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.treatments import Treatments
from equipoise.engine.reference import lines as reference
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model.lines.pack import Pack

ENGINES = {"vectorised": find_lines, "reference": reference.find_lines}
PERSON = 7
DOSE = re.compile(r"(-?\d+)(?:\+(\d+))?(\?)?")


@pytest.fixture(params=sorted(ENGINES))
def find(request):
    return ENGINES[request.param]


def administrations(sequence: str) -> pa.Table:
    rows = []
    for course in filter(str.strip, sequence.strip().split("\n")):
        drug, days = course.strip().rsplit(":", 1)
        for day, supply, order in (DOSE.fullmatch(dose).groups() for dose in days.split()):
            rows.append((PERSON, int(day), drug.strip(), int(supply) if supply else None, bool(order)))
    person, day, drug, supply, ordered = zip(*rows, strict=True)
    return pa.table({
        "person_id": pa.array(person, pa.int64()),
        "day": pa.array(day, pa.int32()),
        "drug": pa.array(drug, pa.string()),
        "days_supply": pa.array(supply, pa.int32()),
        "ordered": pa.array(ordered, pa.bool_()),
    })  # fmt: skip


def on(*days: int) -> pa.Table:
    return pa.table({"person_id": pa.array([PERSON] * len(days), pa.int64()), "day": pa.array(days, pa.int32())})


def asked(sequence: str, met: int | None = None, index: int | None = None, embolisation: int | None = None) -> Treatments:
    tables = (None if day is None else on(day) for day in (met, index, embolisation))
    return Treatments(administrations(sequence), *tables)


def written(row: dict) -> str:
    number = f"[{row['line']}]" if row["curative"] else str(row["line"])
    notes = ([] if row["began"] == "first" else [row["began"]]) + [flag for flag in ("maintenance", "rechallenge") if row[flag]]
    later = " + " + ", ".join(row["later"]) if row["later"] else ""
    return f"{number}: {row['start_day']}-{row['end_day']} {', '.join(row['regimen'])}{later}" + (f" ({'; '.join(notes)})" if notes else "")


def lines_of(find, sequence: str, pack: Pack | None = None, **days: int) -> list[str]:
    return [written(row) for row in find(asked(sequence, **days), pack or bundled_pack("breast")).lines.to_pylist()]


def summary(find, sequence: str, **days: int) -> tuple[int, int | None, bool]:
    (row,) = find(asked(sequence, **days), bundled_pack("breast")).persons.to_pylist()
    return row["prior_lines"], row["current_line_at_index"], row["early_relapse"]


RULE_1_EVENTS = {
    "a drug in the 14 days before the metastatic date counts": ("paclitaxel: -14 7", {"met": 0}, ["1: -14-7 paclitaxel"]),
    "a drug 15 days before it, stopped in time, does not": ("paclitaxel: -15 7", {"met": 0}, ["[1]: -15-7 paclitaxel"]),
    "an order followed by a second order counts": ("capecitabine: 0? 90", {}, ["1: 0-90 capecitabine"]),
    "orders confirm one another; the last, unconfirmed, does not count": ("capecitabine: 0? 30? 60?", {}, ["1: 0-30 capecitabine"]),
    "an order alone does not count": ("capecitabine: 0?", {}, []),
    "an order with nothing within 90 days does not count": ("capecitabine: 0? 91", {}, ["1: 91-91 capecitabine"]),
    "two orders on one day do not confirm one another": ("capecitabine: 0? 0?", {}, []),
    "a record of another drug confirms nothing": ("capecitabine: 0?\nletrozole: 5", {}, ["1: 5-5 letrozole"]),
    "drugs given with an embolisation are not systemic, on its day and the next": (
        "doxorubicin: 10 11\nmitomycin: 11",
        {"embolisation": 10},
        [],
    ),
    "on other days they are": ("doxorubicin: 9 10 11 12", {"embolisation": 10}, ["1: 9-12 doxorubicin"]),
    "other drugs on the embolisation's day are systemic": (
        "paclitaxel: 10\ndoxorubicin: 10",
        {"embolisation": 10},
        ["1: 10-10 paclitaxel"],
    ),
    "an embolisation neither begins nor ends a line": ("letrozole: 0+90 90+90", {"embolisation": 50}, ["1: 0-179 letrozole"]),
    "bone agents, ovarian suppression, steroids, leucovorin and antiemetics alone are no line": (
        "denosumab: 0\ngoserelin: 0\nprednisone: 0\nleucovorin: 0\nondansetron: 0",
        {},
        [],
    ),
    "drugs that no rule names are no line": ("aspirin: 0 30", {}, []),
}
RULE_2_WINDOW = {
    "the regimen is all drugs begun within 28 days": (
        "paclitaxel: 0 28\ncarboplatin: 28",
        {},
        ["1: 0-28 carboplatin, paclitaxel"],
    ),
    "on day 29 a drug is new": ("paclitaxel: 0 28\ngemcitabine: 29", {}, ["1: 0-28 paclitaxel", "2: 29-29 gemcitabine (new drug)"]),
    "the window of the next line opens with it": (
        "paclitaxel: 0\ngemcitabine: 29\ncarboplatin: 57",
        {},
        ["1: 0-0 paclitaxel", "2: 29-57 carboplatin, gemcitabine (new drug)"],
    ),
    "several drugs on the first day are one regimen": (
        "trastuzumab: 0\npertuzumab: 0\ndocetaxel: 0",
        {},
        ["1: 0-0 docetaxel, pertuzumab, trastuzumab"],
    ),
}
RULE_3_ADVANCE = {
    "a new cytotoxic advances": ("capecitabine: 0 40\neribulin: 50", {}, ["1: 0-40 capecitabine", "2: 50-50 eribulin (new drug)"]),
    "a drug of another class advances": ("capecitabine: 0 40\nolaparib: 50", {}, ["1: 0-40 capecitabine", "2: 50-50 olaparib (new drug)"]),
    "a further drug of the class that is no cytotoxic does not": (
        "trastuzumab: 0 21 42 63\npertuzumab: 42 63",
        {},
        ["1: 0-63 trastuzumab + pertuzumab"],
    ),
    "a drug that may join does so up to the last day of the gap": (
        "trastuzumab: 0\npertuzumab: 90",
        {},
        ["1: 0-90 trastuzumab + pertuzumab"],
    ),
    "and is a new line after it": ("trastuzumab: 0\npertuzumab: 91", {}, ["1: 0-0 trastuzumab", "2: 91-91 pertuzumab (gap)"]),
    "an infusion 90 days after the last is no gap": ("paclitaxel: 0 90", {}, ["1: 0-90 paclitaxel"]),
    "91 days are: the same regimen is a rechallenge of the line": ("paclitaxel: 0 91", {}, ["1: 0-91 paclitaxel (rechallenge)"]),
    "a rechallenge after 180 days is still the line": ("paclitaxel: 0 180", {}, ["1: 0-180 paclitaxel (rechallenge)"]),
    "after 181 days it is a new one": ("paclitaxel: 0 181", {}, ["1: 0-0 paclitaxel", "2: 181-181 paclitaxel (gap)"]),
    "tablets have a gap of 120 days, from the last day covered": (
        "letrozole: 0+30 149",
        {},
        ["1: 0-149 letrozole"],
    ),
    "on the 121st day it is a rechallenge": ("letrozole: 0+30 150", {}, ["1: 0-150 letrozole (rechallenge)"]),
    "a different regimen after a gap is a new line, even one that could have joined": (
        "paclitaxel: 0\ndocetaxel: 91",
        {},
        ["1: 0-0 paclitaxel", "2: 91-91 docetaxel (gap)"],
    ),
    "part of the regimen after a gap is the same regimen": (
        "paclitaxel: 0\ncarboplatin: 0 100",
        {},
        ["1: 0-100 carboplatin, paclitaxel (rechallenge)"],
    ),
    "more than the regimen after a gap is a different one": (
        "paclitaxel: 0 100\ncarboplatin: 100",
        {},
        ["1: 0-0 paclitaxel", "2: 100-100 carboplatin, paclitaxel (gap)"],
    ),
    "a drug of a running line that was away for 180 days comes back to it": (
        "trastuzumab: 0 60 120 180\ndocetaxel: 0 180",
        {},
        ["1: 0-180 docetaxel, trastuzumab (rechallenge)"],
    ),
    "away for 181 days it is new": (
        "trastuzumab: 0 60 120 181\ndocetaxel: 0 181",
        {},
        ["1: 0-120 docetaxel, trastuzumab (maintenance)", "2: 181-181 docetaxel, trastuzumab (new drug)"],
    ),
}
RULE_4_NO_ADVANCE = {
    "a drug is dropped": ("carboplatin: 0 21\npaclitaxel: 0 21 42 63", {}, ["1: 0-63 carboplatin, paclitaxel"]),
    "chemotherapy stops, trastuzumab and pertuzumab go on": (
        "docetaxel: 0 21 42\ntrastuzumab: 0 21 42 63 84\npertuzumab: 0 21 42 63 84",
        {},
        ["1: 0-84 docetaxel, pertuzumab, trastuzumab (maintenance)"],
    ),
    "chemotherapy stops, immunotherapy goes on": (
        "nab-paclitaxel: 0 21\natezolizumab: 0 21 42 63",
        {},
        ["1: 0-63 atezolizumab, nab-paclitaxel (maintenance)"],
    ),
    "chemotherapy stops, endocrine therapy goes on": (
        "capecitabine: 0 21\nletrozole: 0+30 30+30 60+30",
        {},
        ["1: 0-89 capecitabine, letrozole (maintenance)"],
    ),
    "28 days of silence are not yet maintenance": (
        "docetaxel: 0 21\ntrastuzumab: 0 21 49",
        {},
        ["1: 0-49 docetaxel, trastuzumab"],
    ),
    "29 days are": ("docetaxel: 0 21\ntrastuzumab: 0 21 50", {}, ["1: 0-50 docetaxel, trastuzumab (maintenance)"]),
    "endocrine therapy joins trastuzumab up to 60 days after chemotherapy": (
        "docetaxel: 0 42\ntrastuzumab: 0 42 84 102\nletrozole: 102+30",
        {},
        ["1: 0-131 docetaxel, trastuzumab + letrozole (maintenance)"],
    ),
    "61 days after it, it is a new line": (
        "docetaxel: 0 42\ntrastuzumab: 0 42 84 103\nletrozole: 103+30",
        {},
        ["1: 0-84 docetaxel, trastuzumab (maintenance)", "2: 103-132 letrozole, trastuzumab (new drug)"],
    ),
    "without a HER2 antibody endocrine therapy after chemotherapy is a new line": (
        "docetaxel: 0 42\nletrozole: 60+30",
        {},
        ["1: 0-42 docetaxel", "2: 60-89 letrozole (new drug)"],
    ),
    "while chemotherapy is given endocrine therapy is a new line": (
        "docetaxel: 0 42\ntrastuzumab: 0 42\nletrozole: 42+30",
        {},
        ["1: 0-0 docetaxel, trastuzumab", "2: 42-71 docetaxel, letrozole, trastuzumab (new drug)"],
    ),
    "while tablets of chemotherapy last it is a new line": (
        "capecitabine: 0+43\ntrastuzumab: 0 42\nletrozole: 42+30",
        {},
        ["1: 0-41 capecitabine, trastuzumab", "2: 42-71 letrozole, trastuzumab (new drug)"],
    ),
    "on the day after, it joins": (
        "capecitabine: 0+43\ntrastuzumab: 0 43\nletrozole: 43+30",
        {},
        ["1: 0-72 capecitabine, trastuzumab + letrozole"],
    ),
    "a biosimilar, a subcutaneous form": (
        "trastuzumab: 0 21\ntrastuzumab-dkst: 42\ntrastuzumab/hyaluronidase: 63\npertuzumab/trastuzumab/hyaluronidase: 84",
        {},
        ["1: 0-84 trastuzumab + pertuzumab"],
    ),
    "one taxane for another within 60 days": (
        "paclitaxel: 0 40\nnab-paclitaxel: 100\ndocetaxel: 160",
        {},
        ["1: 0-160 paclitaxel + docetaxel, nab-paclitaxel"],
    ),
    "one taxane for another after 61 days is a new line": (
        "paclitaxel: 0 40\ndocetaxel: 101",
        {},
        ["1: 0-40 paclitaxel", "2: 101-101 docetaxel (new drug)"],
    ),
    "carboplatin for cisplatin, and back": (
        "cisplatin: 0 30\ncarboplatin: 90\ncisplatin: 120",
        {},
        ["1: 0-120 cisplatin + carboplatin"],
    ),
    "one aromatase inhibitor for another within 60 days of the last covered": (
        "letrozole: 0+30\nexemestane: 89",
        {},
        ["1: 0-89 letrozole + exemestane"],
    ),
    "not after 61": ("letrozole: 0+30\nexemestane: 90", {}, ["1: 0-29 letrozole", "2: 90-90 exemestane (new drug)"]),
    "one CDK4/6 inhibitor for another within 90 days": (
        "letrozole: 0+200\npalbociclib: 0+30\nabemaciclib: 119",
        {},
        ["1: 0-199 letrozole, palbociclib + abemaciclib"],
    ),
    "not after 91": (
        "letrozole: 0+200\npalbociclib: 0+30\nabemaciclib: 120",
        {},
        ["1: 0-119 letrozole, palbociclib", "2: 120-120 abemaciclib (new drug)"],
    ),
    "ovarian suppression, a bone agent or leucovorin is added": (
        "tamoxifen: 0+90 90+90\ngoserelin: 60 88\nzoledronic acid: 60\nleucovorin: 70",
        {},
        ["1: 0-179 tamoxifen"],
    ),
    "the rhythm changes from three weeks to one": ("paclitaxel: 0 21 42 49 56 63", {}, ["1: 0-63 paclitaxel"]),
}  # fmt: skip
RULE_5_ADVANCE = {
    "a CDK4/6 inhibitor joins endocrine therapy up to day 60": (
        "letrozole: 0+90\npalbociclib: 60",
        {},
        ["1: 0-89 letrozole + palbociclib"],
    ),
    "on day 61 it is a new line, with the endocrine therapy that goes on": (
        "letrozole: 0+90 90+90\npalbociclib: 61+28 89+28",
        {},
        ["1: 0-60 letrozole", "2: 61-179 palbociclib + letrozole (new drug)"],
    ),
    "a new endocrine drug with a CDK4/6 inhibitor joins up to day 60": (
        "letrozole: 0+30\npalbociclib: 0+28 60+28\nfulvestrant: 60",
        {},
        ["1: 0-87 letrozole, palbociclib + fulvestrant"],
    ),
    "on day 61 it is a new line": (
        "letrozole: 0+30\npalbociclib: 0+28 61+28\nfulvestrant: 61",
        {},
        ["1: 0-29 letrozole, palbociclib", "2: 61-88 fulvestrant, palbociclib (new drug)"],
    ),
    "a PI3K, AKT or mTOR inhibitor is added": (
        "exemestane: 0+90\neverolimus: 40",
        {},
        ["1: 0-39 exemestane", "2: 40-40 everolimus (new drug)"],
    ),
    "begun together it is one line": ("exemestane: 0+90\neverolimus: 28", {}, ["1: 0-89 everolimus, exemestane"]),
    "endocrine therapy, then chemotherapy": (
        "letrozole: 0+30\ncapecitabine: 40",
        {},
        ["1: 0-29 letrozole", "2: 40-40 capecitabine (new drug)"],
    ),
    "trastuzumab emtansine, then trastuzumab deruxtecan": (
        "ado-trastuzumab emtansine: 0 21 42\nfam-trastuzumab deruxtecan: 63",
        {},
        ["1: 0-42 trastuzumab emtansine", "2: 63-63 trastuzumab deruxtecan (new drug)"],
    ),
    "chemotherapy, then an antibody-drug conjugate": (
        "capecitabine: 0 21 42\nsacituzumab govitecan: 63",
        {},
        ["1: 0-42 capecitabine", "2: 63-63 sacituzumab govitecan (new drug)"],
    ),
    "immunotherapy added up to day 60 joins": ("paclitaxel: 0 28 56\npembrolizumab: 60", {}, ["1: 0-60 paclitaxel + pembrolizumab"]),
    "on day 61 it is a new line, with the chemotherapy that goes on": (
        "paclitaxel: 0 28 56 70\npembrolizumab: 61",
        {},
        ["1: 0-56 paclitaxel", "2: 61-70 paclitaxel, pembrolizumab (new drug)"],
    ),
    "a PARP inhibitor begins": ("carboplatin: 0 21 42\nolaparib: 63", {}, ["1: 0-42 carboplatin", "2: 63-63 olaparib (new drug)"]),
    "trastuzumab goes on with the next chemotherapy, late as it may be": (
        "trastuzumab: 0 21 42 92\ncapecitabine: 0 42\neribulin: 60 92",
        {},
        ["1: 0-42 capecitabine, trastuzumab", "2: 60-92 eribulin + trastuzumab (new drug)"],
    ),
}
RULE_6_ANCHOR = {
    "adjuvant chemotherapy is no line": (
        "doxorubicin: -400 -379\npaclitaxel: 5",
        {"met": 0},
        ["[1]: -400--379 doxorubicin", "1: 5-5 paclitaxel (anchor)"],
    ),
    "the same drug as before the metastatic date is line 1, whatever the gap": (
        "paclitaxel: -100\npaclitaxel: 5",
        {"met": 0},
        ["[1]: -100--100 paclitaxel", "1: 5-5 paclitaxel (anchor)"],
    ),
    "adjuvant therapy that stops 30 days after is not line 1": (
        "letrozole: -300+331\nfulvestrant: 40",
        {"met": 0},
        ["[1]: -300-30 letrozole", "1: 40-40 fulvestrant (anchor)"],
    ),
    "adjuvant therapy that stops 31 days after is": (
        "letrozole: -300+332\nfulvestrant: 40",
        {"met": 0},
        ["1: -300-31 letrozole", "2: 40-40 fulvestrant (anchor)"],
    ),
    "nothing that begins after the date joins what began before": (
        "letrozole: -60+100\nexemestane: -14\npalbociclib: -10",
        {"met": 0},
        ["[1]: -60--15 letrozole", "1: -14--10 exemestane, palbociclib (anchor)"],
    ),
    "a window that began before the date ends at it": (
        "letrozole: -20+60\npalbociclib: 5",
        {"met": 0},
        ["[1]: -20-4 letrozole", "1: 5-5 palbociclib (anchor)"],
    ),
    "adjuvant trastuzumab that goes on belongs to line 1": (
        "trastuzumab: -42 -21 0 21 35\ndocetaxel: 10",
        {"met": 0},
        ["[1]: -42-0 trastuzumab", "1: 10-35 docetaxel, trastuzumab (anchor)"],
    ),
}  # fmt: skip

RULES = {
    "1 events": RULE_1_EVENTS,
    "2 window": RULE_2_WINDOW,
    "3 advance": RULE_3_ADVANCE,
    "4 no advance": RULE_4_NO_ADVANCE,
    "5 advance": RULE_5_ADVANCE,
    "6 anchor": RULE_6_ANCHOR,
}
CASES = [pytest.param(*case, id=f"{rule}: {what}") for rule, cases in RULES.items() for what, case in cases.items()]


@pytest.mark.parametrize(("sequence", "days", "expected"), CASES)
def test_rules_of_breast_cancer(find, sequence, days, expected):
    assert lines_of(find, sequence, **days) == expected


THREE_LINES = "letrozole: 0+100\ncapecitabine: 150\neribulin: 200 240"


@pytest.mark.parametrize(
    ("index", "prior", "current"),
    [(-1, 0, None), (0, 0, 1), (1, 1, 1), (99, 1, 1), (129, 1, 1), (130, 1, None), (150, 1, 2), (151, 2, 2), (180, 2, 2), (181, 2, None),
     (200, 2, 3), (201, 3, 3), (270, 3, 3), (271, 3, None)],
)  # fmt: skip
def test_rule_7_prior_lines_start_before_the_index_and_the_current_one_reaches_it_or_ended_within_30_days(find, index, prior, current):
    assert summary(find, THREE_LINES, index=index) == (prior, current, False)


def test_rule_7_the_later_of_two_lines_is_the_current_one(find):
    assert summary(find, "letrozole: 0+100\ncapecitabine: 110", index=115)[:2] == (2, 2)


def test_rule_6_curative_lines_are_neither_prior_nor_current(find):
    assert summary(find, "letrozole: -300+320\nfulvestrant: 40", met=0, index=30)[:2] == (0, None)
    assert summary(find, "letrozole: -300+320\nfulvestrant: 40", met=0, index=41)[:2] == (1, 1)


@pytest.mark.parametrize(("last", "early"), [(-366, False), (-365, True), (-20, True)])
def test_rule_6_relapse_within_12_months_of_curative_treatment_is_flagged(find, last, early):
    assert summary(find, f"doxorubicin: -400 {last}", met=0, index=100)[2] is early


def test_rule_6_curative_treatment_still_going_on_at_the_metastatic_date_is_an_early_relapse(find):
    assert summary(find, "letrozole: -300+320", met=0, index=100)[2] is True
    assert summary(find, "fulvestrant: 5", met=0, index=100)[2] is False


def test_a_person_without_a_metastatic_date_has_curative_lines_only(find):
    given = Treatments(administrations("letrozole: 0+30"), anchors=on(), index=on(50))
    found = find(given, bundled_pack("breast"))
    assert [written(row) for row in found.lines.to_pylist()] == ["[1]: 0-29 letrozole"]
    assert found.persons.to_pylist() == [{"person_id": PERSON, "prior_lines": 0, "current_line_at_index": None, "early_relapse": False}]


def test_a_person_with_an_index_and_no_treatment_has_no_lines(find):
    given = Treatments(administrations("aspirin: 0"), index=on(50))
    assert find(given, bundled_pack("breast")).persons.to_pylist() == [
        {"person_id": PERSON, "prior_lines": 0, "current_line_at_index": None, "early_relapse": False}
    ]


def test_a_route_of_its_own_comes_before_the_drug_s(find):
    rows = administrations("methotrexate: 0\ncapecitabine: 100")
    oral = rows.append_column("route", pa.array(["oral", "oral"]))
    began = [find(Treatments(table), bundled_pack("breast")).lines["began"].to_pylist() for table in (rows, oral)]
    assert began == [["first", "gap"], ["first", "new drug"]]


DIABETES = {
    "one drug after another is a step each": (
        "metformin: 0+90 90+90 180+90 270+90\nglipizide: 180+90 270+90\nempagliflozin: 300+30",
        ["1: 0-179 metformin", "2: 180-299 glipizide, metformin (new drug)", "3: 300-329 empagliflozin (new drug)"],
    ),
    "another sulfonylurea is none": ("glipizide: 0+90\nglimepiride: 90+90", ["1: 0-179 glipizide + glimepiride"]),
    "a product of two drugs is both": ("metformin: 0+90\nsitagliptin/metformin: 20+70", ["1: 0-89 metformin, sitagliptin"]),
    "a DPP-4 inhibitor gives way to a GLP-1 agonist": ("sitagliptin: 0+60\nsemaglutide: 89+28", ["1: 0-116 sitagliptin + semaglutide"]),
    "after a gap of 90 days and within a year the same drug is the same step": (
        "metformin: 0+30 200+30",
        ["1: 0-229 metformin (rechallenge)"],
    ),
    "glucagon is no step": ("glucagon: 0", []),
}


@pytest.mark.parametrize(("sequence", "expected"), DIABETES.values(), ids=DIABETES)
def test_step_therapy_of_diabetes_by_the_same_machine(find, sequence, expected):
    assert lines_of(find, sequence, bundled_pack("diabetes")) == expected
