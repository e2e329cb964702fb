"""Every study of `studies/` run whole over a network where one site's records bear marks: none is in a message, a log, an output or a
report, whatever terms the sites are under. And together the studies ask every question that there is."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equipoise.estimators.site_side import SITE_SIDE
from equipoise.guard.policy import Policy, Share
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.local import SitePlace, open_network, sites
from equipoise.network.wire.codec import decode
from equipoise.network.wire.messages import Batch, Question
from equipoise.report.tables.all_tables import all_tables
from equipoise.report.tables.csv_file import csv_text
from equipoise.report.write import write_report
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import read_study
from leak.marks import dates_in, found_in, mark_records, readable, spellings

STUDIES = Path(__file__).resolve().parents[2] / "studies"
NAMES = sorted(path.relative_to(STUDIES).with_suffix("").as_posix() for path in STUDIES.rglob("*.yaml"))
FIRST = "H01"
HOSPITALS, PATIENTS, SEED = 3, 300, 11
RECORDS = {"diabetes": "diabetes", "nsaid-gibleed": "gibleed"}
"""Whose records a study is asked over; all others are the flagship's."""
SECURE, SUMS, ROWS = get_args(Share)
KINDS = get_args(get_type_hints(Question)["kind"])
UNDER = sorted({(study, SECURE) for study in NAMES} | {("bclm", SUMS), ("bclm", ROWS), ("bclm/replica", ROWS)})
LONG = ("bclm/main", "bclm/replica", "diabetes")
OF_FILES = "2000-01-01"
"""The date that files of a report bear, so that the same result makes the same bytes."""
pytestmark = pytest.mark.xdist_group("marked studies")


@dataclass
class Eavesdropped:
    """Keeps what is said both ways, and which questions are asked."""

    inner: InProcess
    said: list[bytes] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    @property
    def sites(self) -> tuple[str, ...]:
        return self.inner.sites

    def ask(self, message, names, answered):
        question = decode(message, Question)
        self.asked.add(question.kind)
        if question.kind == "estimate":
            self.asked |= {part.estimator for part in decode(question.body, Batch).questions}
        replies = self.inner.ask(message, names, answered)
        self.said += [reply.message or b"" for reply in replies] + [reply.why.encode() for reply in replies] + [message]
        return replies


@dataclass(frozen=True)
class Run:
    """A study's run: its result, the questions, and everything that was said or written where the hub can read it."""

    result: StudyResult
    asked: frozenset[str]
    everything: bytes


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Callable[[str], Path]:
    """By name of the records: hospitals of which the first bears marks in all columns of its records."""
    made: dict[str, Path] = {}

    def network(records: str) -> Path:
        if records not in made:
            out = made[records] = tmp_path_factory.mktemp("marked") / "NET"
            if records == "gibleed":
                deal(shared / "omop" / "gibleed", out)
            else:
                simulate_network(out, HOSPITALS, PATIENTS, SEED, records)
            assert mark_records(out / FIRST) > 60
        return made[records]

    return network


def deal(cdm: Path, out: Path) -> None:
    """A CDM's persons as those of three hospitals."""
    for place in range(HOSPITALS):
        (out / f"H0{place + 1}").mkdir(parents=True)
    for file in cdm.glob("*.parquet"):
        table = pq.read_table(file)
        for place in range(HOSPITALS):
            here = table
            if "person_id" in table.column_names:
                here = table.filter([person % HOSPITALS == place for person in table["person_id"].to_pylist()])
            pq.write_table(here, out / f"H0{place + 1}" / file.name)


@pytest.fixture(scope="module")
def run(networks: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Share], Run]:
    """Runs a study under some terms, once."""
    done: dict[tuple[str, Share], Run] = {}

    def ran(study: str, share: Share) -> Run:
        if (study, share) not in done:
            places = open_network(networks(RECORDS.get(study, "flagship")))
            done[study, share] = spoken(study, places, share, tmp_path_factory.mktemp("run"))
        return done[study, share]

    return ran


def spoken(study: str, places: tuple[SitePlace, ...], share: Share, home: Path) -> Run:
    """Run the study; what the sites keep for themselves stays out of what is searched, their logs are in it.

    Of the longest studies no figures are drawn: they hold what is in the result, which is searched too.
    """
    loaded = read_study(STUDIES / f"{study}.yaml")
    transport = Eavesdropped(sites(tuple(replace(place, policy=Policy(share)) for place in places), home / "sites"))
    result = conduct(Task(loaded.study, loaded.hash, loaded.text), transport, lambda *_: None)
    if study in LONG:
        shown = "".join(map(csv_text, all_tables(result))).encode()
    else:
        files = write_report(result, home / "report").folder.rglob("*")
        shown = b"\n".join(readable(path) for path in files if path.is_file())
    assert len(shown) > 10_000
    logs = [path.read_bytes() for path in home.rglob("audit*")]
    assert len(logs) == 2 * HOSPITALS
    said = b"\n".join([*transport.said, *logs, repr(result).encode(), shown])
    shutil.rmtree(home)
    return Run(result, frozenset(transport.asked), said)


@pytest.mark.parametrize(("study", "share"), UNDER)
def test_no_mark_of_a_record_leaves(
    run: Callable[[str, Share], Run], study: str, share: Share, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        ran = run(study, share)
    assert {site.status for site in ran.result.sites} == {"contributed"}
    assert len(ran.result.sites) == HOSPITALS
    assert len(ran.result.records) > 20
    assert len(ran.everything) > 100_000
    everything = ran.everything + caplog.text.encode() + "".join(capfd.readouterr()).encode()
    assert found_in(everything) == []
    days = {str(datetime.now(UTC).date() - timedelta(days=n)) for n in (0, 1)}
    assert dates_in(everything) <= {*re.findall(r"\d{4}-\d\d-\d\d", ran.result.study_text), *days, OF_FILES}


def test_every_question_is_asked(run: Callable[[str, Share], Run]) -> None:
    """By a study of this repository, or of every kind that none of them needs: see `test_provoked_failures`, which asks all estimators."""
    asked = frozenset[str]().union(*(run(study, share).asked for study, share in UNDER))
    assert set(KINDS) - asked == {"count"}  # in `test_damaged_records`
    assert set(SITE_SIDE) - asked == {"conditional_logistic", "glm", "parametric_aft", "score_bins", "two_by_two"}


@pytest.mark.parametrize("records", ["flagship", "diabetes", "gibleed"])
def test_the_records_bear_every_mark_and_the_search_finds_it(networks: Callable[[str], Path], records: str) -> None:
    said = [b""]
    for file in (networks(records) / FIRST).glob("*.parquet"):
        for column in pq.read_table(file).columns:
            said.append(str(column.cast(pa.string()).to_pylist()).encode())
            if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
                numbers = column.drop_null().to_numpy()
                said += [numbers.tobytes(), numbers.byteswap().tobytes()]
            if pa.types.is_date(column.type):
                said.append(column.drop_null().cast(pa.int32()).cast(pa.int64()).to_numpy().tobytes())
    assert found_in(b" ".join(said)) == list(spellings())
