"""Scores of laboratory values as columns: of the values that other outcomes chose in the same window, and of signs in codes.

Misleads when the values of a window are of different days, and when codes stand for signs: no code counts as no ascites.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.study.grading_units import score_factor, takes_fold
from equipoise.study.lab_columns import BASELINE, StoredColumn, grades_of
from equipoise.study.model import LabOutcome, LabWindow, Score, ScoreName, ScoreRole, Study
from equipoise.table.arrow import Floats, Ints, NewColumn, coded, numbers, real
from equipoise.table.covariates import Sources, completed_years
from equipoise.table.records import Records, no_records
from equipoise.table.scores.albi import albi, albi_grade
from equipoise.table.scores.child_pugh import child_pugh, child_pugh_class
from equipoise.table.scores.ctcae import Measured
from equipoise.table.scores.fibrosis import apri, fib_4, fold_of_limit
from equipoise.table.scores.injury import hys_law_type
from equipoise.table.scores.meld import MeldLabs, meld, meld_3, meld_na

MILD, SEVERE = 1, 2


@dataclass(frozen=True, slots=True)
class ScoreGround:
    """What scores are made of. chosen: by outcome and window, (n,) each. age: (n,) years at index. female: (n,) 1, 0 or NaN.

    records: those of signs, by request.
    """

    chosen: Mapping[tuple[str, str], Measured]
    units: Mapping[str, str | None]
    age: Floats
    female: Floats
    records: Mapping[str, Records]


@dataclass(frozen=True, slots=True)
class _Person:
    """One window: (n,) by role, in the score's units or as folds; ascites, encephalopathy: (n,) 0 none, 1, or 2 severe."""

    value: Mapping[ScoreRole, Floats]
    age: Floats
    female: Floats
    ascites: Ints
    encephalopathy: Ints


def sign_request(lab: LabOutcome, place: int) -> str:
    """The name of the request for the records of a sign."""
    return f"sign {lab.name} {place}"


def score_ground(study: Study, sources: Sources, chosen: Mapping[tuple[str, str], Measured]) -> ScoreGround:
    """The ground of all scores of a study."""
    if not any(lab.score for lab in study.labs):
        nobody = np.zeros(0)
        return ScoreGround(chosen, {}, nobody, nobody, {})
    codes, names = coded(sources.persons["sex"])
    female = np.array([*({"female": 1.0, "male": 0.0}.get(name, np.nan) for name in names), np.nan])[codes]
    age = completed_years(real(sources.persons["birth_date"]), sources.index_day)
    return ScoreGround(chosen, {lab.name: lab.unit for lab in study.labs}, age, female, sources.records)


def score_columns(lab: LabOutcome, ground: ScoreGround) -> dict[str, NewColumn]:
    """The columns that `stored_columns` names for a score: its value, and its grade where it has grades."""
    columns: dict[str, NewColumn] = {}
    baseline = LabWindow.model_construct(name=BASELINE, start=lab.baseline_start, end=lab.baseline_end, target=0)
    for window in (baseline, *lab.windows):
        value, grade = _scored(lab, window, ground)
        columns[StoredColumn(lab.name, window.name, "value").name] = numbers(value)
        if grades_of(lab):
            columns[StoredColumn(lab.name, window.name, "grade").name] = numbers(grade)
    return columns


def _scored(lab: LabOutcome, window: LabWindow, ground: ScoreGround) -> tuple[Floats, Floats]:
    """(n,) value and grade in one window; NaN where anything is missing."""
    score = lab.score
    if score is None:
        raise AssertionError(lab.name)
    values = {
        part.role: _part(score, part.role, ground.units[part.outcome], ground.chosen[part.outcome, window.name]) for part in score.parts
    }
    signs = {sign: _sign(lab, sign, window, ground) for sign in ("ascites", "encephalopathy")}
    value = _MADE_OF[score.score](_Person(values, ground.age, ground.female, signs["ascites"], signs["encephalopathy"]))
    grade = _GRADES.get(score.score)
    return value, np.full(len(value), np.nan) if grade is None else grade(value)


def _part(score: Score, role: ScoreRole, unit: str | None, of: Measured) -> Floats:
    if takes_fold(score.score, role):
        return fold_of_limit(of.value, of.upper)
    return np.asarray(of.value * (score_factor(score.score, role, unit) or np.nan))


def _sign(lab: LabOutcome, sign: str, window: LabWindow, ground: ScoreGround) -> Ints:
    """(n,) 0 without a code, 2 with one of the severe sets, else 1."""
    found = np.zeros(len(ground.age), dtype=np.int64)
    for place, said in enumerate(lab.score.signs if lab.score else ()):
        if said.sign == sign and lab.score is not None:
            records = ground.records.get(sign_request(lab, place), no_records())
            inside = (records.day >= window.start - lab.score.look_back) & (records.day <= window.end)
            np.maximum.at(found, records.row[inside], SEVERE if said.severe else MILD)
    return found


def _meld(of: _Person) -> Floats:
    return meld(of.value["creatinine"], of.value["bilirubin"], of.value["inr"])


def _meld_3(of: _Person) -> Floats:
    labs = MeldLabs(of.value["creatinine"], of.value["bilirubin"], of.value["inr"], of.value["sodium"], of.value["albumin"])
    return meld_3(labs, of.female)


def _hys_law(of: _Person) -> Floats:
    return hys_law_type(of.value["alt"], of.value["ast"], of.value["bilirubin"], of.value["alp"])


def _child_pugh(of: _Person) -> Floats:
    return child_pugh(of.value["bilirubin"], of.value["albumin"], of.value["inr"], of.ascites, of.encephalopathy)


def _class_number(points: Floats) -> Floats:
    return np.where(np.isfinite(points), child_pugh_class(points) + 1.0, np.nan)


_MADE_OF: dict[ScoreName, Callable[[_Person], Floats]] = {
    "ALBI": lambda of: albi(of.value["albumin"], of.value["bilirubin"]),
    "MELD": _meld,
    "MELD-Na": lambda of: meld_na(_meld(of), of.value["sodium"]),
    "MELD 3.0": _meld_3,
    "FIB-4": lambda of: fib_4(of.age, of.value["ast"], of.value["alt"], of.value["platelets"]),
    # The AST comes as a fold of its own limit.
    "APRI": lambda of: apri(of.value["ast"], 1.0, of.value["platelets"]),
    "Child-Pugh": _child_pugh,
    "Hy's law": _hys_law,
}
_GRADES: dict[ScoreName, Callable[[Floats], Floats]] = {"ALBI": albi_grade, "Child-Pugh": _class_number}
