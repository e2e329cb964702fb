"""The embolisation itself: mapping, first session with the evidence of its kind, and later sessions."""

from __future__ import annotations

import numpy as np

from equipoise.simulate.baseline import BLAND, Bools, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.facts import INPATIENT, OUTPATIENT, Recorder, between
from equipoise.simulate.plan import Habits
from equipoise.simulate.records.therapy import Drug

VOCABULARY = {"C2616": "HCPCS", "S2095": "HCPCS", "A9540": "HCPCS", "DF10BYZ": "ICD10PCS", "3E05305": "ICD10PCS"}
TACE_DRUG = Drug("3639", "J9000")
"""Doxorubicin."""
ACCESS = ("36247", "75726")
"""Selective catheterisation and visceral angiography."""


def procedure(code: str) -> int:
    """The codebook position of a procedure or device code; CPT4 unless listed."""
    return codebook().at(VOCABULARY.get(code, "CPT4"), code)


def record_procedures(rng: np.random.Generator, book: Recorder, habits: Habits) -> None:
    """Sessions: TARE repeated in 35 %, TACE in 60 % and again in half of these; 4 % change to the other kind later."""
    n, bland = len(book.course), book.course.patients.kind == BLAND
    tare, tace = book.course.tare & ~bland, ~book.course.tare & ~bland
    day = np.zeros(n, np.int64)
    _mapping(rng, book, tare)
    _tare_session(rng, book, habits, tare, day)
    _tace_session(rng, book, habits, tace, day)
    _catheter(book, bland, day, OUTPATIENT)
    _tare_session(rng, book, habits, tare & (rng.random(n) < 0.35), between(rng, 28, 60, n))
    second, again = between(rng, 28, 56, n), tace & (rng.random(n) < 0.6)
    _tace_session(rng, book, habits, again, second)
    _tace_session(rng, book, habits, again & (rng.random(n) < 0.5), second + between(rng, 28, 56, n))
    crossing, later = rng.random(n) < 0.04, between(rng, 90, 300, n)
    _tace_session(rng, book, habits, tare & crossing, later)
    _tare_session(rng, book, habits, tace & crossing, later)


def _catheter(book: Recorder, who: Bools, day: Ints, setting: int) -> None:
    book.add(who, day, procedure("37243"), setting=setting)
    for code in ACCESS:
        book.add(who, day, procedure(code), setting=setting)


def _mapping(rng: np.random.Generator, book: Recorder, who: Bools) -> None:
    day = -between(rng, 7, 21, len(book.course))
    for code in (*ACCESS, "78803", "A9540", "77370"):
        book.add(who, day, procedure(code))


def _tare_session(rng: np.random.Generator, book: Recorder, habits: Habits, who: Bools, day: Ints) -> None:
    """The hospital's own evidence code always; the isotope's device code beside it in 40 %; one in ten stays overnight."""
    n = len(book.course)
    overnight = rng.random(n) < 0.1
    for stay, setting in ((overnight, INPATIENT), (~overnight, OUTPATIENT)):
        _catheter(book, who & stay, day, setting)
    book.add(who, day, procedure(habits.tare_code))
    if habits.tare_code != "C2616":
        book.add(who & (rng.random(n) < 0.4), day, procedure("C2616"))


def _tace_session(rng: np.random.Generator, book: Recorder, habits: Habits, who: Bools, day: Ints) -> None:
    """The hospital's own evidence code, the drug given into the artery, and a night in hospital for 80 %."""
    n = len(book.course)
    overnight = rng.random(n) < 0.8
    for stay, setting in ((overnight, INPATIENT), (~overnight, OUTPATIENT)):
        _catheter(book, who & stay, day, setting)
    book.add(who, day, procedure(habits.tace_code))
    as_j_code, as_rxnorm = TACE_DRUG.positions()
    book.add(who, day, np.where(rng.random(n) < habits.j_codes, as_j_code, as_rxnorm))
