"""Lines of therapy in the analysis table: numbers, the last regimen, the next line, courses and the grid, through every engine."""

from __future__ import annotations

from datetime import date

from equipoise.study.lines.pathways import regimen_label, regimen_labels
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model import (
    Arm,
    Code,
    CodeSet,
    DeathOutcome,
    EventOutcome,
    FollowUp,
    Index,
    LastRegimenCovariate,
    LineAnchor,
    LineDrug,
    LinesCovariate,
    LinesCriterion,
    LinesOfTherapy,
    Step,
    Study,
    Varied,
    Window,
)
from equipoise.table.building import build_table

PACK = bundled_pack("breast")
SETS = tuple(CodeSet(name=one.lower(), codes=(Code(vocabulary="Test", code=one, match="exact"),)) for one in "ABCDEF")
DRUGS = tuple(LineDrug(drug=drug, sets=(name,)) for drug, name in (("letrozole", "a"), ("paclitaxel", "b"), ("pembrolizumab", "c")))
VARY = (Varied(setting="gap", values=(60, 180)), Varied(setting="anchor records", values=(1, 2)))
LINES = LinesOfTherapy(pack=PACK, drugs=DRUGS, anchor=LineAnchor(sets=("d",), confirmed_within=90), vary=VARY)
RECORDS = """
    condition_occurrence
    person | concept | start
    1      | D       | -300
    1      | D       | -270
    2      | D       | -300
    2      | D       | -270
    3      | D       | -300
    4      | D       | -300
    4      | D       | -270

    drug_exposure
    person | concept | start | end
    1      | A       | -290  | -200
    1      | B       | 40    |
    1      | C       | 45    |
    1      | B       | 300   |
    2      | A       | -290  | -200
    2      | B       | -30   |
    2      | C       | -1    |
    2      | C       | 5     |
    3      | A       | -290  | -200
    4      | A       | 10    | 20
    4      | A       | 90    | 100
    4      | B       | 400   |

    procedure_occurrence
    person | concept | start
    1      | E       | 0
    2      | E       | 0
    3      | F       | 0
    4      | F       | 0
    1      | E       | 600
    2      | E       | 200
    3      | F       | 600
    4      | F       | 600

    death
    person | death_date
    2      | 200
"""


def study(*steps: Step) -> Study:
    return Study(
        name="lines",
        title="Lines",
        period_start=date(2010, 1, 1),
        period_end=date(2030, 1, 1),
        code_sets=SETS,
        index=Index(sets=("e", "f")),
        steps=steps,
        arms=(Arm(name="E", role="target", sets=("e",)), Arm(name="F", role="comparator", sets=("f",))),
        follow=FollowUp(max_days=365),
        outcomes=(
            DeathOutcome(name="os"),
            EventOutcome(name="next_line", sets=(), next_line=True),
            EventOutcome(name="late_line", sets=(), next_line=True, risk_window=Window(start=60, end=None)),
        ),
        covariates=(
            LinesCovariate(name="number"),
            LinesCovariate(name="levels", levels=2),
            LastRegimenCovariate(name="last", classes=("immune_checkpoint_inhibitor", "chemotherapy", "endocrine"), otherwise="no line"),
            LastRegimenCovariate(name="last_of_two", classes=("chemotherapy", "cdk46_inhibitor")),
        ),
        lines=LINES,
    )


def columns(site, *names: str) -> list[tuple[object, ...]]:
    table = build_table(site(RECORDS).engine, study(), "here")
    return list(zip(*(table.rows[name].to_pylist() for name in ("person_id", *names)), strict=True))


def test_numbers_and_categories_of_lines_before_the_index(site):
    """Person 3 has no confirmed metastasis; all drugs of 2's running line that were given up to the index day count."""
    assert columns(site, "number", "levels", "last", "last_of_two") == [
        (1, 1.0, "1", "endocrine", "none"),
        (2, 2.0, "2+", "immune checkpoint inhibitor", "chemotherapy"),
        (3, 0.0, "0", "no line", "none"),
        (4, 0.0, "0", "no line", "none"),
    ]


def test_the_next_line_is_an_event_that_death_precludes(site):
    assert columns(site, "next_line_time", "next_line_event") == [(1, 40.0, 1), (2, 200.0, 2), (3, 365.0, 0), (4, 10.0, 1)]


def test_a_risk_window_moves_the_next_line(site):
    """Person 4's line of day 10 goes on until 100, and the next begins after a year; 1 comes back to chemotherapy after a long gap."""
    assert columns(site, "late_line_time", "late_line_event") == [(1, 300.0, 1), (2, 200.0, 2), (3, 365.0, 0), (4, 365.0, 0)]


def test_courses_are_lines_before_and_after_the_index(site):
    labels = regimen_labels(PACK)
    found = columns(site, *(f"regimen of line {number}" for number in range(1, 5)))
    both = "chemotherapy + immune checkpoint inhibitor"
    assert [(row[0], *(labels[place] for place in row[1:] if place is not None)) for row in found] == [
        (1, "aromatase inhibitor", both, "chemotherapy"),
        (2, "aromatase inhibitor", "chemotherapy"),
        (3,),
        (4, "aromatase inhibitor", "chemotherapy"),
    ]


def test_labels_are_those_of_the_closed_list():
    assert regimen_label(PACK, ["paclitaxel"]) == "chemotherapy"
    assert regimen_label(PACK, ["pembrolizumab", "paclitaxel", "carboplatin"]) == "chemotherapy + immune checkpoint inhibitor"
    assert regimen_label(PACK, ["pembrolizumab", "paclitaxel", "letrozole"]) == "three or more classes"
    assert {regimen_label(PACK, [one, other]) for one in PACK.drugs() for other in PACK.drugs()} <= set(regimen_labels(PACK))


def test_the_grid_counts_whose_eligibility_changes(site):
    """Person 3 is eligible where one record of metastasis is enough. A gap of 60 or 180 days changes nobody's number of lines."""
    table = build_table(site(RECORDS).engine, study(Step(label="lines", criterion=LinesCriterion(at_least=1, at_most=3))), "here")
    assert [step.n for step in table.attrition] == [4, 4, 2]
    assert table.line_grid is not None
    one, two = [(3, 2, 1), (1, 0, 1), (0, 0, 0)], [(2, 2, 0), (0, 0, 0), (0, 0, 0)]
    assert table.line_grid.counts == ((4, 2, 2), (2, 2, 0), *one, *two, *one, *two)
