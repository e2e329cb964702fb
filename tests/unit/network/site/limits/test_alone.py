"""A site's own answer to views that single it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.site.data import chosen
from equipoise.network.site.limits.alone import limited
from equipoise.network.site.rows import Rows, parts
from equipoise.network.wire.messages import Part
from equipoise.network.wire.views import Setting, View
from equipoise.study.model import Arm, DeathOutcome, Index, Study
from equipoise.table.analysis_table import AnalysisTable

STUDY = Study(
    name="s",
    title="S",
    period_start=date(2016, 1, 1),
    period_end=date(2020, 1, 1),
    code_sets=(),
    index=Index(sets=("a",)),
    arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
    outcomes=(DeathOutcome(name="os"),),
)
OWN, SUMS = Policy("site-aggregates", minimum_count=2), Policy("secure-sums", minimum_count=2)
VIEW = View(outcome="os", columns="arm")


def rows_of(sites: list[str], arms: list[int]) -> Rows:
    n = len(sites)
    table = pa.table(
        {
            "person_id": pa.array(range(n), pa.int64()),
            "site": sites,
            "arm": pa.array(arms, pa.int8()),
            "os_time": np.arange(1.0, n + 1),
            "os_event": pa.array([1] * n, pa.int8()),
        }
    )
    return Rows(AnalysisTable(table, (), ()), STUDY, "hash")


POOLED = rows_of(["x"] * 4 + ["y"] * 3, [1, 1, 0, 0, 1, 1, 0])


def people(rows: Rows, view: View) -> int:
    return chosen(rows, Setting(), view).group.size


def test_a_view_of_all_is_left_as_it_is() -> None:
    assert limited(POOLED, Setting(), VIEW, SUMS) is VIEW
    assert people(POOLED, VIEW) == 7


def test_a_site_with_enough_in_both_arms_answers_alone_others_say_nothing() -> None:
    for name, n in (("x", 4), ("y", 0), ("elsewhere", 0)):
        assert people(POOLED, limited(POOLED, Setting(), replace(VIEW, site=name), OWN)) == n


def test_no_site_answers_alone_where_only_sums_are_shared() -> None:
    assert people(POOLED, limited(POOLED, Setting(), replace(VIEW, site="x"), SUMS)) == 0


def test_the_site_that_would_be_shown_by_the_difference_refuses() -> None:
    assert people(POOLED, limited(POOLED, Setting(), replace(VIEW, without=("x",)), OWN)) == 3
    for names, policy in ((("y",), OWN), (("x",), SUMS), (("x", "elsewhere"), SUMS), (("x", "y"), OWN)):
        with pytest.raises(EquipoiseError, match="EQ-GUARD-005"):
            limited(POOLED, Setting(), replace(VIEW, without=names), policy)


def test_a_group_of_three_may_be_left_out_and_others_do_not_mind() -> None:
    assert people(POOLED, limited(POOLED, Setting(), replace(VIEW, without=("y", "v", "w")), SUMS)) == 4
    assert limited(POOLED, Setting(), replace(VIEW, without=("v",)), SUMS).without == ("v",)


def test_a_pooled_table_names_its_sites() -> None:
    assert parts(POOLED) == (Part("x", 2, 2), Part("y", 2, 1))


def test_under_masks_sites_of_a_size_that_the_study_does_not_name_are_refused() -> None:
    asked = View(outcome="os", columns="arm", minimum_arm=2)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-005"):
        limited(POOLED, Setting(), asked, SUMS)
    assert limited(POOLED, Setting(), asked, OWN) == asked
