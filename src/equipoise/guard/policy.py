"""On which terms a site takes part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, get_args

from equipoise.guard.errors import BAD_POLICY

Share: TypeAlias = Literal["secure-sums", "site-aggregates", "deidentified-rows"]
Masking: TypeAlias = Literal["hide", "show-10"]
Studies: TypeAlias = Literal["approved", "any"]
Differencing: TypeAlias = Literal["refuse", "allow"]
Curves: TypeAlias = Literal["coarse", "exact"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What may leave a site, and how small a count may be shown.

    share: `secure-sums` (nothing of this site alone may be shown, only sums over sites), `site-aggregates` (its own counts may be shown,
    masked), `deidentified-rows` (also one line a person with score, arm and a token, for matching across sites).
    With `secure-sums` numbers leave under masks that cancel only in the sum over all sites of a session (`secure_sums/`).
    minimum_count: counts of people from 1 to `minimum_count - 1` are masked. masking: `hide` them, or `show-10` in their place (the
    largest count that is masked). questions_per_study, questions_per_day: how many summaries one study may ask for (at a hospital since it
    was approved last, elsewhere while the site's process runs), and all studies on one day. studies: `approved` answers those that the
    site's office approved; counts: the same of questions that only count a cohort; estimators: only these, all when empty.
    designs_per_study: how many sets of cut points, scores and weights one study may use. differencing: `refuse` a study whose persons here
    or whose set of sites are almost those of an earlier one (`memory.py`). whole_days: times are rounded up to multiples of it.
    curves: `coarse` draws no step for fewer events than the minimum, no mark for a single censoring. own_models: `refuse` sums of a model
    that is saturated by this site's persons alone (`rules.py`), where they would leave without masks.
    minimum_sites: over how many sites that share sums only a sum must go, and by how many two sets of sites must differ. With 1 the site's
    own sums may leave as they are: for a site that is nobody's peer.
    """

    share: Share = "secure-sums"
    minimum_count: int = 11
    masking: Masking = "hide"
    minimum_sites: int = 3
    studies: Studies = "any"
    counts: Studies = "any"
    estimators: tuple[str, ...] = ()
    questions_per_study: int = 20_000
    questions_per_day: int = 200_000
    designs_per_study: int = 40
    differencing: Differencing = "allow"
    whole_days: int = 1
    curves: Curves = "exact"
    own_models: Differencing = "allow"

    def __post_init__(self) -> None:
        if self.share not in get_args(Share) or self.masking not in get_args(Masking):
            raise BAD_POLICY.error(f"share {self.share!r}, masking {self.masking!r}")
        if {self.studies, self.counts} - set(get_args(Studies)) or {self.differencing, self.own_models} - set(get_args(Differencing)):
            raise BAD_POLICY.error(
                f"studies {self.studies!r}, counts {self.counts!r}, differencing {self.differencing!r}, own_models {self.own_models!r}"
            )
        if self.curves not in get_args(Curves):
            raise BAD_POLICY.error(f"curves {self.curves!r}")
        for part in fields(self):
            value = getattr(self, part.name)
            if isinstance(value, int) and value < 1:
                raise BAD_POLICY.error(f"{part.name} {value}")

    @property
    def masked(self) -> bool:
        """Whether the site's numbers leave under masks only."""
        return self.share == "secure-sums" and self.minimum_sites > 1

    @property
    def keeps_models(self) -> bool:
        """Whether sums of models of this site's persons alone are judged: they would be read as they are."""
        return self.share == "site-aggregates" and self.own_models == "refuse"


OFFICE = Policy(studies="approved", counts="approved", differencing="refuse", curves="coarse", own_models="refuse")
"""The terms that a hospital begins with."""


def strictest(policies: Iterable[Policy]) -> Policy:
    """The policy that breaks none of them: what a network's results are shown under."""
    all_of_them = tuple(policies) or (Policy(),)
    levels = get_args(Share)
    return Policy(
        share=min((p.share for p in all_of_them), key=levels.index),
        minimum_count=max(p.minimum_count for p in all_of_them),
        masking="hide" if any(p.masking == "hide" for p in all_of_them) else "show-10",
        questions_per_study=min(p.questions_per_study for p in all_of_them),
        minimum_sites=max(p.minimum_sites for p in all_of_them),
        curves="coarse" if any(p.curves == "coarse" for p in all_of_them) else "exact",
    )
