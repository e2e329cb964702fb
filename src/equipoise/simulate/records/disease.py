"""Diagnoses: breast cancer, its metastases, receptor status, comorbidities, and the codes that make an extra person fail."""

from __future__ import annotations

import numpy as np

from equipoise.simulate.baseline import LIVER_CANCER, OLD_METASTASIS, ONE_CODE, Bools, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.facts import Recorder, between
from equipoise.simulate.records.lines import LineTimes

COMORBIDITIES = (
    ("I10", 0.38),
    ("E11.9", 0.13),
    ("E11.22", 0.03),
    ("I25.10", 0.07),
    ("I50.9", 0.05),
    ("I48.91", 0.05),
    ("J44.9", 0.07),
    ("N18.30", 0.06),
    ("I63.9", 0.02),
    ("I73.9", 0.03),
    ("E66.9", 0.18),
    ("F32.9", 0.16),
    ("D64.9", 0.22),
    ("K76.0", 0.10),
    ("K74.60", 0.03),
    ("F03.90", 0.01),
    ("G81.90", 0.01),
    ("M05.9", 0.02),
    ("Z72.0", 0.10),
)
"""ICD-10-CM codes and their share at age 57; the odds rise by 3 % a year. They have no effect on treatment or death."""

FOLLOW_UP_DAYS = (30, 90, 180, 365, 545, 730, 1095, 1460)


def icd(code: str) -> int:
    """The codebook position of an ICD-10-CM code."""
    return codebook().at("ICD10CM", code)


def record_disease(rng: np.random.Generator, book: Recorder, times: LineTimes) -> None:
    """Everything that is coded as a diagnosis up to and after the index, side effects apart."""
    _breast_cancer(rng, book, times.metastatic_day)
    _liver(rng, book, times.metastatic_day)
    _extrahepatic(rng, book, times.metastatic_day)
    _status(rng, book)
    _comorbidities(rng, book)


def _everyone(book: Recorder) -> Bools:
    return np.ones(len(book.course), np.bool_)


def _breast_cancer(rng: np.random.Generator, book: Recorder, metastatic: Ints) -> None:
    """First code 5-30 days (30 %: metastatic from the start) or more than 200 days before the metastasis, the second over 30 days later."""
    n, kind = len(book.course), book.course.patients.kind
    side = rng.choice([icd("C50.911"), icd("C50.912"), icd("C50.919")], n, p=[0.45, 0.45, 0.10])
    late = 200 + np.minimum(rng.exponential(900.0, n), 2800).astype(np.int64)
    first = metastatic - np.where(rng.random(n) < 0.3, between(rng, 5, 30, n), late)
    more = kind != ONE_CODE
    book.add(_everyone(book), first, side)
    book.add(more, np.minimum(first + between(rng, 31, 90, n), -2), side)
    book.add(more & (rng.random(n) < 0.8), -between(rng, 1, 30, n), side)
    for day in FOLLOW_UP_DAYS:
        book.add(more, day + between(rng, -10, 10, n), side)


def _liver(rng: np.random.Generator, book: Recorder, metastatic: Ints) -> None:
    n, kind = len(book.course), book.course.patients.kind
    code, recent = icd("C78.7"), kind != OLD_METASTASIS
    book.add(_everyone(book), metastatic, code)
    second = metastatic + between(rng, 30, 34, n)
    book.add(second <= 0, second, code)
    book.add(recent, -between(rng, 1, 30, n), code)
    book.add(recent & (rng.random(n) < 0.7), between(rng, 40, 200, n), code)
    book.add(kind == LIVER_CANCER, -between(rng, 10, 300, n), icd("C22.0"))


def _extrahepatic(rng: np.random.Generator, book: Recorder, metastatic: Ints) -> None:
    """Codes in [-365, 0] exactly when the disease is there; new sites may follow from day 45."""
    patients, n = book.course.patients, len(book.course)
    lungs = rng.choice([icd("C78.00"), icd("C78.01"), icd("C78.02")], n)
    earliest = np.maximum(metastatic, -360)
    for there, code in ((patients.bone, icd("C79.51")), (patients.lung, lungs), (patients.brain, icd("C79.31"))):
        day = earliest + np.floor(rng.random(n) * (1 - earliest)).astype(np.int64)
        book.add(there, day, code)
        book.add(there & (rng.random(n) < 0.5), -between(rng, 0, 30, n), code)
        book.add(rng.random(n) < np.where(there, 0.5, 0.12), between(rng, 45, 500, n), code)


def _status(rng: np.random.Generator, book: Recorder) -> None:
    patients, n = book.course.patients, len(book.course)
    stated = rng.random(n) < 0.6
    book.add(stated & (patients.subtype == 0), -between(rng, 20, 200, n), icd("Z17.0"))
    book.add(stated & (patients.subtype == 2), -between(rng, 20, 200, n), icd("Z17.1"))
    book.add(rng.random(n) < 0.1, -between(rng, 1, 60, n), icd("Z85.3"))


def _comorbidities(rng: np.random.Generator, book: Recorder) -> None:
    n = len(book.course)
    older = np.exp(0.03 * (book.course.patients.age - 57.0))
    for code, share in COMORBIDITIES:
        odds = share / (1 - share) * older
        ill = rng.random(n) < odds / (1 + odds)
        book.add(ill, -between(rng, 5, 350, n), icd(code))
        book.add(ill & (rng.random(n) < 0.5), between(rng, 20, 400, n), icd(code))
