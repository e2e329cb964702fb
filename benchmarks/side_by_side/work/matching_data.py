"""Matching, order `data`."""

from side_by_side.matching import work

WORK = work("data")
