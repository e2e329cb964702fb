"""Matching, order `smallest`."""

from side_by_side.matching import work

WORK = work("smallest")
