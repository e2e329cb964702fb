"""How index sessions were classified, over the network and by site, masked; and the sites left out by rule."""

from __future__ import annotations

from equipoise.cohort.session_counts import Measure, counted_in
from equipoise.guard.counts import CountTable, MaskedCounts
from equipoise.guard.whole_rows import Status, rows_to_hide
from equipoise.kernel.masked import Count
from equipoise.network.hub.analysis.census import Census
from equipoise.network.hub.analysis.flow import flow_cell
from equipoise.network.hub.errors import NOT_OBSERVABLE
from equipoise.network.hub.sessions.asking import SessionCensus
from equipoise.results.study_result import Note, SessionRow, SiteOutcome
from equipoise.study.model import Study

PERIOD, IN_ARM = 1, 2
"""The lines of the flow diagram that these counts add up to: index date in the period, in one of the arms."""


def enter_sessions(table: CountTable, census: Census, study: Study) -> None:
    """Enter the network's counts, tied to the flow diagram. Nothing for a study without sessions."""
    found, classes = census.sessions, study.classification
    if found is None or classes is None:
        return
    parts, of_arm = list[str](), dict[int, list[str]]()
    for measure, n in zip(found.measures, found.totals, strict=True):
        if measure.what == "sessions":
            continue
        name = table.cell(_cell(measure), n, 1)
        if measure.what == "deciding":
            table.rest(flow_cell(PERIOD, "all"), name)
            continue
        parts.append(name)
        arm = counted_in(classes, study.arms, measure)
        if arm is not None:
            of_arm.setdefault(arm, []).append(name)
    table.sum(flow_cell(PERIOD, "all"), *parts)
    for arm, names in of_arm.items():
        table.sum(flow_cell(IN_ARM, "target" if arm else "comparator"), *names)


def _cell(measure: Measure) -> str:
    return flow_cell(PERIOD, "all") if measure.what == "sessions" else f"index sessions: {measure.name}"


def session_rows(census: Census, study: Study, masked: MaskedCounts) -> tuple[SessionRow, ...]:
    """The network's rows, then those of each site that may be shown, each in the order of the measures."""
    found = census.sessions
    if found is None:
        return ()
    rows = _rows("", found, tuple(masked[_cell(measure)] for measure in found.measures))
    hidden = hidden_sites(census, found, study, masked)
    return (*rows, *(row for site, counts in found.counts.items() if site not in hidden for row in _rows(site, found, counts)))


def _rows(site: str, found: SessionCensus, counts: tuple[Count, ...]) -> tuple[SessionRow, ...]:
    whole = counts[0]
    return tuple(
        SessionRow(site, measure.tier or measure.what, measure.treatment or "", n, _share(n, whole))
        for measure, n in zip(found.measures, counts, strict=True)
    )


def _share(n: Count, whole: Count) -> float | None:
    return n / whole if isinstance(n, int) and isinstance(whole, int) and whole else None


def hidden_sites(census: Census, found: SessionCensus, study: Study, masked: MaskedCounts) -> frozenset[str]:
    """Sites whose rows must not be shown; all, where some site lets none of its own counts be shown.

    What a row is checked for besides its counts: those without deciding evidence, and those of each arm who left at a later step.
    """
    classes = study.classification
    if classes is None or census.policy.share == "secure-sums":
        return frozenset(found.counts)
    status: list[Status] = [masked.reasons.get(_cell(measure), "shown") for measure in found.measures]
    deciding = [place for place, measure in enumerate(found.measures) if measure.what == "deciding"]
    status += ["shown"] * (len(deciding) + 2)
    sides = [[k for k, m in enumerate(found.measures) if counted_in(classes, study.arms, m) == arm] for arm in (1, 0)]
    rows = {}
    for site, counts in found.counts.items():
        stayed = census.prepared[site].attrition[-1, 1:].tolist()
        later = [sum(counts[k] for k in side) - n for side, n in zip(sides, stayed, strict=True)]
        rows[site] = (*counts, *(counts[0] - counts[place] for place in deciding), *later)
    return rows_to_hide(rows, status, census.policy)


def left_out_notes(found: SessionCensus | None) -> tuple[Note, ...]:
    """A note for each site that was left out by rule."""
    left_out = found.left_out.items() if found else ()
    return tuple(Note("warning", NOT_OBSERVABLE.code, f"{site} was left out: {_why(hidden)}.") for site, hidden in left_out)


def mark_left_out(sites: tuple[SiteOutcome, ...], found: SessionCensus | None) -> tuple[SiteOutcome, ...]:
    """The sites' outcomes, those left out by rule named as such."""
    left_out = found.left_out if found else {}
    return tuple(SiteOutcome(one.site, "left out", _why(left_out[one.site])) if one.site in left_out else one for one in sites)


def _why(treatments: tuple[str, ...]) -> str:
    return f"its records never show the deciding evidence of {' and '.join(treatments)}"
