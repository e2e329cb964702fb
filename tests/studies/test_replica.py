"""The as-published replica of the flagship: what it takes for what, how it matches, what the abstract said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from equipoise.checks.all_checks import refuse_unanswered, review_design
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.local import SitePlace, open_network, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.model import Matching
from equipoise.study.reading import LoadedStudy, read_study

STUDIES = Path(__file__).resolve().parents[2] / "studies"


@pytest.fixture(scope="module")
def replica() -> LoadedStudy:
    return read_study(STUDIES / "bclm" / "replica.yaml")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[SitePlace, ...]:
    out = tmp_path_factory.mktemp("simulated") / "network"
    simulate_network(out, hospitals=3, patients=400, seed=5, scenario="flagship")
    return open_network(out)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def found(replica: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    return run_study(replica, network, cache_dir=cache)


@pytest.fixture(scope="module")
def rows(replica: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(replica.study, replica.hash) for place in network]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def test_it_does_what_the_platform_does(replica: LoadedStudy) -> None:
    study = replica.study
    assert study.design == "as published"
    assert study.analysis.matching == Matching(ratio=1, caliper_sd=0.1, scale="score", order="random", seed=1, focal="smaller")
    assert (study.analysis.adjustments, study.analysis.main, study.analysis.cox_strata) == (("crude", "matched"), "matched", "none")
    assert study.propensity is not None
    assert study.propensity.site_intercept_sd is None
    assert study.classification is not None
    assert (study.classification.definition, study.classification.unspecified) == ("liberal", "TACE")


def test_every_sentence_of_the_abstract_stands_in_it_verified(replica: LoadedStudy) -> None:
    claims = replica.study.claims or ()
    assert {claim.status for claim in claims} == {"verified"}
    medians = {claim.arm: (claim.value, claim.p_value) for claim in claims if claim.measure == "median_survival"}
    assert medians == {
        "TARE": (36, 0.04),
        "TARE with immunotherapy": (38, None),
        "TACE with immunotherapy": (36, 0.03),
        "TARE with chemotherapy": (33, 0.05),
        "TACE with chemotherapy": (30, 0.04),
    }
    (whole,) = [claim for claim in claims if claim.arm == "TARE" and claim.value == 36]
    assert (whole.n, whole.comparator_n, whole.comparator_value) == (334, 84, 25)
    assert any("synergy" in claim.words for claim in claims)


def test_its_flaws_are_found_and_the_error_among_them_is_answered(replica: LoadedStudy) -> None:
    notes = review_design(replica.study)
    refuse_unanswered(notes)
    with pytest.raises(EquipoiseError, match="DC41"):
        refuse_unanswered(review_design(replica.study.model_copy(update={"overrides": None})))
    assert {"DC02", "DC41"} <= {note.code for note in notes}
    assert "error" not in {note.severity for note in notes}


def test_arms_are_decided_by_the_isotope_alone(found: StudyResult, rows: pd.DataFrame) -> None:
    unspecified = [row.n for row in found.sessions if not row.site and row.what == "unspecified"]
    assert unspecified
    assert all(unspecified)
    assert found.flow[-1].n == len(rows)
    assert (found.flow[-1].n_target, found.flow[-1].n_comparator) == tuple((rows["arm"] == arm).sum() for arm in (1, 0))


def test_pairs_are_compared_by_log_rank_median_and_hazard_ratio(found: StudyResult) -> None:
    mine = [r for r in found.records if (r.analysis, r.adjustment, r.outcome) == ("main", "matched", "os")]
    assert {"hazard_ratio", "logrank", "median_survival", "survival", "survival_difference"} <= {r.measure for r in mine}
    (ratio,) = [r for r in mine if r.measure == "hazard_ratio"]
    assert ratio.n_target == ratio.n_comparator
    assert 0 < ratio.n_comparator <= found.flow[-1].n_comparator


def test_the_crude_log_rank_test_is_the_textbook_one(found: StudyResult, rows: pd.DataFrame) -> None:
    time, event, arm = (rows[name].to_numpy(dtype=float) for name in ("os_time", "os_event", "arm"))
    observed = expected = variance = 0.0
    for day in np.unique(time[event == 1]):
        n, n1 = (time >= day).sum(), ((time >= day) & (arm == 1)).sum()
        d, d1 = ((time == day) & (event == 1)).sum(), ((time == day) & (event == 1) & (arm == 1)).sum()
        observed, expected = observed + d1, expected + d * n1 / n
        variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1) if n > 1 else 0.0
    (record,) = [r for r in found.records if (r.outcome, r.measure, r.adjustment, r.analysis) == ("os", "logrank", "crude", "main")]
    statistic = (observed - expected) ** 2 / variance
    assert record.estimate == pytest.approx(statistic, rel=1e-9)
    assert record.p_value == pytest.approx(chi2.sf(statistic, 1), rel=1e-8)
