"""What an engine owes: the same answers from a site's CDM, whatever runs them. `engine/sql` and `engine/reference` both keep this contract.

Order of calls: open one engine a CDM; `prepare` the study's code sets once (concepts resolved in the site's own vocabulary, the
records of all sets read in one pass over each clinical table); then ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from equipoise.cohort.plan import CohortPlan
from equipoise.engine.clinical import Domain
from equipoise.engine.lines.treatments import LinesFound
from equipoise.study.model import CodeSet, Criterion, LinesOfTherapy, Window


@dataclass(frozen=True, slots=True)
class CodeSetFound:
    """What a code set found at a site: concepts in its vocabulary tables, and records and persons in its clinical tables. For a cohort
    definition: no concepts; its entries are the records.

    `missing_codes`: codes that the site's vocabulary does not hold, as `vocabulary:code`.
    """

    name: str
    concepts: int
    records: int
    persons: int
    missing_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepCount:
    """Persons left after a step, in all and by arm."""

    label: str
    n: int
    n_target: int
    n_comparator: int


@dataclass(frozen=True, slots=True)
class CohortRows:
    """The persons of a study. `rows`: person_id int64, index_date date32, arm int8 (1 target, 0 comparator); sorted by person_id.

    For an index by sessions also tier string, one of `cohort.sessions.TIERS`: how the index session was classified.
    """

    rows: pa.Table
    attrition: tuple[StepCount, ...]


@dataclass(frozen=True, slots=True)
class EventRequest:
    """All records of the sets in a window around each person's index date."""

    name: str
    sets: tuple[str, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """Every concept of some domains recorded in windows around each person's index date, by the day a record starts.

    `without`: sets whose concepts stay out, with the descendants of these, whether they stand in a record's concept or source concept.
    """

    domains: tuple[Domain, ...]
    windows: tuple[Window, ...]
    without: tuple[str, ...] = ()


class Engine(Protocol):
    """A CDM that can be asked. Persons absent from `index` are never returned; `index` has person_id int64 and index_date date32.

    `notes`: sentences about what the site's CDM lacks (optional tables), fit for a report."""

    notes: tuple[str, ...]

    def prepare(self, code_sets: tuple[CodeSet, ...], lines: LinesOfTherapy | None = None) -> tuple[CodeSetFound, ...]:
        """Resolve the sets and read their records; what each found, in the order given. Replaces sets, and rules of lines of therapy,
        prepared before. `lines`: required by criteria about lines; its sets must be among the sets. Sets that are cohort definitions are
        run: raises what they fail with (`EQ-ENGINE-101` and on)."""
        ...

    def cohort(self, plan: CohortPlan) -> CohortRows:
        """The persons of the plan, and the attrition with the labels of `cohort.attrition.attrition_labels`."""
        ...

    def sessions(self, plan: CohortPlan) -> pa.Table:
        """All sessions of everybody, whenever and whoever: person_id int64, nth int32 (1 = first), session_date date32, tier string,
        treatment string (the one it is taken for, null for none), and a bool column `d0`, `d1`, ... a treatment: whether its deciding
        evidence is there (false for a treatment without such). Sorted by person_id, nth. Empty for a plan whose index is no session."""
        ...

    def criteria(self, index: pa.Table, criteria: tuple[Criterion, ...]) -> pa.Table:
        """person_id and one bool column a criterion, named `c0`, `c1`, ...; one row a person of `index`, sorted by person_id."""
        ...

    def events(self, index: pa.Table, requests: tuple[EventRequest, ...]) -> pa.Table:
        """Columns: request string, set string, person_id int64, day int32 (from index), end_day int32 (null if unknown), concept_id int64,
        value float64 (null unless a measurement or observation), unit_concept_id int64, record_id int64, range_low and range_high float64
        (the laboratory's limits of normal, null unless a measurement). Sorted by request, person_id, day, record_id. A record in two sets
        of one request comes once a set."""
        ...

    def recorded(self, index: pa.Table, request: RecordedRequest) -> pa.Table:
        """domain string, window int32 (its place in the request), concept_id int64, person_id int64: each once, whoever has such a record.
        Concept 0 is no concept. Sorted by domain (in the request's order), window, concept_id, person_id."""
        ...

    def concept_names(self, concepts: Sequence[int]) -> pa.Table:
        """concept_id int64 and name string (null where the vocabulary has none) of those that the site's vocabulary knows, sorted."""
        ...

    def lines(self, index: pa.Table, *, up_to_index: bool = False) -> LinesFound:
        """Lines of therapy of indexed persons by the rules prepared, days from each person's index. `up_to_index`: from what was recorded
        up to the index day alone, as criteria about lines before the index see them. Raises EQ-ENGINE-022 without rules."""
        ...

    def persons(self, index: pa.Table) -> pa.Table:
        """person_id, birth_date date32 (a missing month or day counts as 1), sex string (`female`, `male`, null), race_concept_id int64,
        ethnicity_concept_id int64; sorted by person_id."""
        ...

    def follow_up(self, index: pa.Table) -> pa.Table:
        """person_id, death_date date32 (null; earliest if several), last_record_date date32 (latest start or end of any clinical record,
        death not counted), observation_start date32, observation_end date32 (of the period that holds the index date; null if none)."""
        ...

    def source_codes(self, index: pa.Table, window: Window) -> pa.Table:
        """Distinct condition codes for comorbidity indices: person_id int64, vocabulary string, code string (dots removed), taken from
        condition_source_concept_id's concept, or, when that is 0, from the ICD concepts that map to condition_concept_id."""
        ...

    def close(self) -> None:
        """Let go of the CDM."""
        ...
