"""Tables of combined arms: each class against none in every analysis, the arms of each analysis, their pairs, interaction."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.report.naming import plain_name
from equipoise.report.selection import outcome_label
from equipoise.report.tables.estimates import estimate_text, versus
from equipoise.report.tables.table import Column, ShownRow, ShownTable, Table, as_percent
from equipoise.report.wording import ABSENT, bare_p, count, decimal, interval, whole_months
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import CLONE_CENSOR_WEIGHT, TIME_VARYING, Combination

PLAIN, ADJUSTED = ("crude", "weights"), ("covariates", "weights and covariates")
EVERYBODY = "all"
HIDDEN = ("not shown", ABSENT)


def records_of(result: StudyResult, analysis: str, measure: str) -> tuple[Record, ...]:
    """The records of one measure of one analysis, over both arms."""
    wanted = analysis, measure, EVERYBODY
    return tuple(r for r in result.records if (r.analysis, r.measure, r.population) == wanted)


def described(block: Combination, analysis: str) -> str:
    """What an analysis takes for exposed, in words."""
    window = next((one for one in block.windows if one.name == analysis), None)
    if window is not None:
        return f"{window.name}: days {decimal(window.start, 0)} to {decimal(window.end, 0)}"
    if analysis == TIME_VARYING:
        return "Exposed from the first exposure on"
    if analysis == CLONE_CENSOR_WEIGHT:
        return f"Begun within {block.grace} days, clones"
    return f"Landmark, day {analysis.split()[-1]}"


def needs_survival(block: Combination, analysis: str) -> bool:
    """Whether the label must be earned by living on, and nothing allows for it."""
    return any(window.name == analysis and window.end > 0 for window in block.windows)


def shown_combination(result: StudyResult) -> tuple[ShownTable, ...]:
    """All tables of the section; none without combined arms."""
    block = result.study.combination
    if block is None or not any(record.analysis in block.analysis_names for record in result.records):
        return ()
    arms = (_arms(result, block, analysis) for analysis in block.analysis_names if analysis != TIME_VARYING)
    pairs = (_pairs(result, block, analysis) for analysis in block.analysis_names)
    found = (_classes(result, block), _interaction(result, block), *arms, *pairs)
    return tuple(table for table in found if table.rows)


def class_contrasts(result: StudyResult, block: Combination, name: str) -> Iterator[tuple[str, Record | None, Record | None]]:
    """Of each analysis: its name, and the hazard ratio of a class against none, plain and adjusted."""
    for analysis in block.analysis_names:
        found = [r for r in records_of(result, analysis, "hazard_ratio") if (r.target, r.comparator) == (name, block.otherwise)]
        plain, adjusted = (next((r for r in found if r.adjustment in kinds), None) for kinds in (PLAIN, ADJUSTED))
        if plain or adjusted:
            yield analysis, plain, adjusted


def _classes(result: StudyResult, block: Combination) -> ShownTable:
    level = _level(result)
    heads = ("Who counts as exposed", "Exposed", f"{block.otherwise.capitalize()}", f"HR ({level})", f"Adjusted HR ({level})", "p")
    rows = []
    for one in block.classes:
        rows.append(ShownRow((f"{one.name} against {block.otherwise}",), "group"))
        for analysis, plain, adjusted in class_contrasts(result, block, one.name):
            record = adjusted or plain
            mark = " *" if needs_survival(block, analysis) else ""
            cells = (
                described(block, analysis) + mark,
                count(record.n_target) if record else ABSENT,
                count(record.n_comparator) if record else ABSENT,
                estimate_text(plain) if plain else ABSENT,
                estimate_text(adjusted) if adjusted else ABSENT,
                bare_p(record.p_value) if record else ABSENT,
            )
            rows.append(ShownRow(cells, "level"))
    note = (
        "* The label needs survival to the first exposure (immortal time): read it beside the others only. HR: hazard ratio with the "
        "arm in the model; of clones weighted for their artificial censoring. Adjusted: for the block's covariates too. Numbers of clones "
        "count persons whose data do not contradict the strategy at the index; persons exposed in time are not counted by class."
    )
    caption = f"{outcome_label(result, block.outcome)}: each class against {block.otherwise}, the same question asked in different ways"
    return ShownTable("table-combination-classes", caption, heads, (False, True, True, True, True, True), tuple(rows), note)


def _interaction(result: StudyResult, block: Combination) -> ShownTable:
    level = _level(result)
    heads = ("Analysis", f"Ratio of hazard ratios ({level})", "p", f"RERI ({level})", "p")
    rows, silent = list[ShownRow](), list[str]()
    for name in block.interaction:
        lines = [line for analysis in block.analysis_names if (line := _interaction_line(result, block, analysis, name))]
        told = [line for line in lines if any(cell not in HIDDEN for cell in line.cells[1:])]
        heading = f"{name} with {result.study.target.name}"
        hidden = [line.cells[0] for line in lines if line not in told]
        silent += [f"{heading}: {', '.join(hidden)}"] if hidden else []
        rows += [ShownRow((heading,), "group"), *told] if told else []
    arms = result.study.target.name, result.study.comparator.name
    note = (
        f"Whether a class does more in {arms[0]} than in {arms[1]}: the hazard ratio in one over that in the other (1: none), and "
        "relative excess risk due to interaction (0: none), adjusted. Without one of them nothing can be said of synergy."
        + (f" Not shown: {'; '.join(silent)}." if silent else "")
    )
    return ShownTable(
        "table-combination-interaction", "Interaction of class and arm", heads, (False, True, True, True, True), tuple(rows), note
    )


def _interaction_line(result: StudyResult, block: Combination, analysis: str, name: str) -> ShownRow | None:
    found = {
        measure: r
        for measure in ("ratio_of_hazard_ratios", "reri")
        for r in records_of(result, analysis, measure)
        if r.target == name and r.adjustment in ADJUSTED
    }
    if not found:
        return None
    ratio, reri = found.get("ratio_of_hazard_ratios"), found.get("reri")
    cells = [text for r in (ratio, reri) for text in _estimate_and_p(r)]
    return ShownRow((described(block, analysis), *cells), "level")


def _estimate_and_p(record: Record | None) -> tuple[str, str]:
    """A record of interaction without an estimate is one that is withheld."""
    if record is None:
        return ABSENT, ABSENT
    return estimate_text(record) if record.estimate is not None else "not shown", bare_p(record.p_value)


def _arms(result: StudyResult, block: Combination, analysis: str) -> ShownTable:
    """Persons, events, medians, survival and restricted means by combined arm, by class, and of pairs described apart."""
    days = result.study.analysis
    survival = [f"{whole_months(day)} months" for day in days.survival_at_days]
    heads = (
        "Arm",
        "n",
        "Events",
        "Median, months",
        *survival,
        f"Mean to {whole_months(days.rmst_days[-1])} months" if days.rmst_days else "Mean",
    )
    rows = []
    for record in records_of(result, analysis, "median_survival"):
        at = {r.time_days: r for r in records_of(result, analysis, "survival") if r.target == record.target}
        means = [r for r in records_of(result, analysis, "rmst") if r.target == record.target]
        cells = [estimate_text(at[day]) if (day := float(one)) in at else ABSENT for one in days.survival_at_days]
        mean = estimate_text(means[-1]) if means else ABSENT
        rows.append(
            ShownRow((str(record.target), count(record.n_target), count(record.events_target), estimate_text(record), *cells, mean))
        )
    left = [
        f"{r.target}: {count(r.n_target)} persons no longer followed at the landmark, {count(r.events_target)} of them with the event"
        for r in records_of(result, analysis, "left_before_landmark")
    ]
    note = ("; ".join(left) + ". Days count from the landmark. " if left else "") + f"{interval_words(result)}"
    caption = f"Combined arms, {described(block, analysis)}"
    return ShownTable(
        f"table-combination-arms-{plain_name(analysis)}", caption, heads, (False, *(True,) * (len(heads) - 1)), tuple(rows), note
    )


def _pairs(result: StudyResult, block: Combination, analysis: str) -> ShownTable:
    heads = ("Compared", "Log-rank p", "Holm", f"Adjusted HR ({_level(result)})", "p", "Holm")
    by_pair: dict[tuple[str, str], dict[str, Record]] = {}
    for measure in ("logrank", "logrank_holm", "hazard_ratio", "hazard_ratio_holm"):
        for r in records_of(result, analysis, measure):
            if r.comparator and r.comparator != block.otherwise and (measure.startswith("logrank") or r.adjustment in ADJUSTED):
                by_pair.setdefault((str(r.target), r.comparator), {})[measure] = r
    rows = tuple(ShownRow((versus(*pair), *_pair_cells(found))) for pair, found in by_pair.items())
    note = f"Every pair of combined arms: {len(rows)} comparisons. Holm: p-values that bound the chance of any false finding among them."
    caption = f"Pairs of combined arms, {described(block, analysis)}"
    numeric = (False, *(True,) * (len(heads) - 1))
    return ShownTable(f"table-combination-pairs-{plain_name(analysis)}", caption, heads, numeric, rows, note)


def _pair_cells(found: dict[str, Record]) -> tuple[str, ...]:
    def p(measure: str) -> str:
        return bare_p(found[measure].p_value) if measure in found else ABSENT

    ratio = found.get("hazard_ratio")
    return p("logrank"), p("logrank_holm"), estimate_text(ratio) if ratio else ABSENT, p("hazard_ratio"), p("hazard_ratio_holm")


def _level(result: StudyResult) -> str:
    return f"{result.study.analysis.confidence * 100:g}% CI"


def interval_words(result: StudyResult) -> str:
    """What stands in brackets."""
    return f"In brackets: {interval('lower', 'upper', result.study.analysis.confidence).split(' ')[0]} intervals."


def combination_curves_table(result: StudyResult) -> Table:
    """Every step of the curves of combined arms."""
    names = (("analysis", False), ("arm", False), ("time_days", True), ("survival", True), ("lower", True), ("upper", True))
    shares = {"survival", "lower", "upper"}
    columns = tuple(
        Column(name, name.replace("_", " ").capitalize(), numeric, as_percent) if name in shares else Column(name, name, numeric)
        for name, numeric in names
    )
    rows = tuple(
        (curve.adjustment, curve.arm, *step)
        for curve in result.combination_curves
        for step in zip(curve.time, curve.survival, curve.lower, curve.upper, strict=True)
    )
    return Table("combination_curves", "Survival curves of combined arms", columns, rows)
