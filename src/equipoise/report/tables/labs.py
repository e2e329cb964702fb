"""Laboratory outcomes: the shift tables as data, and the two tables an outcome that readers see."""

from __future__ import annotations

from equipoise.report.naming import plain_name
from equipoise.report.selection import adjustments
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.tables.table import Column, ShownRow, ShownTable, Table
from equipoise.report.wording import ABSENT, adjustment_label, bare_p, count, decimal, lowered
from equipoise.results.analyses import LAB_MODELS, REPEATED_MEASURES, WEIGHTED_REPEATED_MEASURES
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.lab_columns import BASELINE, grades_of, is_flag
from equipoise.study.model import Arm, LabOutcome

_WHICH = {"nearest": "the value nearest to the window's target day", "highest": "the highest value", "lowest": "the lowest value"}
_GRADES_OF = {"ALBI": "ALBI grades", "Child-Pugh": "Child-Pugh classes (A, B, C as 1, 2, 3)"}
_OWN_BASELINE = " A baseline beyond the limit of normal is graded by that limit, later values then by multiples of the baseline."


def lab_shifts_table(result: StudyResult) -> Table:
    """Every cell of every shift table."""
    names = ("outcome", "window", "arm", "baseline_grade", "worst_grade", "n")
    columns = tuple(Column(name, name, numeric=place > 2) for place, name in enumerate(names))
    rows = tuple((s.outcome, s.window, s.arm, s.baseline_grade, s.worst_grade, s.n) for s in result.lab_shifts)
    return Table("lab_shifts", "Grades before and after treatment", columns, rows)


def lab_record(result: StudyResult, lab: LabOutcome, window: str, measure: str, arm: str, *, adjustment: str) -> Record | None:
    """One record of an outcome."""
    wanted = (lab.name, window, measure, arm, adjustment)
    return next((r for r in result.records if (r.outcome, r.analysis, r.measure, r.target, r.adjustment) == wanted), None)


def window_label(lab: LabOutcome, name: str) -> str:
    """`Acute, days 8 to 29`."""
    days = next(((w.start, w.end) for w in lab.windows if w.name == name), (lab.baseline_start, lab.baseline_end))
    return f"{name.replace('_', ' ').capitalize()}, days {days[0]} to {days[1]}".replace("-", "\N{MINUS SIGN}")


def windows_of(lab: LabOutcome) -> tuple[str, ...]:
    """The baseline and the windows after it."""
    return (BASELINE, *(window.name for window in lab.windows))


def shown_lab(result: StudyResult, lab: LabOutcome, names: tuple[str, ...] = ()) -> ShownTable:
    """Means, changes and severe grades by adjustment (those in `names`, or all), window and arm."""
    level = f"{result.study.analysis.confidence * 100:g}% CI"
    heads = (
        "Window",
        "Arm",
        "Measured",
        f"Mean ({level})",
        f"Change ({level})",
        f"Difference ({level})",
        "p",
        "With the flag" if is_flag(lab) else "Grade ≥ 3",
    )
    rows: list[ShownRow] = []
    for adjustment in (name for name in adjustments(result) if name in names or not names):
        rows.append(ShownRow((adjustment_label(adjustment),), "group"))
        rows += [_line(result, lab, window, arm.name, adjustment) for window in windows_of(lab) for arm in _arms(result)]
    days = "; ".join(window_label(lab, window) for window in windows_of(lab))
    note = (
        f"{days}. "
        f"{_made_of(result, lab)} Means are of persons measured, changes "
        "of those measured twice; whoever died or was not drawn is in neither. Difference: target minus comparator."
    )
    return ShownTable(f"lab-{plain_name(lab.name)}", f"{lab.label} by window", heads, (False, False, *[True] * 6), tuple(rows), note)


def shown_lab_changes(result: StudyResult) -> ShownTable | None:
    """All outcomes at a glance: the difference in mean change from baseline in each window, under the main adjustment; None without any."""
    study, main = result.study, result.study.analysis.main
    windows = dict.fromkeys(window_label(lab, window.name) for lab in study.labs for window in lab.windows)
    rows = []
    for lab in study.labs:
        cells = dict.fromkeys(windows, ABSENT)
        for window in lab.windows:
            found = lab_record(result, lab, window.name, "mean_change_difference", study.target.name, adjustment=main)
            if found is not None and found.estimate is not None:
                cells[window_label(lab, window.name)] = estimate_text(found)
        if any(cell != ABSENT for cell in cells.values()):
            rows.append(ShownRow((lab.label, *cells.values())))
    level = f"{study.analysis.confidence * 100:g}% CI"
    caption = f"Change from baseline, {study.target.name} minus {study.comparator.name}, {lowered(adjustment_label(main))} ({level})"
    note = "Mean changes of persons measured twice, in the unit beside the name. No correction for the number of outcomes and windows."
    return ShownTable("lab-changes", caption, ("Outcome", *windows), (False, *[True] * len(windows)), tuple(rows), note) if rows else None


