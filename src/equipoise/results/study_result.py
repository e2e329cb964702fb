"""All that a run found, masked and ready to be shown: what the network hands to the report. No row, no unmasked small count."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.kernel.masked import Count
from equipoise.results.journeys import IncidenceCurve, PathwayStep
from equipoise.results.records import Record
from equipoise.study.model import Study


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """One hospital's part. status: `contributed`, `empty` (no eligible person), `left out` (by the study's rule, which `why` tells)
    or `failed` (then `why` holds a code and a sentence)."""

    site: str
    status: str
    why: str = ""
    n_target: Count | None = None
    n_comparator: Count | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """What a site has let out in this run.

    terms: what its policy shares. way: `in clear`, or `under masks`, of which the hub read sums only.
    answers: messages. summaries: in them, in all; `kinds` names each with its number. bytes: of the messages.
    """

    site: str
    terms: str
    way: str
    answers: int
    summaries: int
    bytes: int
    kinds: str


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One box of the flow diagram: persons left over the network, and how many left here."""

    label: str
    n: Count
    excluded: Count
    n_target: Count
    n_comparator: Count


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """One line of Table 1 under one adjustment. kind: `number` (mean, sd) or `share` (value is a proportion, count of persons).

    For weighted adjustments values are weighted and counts are None. `smd` is the standardised mean difference (Austin 2009, pooled
    SD before adjustment in the denominator; after it where a count before it is hidden), signed, target minus comparator. `level` is the
    category's level, else "".
    """

    covariate: str
    label: str
    level: str
    kind: str
    adjustment: str
    target: float | None
    target_sd: float | None
    target_count: Count | None
    comparator: float | None
    comparator_sd: float | None
    comparator_count: Count | None
    smd: float | None
    variance_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """How many persons Table 1 speaks of under one adjustment; an outcome with a washout may speak of fewer."""

    adjustment: str
    n_target: Count
    n_comparator: Count


@dataclass(frozen=True, slots=True)
class PropensityOverlap:
    """Densities of the preference score (or of the propensity score) by arm: `edges` has one more entry than the densities."""

    scale: str
    edges: tuple[float, ...]
    target: tuple[float, ...]
    comparator: tuple[float, ...]
    c_statistic: float | None
    equipoise_share: float | None
    """Share of persons with a preference score in [0.3, 0.7]."""


@dataclass(frozen=True, slots=True)
class PropensityTerm:
    """One coefficient of the propensity model (log odds)."""

    term: str
    label: str
    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class WeightSummary:
    """Effective sample size and range of the weights in one arm."""

    adjustment: str
    arm: str
    n: Count
    effective_n: float
    sum_of_weights: float
    largest: float | None = None


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """A Kaplan-Meier curve in steps. Arrays of equal length; `time` in days starting at 0 with survival 1.

    It stops where fewer than the policy's minimum are at risk. `at_risk_*` are for the table under the figure: masked counts
    (weighted curves show the unweighted persons at risk).
    """

    outcome: str
    adjustment: str
    arm: str
    time: tuple[float, ...]
    survival: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    censored_at: tuple[float, ...]
    at_risk_days: tuple[float, ...]
    at_risk: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class ProportionalHazards:
    """The test of proportional hazards (Grambsch-Therneau score test, Kaplan-Meier time)."""

    outcome: str
    adjustment: str
    chisq: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True)
class LabShift:
    """One cell of a shift table: persons of an arm by the CTCAE grade of their baseline and the worst grade in a window. Unadjusted."""

    outcome: str
    window: str
    arm: str
    baseline_grade: int
    worst_grade: int
    n: Count


@dataclass(frozen=True, slots=True)
class MatchOrderEstimate:
    """The matched hazard ratio of an outcome when the order of matching is random, with this seed."""

    outcome: str
    seed: int
    hazard_ratio: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class CodeSetReport:
    """What a code set found over the network; `sites_without` names sites where it found no record."""

    name: str
    concepts: int
    records: Count
    sites_with: int
    sites_without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Persons by the class of their index session, one session a person, in the study period. `site` is "" for the network.

    what: `sessions` (all of them), a tier (`evidenced`, `probable`, `both`, `unspecified`), or `deciding` (with the deciding evidence of
    `treatment`). `treatment`: what sessions of the tier are taken for, "" for none. share: of `sessions`; None where that would give
    a masked count away. Rows of sites come whole or not at all.
    """

    site: str
    what: str
    treatment: str
    n: Count
    share: float | None


@dataclass(frozen=True, slots=True)
class SiteMix:
    """How the arms are spread over sites: sites with anyone, and with both arms; the share of persons at sites with one arm only, in
    hundredths (None where it would speak of a few persons); how many sites hold more than `large` of an arm's persons."""

    sites: int
    with_both_arms: int
    share_at_one_arm_sites: float | None
    large_for_target: int
    large_for_comparator: int
    large: float


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must know. severity: `info`, `warning`, `error`. `code` may be an error code or a check's id."""

    severity: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class MaskedCell:
    """Where a count was hidden: which table, which cell, and why (`small` or `complementary`)."""

    table: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class StudyResult:
    """Everything the report shows."""

    study: Study
    study_hash: str
    study_text: str
    """The study file as the user wrote it."""
    mode: str
    """`federated` or `pooled`."""
    versions: tuple[tuple[str, str], ...]
    sites: tuple[SiteOutcome, ...]
    flow: tuple[FlowStep, ...]
    baseline: tuple[BaselineRow, ...]
    propensity: tuple[PropensityTerm, ...]
    overlap: tuple[PropensityOverlap, ...]
    weights: tuple[WeightSummary, ...]
    curves: tuple[SurvivalCurve, ...]
    proportional_hazards: tuple[ProportionalHazards, ...]
    code_sets: tuple[CodeSetReport, ...]
    notes: tuple[Note, ...]
    masked: tuple[MaskedCell, ...]
    records: tuple[Record, ...]
    lab_shifts: tuple[LabShift, ...] = ()
    sessions: tuple[SessionRow, ...] = ()
    """How index sessions were classified; empty for a study without sessions."""
    populations: tuple[Population, ...] = ()
    site_mix: SiteMix | None = None
    combination_curves: tuple[SurvivalCurve, ...] = ()
    """Curves of arms with exposure classes; `adjustment` names the analysis. After a landmark, days count from it."""
    match_orders: tuple[MatchOrderEstimate, ...] = ()
    """The matching repeated in random orders; empty unless the study asks for it."""
    pathways: tuple[PathwayStep, ...] = ()
    """Lines of therapy, one after the other; empty unless the study counts them."""
    incidence_curves: tuple[IncidenceCurve, ...] = ()
    released: tuple[Released, ...] = ()
    """What every site let out, failed ones too."""
    rounds: int = 0
    messages: int = 0
    bytes_received: int = 0
    seconds: float = 0.0
