"""Matching, order `largest`."""

from side_by_side.matching import work

WORK = work("largest")
