"""Charlson and Elixhauser scores of hand-worked patients; weights as published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import ComorbidityCovariate
from equipoise.table.comorbidity import comorbidity_index, comorbidity_score, group_flags, groups_of_codes


def codes_of(*codes: str, vocabulary: str = "ICD10CM", person: int = 1) -> pa.Table:
    n = len(codes)
    return pa.table(
        {
            "person_id": pa.array([person] * n, pa.int64()),
            "vocabulary": pa.array([vocabulary] * n, pa.string()),
            "code": pa.array(codes, pa.string()),
        }
    )


def score(covariate: ComorbidityCovariate, *codes: str, vocabulary: str = "ICD10CM") -> float:
    return float(comorbidity_score(covariate, codes_of(*codes, vocabulary=vocabulary), np.array([1]))[0])


CHARLSON = ComorbidityCovariate(name="c")
QUAN = ComorbidityCovariate(name="c", weights="quan2011")
WALRAVEN = ComorbidityCovariate(name="e", index="Elixhauser", weights="vanwalraven")
COUNT = ComorbidityCovariate(name="e", index="Elixhauser", weights="count")


@pytest.mark.parametrize(
    ("codes", "charlson", "quan"),
    [
        ((), 0, 0),
        (("Z000",), 0, 0),
        (("I219", "I509", "E119", "E1122", "N183"), 1 + 1 + 2 + 2, 0 + 2 + 1 + 1),
        (("E119",), 1, 0),
        (("C50911", "C787"), 6, 6),
        (("C50911",), 2, 2),
        (("K7460", "K766"), 3, 4),
        (("K7460",), 1, 2),
        (("B20",), 6, 4),
        (("J449", "M0579", "K259", "F03"), 1 + 1 + 1 + 1, 1 + 1 + 0 + 2),
        (("G8191", "I639", "I739"), 2 + 1 + 1, 2 + 0 + 0),
        (("I252", "I219"), 1, 0),
        (("I25", "I2"), 0, 0),
    ],
)
def test_charlson_of_hand_worked_patients(codes: tuple[str, ...], charlson: float, quan: float) -> None:
    assert score(CHARLSON, *codes) == charlson
    assert score(QUAN, *codes) == quan


@pytest.mark.parametrize(
    ("codes", "walraven", "count"),
    [
        ((), 0, 0),
        (("I509", "I4891"), 7 + 5, 2),
        (("I10", "I110"), 7 + 0, 2),
        (("E119", "E1122"), 0, 1),
        (("C50911", "C787"), 12, 1),
        (("C50911",), 4, 1),
        (("I426",), 7 + 0, 2),
        (("K703",), 11 + 0, 2),
        (("E669", "F1120", "F329"), -4 - 7 - 3, 3),
        (("D649",), 0, 0),
        (("D509", "D500"), -2 - 2, 2),
    ],
)
def test_elixhauser_of_hand_worked_patients(codes: tuple[str, ...], walraven: float, count: float) -> None:
    assert score(WALRAVEN, *codes) == walraven
    assert score(COUNT, *codes) == count


QUAN_2011 = (
    """ami 0 chf 2 pvd 0 cevd 0 dementia 2 copd 1 rheumd 1 pud 0 mld 2 diab 0 diabwc 1 hp 2 rend 1 canc 2 msld 4 metacanc 6 aids 4"""
)
CHARLSON_1987 = (
    """ami 1 chf 1 pvd 1 cevd 1 dementia 1 copd 1 rheumd 1 pud 1 mld 1 diab 1 diabwc 2 hp 2 rend 2 canc 2 msld 3 metacanc 6 aids 6"""
)
VAN_WALRAVEN_2009 = """chf 7 carit 5 valv -1 pcd 4 pvd 2 hypunc 0 hypc 0 para 7 ond 6 cpd 3 diabunc 0 diabc 0 hypothy 0 rf 5 ld 11 pud 0
    aids 0 lymph 9 metacanc 12 solidtum 4 rheumd 0 coag 3 obes -4 wloss 6 fed 5 blane -2 dane -2 alcohol 0 drug -7 psycho 0 depre -3"""


@pytest.mark.parametrize(
    ("name", "weights", "published"),
    [("Charlson", "quan2011", QUAN_2011), ("Charlson", "charlson1987", CHARLSON_1987), ("Elixhauser", "vanwalraven", VAN_WALRAVEN_2009)],
)
def test_weights_are_those_published(name: str, weights: str, published: str) -> None:
    index, words = comorbidity_index(name), published.split()
    assert dict(zip(index.groups, index.weights[weights], strict=True)) == {
        g: float(w) for g, w in zip(words[::2], words[1::2], strict=True)
    }


def test_the_greatest_score_is_24_as_quan_2011_states() -> None:
    one_of_each_pair = ("I50", "F03", "J44", "M05", "E112", "G81", "N18", "K766", "C78", "B20")
    assert score(QUAN, *one_of_each_pair) == 24


def test_icd9_and_dots_and_small_letters() -> None:
    assert score(CHARLSON, "4280", "25040", "25000", vocabulary="ICD9CM") == 1 + 2
    assert score(CHARLSON, "428.0", vocabulary="ICD9CM") == 1
    assert score(CHARLSON, "i50.9") == 1
    assert score(CHARLSON, "I50", vocabulary="ICD10") == 1
    assert score(CHARLSON, "I50", vocabulary="SNOMED") == 0
    assert score(CHARLSON, "V434", vocabulary="ICD9CM") == 1


def test_a_code_in_two_groups_counts_in_both() -> None:
    assert groups_of_codes("Charlson", "ICD9CM", ["4373"])[0].sum() == 2
    assert group_flags("Elixhauser", codes_of("I426"), np.array([1])).sum() == 2


def test_every_person_is_scored_alone() -> None:
    table = pa.concat_tables([codes_of("I509", person=7), codes_of("C787", person=9), codes_of("4280", vocabulary="ICD9CM", person=9)])
    np.testing.assert_array_equal(comorbidity_score(CHARLSON, table, np.array([5, 7, 9])), [0, 1, 7])


def test_groups_left_out_by_name_or_label() -> None:
    bare = CHARLSON.model_copy(update={"without": ("metacanc", "any malignancy (non-metastatic)")})
    assert score(bare, "C787", "C509", "I509") == 1


def test_errors() -> None:
    with pytest.raises(EquipoiseError) as caught:
        score(CHARLSON.model_copy(update={"without": ("metacan",)}), "I50")
    assert caught.value.code == "EQ-TABLE-001"
    assert caught.value.problems[0].did_you_mean == "metacanc"
    with pytest.raises(EquipoiseError) as caught:
        score(CHARLSON.model_copy(update={"weights": "vanwalraven"}), "I50")
    assert caught.value.code == "EQ-TABLE-002"


def test_codes_are_those_of_the_reference_file(shared: Path) -> None:
    import csv
    from importlib.resources import files

    theirs = list(csv.DictReader((shared / "clinical" / "comorbidity_map.csv").read_text(encoding="utf-8").splitlines()))
    ours = list(csv.DictReader(files("equipoise.table").joinpath("data/comorbidity_map.csv").read_text(encoding="utf-8").splitlines()))
    differ = [(a["group"], {key for key in a if a[key] != b[key]}) for a, b in zip(ours, theirs, strict=True) if a != b]
    assert {group for group, _ in differ} == {"aids"}, "one correction, see ORIGIN.md"
    assert all(keys == {"weight_quan2011"} for _, keys in differ)
