"""Lines of therapy as a criterion: counted up to the index day, one step of the attrition among others, on every engine."""

from __future__ import annotations

import pytest

from equipoise.engine.lines.errors import NO_RULES
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model import EventCriterion, LineAnchor, LineDrug, LinesCriterion, LinesOfTherapy, Not, Window

DRUGS = tuple(LineDrug(drug=drug, sets=(name,)) for drug, name in (("letrozole", "a"), ("paclitaxel", "b"), ("eribulin", "c")))
RULES = LinesOfTherapy(pack=bundled_pack("breast"), drugs=DRUGS, anchor=LineAnchor(sets=("d",), confirmed_within=90))
RECORDS = """
    condition_occurrence
    person | concept | start
    1      | D       | -300
    1      | D       | -270
    2      | D       | -300
    2      | D       | -270
    3      | D       | -300
    3      | D       | -270
    4      | D       | -300
    4      | D       | -209
    5      | D       | -30
    5      | D       | 1
    6      | D       | -200
    6      | D       | -170

    drug_exposure
    person | concept | start | end
    1      | A       | -290  | -200
    2      | A       | -290  | -200
    2      | B       | -100  |
    3      | A       | -290  | -200
    3      | B       | -100  |
    3      | C       | 0     |
    4      | A       | -290  | -200
    5      | B       | -20   |
    6      | A       | -400  | -171

    procedure_occurrence
    person | concept | start
    1      | E       | 0
    2      | E       | 0
    3      | F       | 0
    4      | E       | 0
    5      | F       | 0
    6      | E       | 0
"""


def numbers(site, day: int = 0) -> dict[int, int]:
    """Prior lines of each person, as the criterion tells them: the largest number that is still at least there."""
    here = site(RECORDS, lines=RULES)
    held = {least: here.holds(LinesCriterion(at_least=least), day) for least in range(5)}
    return {person: max(least for least in held if held[least][person]) for person in here.persons}


def test_lines_before_index_are_those_that_begin_before_it(site):
    """Person 3's third line begins on the index day; 4 has no second code of metastasis within 90 days, 5 none by the index day; 6
    stopped letrozole within 30 days of the metastasis: it was for cure."""
    assert numbers(site) == {1: 1, 2: 2, 3: 2, 4: 0, 5: 0, 6: 0}


def test_what_is_recorded_after_the_index_day_does_not_count(site):
    assert numbers(site, day=-270) == {1: 1, 2: 1, 3: 1, 4: 0, 5: 0, 6: 0}
    assert numbers(site, day=-271) == {1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0}


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [(1, 3, {1, 2, 3}), (0, 1, {1, 4, 5, 6}), (2, None, {2, 3}), (0, None, {1, 2, 3, 4, 5, 6}), (3, 3, set())],
)
def test_both_bounds_are_included(site, least, most, expected):
    held = site(RECORDS, lines=RULES).holds(LinesCriterion(at_least=least, at_most=most))
    assert {person for person, yes in held.items() if yes} == expected


def test_the_attrition_stays_in_the_order_written(site):
    here = site(RECORDS, lines=RULES)
    lines, taxane = LinesCriterion(at_least=1, at_most=3), EventCriterion(sets=("b",), window=Window(end=-1))
    first = here.cohort(lines, Not(criterion=taxane), arms=("e", "f"))
    second = here.cohort(Not(criterion=taxane), lines, arms=("e", "f"))
    assert [(step.n, step.n_target, step.n_comparator) for step in first.attrition] == [(6, 4, 2), (6, 4, 2), (3, 2, 1), (1, 1, 0)]
    assert [(step.n, step.n_target, step.n_comparator) for step in second.attrition] == [(6, 4, 2), (6, 4, 2), (3, 3, 0), (1, 1, 0)]
    assert first.rows.to_pylist() == second.rows.to_pylist()


def test_lines_of_everybody_and_lines_known_at_the_index(site):
    here = site(RECORDS, lines=RULES)
    whole = {
        (row["person_id"], row["line"], row["start_day"], row["curative"]) for row in here.engine.lines(here.index()).lines.to_pylist()
    }
    known = {
        (row["person_id"], row["line"], row["start_day"], row["curative"])
        for row in here.engine.lines(here.index(), up_to_index=True).lines.to_pylist()
    }
    assert {row for row in whole if row[0] in (3, 5)} == {(3, 1, -290, False), (3, 2, -100, False), (3, 3, 0, False), (5, 1, -20, False)}
    assert {row for row in known if row[0] in (3, 5)} == {(3, 1, -290, False), (3, 2, -100, False), (3, 3, 0, False), (5, 1, -20, True)}


def test_without_rules_there_are_no_lines(site):
    here = site(RECORDS)
    for ask in (lambda: here.holds(LinesCriterion(at_least=1)), lambda: here.cohort(LinesCriterion(at_least=1), arms=("e", "f"))):
        with pytest.raises(EquipoiseError) as caught:
            ask()
        assert [problem.kind for problem in caught.value.problems] == [NO_RULES]
