"""The flow diagram, the sites' parts and the code sets' findings, masked."""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.guard.counts import CountTable, MaskedCounts
from equipoise.guard.policy import Policy
from equipoise.guard.rules import small as is_small
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.census import Census
from equipoise.results.study_result import CodeSetReport, FlowStep, SiteOutcome

ARMS = ("comparator", "target")
"""Names of the arms in the masked table, by group number."""


def enter_flow(table: CountTable, census: Census) -> None:
    """Enter the flow's counts, the last step's as the ones to keep longest: first its arms, which all statistics speak of."""
    steps = census.attrition.tolist()
    for step, (n, target, comparator) in enumerate(steps):
        last = step == len(steps) - 1
        table.cell(flow_cell(step, "all"), n, 3 if last else 2)
        table.cell(flow_cell(step, "target"), target, 4 if last else 1)
        table.cell(flow_cell(step, "comparator"), comparator, 4 if last else 1)
        parts = flow_cell(step, "target"), flow_cell(step, "comparator")
        if n == target + comparator:
            table.sum(flow_cell(step, "all"), *parts)
        else:
            table.rest(flow_cell(step, "all"), *parts)
        if step:
            table.cell(flow_cell(step, "excluded"), steps[step - 1][0] - n)
            table.sum(flow_cell(step - 1, "all"), flow_cell(step, "all"), flow_cell(step, "excluded"))
            for arm in ARMS:
                table.rest(flow_cell(step - 1, arm), flow_cell(step, arm))


def flow_cell(step: int, column: str) -> str:
    """The name of a cell of the flow diagram; `column` is all, target, comparator or excluded."""
    return f"flow step {step + 1}: {column}"


def last_step(census: Census, arm: str) -> str:
    """The cell of the persons of an arm in the analysis."""
    return flow_cell(len(census.labels) - 1, arm)


def flow_steps(census: Census, masked: MaskedCounts) -> tuple[FlowStep, ...]:
    """The boxes of the flow diagram."""
    return tuple(
        FlowStep(
            label,
            masked[flow_cell(step, "all")],
            masked[flow_cell(step, "excluded")] if step else 0,
            masked[flow_cell(step, "target")],
            masked[flow_cell(step, "comparator")],
        )
        for step, label in enumerate(census.labels)
    )


def enter_sites(table: CountTable, census: Census) -> None:
    """Enter the sites' own counts, where every site lets them be shown: one that does not could be worked out from the others."""
    if census.policy.share == "secure-sums":
        return
    for column, arm in ((1, "target"), (2, "comparator")):
        for site, counts in census.prepared.items():
            table.cell(site_cell(site, arm), int(counts.attrition[-1, column]), -1)
        table.sum(last_step(census, arm), *(site_cell(site, arm) for site in census.prepared))


def site_outcomes(sites: tuple[str, ...], census: Census, failures: Mapping[str, str], masked: MaskedCounts) -> tuple[SiteOutcome, ...]:
    """Every site of the network in its order: what it gave, or why it gave nothing."""
    return tuple(_site_outcome(site, census, failures, masked) for site in sites)


def _site_outcome(site: str, census: Census, failures: Mapping[str, str], masked: MaskedCounts) -> SiteOutcome:
    if site not in census.prepared:
        return SiteOutcome(site, "failed", failures.get(site, ""))
    status = "contributed" if census.prepared[site].anyone else "empty"
    target, comparator = (masked.counts.get(site_cell(site, arm)) for arm in ("target", "comparator"))
    return SiteOutcome(site, status, "", target, comparator, census.welcomes[site].version)


def site_cell(site: str, arm: str) -> str:
    """The name of the cell of a site's persons of an arm in the analysis."""
    return f"site {site}: {arm}"


def code_set_reports(census: Census) -> tuple[CodeSetReport, ...]:
    """What each code set found over the network, and where it found nothing."""
    first = next(iter(census.prepared.values()))
    reports = []
    for place, code_set in enumerate(first.codes):
        found = {site: counts.codes[place] for site, counts in census.prepared.items()}
        without = tuple(site for site, here in found.items() if here.records == "none")
        reports.append(
            CodeSetReport(
                name=code_set.name,
                concepts=max(here.concepts for here in found.values()),
                records=small(int(census.code_records[place]), census.policy),
                sites_with=len(found) - len(without),
                sites_without=without,
            )
        )
    return tuple(reports)


def small(count: int, policy: Policy) -> Count:
    """A count that stands alone: masked when it is small, whatever else is shown."""
    if not is_small(count, policy):
        return count
    return Masked(policy.minimum_count, policy.minimum_count - 1 if policy.masking == "show-10" else None)
