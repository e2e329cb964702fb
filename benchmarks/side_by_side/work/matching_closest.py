"""Matching, the closest pairs first: against the definition on fewer rows, and against the time that MatchIt takes in another order."""

from side_by_side.matching import equipoise, input_of
from side_by_side.work_item import OURS, Contender, Goal, Work

DEFINITION = "all pairs sorted"
MATCHIT = "R MatchIt, largest (4.5.1 has no closest)"

WORK = Work(
    title="Matching 1:1 within a caliper, the closest pairs first",
    rows=100_000,
    make=input_of,
    contenders=(
        Contender(OURS, lambda a: equipoise("closest", a)),
        Contender(MATCHIT, r=("matching.R", "largest")),
    ),
    goals=(Goal("cpu", MATCHIT, 1 / 100),),
    same={},
)
