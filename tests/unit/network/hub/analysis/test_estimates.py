"""Why an estimate is missing, said once an outcome and cause."""

from __future__ import annotations

from datetime import date
from unittest.mock import create_autospec

from equipoise.estimators.errors import COLLINEAR, NO_EVENTS, SEPARATION
from equipoise.estimators.kaplan_meier.summary import KaplanMeierResult
from equipoise.network.hub.analysis.effects import Effect
from equipoise.network.hub.analysis.estimates import failures
from equipoise.network.hub.rounds import Failed
from equipoise.study import model as m


def study() -> m.Study:
    code = m.Code(vocabulary="CPT4", code="37243", match="exact", description="")
    return m.Study(
        name="s",
        title="S",
        period_start=date(2016, 1, 1),
        period_end=date(2024, 7, 31),
        code_sets=tuple(m.CodeSet(name=name, codes=(code,)) for name in ("a", "b", "ulcer")),
        index=m.Index(sets=("a", "b")),
        arms=(m.Arm(name="A", role="target", sets=("a",)), m.Arm(name="B", role="comparator", sets=("b",))),
        outcomes=(m.EventOutcome(name="ulcer", label="Gastric ulcer", sets=("ulcer",)),),
    )


def failed(adjustment: m.Adjustment, cause: Failed, logrank: Failed | None = None) -> Effect:
    curves = create_autospec(KaplanMeierResult)
    return Effect("ulcer", adjustment, curves, curves, cause, logrank or cause)


def test_one_note_an_outcome_and_cause_with_no_number_of_a_column() -> None:
    runaway = Failed(SEPARATION.error("the coefficient of column 0 grows without end"))
    constant = Failed(COLLINEAR.error("column 0 does not vary among the people at risk together"))
    effects = (failed("crude", runaway), failed("overlap", runaway), failed("matched", constant))
    first, second = failures(study(), effects)
    assert (first.code, second.code) == ("EQ-EST-101", "EQ-EST-102")
    assert first.text.startswith("No hazard ratio for Gastric ulcer (crude, overlap): every event is in one arm")
    assert second.text == "No hazard ratio for Gastric ulcer (matched): at no event were both arms at risk."


def test_another_cause_says_itself() -> None:
    none = Failed(NO_EVENTS.error("no event among the people at risk"))
    (note,) = failures(study(), (failed("crude", none),))
    assert note.text == "No hazard ratio for Gastric ulcer (crude): no event among the people at risk."
