"""Criteria, windows and covariates in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from equipoise.report.wording import MINUS, decimal, whole_months
from equipoise.study import model as m
from equipoise.study.model import Window

_CHILDREN = ("criteria", "criterion")


def day(value: int) -> str:
    """A day from the index with a true minus sign."""
    return str(value).replace("-", MINUS)


def bracket(window: Window) -> str:
    """`[−365, 0]`; an open end has an ellipsis."""
    start, end = ("…" if value is None else day(value) for value in (window.start, window.end))
    return f"[{start}, {end}]"


def days(window: Window) -> str:
    """`days −365 to 0`, `any time up to day 0`."""
    if window.start is None:
        return "any time" if window.end is None else f"any time up to day {day(window.end)}"
    if window.end is None:
        return f"from day {day(window.start)} on"
    return f"day {day(window.start)}" if window.start == window.end else f"days {day(window.start)} to {day(window.end)}"


def months(length: int | float) -> str:
    """A time after the index: in months where it is a whole number of them, else in days."""
    text = whole_months(float(length))
    return f"{text} months" if text.isdigit() and abs(float(text) * 365.25 / 12 - length) <= 1 else f"{decimal(length, 0)} days"


def listed(items: Iterable[str], word: str = "and") -> str:
    """`a, b and c`."""
    found = list(items)
    return f" {word} ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def sets_in_words(names: Iterable[str]) -> str:
    """Names of code sets, as they stand in the code lists."""
    return listed((f"“{name}”" for name in names), "or")


def windows_in(criterion: m.Model) -> tuple[Window, ...]:
    """The windows of a criterion and of those inside it, each once, in their order. A fact of the index day has [0, 0]."""
    return tuple(dict.fromkeys(_windows(criterion)))


def _windows(criterion: m.Model) -> Iterator[Window]:
    match criterion:
        case m.AgeCriterion() | m.SexCriterion():
            yield Window(start=0, end=0)
        case m.PriorObservation(days=before, after=after):
            yield Window(start=-before, end=after)
        case m.LinesCriterion():
            yield Window(end=-1)
        case _:
            window = getattr(criterion, "window", None)
            if isinstance(window, Window):
                yield window
    for inner in _inside(criterion):
        yield from _windows(inner)


def sets_in(criterion: m.Model) -> tuple[str, ...]:
    """The code sets that a criterion looks for, each once."""
    own = getattr(criterion, "sets", ())
    return tuple(dict.fromkeys([*own, *(name for inner in _inside(criterion) for name in sets_in(inner))]))


def _inside(criterion: m.Model) -> Iterator[m.Model]:
    for name in _CHILDREN:
        inner = getattr(criterion, name, None)
        if isinstance(inner, m.Model):
            yield inner
        elif isinstance(inner, tuple):
            yield from (one for one in inner if isinstance(one, m.Model))


def criterion_in_words(criterion: m.Model) -> str:
    """What must hold, in words; a kind without words of its own is named by its kind, its sets and its windows."""
    match criterion:
        case m.EventCriterion():
            return _event(criterion)
        case m.MeasurementCriterion(sets=sets, window=window, low=low, high=high, unit=unit):
            return f"a value of {sets_in_words(sets)} {_bounds(low, high)}{f' {unit}' if unit else ''}, {days(window)}"
        case m.AgeCriterion(at_least=low, at_most=high):
            return f"age at index {_bounds(low, high)} years"
        case m.SexCriterion(sex=sex):
            return f"sex recorded as {sex}"
        case m.PriorObservation(days=before, after=after):
            return f"observed for {before} days before the index" + (f" and {after} days after it" if after else "")
        case m.LinesCriterion(at_least=low, at_most=high):
            return f"a number of lines of therapy begun before the index {_bounds(low, high)}"
        case m.AllOf(criteria=inner):
            return listed(_bracketed(one) for one in inner)
        case m.AnyOf(criteria=inner):
            return listed((_bracketed(one) for one in inner), "or")
        case m.Not(criterion=inner):
            return f"not: {_bracketed(inner)}"
    return _unnamed(criterion)


def _unnamed(criterion: m.Model) -> str:
    parts = [str(getattr(criterion, "kind", "criterion")).replace("_", " ")]
    parts += [sets_in_words(found)] if (found := sets_in(criterion)) else []
    return ", ".join([*parts, *(days(window) for window in windows_in(criterion))])


def _bracketed(criterion: m.Model) -> str:
    text = criterion_in_words(criterion)
    return f"({text})" if isinstance(criterion, m.AllOf | m.AnyOf) else text


def _bounds(low: float | None, high: float | None) -> str:
    low_text, high_text = (None if value is None else f"{value:g}".replace("-", MINUS) for value in (low, high))
    if low_text is None:
        return "of any size" if high_text is None else f"of at most {high_text}"
    return f"of at least {low_text}" if high_text is None else f"from {low_text} to {high_text}"


_COUNTED = {"records": "record", "dates": "day with a record", "sets": "kind of record"}


def _event(criterion: m.EventCriterion) -> str:
    single = _COUNTED[criterion.count]
    plural = "days with a record" if criterion.count == "dates" else f"{single}s" if criterion.count == "records" else "kinds of records"
    least, most = criterion.at_least, criterion.at_most
    if most == 0:
        number = "no record"
    elif most is not None:
        number = f"{least} to {most} {plural}" if least else f"at most {most} {plural}"
    else:
        number = f"at least {least} {plural}" if least > 1 else f"a {single}"
    apart = f" at least {criterion.days_apart} days apart" if criterion.days_apart else ""
    return f"{number} of {sets_in_words(criterion.sets)}{apart}, {days(criterion.window)}"


def covariate_window(covariate: m.Covariate) -> tuple[Window, ...]:
    """When a covariate is looked at."""
    if isinstance(covariate, m.CategoryCovariate):
        return tuple(dict.fromkeys(window for level in covariate.levels for window in windows_in(level.criterion)))
    window = getattr(covariate, "window", None)
    return (window,) if isinstance(window, Window) else (Window(start=0, end=0),)


def covariate_in_words(covariate: m.Model) -> str:
    """What a covariate is; a kind without words of its own is named by its kind, its sets and its windows."""
    match covariate:
        case m.AgeCovariate() | m.SexCovariate():
            return "as recorded"
        case m.IndexYearCovariate(cuts=cuts):
            return "calendar year" + (f", in categories that begin in {listed(map(str, cuts))}" if cuts else "")
        case m.EventCovariate(sets=sets, at_least=least):
            return f"at least {least} records of {sets_in_words(sets)}" if least > 1 else f"a record of {sets_in_words(sets)}"
        case m.CountCovariate(sets=sets, count=count, levels=levels):
            what = {"records": "records", "dates": "days with a record", "sets": "kinds of records"}[count]
            return f"number of {what} of {sets_in_words(sets)}" + (f"; categories up to {levels} or more" if levels else "")
        case m.MeasurementCovariate():
            return _measurement(covariate)
        case m.CategoryCovariate(levels=found, otherwise=otherwise):
            several = "; ".join(f"{level.level}: {criterion_in_words(level.criterion)}" for level in found)
            return f"the first that holds of: {several}; else {otherwise}"
        case m.ComorbidityCovariate(index=index, weights=weights, without=without):
            return f"{index} index, weights {weights}" + (f", without {listed(without)}" if without else "")
        case m.LinesCovariate(levels=levels):
            return "lines of therapy begun before the index" + (f"; categories up to {levels} or more" if levels else "")
        case m.LastRegimenCovariate(classes=classes, otherwise=otherwise):
            named = ", ".join(name.replace("_", " ") for name in classes)
            return f"the first of which the last line begun before the index has a drug: {named}; else {otherwise}"
    return _unnamed(covariate)


def _measurement(covariate: m.MeasurementCovariate) -> str:
    unit = f" in {covariate.unit}" if covariate.unit else ""
    parts = [f"value of {sets_in_words(covariate.sets)}{unit} nearest to day {day(covariate.target)}"]
    if covariate.low is not None or covariate.high is not None:
        parts.append(f"only values {_bounds(covariate.low, covariate.high)} count")
    parts += ["natural logarithm"] if covariate.transform == "log" else []
    parts += [f"restricted cubic spline with {covariate.spline_knots} knots"] if covariate.spline_knots else []
    return "; ".join([*parts, "missing: the network's median and an indicator"])
