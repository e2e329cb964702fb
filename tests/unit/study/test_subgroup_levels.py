from __future__ import annotations

import pytest

from equipoise.study.model import AgeCriterion, CategoryLevel, CriterionSubgroup
from equipoise.study.subgroup_levels import as_category, cut_levels


@pytest.mark.parametrize(
    ("cuts", "years", "levels"),
    [
        ((65.0,), False, ("under 65", "65 or more")),
        ((50.0, 65.0, 75.0), False, ("under 50", "50 to under 65", "65 to under 75", "75 or more")),
        ((3.5,), False, ("under 3.5", "3.5 or more")),
        ((2019.0, 2022.0), True, ("before 2019", "2019-2021", "2022 and later")),
        ((2019.0, 2020.0), True, ("before 2019", "2019", "2020 and later")),
    ],
)
def test_cut_levels_say_where_they_begin_and_end(cuts: tuple[float, ...], years: bool, levels: tuple[str, ...]) -> None:
    assert cut_levels(cuts, years=years) == levels


def test_a_subgroup_by_criteria_is_a_category_whose_name_no_covariate_can_have() -> None:
    made = as_category(CriterionSubgroup(name="age", levels=(CategoryLevel(level="old", criterion=AgeCriterion(at_least=65)),)))
    assert (made.name, made.otherwise) == ("subgroup age", "")
