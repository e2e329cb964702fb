from __future__ import annotations

import numpy as np

from equipoise.estimators.data import ModelData
from equipoise.estimators.loop import run_sites
from equipoise.estimators.site_mix.hub import SiteMixHub
from equipoise.estimators.site_mix.site import summarise


def rows(*sites: tuple[int, int]) -> ModelData:
    """sites: (comparator, target) persons of each."""
    block = np.repeat(np.arange(len(sites)), [sum(site) for site in sites]).astype(np.int64)
    y = np.concatenate([np.repeat([0.0, 1.0], site) for site in sites])
    return ModelData(np.zeros((len(y), 0)), y, np.ones(len(y)), block)


def test_counted_by_hand():
    found = run_sites(SiteMixHub(), summarise, [rows((6, 2), (0, 3), (2, 0), (0, 5))])
    assert (found.sites, found.both, found.persons, found.alone) == (4, 1, (8, 10), (2, 8))
    assert found.above == (1, 2), "6 of 8 and 2 of 8 comparators; 3 and 5 of 10 targets are more than a quarter"
    assert found.share_alone == 10 / 18


def test_a_quarter_is_not_more_than_a_quarter():
    assert run_sites(SiteMixHub(), summarise, [rows((1, 1), (1, 1), (1, 1), (1, 1))]).above == (0, 0)


def test_nobody_anywhere():
    found = run_sites(SiteMixHub(), summarise, [rows((0, 0))])
    assert found.sites == 0
    assert np.isnan(found.share_alone)
