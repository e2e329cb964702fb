"""Risks and rates from columns."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import mantel_haenszel, rate_ratio, risk, table_2x2

RNG = np.random.default_rng(6)
TIME, EVENT = RNG.integers(1, 50, 150).astype(float), RNG.integers(0, 2, 150)
GROUP, SITE = RNG.choice(["TACE", "TARE"], 150), RNG.choice(["a", "b"], 150)


def test_the_second_label_is_the_exposed_one() -> None:
    found = risk(TIME, EVENT, GROUP, horizon=20, strata=SITE)
    exposed, hit = GROUP == "TARE", (EVENT == 1) & (TIME <= 20)
    cells = [int(np.sum((exposed == e) & (hit == o))) for e in (True, False) for o in (True, False)]
    assert found.fit.crude == table_2x2(*cells).fit
    time = np.minimum(TIME, 20)
    rates = rate_ratio(cells[0], float(time[exposed].sum()), cells[2], float(time[~exposed].sum())).fit
    assert found.fit.rates == rates
    assert found.fit.stratified.odds_ratio == mantel_haenszel(exposed, hit, SITE, exact=False).fit.odds_ratio


def test_rows_of_the_summary_depend_on_what_was_given() -> None:
    plain = risk(TIME, EVENT, GROUP)
    assert set(plain.summary().index.get_level_values(0)) == {"crude"}
    full = risk(TIME, EVENT, GROUP, strata=SITE, weights=RNG.uniform(0.5, 2, 150)).summary()
    assert set(full.index.get_level_values(0)) == {"crude", "strata", "weights"}
    assert repr(plain).startswith("TARE: ")


def test_refusals() -> None:
    with pytest.raises(EquipoiseError, match="two labels"):
        risk(TIME, EVENT, ["x"] * 150)
    with pytest.raises(EquipoiseError, match="horizon"):
        risk(TIME, EVENT, GROUP, horizon=-1)