def _made_of(result: StudyResult, lab: LabOutcome) -> str:
    """Which values a window gives."""
    if lab.score is None:
        return f"Of each window {_WHICH[lab.value]}; of the baseline the value nearest to the index day."
    labels = {one.name: one.label for one in result.study.labs}
    parts = "; ".join(labels.get(part.outcome, part.outcome) for part in lab.score.parts)
    return f"Made of what these outcomes give for the same window, though perhaps of different days: {parts}."


def _arms(result: StudyResult) -> tuple[Arm, Arm]:
    return (result.study.target, result.study.comparator)


def _line(result: StudyResult, lab: LabOutcome, window: str, arm: str, adjustment: str) -> ShownRow:
    found = {
        name: lab_record(result, lab, window, name, arm, adjustment=adjustment)
        for name in ("share_measured", "mean_value", "mean_change", "mean_change_difference", "share_grade_3_or_more", "share_flagged")
    }
    difference = found["mean_change_difference"]
    cells = (
        window.replace("_", " ").capitalize(),
        arm,
        _of(found["share_measured"]),
        _text(found["mean_value"]),
        _text(found["mean_change"]),
        _text(difference),
        ABSENT if difference is None else bare_p(difference.p_value),
        ABSENT if (severe := found["share_grade_3_or_more"] or found["share_flagged"]) is None else count(severe.events_target),
    )
    return ShownRow(cells)


def _text(record: Record | None) -> str:
    return ABSENT if record is None else estimate_text(record)


def _of(record: Record | None) -> str:
    """`40 of 62`."""
    return ABSENT if record is None else f"{count(record.events_target)} of {count(record.n_target)}"


def shown_shift(result: StudyResult, lab: LabOutcome, window: str) -> ShownTable | None:
    """Baseline grade by worst grade, both arms side by side; None without grades."""
    arms = [arm.name for arm in (result.study.target, result.study.comparator)]
    cells = {(s.arm, s.baseline_grade, s.worst_grade): s.n for s in result.lab_shifts if (s.outcome, s.window) == (lab.name, window)}
    grades = grades_of(lab)
    if not cells:
        return None
    rows = tuple(ShownRow((str(before), *(count(cells[arm, before, worst]) for arm in arms for worst in grades))) for before in grades)
    heads = ("Baseline grade", *(str(worst) for _ in arms for worst in grades))
    name = f"shift-{plain_name(lab.name)}-{plain_name(window)}"
    named, worst_word = ("CTCAE grades", "worst grade") if lab.score is None else (_GRADES_OF[lab.score.score], "grade")
    caption = f"{named}: {lab.label}, baseline to {worst_word}, {lowered(window_label(lab, window))}"
    note = "Persons with both grades, unadjusted." + _OWN_BASELINE * (lab.score is None)
    spans = (("", 1), *((f"{arm}: {worst_word}", len(grades)) for arm in arms))
    return ShownTable(name, caption, heads, (False, *[True] * (len(heads) - 1)), rows, note, spans)


def shown_lab_models(result: StudyResult, lab: LabOutcome, names: tuple[str, ...] = ()) -> ShownTable | None:
    """Differences given the baseline value, plain and weighted for being measured, by adjustment and window; None without models."""
    found = {
        (r.adjustment, r.analysis, r.population, r.measure): r for r in result.records if r.outcome == lab.name and r.analysis in LAB_MODELS
    }
    if not found:
        return None
    level = f"{result.study.analysis.confidence * 100:g}% CI"
    heads = ("Window", f"Adjusted difference ({level})", "p", f"Weighted for being measured ({level})", "p")
    rows: list[ShownRow] = []
    for adjustment in (name for name in adjustments(result) if name in names or not names):
        rows.append(ShownRow((adjustment_label(adjustment),), "group"))
        places = [(window.name, "adjusted_change_difference") for window in lab.windows]
        for window, measure in (*places, ("all", "any_difference_test"), ("all", "arm_by_window_test")):
            pair = [found.get((adjustment, analysis, window, measure)) for analysis in (REPEATED_MEASURES, WEIGHTED_REPEATED_MEASURES)]
            if any(pair):
                cells = [cell for record in pair for cell in (_model_cell(record), ABSENT if record is None else bare_p(record.p_value))]
                rows.append(ShownRow((_MODEL_ROWS.get(measure, window.replace("_", " ").capitalize()), *cells)))
    note = (
        "Target minus comparator in the window, given the value before: one model over all windows, robust standard errors. Weighted: by "
        "the inverse of the probability of having a value, of persons alive when the window began. Chi-square statistics of tests over all "
        "windows."
    )
    return ShownTable(f"models-{plain_name(lab.name)}", f"{lab.label}: repeated measures", heads, (False, *[True] * 4), tuple(rows), note)


_MODEL_ROWS = {"any_difference_test": "Test: no difference in any window", "arm_by_window_test": "Test: the same in all windows"}


def _model_cell(record: Record | None) -> str:
    if record is None or record.measure == "adjusted_change_difference":
        return _text(record)
    return ABSENT if record.estimate is None else decimal(record.estimate)
