"""An estimator on a network of one: the same two halves, with the data in the same process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import TypeVar

from equipoise.estimators.shape import Additive, Done, HubHalf

Data = TypeVar("Data")
Ask = TypeVar("Ask")
Sum = TypeVar("Sum", bound=Additive)
Result = TypeVar("Result")


def run_sites(hub: HubHalf[Ask, Sum, Result], summarise: Callable[[Data, Ask], Sum], sites: Sequence[Data]) -> Result:
    """Put each ask to every data set, add the summaries and let the hub decide, until it is done."""
    ask = hub.first()
    while True:
        total = reduce(add, (summarise(data, ask) for data in sites))
        step = hub.finish(ask, total)
        if isinstance(step, Done):
            return step.result
        ask = step.ask


def run_local(hub: HubHalf[Ask, Sum, Result], summarise: Callable[[Data, Ask], Sum], data: Data) -> Result:
    """The answer on one data set."""
    return run_sites(hub, summarise, [data])
