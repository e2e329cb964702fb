"""Lines of therapy of a CDM: records become treatments through every engine."""

from __future__ import annotations

from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.from_records import treatments_of
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model import LineAnchor, LineDrug, LinesOfTherapy

BREAST = bundled_pack("breast")
DRUGS = tuple(LineDrug(drug=drug, sets=(name,)) for drug, name in (("letrozole", "a"), ("paclitaxel", "b"), ("doxorubicin", "c")))
ANCHOR = LineAnchor(sets=("d",), confirmed_within=90)
SOURCES = LinesOfTherapy(pack=BREAST, drugs=DRUGS, anchor=ANCHOR, local=("e",))
RECORDS = """
    condition_occurrence
    person | concept | start
    1      | D       | -600
    1      | D       | -310
    1      | D       | -220
    2      | D       | -300
    2      | D       | -209

    procedure_occurrence
    person | concept | start
    1      | E       | -30

    drug_exposure
    person | concept | start | end
    1      | A       | -500  | -430
    1      | A       | -300  | -210
    1      | B       | -150  |
    1      | B       | -60   |
    1      | C       | -29   | -29
    1      | F       | -20   |
    1      | C       | 20    | 20
    2      | A       | -250  | -160
"""


def lines_of(site, sources: LinesOfTherapy, day: int = 0):
    here = site(RECORDS)
    found = find_lines(treatments_of(here.engine, here.index(day), sources), BREAST)
    lines = [
        (row["person_id"], row["line"], row["start_day"], row["end_day"], row["regimen"], row["curative"])
        for row in found.lines.to_pylist()
    ]
    return lines, [
        (row["person_id"], row["prior_lines"], row["current_line_at_index"], row["early_relapse"]) for row in found.persons.to_pylist()
    ]


def test_records_become_lines_around_the_index(site):
    lines, persons = lines_of(site, SOURCES)
    assert lines == [
        (1, 1, -500, -430, ["letrozole"], True),
        (1, 1, -300, -210, ["letrozole"], False),
        (1, 2, -150, -60, ["paclitaxel"], False),
        (1, 3, 20, 20, ["doxorubicin"], False),
        (2, 1, -250, -160, ["letrozole"], True),
    ]
    assert persons == [(1, 2, None, True), (2, 0, None, False)]


def test_days_are_counted_from_the_index(site):
    lines, persons = lines_of(site, SOURCES, day=-60)
    assert [line[2] for line in lines] == [-440, -240, -90, 80, -190]
    assert persons == [(1, 2, 2, True), (2, 0, None, False)]


def test_without_an_anchor_all_lines_count(site):
    _, persons = lines_of(site, LinesOfTherapy(pack=BREAST, drugs=DRUGS, local=("e",)))
    assert persons == [(1, 2, None, False), (2, 1, None, False)]


def test_an_anchor_of_one_code_is_the_first_day(site):
    lines, _ = lines_of(site, LinesOfTherapy(pack=BREAST, drugs=DRUGS, anchor=LineAnchor(sets=("d",)), local=("e",)))
    assert [line[5] for line in lines] == [False] * len(lines)


def test_without_local_treatments_no_drug_is_left_out(site):
    lines, _ = lines_of(site, LinesOfTherapy(pack=BREAST, drugs=DRUGS, anchor=ANCHOR))
    assert (1, 3, -29, 20, ["doxorubicin"], False) in lines


def test_without_records_nobody_has_lines(site):
    here = site("person\nperson | year_of_birth\n1 | 1960")
    found = find_lines(treatments_of(here.engine, here.index(), SOURCES), BREAST)
    assert (found.lines.num_rows, found.persons["prior_lines"].to_pylist()) == (0, [0])
