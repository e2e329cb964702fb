"""The lasso path of a large propensity model, prevalences equal."""

from side_by_side.lasso import work

WORK = work("equal", even=True)
