"""What is counted of a site's index sessions, in which order, and how the numbers add up: the same at every site and at the hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.cohort.sessions import Tier, role_of_unspecified, roles
from equipoise.study.model import Arm, Classification

What: TypeAlias = Literal["sessions", "tier", "deciding"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One count of persons by their index session: all, those of a tier taken for a treatment (None: for none), those with the deciding
    evidence of a treatment."""

    what: What
    tier: Tier | None = None
    treatment: str | None = None

    @property
    def name(self) -> str:
        """For tables."""
        words = [self.tier if self.what == "tier" else self.what]
        return " ".join(str(word) for word in (*words, self.treatment) if word)


def measures(classes: Classification) -> tuple[Measure, ...]:
    """All counts in order: sessions; the tiers, which add up to them; deciding evidence of the treatments that have such."""
    names = [treatment.name for treatment in classes.treatments]
    of_tiers = [Measure("tier", "evidenced", name) for name in names]
    of_tiers += [Measure("tier", "probable", name) for name in names]
    of_tiers += [Measure("tier", "both", classes.both)] if classes.both else []
    of_tiers += [Measure("tier", "both"), Measure("tier", "unspecified")]
    deciding = [Measure("deciding", None, treatment.name) for treatment in classes.treatments if treatment.deciding_evidence]
    return (Measure("sessions"), *of_tiers, *deciding)


def counted_in(classes: Classification, arms: tuple[Arm, Arm], measure: Measure) -> int | None:
    """The arm that takes sessions of this tier and treatment under the study's definition: 1 target, 0 comparator, None for neither."""
    if measure.what != "tier" or (classes.definition == "strict" and measure.tier != "evidenced"):
        return None
    if measure.tier == "unspecified":
        return role_of_unspecified(classes, arms)
    by_name = dict(zip((treatment.name for treatment in classes.treatments), roles(classes, arms), strict=True))
    return by_name.get(measure.treatment or "")
