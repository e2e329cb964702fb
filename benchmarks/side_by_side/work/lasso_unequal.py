"""The lasso path of a large propensity model, prevalences unequal."""

from side_by_side.lasso import work

WORK = work("unequal", even=False)
