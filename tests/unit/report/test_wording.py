from __future__ import annotations

import pytest

from equipoise.kernel.masked import Masked
from equipoise.report import wording as w


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.03, "p = 0.03"),
        (0.0004, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0042, "p = 0.004"),
        (0.0496, "p = 0.050"),
        (0.0504, "p = 0.050"),
        (0.047, "p = 0.047"),
        (0.2, "p = 0.20"),
        (0.995, "p > 0.99"),
        (None, "–"),
    ],
)
def test_p_values_as_journals_print_them(p: float | None, text: str) -> None:
    assert w.p_value(p) == text


def test_p_without_its_name() -> None:
    assert [w.bare_p(p) for p in (0.03, 0.0001, 0.999, None)] == ["0.03", "< 0.001", "> 0.99", "–"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.8, "0.80"), (0.0523, "0.052"), (0.0996, "0.10"), (12.34, "12.3"), (1234.5, "1,234.5"), (None, "–")]
)
def test_ratios(value: float | None, text: str) -> None:
    assert w.ratio(value) == text


def test_minus_sign_and_no_negative_zero() -> None:
    assert w.decimal(-0.504, 2) == "\N{MINUS SIGN}0.50"
    assert w.decimal(-0.001, 2) == "0.00"
    assert w.decimal(-12345.6, 1) == "\N{MINUS SIGN}12,345.6"


def test_intervals() -> None:
    assert w.interval("0.65", "0.98") == "95% CI 0.65–0.98"
    assert w.interval(w.decimal(-0.4, 1), "4.6", 0.9) == "90% CI −0.4 to 4.6"


def test_days_become_months_of_30_4375_days() -> None:
    assert w.months(1095.75) == "36.0"
    assert w.months(30.4375) == "1.0"
    assert [w.whole_months(d) for d in (365, 731, 1096, 100, None)] == ["12", "24", "36", "3.3", "–"]


def test_counts() -> None:
    assert [w.count(n) for n in (48265, Masked(), Masked(shown_as=10), None)] == ["48,265", "<11", "≤10", "–"]
    assert [w.n_equals(n) for n in (334, Masked(), Masked(shown_as=10))] == ["n = 334", "n < 11", "n ≤ 10"]


def test_lowered_keeps_abbreviations() -> None:
    assert [w.lowered(t) for t in ("Overlap weighting", "ATT weighting", "")] == ["overlap weighting", "ATT weighting", ""]
