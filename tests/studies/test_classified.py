"""The flagship with sessions: the same patients as by evidence codes alone, and what each definition adds."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from equipoise.network.local import count_study, open_network
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import parse_study, read_study

STUDIES = Path(__file__).resolve().parents[2] / "studies"
CLASSIFIED = STUDIES / "bclm-classified.yaml"
EVIDENCE = {"79445", "C2616", "S2095", "DF10BYZ", "96420", "96422", "3E05305"}


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("flagship") / "net"
    simulate_network(folder, 68, 418, 7, "flagship")
    return folder


def arms(study, network: Path) -> tuple[object, object]:
    last = count_study(study, open_network(network)).flow[-1]
    return last.n_target, last.n_comparator


def defined(definition: str):
    text = CLASSIFIED.read_text(encoding="utf-8")
    assert "definition: main" in text
    return parse_study(text.replace("definition: main", f"definition: {definition}"), CLASSIFIED)


def bland(network: Path) -> int:
    """Persons with an embolisation and no code that says of what kind, at any time."""
    found = 0
    for hospital in network.glob("H*"):
        codes: dict[int, set[str]] = {}
        for table in ("procedure_occurrence", "device_exposure"):
            rows = pq.read_table(hospital / f"{table}.parquet", columns=["person_id", f"{table.split('_')[0]}_source_value"])
            for person, code in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                codes.setdefault(person, set()).add(str(code).replace(".", ""))
        found += sum("37243" in known and not known & EVIDENCE for known in codes.values())
    return found


def test_main_and_strict_find_the_patients_of_the_plain_study(network):
    plain = arms(read_study(STUDIES / "bclm.yaml"), network)
    assert plain == (334, 84)
    assert arms(read_study(CLASSIFIED), network) == plain
    assert arms(defined("strict"), network) == plain


def test_liberal_adds_the_bland_ones_to_the_comparator(network):
    assert bland(network) > 0
    assert arms(defined("liberal"), network) == (334, 84 + bland(network))
