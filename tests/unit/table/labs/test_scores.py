"""Scores as columns: literal records in, hand-worked scores out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from equipoise.study.lab_columns import stored_columns
from equipoise.study.model import LabOutcome, LabWindow, Score, ScoreName, ScorePart, ScoreSign, Study
from equipoise.table.building import build_table

DAY = date(2020, 6, 1)
G_L, MG_DL, G_DL, U_L, PER_UL, MMOL_L = 8636, 8840, 8713, 8645, 8848, 8753
ACUTE = LabWindow(name="acute", start=8, end=29, target=14)
UNITS = {"albumin": "g/dL", "bilirubin": "mg/dL", "creatinine": "mg/dL", "sodium": "mmol/L", "platelets": "10*3/uL"}
CONCEPTS = {"albumin": G_DL, "bilirubin": MG_DL, "creatinine": MG_DL, "sodium": MMOL_L, "platelets": PER_UL, "inr": None}


def lab(name: str, **changes: Any) -> LabOutcome:
    unit = None if name == "inr" else UNITS.get(name, "U/L")
    given: dict[str, Any] = {"windows": (ACUTE,), "unit": unit, "upper_limit": 40.0}
    return LabOutcome(name=name, sets=(name,), **(given | changes))


def scored(score: ScoreName, *roles: str, **changes: Any) -> LabOutcome:
    parts = tuple(ScorePart(role=role, outcome=role) for role in roles)  # type: ignore[arg-type]
    return LabOutcome(name="s", sets=(), windows=(ACUTE,), score=Score(score=score, parts=parts, **changes))


@pytest.fixture
def columns(
    fake_engine: Callable[..., Any], fact: Callable[..., Any], study_of: Callable[..., Study]
) -> Callable[..., dict[str, list[Any]]]:
    def build(score: LabOutcome, day: int = 14, signs: tuple[tuple[str, int], ...] = (), **values: float) -> dict[str, list[Any]]:
        """Two women of 50; the first has the values on the day, the second has none. signs: set and day."""
        assert score.score is not None
        facts = [fact(name, 1, day, record=n, value=value, unit=CONCEPTS.get(name, U_L)) for n, (name, value) in enumerate(values.items())]
        facts += [fact(name, 1, on) for name, on in signs]
        births = dict.fromkeys((1, 2), date(1970, 1, 15))
        engine = fake_engine([(1, DAY, 1), (2, DAY, 0)], facts=facts, births=births, sexes=dict.fromkeys((1, 2), "female"))
        labs = tuple(lab(part.outcome) for part in score.score.parts)
        found = build_table(engine, study_of(outcomes=(*labs, score)), "A").rows.to_pydict()
        own = {name.removeprefix("s_"): found[name] for name in found if name.startswith("s_")}
        assert set(own) == {column.name.removeprefix("s_") for column in stored_columns(score)}
        assert all(values[1] is None for values in own.values())
        return {name: values[0] for name, values in own.items()}

    return build


def test_albi_of_the_protocol(columns):
    found = columns(scored("ALBI", "albumin", "bilirubin"), albumin=3.5, bilirubin=1.2)
    assert round(found["acute"], 2) == -2.11
    assert found["acute_grade"] == 2
    assert found["baseline"] is found["baseline_grade"] is None
    before = columns(scored("ALBI", "albumin", "bilirubin"), day=-3, albumin=4.4, bilirubin=0.5)
    assert (round(before["baseline"], 3), before["baseline_grade"], before["acute"]) == (-3.125, 1, None)


def test_a_missing_part_is_a_missing_score(columns):
    assert columns(scored("ALBI", "albumin", "bilirubin"), albumin=3.5)["acute"] is None


def test_units_are_those_of_the_parts(fake_engine, fact, study_of):
    """35 g/L and 20.5 umol/L: as 3.5 g/dL and 1.2 mg/dL."""
    parts = (lab("albumin", unit="g/L"), lab("bilirubin", unit="umol/L"))
    facts = [fact("albumin", 1, 14, value=35.0, unit=G_L), fact("bilirubin", 1, 14, record=1, value=20.5248, unit=8749)]
    study = study_of(outcomes=(*parts, scored("ALBI", "albumin", "bilirubin")))
    found = build_table(fake_engine([(1, DAY, 1)], facts=facts), study, "A").rows.to_pydict()
    assert found["s_acute"][0] == pytest.approx(-2.1089, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("MELD", {"creatinine": 2.0, "bilirubin": 3.0, "inr": 1.5}, 22),
        ("MELD-Na", {"creatinine": 2.0, "bilirubin": 3.0, "inr": 1.5, "sodium": 130.0}, 26),
        # 1.33 + 4.56 x 1.0986 + 0.82 x 7 - 0.24 x 7 x 1.0986 + 9.09 x 0.4055 + 11.14 x 0.6931
        # + 1.85 x 0.5 - 1.83 x 0.5 x 0.6931 + 6 = 27.92
        ("MELD 3.0", {"creatinine": 2.0, "bilirubin": 3.0, "inr": 1.5, "sodium": 130.0, "albumin": 3.0}, 28),
        ("FIB-4", {"ast": 40.0, "alt": 36.0, "platelets": 200.0}, 50 * 40 / (200 * 6)),
        ("APRI", {"ast": 80.0, "platelets": 100.0}, 2.0),
    ],
)
def test_the_other_scores(columns, name, values, expected):
    found = columns(scored(name, *values), **values)
    assert found["acute"] == pytest.approx(expected)
    assert set(found) == {"baseline", "acute"}


@pytest.mark.parametrize(
    ("signs", "points", "number"),
    [
        ((), 5, 1),
        ((("ascites", 20),), 6, 1),
        ((("ascites", 30),), 5, 1),  # after the window
        ((("ascites", -82),), 6, 1),  # 90 days before day 8
        ((("ascites", -83),), 5, 1),
        ((("drained", 10), ("coma", 10)), 9, 2),
        ((("ascites", 10), ("drained", 10)), 7, 2),
    ],
)
def test_child_pugh_takes_signs_from_codes(columns, signs, points, number):
    sets = (
        ScoreSign(sign="ascites", sets=("ascites",)),
        ScoreSign(sign="ascites", severe=True, sets=("drained",)),
        ScoreSign(sign="encephalopathy", severe=True, sets=("coma",)),
    )
    found = columns(scored("Child-Pugh", "bilirubin", "albumin", "inr", signs=sets), signs=signs, bilirubin=1.0, albumin=4.0, inr=1.1)
    assert (found["acute"], found["acute_grade"]) == (points, number)


def test_signs_alone_are_no_score(columns):
    sets = (ScoreSign(sign="ascites", sets=("ascites",)),)
    found = columns(scored("Child-Pugh", "bilirubin", "albumin", "inr", signs=sets), signs=(("ascites", 10),), bilirubin=1.0, albumin=4.0)
    assert found["acute"] is None


@pytest.mark.parametrize(
    ("alt", "bilirubin", "alp", "flag"), [(120.0, 80.0, 79.0, 1), (119.0, 80.0, 79.0, 0), (120.0, 79.0, 79.0, 0), (120.0, 80.0, 80.0, 0)]
)
def test_hys_law_in_folds_of_the_limits(columns, alt, bilirubin, alp, flag):
    """All upper limits are 40 here."""
    found = columns(scored("Hy's law", "alt", "ast", "bilirubin", "alp"), alt=alt, ast=20.0, bilirubin=bilirubin, alp=alp)
    assert found == {"baseline": None, "acute": flag}
