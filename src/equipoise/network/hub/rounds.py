"""The one loop that serves every estimator: first, ask all sites, add, finish, until done. Several estimators share each round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from equipoise.estimators.hub_side import HUB_SIDE
from equipoise.estimators.shape import Additive, Done
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.conversation import Conversation, SitesLostError
from equipoise.network.hub.errors import ODD_SUMMARY
from equipoise.network.hub.masking import added, note_sets
from equipoise.network.wire.codec import decode_any, encode, members
from equipoise.network.wire.masked import MaskedEstimates
from equipoise.network.wire.messages import Batch, Estimated, EstimatorQuestion
from equipoise.network.wire.views import Setting, View

FIRST_JOBS, MOST_JOBS = 10, 400
"""How many jobs share the first round, and any round; from one to the next their number doubles at most."""
BYTES_A_ROUND = 48 * 1024 * 1024
"""What all sites' answers of a round may come to, as far as the last round tells: the hub holds them in memory at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """One estimator to be run over the network: its registered name, its hub half, and the data it is to see."""

    estimator: str
    hub: Any
    view: View


@dataclass(frozen=True, slots=True)
class Failed:
    """An estimator that has no answer on these data, and why."""

    error: EquipoiseError


def run_job(conversation: Conversation, setting: Setting, job: Job) -> Any:
    """One estimator's result. Raises its error when it has none."""
    result = run_jobs(conversation, setting, [job])[0]
    if isinstance(result, Failed):
        raise result.error
    return result


def run_jobs(conversation: Conversation, setting: Setting, jobs: Sequence[Job]) -> list[Any]:
    """The results in the order of the jobs; `Failed` for those whose hub half raises one of its own errors.

    As many jobs share a round as their answers leave room for; when one is done, the next takes its place.
    Raises SitesLostError when a site fails on the way: results must all speak of the same sites.
    """
    asks: dict[int, Any] = {}
    results: list[Any] = [None] * len(jobs)
    room, begun, received = FIRST_JOBS, 0, conversation.traffic.bytes_received
    while begun < len(jobs) or asks:
        while begun < len(jobs) and len(asks) < room:
            asks[begun] = jobs[begun].hub.first()
            begun += 1
        room, before = len(asks), received
        totals = one_round(conversation, setting, {number: (jobs[number], ask) for number, ask in asks.items()})
        for number, total in totals.items():
            try:
                step = jobs[number].hub.finish(asks[number], total)
            except EquipoiseError as error:
                step = Done(Failed(error))
            if isinstance(step, Done):
                results[number] = step.result
                del asks[number]
            else:
                asks[number] = step.ask
        received = conversation.traffic.bytes_received
        room = max(1, min(2 * room, MOST_JOBS, room * BYTES_A_ROUND // max(received - before, 1)))
    return results


def one_round(conversation: Conversation, setting: Setting, open_jobs: dict[int, tuple[Job, Any]]) -> dict[int, Additive]:
    """Put the asks of all open jobs to every site in one message, and add what comes back."""
    questions = tuple(EstimatorQuestion(job.estimator, job.view, encode(ask)) for job, ask in open_jobs.values())
    names = [job.estimator for job, _ in open_jobs.values()]
    batch = Batch(setting, questions)
    if conversation.session:
        return dict(zip(open_jobs, masked_round(conversation, batch, names), strict=True))
    before = conversation.sites
    answers = conversation.ask("estimate", batch, Estimated, what=names)
    read = {site: _read(conversation, site, answer, names) for site, answer in answers.items()}
    summaries = {site: found for site, found in read.items() if found is not None}
    for site in _odd_ones(summaries):
        conversation.drop(site, ODD_SUMMARY.error("the shape of its summary differs from the other sites'"))
    if conversation.sites != before:
        raise SitesLostError
    columns = zip(*(summaries[site] for site in conversation.sites), strict=True)
    return {number: reduce(add, column) for number, column in zip(open_jobs, columns, strict=True)}


def masked_round(conversation: Conversation, batch: Batch, names: Sequence[str]) -> list[Additive]:
    """The totals of a batch's summaries, of which the hub sees no part."""
    before = conversation.sites
    note_sets(conversation, sorted({part.view.without for part in batch.questions if part.view.without}))
    answers = conversation.ask("estimate", batch, MaskedEstimates, what=names)
    return added(conversation, before, answers, [members(HUB_SIDE[name].summary_type) for name in names])


def _read(conversation: Conversation, site: str, answer: Estimated, names: list[str]) -> list[Additive] | None:
    try:
        if len(answer.summaries) != len(names):
            raise ODD_SUMMARY.error(f"{len(answer.summaries)} summaries where {len(names)} were asked for")
        return [decode_any(data, HUB_SIDE[name].summary_type) for data, name in zip(answer.summaries, names, strict=True)]
    except EquipoiseError as error:
        conversation.drop(site, error)
        return None


def _odd_ones(summaries: dict[str, list[Additive]]) -> list[str]:
    """Sites whose summaries are of another type or shape than most sites'."""
    shapes = {site: tuple(map(_shape, found)) for site, found in summaries.items()}
    if len(set(shapes.values())) <= 1:
        return []
    usual = Counter(shapes.values()).most_common(1)[0][0]
    return [site for site, shape in shapes.items() if shape != usual]


def _shape(summary: Additive) -> tuple[object, ...]:
    parts = [part for part in fields(summary) if part.metadata.get("disclosure") != "rows"]
    return type(summary), *(np.shape(getattr(summary, part.name)) for part in parts)
