"""A site: takes a message, gives a message. The only code of the network that sees rows; everything that leaves passes the guard.

Read `answer` first. A site trusts no question: names and types are checked, every exception ends as a refusal without a value of a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from equipoise import __version__
from equipoise.estimators.data import persons_in
from equipoise.estimators.shape import Additive
from equipoise.estimators.site_side import SITE_SIDE
from equipoise.guard.audit import AuditLog, Entry
from equipoise.guard.office.approvals import Approvals
from equipoise.guard.office.budgets import Budgets
from equipoise.guard.office.memory import Memory
from equipoise.guard.policy import Policy
from equipoise.guard.release import Door, Purpose, allow_rows, allow_text, release, terms_met
from equipoise.guard.secure_sums.identity import Identity, Roster
from equipoise.guard.secure_sums.sessions import MaskedSessions
from equipoise.kernel.errors import EquipoiseError, Problem, closest
from equipoise.network.site.data import data_for
from equipoise.network.site.errors import NO_STUDY, OTHER_STUDY, UNEXPECTED, UNKNOWN_ESTIMATOR
from equipoise.network.site.large.fitting import fit_large
from equipoise.network.site.limits.alone import limited
from equipoise.network.site.limits.bounds import check_named, check_room
from equipoise.network.site.masks.answers import check_sets, hidden, silent, totals
from equipoise.network.site.masks.office import Office
from equipoise.network.site.rows import Rows, parts
from equipoise.network.site.sessions import tell_sessions
from equipoise.network.site.tables import CohortCount, Tables
from equipoise.network.wire.codec import decode, decode_question, encode, members
from equipoise.network.wire.errors import VERSION_SKEW
from equipoise.network.wire.masked import Agree, Agreed, Join, MaskedEstimates, Offer, Totals
from equipoise.network.wire.messages import (
    Answer,
    Batch,
    CodesFound,
    Count,
    Estimated,
    EstimatorQuestion,
    Hello,
    Prepare,
    Prepared,
    Question,
    Refusal,
    Welcome,
)
from equipoise.network.wire.sessions import Sessions
from equipoise.network.wire.views import Setting
from equipoise.study.fingerprint import study_hash as fingerprint
from equipoise.study.model import Study
from equipoise.table.analysis_table import AnalysisTable

LONGEST_HASH = 64
"""Characters of a study's hash: a longer one is nobody's."""


class SiteService:
    """One site's half of the network. `state_dir`: where its audit log and its identity are kept, None for neither.

    office: the folder of a hospital's approvals; what was asked counts there from one process to the next. Without it approvals lie with
    the state, and budgets are those of this process. Before sums under masks a site must know its peers: see `introduce`.
    """

    def __init__(self, name: str, tables: Tables, policy: Policy, state_dir: Path | None = None, *, office: Path | None = None) -> None:
        self.name = name
        self._tables = tables
        identity = Identity.of(state_dir)
        self._door = Door(
            policy, AuditLog(state_dir, identity), Budgets(policy, state_dir if office else None, Approvals(office) if office else None)
        )
        self._memory = Memory(state_dir if policy.differencing == "refuse" else None)
        self._masks = MaskedSessions(name, identity, policy, __version__, self._memory)
        self._office = Office(policy, office or state_dir)
        self._studies: dict[str, Study] = {}
        self._rows: dict[str, Rows] = {}
        self._counts: dict[str, CohortCount] = {}

    @property
    def identity(self) -> bytes:
        """(32 bytes) the public key that peers pin."""
        return self._masks.identity.public

    def asked_by(self, who: str) -> None:
        """In whose name questions come from now on, for the log."""
        self._door.log.who = who

    def log_to(self, log: AuditLog) -> None:
        """Write down what leaves in another log than the site's own."""
        self._door.log = log

    def believe(self, roster: Roster) -> None:
        """Pin the peers' keys: sums under masks are made with these sites and no others."""
        self._masks.roster = roster

    def answer(self, message: bytes) -> bytes:
        """An encoded `Answer`, or an encoded `Refusal`; never raises for anything that a message or the site's files can cause."""
        try:
            return self._once(decode(message, Question), message)
        except EquipoiseError as error:
            return encode(Refusal(self.name, error.code, _said(error.problems[0])))
        except Exception as error:  # noqa: BLE001 - the edge of the site: only the type's name leaves
            return encode(Refusal(self.name, UNEXPECTED.code, f"a {type(error).__name__} was not expected here"))

    def _once(self, question: Question, message: bytes) -> bytes:
        """The answer; under masks the one given before, if the same question comes again."""
        if not question.session:
            return self._logged(question)
        said = self._masks.again(question.study_hash, question.session, question.number, message)
        if said is None:
            said = self._logged(question)
            self._masks.keep_reply(question.study_hash, question.session, said)
        return said

    def _logged(self, question: Question) -> bytes:
        """The answer, after the log of what is in it was written: what cannot be written down does not leave."""
        log, before = self._door.log, self._door.log.taken
        decision = "answered"
        try:
            body = self._body(question)
        except EquipoiseError as error:
            decision = error.code
            raise
        except Exception:
            decision = UNEXPECTED.code
            raise
        finally:
            if question.kind == "estimate":
                self._door.failed(question.study_hash, decision)
            if log.taken == before:
                log.append(Entry(question.study_hash[:LONGEST_HASH], question.number, question.kind, "", 0, decision))
            log.flush()
        return encode(Answer(__version__, self.name, question.study_hash, question.number, body))

    def _body(self, question: Question) -> bytes:
        if question.version != __version__:
            raise VERSION_SKEW.error(f"the hub runs {question.version}, {self.name} runs {__version__}")
        match question.kind:
            case "hello":
                return encode(self._hello(question.study_hash, decode_question(question.body, Hello)))
            case "count":
                decode(question.body, Count)
                return encode(self._counted(question))
            case "prepare":
                decode(question.body, Prepare)
                return encode(self._prepared(question))
            case "sessions":
                decode(question.body, Sessions)
                counted = self._counts.get(question.study_hash)
                return encode(tell_sessions(question, counted.sessions if counted else None, self._door))
            case "join":
                return encode(self._joined(question, decode(question.body, Join)))
            case "agree":
                return encode(self._agreed(question, decode(question.body, Agree)))
            case "totals":
                decode(question.body, Totals)
                return encode(self._told(question))
            case "estimate":
                return encode(self._estimated(question, decode_question(question.body, Batch)))

    def _hello(self, study_hash: str, hello: Hello) -> Welcome:
        try:
            study = Study.model_validate_json(hello.study)
        except ValueError:
            raise OTHER_STUDY.error("the study cannot be read by this version") from None
        if fingerprint(study) != study_hash:
            raise OTHER_STUDY.error("the study is not the one that its hash names")
        self._office.allow(study_hash, hello.study, counting=True)
        self._studies[study_hash] = study
        policy = self._door.policy
        return Welcome(
            __version__, policy.share, policy.minimum_count, policy.masking, policy.minimum_sites, policy.whole_days, policy.curves
        )

    def _study(self, study_hash: str) -> Study:
        if study_hash not in self._studies:
            raise NO_STUDY.error("hello comes first")
        return self._studies[study_hash]

    def _counted(self, question: Question) -> Prepared:
        counted = self._tables.count(self._study(question.study_hash))
        return self._report(question, counted)

    def _prepared(self, question: Question) -> Prepared:
        study = self._study(question.study_hash)
        self._office.allow(question.study_hash, study.model_dump_json())
        table = self._tables.table(study, question.study_hash)
        rows = Rows(table, study, question.study_hash, self._door.policy.whole_days)
        self._office.meet(self._memory, question.study_hash, table)
        self._rows[question.study_hash] = rows
        policy = self._door.policy
        rows.large = None if policy.masked else fit_large(table, study, policy.minimum_count)
        large = rows.large.told if rows.large else None
        allow_text(large.named if large else (), policy)
        prepared = replace(self._report(question, _counted(table)), large=large)
        return replace(prepared, parts=() if rows.sites in ((), (self.name,)) else parts(rows))

    def _report(self, question: Question, counted: CohortCount) -> Prepared:
        self._counts[question.study_hash] = counted
        steps = [[step.n, step.n_target, step.n_comparator] for step in counted.attrition]
        prepared = Prepared(
            labels=tuple(step.label for step in counted.attrition),
            attrition=np.array(steps, dtype=np.int64).reshape(-1, 3),
            code_records=np.array([found.records for found in counted.code_report], dtype=np.int64),
            codes=tuple(CodesFound(f.name, f.concepts, "some" if f.records else "none", f.missing_codes) for f in counted.code_report),
            anyone=bool(steps and steps[-1][0] > 0),
            cdm_notes=counted.cdm_notes,
            deaths_by_month=counted.deaths_by_month,
        )
        allow_text((*prepared.labels, *prepared.cdm_notes, *(found.name for found in prepared.codes)), self._door.policy)
        if self._door.policy.masked:
            return silent(prepared)
        shape, size = (
            f"attrition{[len(steps), 3]} code_records{[len(prepared.codes)]}",
            prepared.attrition.nbytes + prepared.code_records.nbytes,
        )
        self._door.log.append(
            Entry(question.study_hash, question.number, question.kind, shape, size, "released", terms_met(self._door.policy))
        )
        return prepared

    def _joined(self, question: Question, join: Join) -> Offer:
        self._study(question.study_hash)
        return self._masks.join(question.study_hash, join.session)

    def _agreed(self, question: Question, agree: Agree) -> Agreed:
        return Agreed(self._masks.agree(question.study_hash, agree.session, agree.offers))

    def _told(self, question: Question) -> MaskedEstimates:
        check_sets(self._masks, question)
        return hidden(self._masks, question, [totals(question, self._counts.get(question.study_hash), self._door)])

    def _estimated(self, question: Question, batch: Batch) -> Estimated | MaskedEstimates:
        if question.study_hash not in self._rows:
            raise NO_STUDY.error("prepare comes before the first estimate")
        self._door.allow_more(question.study_hash)
        rows = self._rows[question.study_hash]
        if any(weighting.method == "matched" for weighting in batch.setting.weightings):
            allow_rows(self._door.policy, "a matched population")
        self._office.check(self._door, question.study_hash, batch)
        masked = self._masks.needed(question.session)
        if masked:
            check_sets(self._masks, question, batch)
        summaries = [self._summary(question, batch.setting, part, rows) for part in batch.questions]
        return hidden(self._masks, question, summaries) if masked else Estimated(tuple(map(encode, summaries)))

    def _summary(self, question: Question, setting: Setting, part: EstimatorQuestion, rows: Rows) -> Additive:
        estimator = SITE_SIDE.get(part.estimator)
        if estimator is None:
            raise UNKNOWN_ESTIMATOR.error(f"no estimator {part.estimator}", did_you_mean=closest(part.estimator, SITE_SIDE))
        ask = decode_question(part.ask, estimator.ask_type)
        check_named(rows.study, part.view, setting.weightings)
        check_room(rows.study, part.view, ask)
        view = limited(rows, setting, part.view, self._door.policy)
        data = data_for(estimator.data_type, rows, setting, view)
        summary = estimator.summarise(data, ask)
        persons = persons_in(data) if self._door.policy.keeps_models else None
        purpose = Purpose(question.study_hash, question.number, part.estimator, members(estimator.summary_type), persons)
        return release(summary, self._door, purpose)


def introduce(sites: Iterable[SiteService]) -> None:
    """Make sites of one process believe each other."""
    together = tuple(sites)
    roster = Roster({site.name: site.identity for site in together})
    for site in together:
        site.believe(roster)


def _counted(table: AnalysisTable) -> CohortCount:
    by_month = table.death_report.one_day_of_month
    return CohortCount(table.attrition, table.code_report, table.session_report, table.cdm_notes, by_month)


def _said(problem: Problem) -> str:
    """What is wrong and in which site, table and column; a file's path is the site's own affair."""
    place = str(replace(problem.where, file=None, line=None))
    return problem.what + (f" [{place}]" if place else "")
