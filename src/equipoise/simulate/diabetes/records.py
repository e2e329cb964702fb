"""The record of a block of patients: diagnoses, drugs with their days of supply, laboratory values, and what happens."""

from __future__ import annotations

import numpy as np

from equipoise.simulate.baseline import UMOL_PER_MG, Bools, Floats, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.diabetes.course import Course
from equipoise.simulate.diabetes.effects import CREATININE_RISE, HBA1C_FALL
from equipoise.simulate.diabetes.patients import CENTRE_HBA1C, END_STAGE, TYPE_1
from equipoise.simulate.diabetes.therapy import record_drugs
from equipoise.simulate.facts import INPATIENT, OUTPATIENT, FactBook, between
from equipoise.simulate.plan import Habits

SLICE = "diabetes"
OTHER_DIAGNOSES = (("I10", 0.65), ("E66.9", 0.45), ("E78.5", 0.60), ("J44.9", 0.09), ("I48.91", 0.08), ("I63.9", 0.04))
"""ICD-10-CM codes and their shares; they change neither treatment nor hazards."""
EVENT_CODES = (("heart_failure_admission", "I50.9", INPATIENT), ("ketoacidosis", "E11.10", INPATIENT))
NEGATIVE_CONTROLS = ("L60.0", "H61.20", "H90.3")
NEGATIVE_CONTROL_RISK = 0.12
"""Chance of each within five years of follow-up, whatever the treatment and the prognosis."""
DRAWS = ((90, 25, 0.7), (180, 30, 0.6), (365, 40, 0.6), (730, 60, 0.4))
"""Day of a blood draw after the index, days around it, and the share who have it, in both arms alike."""


def record_facts(rng: np.random.Generator, course: Course, habits: Habits) -> FactBook:
    """Everything that is recorded of the block."""
    book = FactBook(course.last_day)
    _diagnoses(rng, book, course)
    record_drugs(rng, book, course)
    _events(rng, book, course)
    _labs(rng, book, course, habits)
    return book


def _icd(code: str) -> int:
    return codebook(SLICE).at("ICD10CM", code)


def _diagnoses(rng: np.random.Generator, book: FactBook, course: Course) -> None:
    """Before the index, and in the visits after it: a code of heart failure after the index is no admission by itself."""
    patients, n = course.patients, len(course)
    known = -between(rng, 420, 1500, n)
    everyone = np.ones(n, np.bool_)
    book.add(everyone, known, _icd("E11.9"))
    for day in (-200, -30, 180, 365, 730):
        book.add(everyone, day + between(rng, -20, 20, n), _icd("E11.9"))
        book.add(patients.heart_failure, day + between(rng, -20, 20, n), _icd("I50.9"))
    book.add(patients.coronary, -between(rng, 5, 350, n), _icd("I25.10"))
    book.add(patients.kind == TYPE_1, -between(rng, 5, 350, n), _icd("E10.9"))
    book.add(patients.kind == END_STAGE, -between(rng, 5, 350, n), _icd("N18.6"))
    for code, share in OTHER_DIAGNOSES:
        book.add(rng.random(n) < share, -between(rng, 5, 350, n), _icd(code))


def _events(rng: np.random.Generator, book: FactBook, course: Course) -> None:
    n, everyone = len(course), np.ones(len(course), np.bool_)
    for name, code, setting in EVENT_CODES:
        book.add(everyone, course.events[name], _icd(code), setting=setting)
    genital = np.where(course.patients.female, _icd("B37.31"), _icd("N48.1"))
    book.add(everyone, course.events["genital_infection"], genital, setting=OUTPATIENT)
    for code in NEGATIVE_CONTROLS:
        book.add(rng.random(n) < NEGATIVE_CONTROL_RISK, between(rng, 1, 1825, n), _icd(code))
        book.add(rng.random(n) < NEGATIVE_CONTROL_RISK / 2, -between(rng, 1, 360, n), _icd(code))


def _labs(rng: np.random.Generator, book: FactBook, course: Course, habits: Habits) -> None:
    """The values that decided before the index, a noisier one farther from it, and the course after it."""
    patients, n = course.patients, len(course)
    _draw(book, habits, -between(rng, 0, 60, n), patients.hba1c, patients.creatinine)
    hba1c = np.where(np.isnan(patients.hba1c), rng.normal(CENTRE_HBA1C, 1.1, n), patients.hba1c)
    creatinine = np.where(np.isnan(patients.creatinine), 0.95, patients.creatinine)
    far = rng.random(n) < 0.6
    _draw(book, habits, -between(rng, 100, 250, n), _some(far, hba1c + rng.normal(0, 0.3, n)), _some(far, creatinine))
    for day, around, share in DRAWS:
        days, drawn = day + between(rng, -around, around, n), rng.random(n) < share
        fall = _by_arm(HBA1C_FALL, course.sglt2) * (1 - np.exp(-days / 60.0))
        rise = 1 + _by_arm(CREATININE_RISE, course.sglt2) * np.clip((180.0 - days) / 90.0, 0.0, 1.0)
        value = np.clip(hba1c - fall + rng.normal(0, 0.4, n), 4.5, 16.0)
        _draw(book, habits, days, _some(drawn, value), _some(drawn, creatinine * rise * np.exp(rng.normal(0, 0.06, n))))


def _by_arm(pair: tuple[float, float], sglt2: Bools) -> Floats:
    return np.where(sglt2, pair[1], pair[0])


def _some(who: Bools, value: Floats) -> Floats:
    return np.where(who, value, np.nan)


def _draw(book: FactBook, habits: Habits, day: Ints, hba1c: Floats, creatinine: Floats) -> None:
    """One blood draw, in the hospital's units and decimals; NaN: not measured."""
    codes, everyone = codebook(SLICE), np.ones(len(day), np.bool_)
    book.add_lab(everyone, day, codes.at("LOINC", "4548-4"), codes.at("UCUM", "%"), np.round(hba1c, 1))
    unit, factor, decimals = ("umol/L", UMOL_PER_MG["creatinine"], 0) if habits.creatinine_umol else ("mg/dL", 1.0, 2)
    book.add_lab(everyone, day, codes.at("LOINC", "2160-0"), codes.at("UCUM", unit), np.round(creatinine * factor, decimals))
