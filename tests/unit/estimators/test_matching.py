"""Greedy matching against a plain search over all pairs; de-identified rows in any order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimators.loop import run_local, run_sites
from equipoise.estimators.matching.greedy import MatchRule, Pairs, greedy_match
from equipoise.estimators.matching.hub import MatchRowsHub
from equipoise.estimators.matching.site import matched_here, summarise, tokens
from equipoise.estimators.matching.subclasses import coarsen, exact_subclasses, score_subclasses
from equipoise.estimators.matching.summary import MatchRowsData
from equipoise.estimators.matching.weights import pair_weights, subclass_weights
from equipoise.kernel.errors import EquipoiseError


def plain_search(score: np.ndarray, treated: np.ndarray, rule: MatchRule, exact: np.ndarray) -> set[tuple[int, int]]:
    """Each focal person in turn looks at every partner who is free."""
    focal = np.flatnonzero(treated == 1)
    key = {"largest": -score[focal], "smallest": score[focal], "data": np.arange(len(focal))}[rule.order]
    used: set[int] = set()
    pairs: set[tuple[int, int]] = set()
    for _ in range(rule.ratio):
        for person in focal[np.argsort(key, kind="stable")]:
            free = [
                (abs(score[c] - score[person]), score[c], c)
                for c in np.flatnonzero((treated == 0) & (exact == exact[person]))
                if c not in used and (person, c) not in pairs and (rule.caliper is None or abs(score[c] - score[person]) <= rule.caliper)
            ]
            if free:
                chosen = min(free)[2]
                pairs.add((int(person), int(chosen)))
                if not rule.replace:
                    used.add(int(chosen))
    return pairs


@given(
    st.integers(0, 10_000),
    st.integers(0, 40),
    st.sampled_from(["largest", "smallest", "data"]),
    st.integers(1, 3),
    st.sampled_from([None, 0.05, 0.5]),
    st.booleans(),
    st.integers(1, 3),
)
def test_finds_what_a_plain_search_finds(
    seed: int, n: int, order: str, ratio: int, caliper: float | None, replace: bool, strata: int
) -> None:
    rng = np.random.default_rng(seed)
    score, treated, exact = rng.normal(size=n), rng.integers(0, 2, n), rng.integers(0, strata, n)
    rule = MatchRule(ratio, caliper, order, replace)  # type: ignore[arg-type]
    found = greedy_match(score, treated, rule, exact)
    assert set(zip(found.focal.tolist(), found.partner.tolist(), strict=True)) == plain_search(score, treated, rule, exact)


def closest_by_definition(score: np.ndarray, treated: np.ndarray, ratio: int, caliper: float | None) -> set[tuple[int, int]]:
    """All pairs in order of their distance; each forms if both are free. As near: the first focal row, then to the left in the line."""
    line = np.lexsort((np.arange(len(score)), score))
    place = np.argsort(line)
    every = [
        (abs(score[f] - score[c]), f, place[c] > place[f], abs(place[c] - place[f]), c)
        for f in np.flatnonzero(treated == 1)
        for c in np.flatnonzero(treated == 0)
        if caliper is None or abs(score[f] - score[c]) <= caliper
    ]
    pairs: set[tuple[int, int]] = set()
    for done in range(1, ratio + 1):
        for _, f, _, _, c in sorted(every):
            if sum(f == other for other, _ in pairs) < done and all(c != other for _, other in pairs):
                pairs.add((int(f), int(c)))
    return pairs


@given(st.integers(0, 10_000), st.integers(0, 30), st.integers(1, 2), st.sampled_from([None, 1, 4]), st.sampled_from([5, 1000]))
def test_the_closest_pairs_form_first(seed: int, n: int, ratio: int, caliper: float | None, values: int) -> None:
    rng = np.random.default_rng(seed)
    score, treated = rng.integers(0, values, n).astype(np.float64), rng.integers(0, 2, n)
    found = greedy_match(score, treated, MatchRule(ratio, caliper, "closest"))
    pairs = set(zip(found.focal.tolist(), found.partner.tolist(), strict=True))
    assert pairs == closest_by_definition(score, treated, ratio, caliper)


@pytest.mark.parametrize("n", [5, 24, 61])
@pytest.mark.parametrize("ratio", [1, 2])
def test_the_closest_pairs_form_first_where_each_hangs_on_the_next(n: int, ratio: int) -> None:
    score, treated = np.cumsum(np.linspace(2, 1, n)), np.arange(n) % 2  # gaps shrink, so nearly nobody is the nearest of their nearest
    found = greedy_match(score, treated, MatchRule(ratio, 3.0, "closest"))
    assert set(zip(found.focal.tolist(), found.partner.tolist(), strict=True)) == closest_by_definition(score, treated, ratio, 3.0)


def test_the_closest_first_take_no_other_order() -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        greedy_match(np.zeros(2), np.array([0, 1]), MatchRule(order="closest", focal_order=(0,)))


def test_equal_scores_stand_in_the_order_of_their_rows() -> None:
    score, treated = np.array([1.0, 1.0, 1.0, 1.0]), np.array([0, 1, 0, 0])
    assert greedy_match(score, treated, MatchRule(ratio=3)).partner.tolist() == [0, 2, 3]


def test_a_caliper_is_kept() -> None:
    score, treated = np.array([0.0, 0.3, 5.0, 5.1]), np.array([1, 0, 1, 0])
    assert greedy_match(score, treated, MatchRule(caliper=0.2)).focal.tolist() == [2]
    assert greedy_match(score, treated, MatchRule(caliper=0.2, truncated=True)).focal.tolist() == [0, 2]


def test_a_random_order_is_repeatable_and_another_seed_another_order() -> None:
    rng = np.random.default_rng(0)
    score, treated = rng.normal(size=300), (rng.random(300) < 0.45).astype(np.int64)
    partners = [greedy_match(score, treated, MatchRule(order="random", seed=s)).partner.tolist() for s in (1, 1, 2)]
    assert partners[0] == partners[1] != partners[2]
    assert len(set(partners[0])) == len(partners[0])


def test_ten_thousand_by_a_hundred_thousand_is_quick() -> None:
    rng = np.random.default_rng(0)
    treated = (np.arange(50_000) < 20_000).astype(np.int64)
    pairs = greedy_match(np.sort(rng.normal(size=50_000)), treated, MatchRule(ratio=1))
    assert len(pairs.focal) == 20_000


def test_scores_must_be_finite() -> None:
    with pytest.raises(EquipoiseError) as raised:
        greedy_match(np.array([np.inf, 0.0]), np.array([1, 0]), MatchRule())
    assert raised.value.code == "EQ-EST-106"


def test_a_shared_partner_weighs_for_each() -> None:
    weight = pair_weights(Pairs(np.array([0, 1, 1]), np.array([2, 2, 3])), 5)
    np.testing.assert_allclose(weight, [1, 1, 1.5, 0.5, 0])


def test_subclass_weights_give_the_arms_equal_subclass_sizes() -> None:
    rng = np.random.default_rng(1)
    treated = rng.integers(0, 2, 200)
    subclass = score_subclasses(rng.normal(size=200) + treated, treated, 5)
    for estimand in ("ATT", "ATC", "ATE"):
        weight = subclass_weights(subclass, treated, estimand)  # type: ignore[arg-type]
        shares = [np.bincount(subclass[treated == a], weights=weight[treated == a]) / weight[treated == a].sum() for a in (0, 1)]
        np.testing.assert_allclose(shares[0], shares[1], rtol=1e-12)


def test_every_subclass_gets_both_arms() -> None:
    treated = np.array([1] * 20 + [0] * 6)
    subclass = score_subclasses(np.r_[np.linspace(0, 1, 20), np.zeros(6)], treated, 5)
    assert set(subclass[treated == 0]) == set(range(5))


def test_exact_and_coarsened() -> None:
    treated = np.array([1, 1, 0, 0, 0])
    assert exact_subclasses([np.array([0, 1, 1, 1, 2])], treated).tolist() == [-1, 0, 0, 0, -1]
    assert coarsen(np.array([1.0, 2.0, 2.5]), [2.0]).tolist() == [0, 1, 1]
    with pytest.raises(EquipoiseError):
        exact_subclasses([np.array([0, 0, 1, 1, 1])], treated)


def network(seed: int = 0, n: int = 200) -> MatchRowsData:
    rng = np.random.default_rng(seed)
    site = np.repeat(["A", "B", "C", "D"], n // 4)
    return MatchRowsData(tokens(site, range(n), b"study"), rng.beta(2, 3, n), (rng.random(n) < 0.3).astype(np.int64))


def part(data: MatchRowsData, keep: np.ndarray) -> MatchRowsData:
    return MatchRowsData(data.token[keep], data.score[keep], data.treated[keep])


@pytest.mark.parametrize("hub", [MatchRowsHub(), MatchRowsHub(ratio=2, caliper_sd=None, scale="score", order="random", seed=7)])
def test_sites_and_pooled_match_the_same_people(hub: MatchRowsHub) -> None:
    data = network()
    shuffled = np.random.default_rng(3).permutation(200)
    pooled = run_local(hub, summarise, part(data, shuffled))
    sites = [part(data, np.arange(200) // 50 == k) for k in (2, 0, 3, 1)]
    split = run_sites(hub, summarise, sites)
    np.testing.assert_array_equal(split.token, pooled.token)
    np.testing.assert_array_equal(split.pair, pooled.pair)
    np.testing.assert_array_equal(split.weight, pooled.weight)
    at_sites = [matched_here(split, site.token) for site in sites]
    everybody = matched_here(pooled, data.token)
    assert sum(weight.sum() for weight, _ in at_sites) == pytest.approx(everybody[0].sum())
    assert pooled.n_matched_target == ((everybody[0] > 0) & (data.treated == 1)).sum()


def test_each_set_has_one_target_person() -> None:
    data = network(1)
    result = run_local(MatchRowsHub(), summarise, data)
    _, pair = matched_here(result, data.token)
    for number in range(result.n_matched_target):
        assert sorted(data.treated[pair == number]) == [0, 1]


def test_the_smaller_arm_chooses_whichever_it_is() -> None:
    rng = np.random.default_rng(3)
    treated = (rng.random(400) < 0.8).astype(np.int64)
    score = np.clip(rng.beta(4, 2, 400) + 0.05 * treated, 0.01, 0.99)
    names = tokens(["A"] * 400, range(400), b"k")
    one = run_local(MatchRowsHub(), summarise, MatchRowsData(names, score, treated))
    other = run_local(MatchRowsHub(), summarise, MatchRowsData(names, 1 - score, 1 - treated))
    assert set(one.token) == set(other.token)
    assert one.n_matched_target == one.n_matched_comparator <= (1 - treated).sum()

    def gap(hub: MatchRowsHub) -> float:
        kept = np.isin(names, run_local(hub, summarise, MatchRowsData(names, score, treated)).token)
        return abs(float(score[kept & (treated == 1)].mean() - score[kept & (treated == 0)].mean()))

    assert gap(MatchRowsHub()) < 0.2 * gap(MatchRowsHub(focal="target"))


def test_tokens_need_the_key() -> None:
    assert tokens(["A"], [1], b"one")[0] != tokens(["A"], [1], b"two")[0]
    assert tokens(["A"], [1], b"one")[0] != tokens(["B"], [1], b"one")[0]
    assert tokens(["A", "B"], [1, 1], b"one")[1] == tokens(["B"], [1], b"one")[0]
    assert len(tokens([], [], b"k")) == 0


def test_an_empty_arm_is_refused() -> None:
    with pytest.raises(EquipoiseError) as raised:
        run_local(MatchRowsHub(), summarise, MatchRowsData(tokens(["A"], [1], b"k"), np.array([0.5]), np.array([1])))
    assert raised.value.code == "EQ-EST-105"
