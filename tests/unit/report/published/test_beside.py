"""Two written reports beside the sentences of an abstract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.report import write_report
from equipoise.report.published.beside import beside_page, write_beside
from equipoise.report.published.folder import read_report
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Claim

CLAIM = Claim(words="36 <b>months</b>.", outcome="os", measure="median_survival", arm="TARE", value=36, unit="months", p_value=0.04)


@pytest.fixture(scope="module")
def reports(made: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    bare = replace(made, curves=(), baseline=(), propensity=(), overlap=(), weights=())
    claimed = made.study.model_copy(update={"claims": (CLAIM,), "title": "The replica"})
    main = tuple(replace(r, estimate=r.estimate * 2) if r.measure == "median_survival" and r.estimate else r for r in bare.records)
    write_report(replace(bare, study=claimed), folder / "replica")
    write_report(replace(bare, records=main), folder / "main")
    return folder / "replica", folder / "main"


def test_a_report_is_read_back(made: StudyResult, reports: tuple[Path, Path]) -> None:
    read = read_report(reports[0])
    assert (read.title, read.main, read.claims, read.study_hash) == ("The replica", "overlap", (CLAIM,), made.study_hash)
    assert len(read.records) == len(made.records)
    assert read.records[0] == replace(made.records[0])


def test_the_page_has_three_columns_and_both_answers(reports: tuple[Path, Path]) -> None:
    page = beside_page(*reports)
    for words in ("As published", "As replicated", "As it should be asked", "34.6 (29.1–42.2), n = 334", "69.2", "The replica"):
        assert words in page, words
    assert "36 &lt;b&gt;months&lt;/b&gt;." in page
    assert "<script" not in page


def test_claims_of_either_study_are_enough(reports: tuple[Path, Path]) -> None:
    replica, main = reports
    assert "34.6 (29.1–42.2), n = 334" in beside_page(main, replica)


def test_a_sentence_may_have_a_claim_for_each_outcome_of_either_study(made: StudyResult, tmp_path: Path) -> None:
    words = "Enzymes were higher after TACE."
    plain = Claim(words=words, arm="TACE", comparator="TARE", direction="higher")
    ratio = plain.model_copy(update={"outcome": "os", "measure": "hazard_ratio"})
    mean = plain.model_copy(update={"outcome": "os", "measure": "rmst_difference"})
    for name, claims in (("replica", (CLAIM, plain)), ("main", (ratio, mean))):
        study = made.study.model_copy(update={"claims": claims})
        write_report(replace(made, study=study, curves=(), baseline=(), propensity=(), overlap=(), weights=()), tmp_path / name)
    page = beside_page(tmp_path / "replica", tmp_path / "main")
    assert page.count(words) == 1
    row = page[page.index(words) :]
    for text in (
        "TACE higher than TARE",
        "No outcome of this study is named for it.",
        "TACE was",
        "hazard ratio 0.80 (0.65–0.98)",
    ):
        assert text in row, text


def test_it_is_written_whole(reports: tuple[Path, Path], tmp_path: Path) -> None:
    write_beside(*reports, tmp_path / "new" / "page.html")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["page.html"]


def test_mistakes_have_codes(reports: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(EquipoiseError) as caught:
        beside_page(tmp_path, reports[1])
    assert caught.value.problems[0].kind.code == "EQ-REPORT-004"
    with pytest.raises(EquipoiseError) as caught:
        beside_page(reports[1], reports[1])
    assert caught.value.problems[0].kind.code == "EQ-REPORT-005"
    (tmp_path / "claims.json").write_text("{}", encoding="utf-8")
    (tmp_path / "results.json").write_text("[]", encoding="utf-8")
    with pytest.raises(EquipoiseError) as caught:
        beside_page(tmp_path, reports[1])
    assert caught.value.problems[0].kind.code == "EQ-REPORT-004"
