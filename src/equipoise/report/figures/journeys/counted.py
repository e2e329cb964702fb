"""Pathways as the figures need them: what may be shown, few enough regimens to tell apart, and how much is left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from equipoise.kernel.masked import Masked
from equipoise.results.journeys import PathwayStep
from equipoise.results.study_result import StudyResult

MOST_REGIMENS = 9
OTHERS = "Other regimens"
PALETTE = ("#3b6fb6", "#d98a3d", "#4f9a82", "#a45d94", "#8fb5de", "#c25b56", "#8c8a3c", "#6d6a9e", "#c9a9c4", "#a8adb7")
"""One colour a regimen, `OTHERS` the last."""


@dataclass(frozen=True, slots=True)
class Pathways:
    """Persons by the lines they went through: `prefixes` maps the regimens of the first lines, in order, to persons.

    `regimens` in the order of their size; `hidden` counts pathways left out because few persons took them.
    """

    prefixes: dict[tuple[str, ...], int]
    regimens: tuple[str, ...]
    hidden: int

    @property
    def levels(self) -> int:
        """The number of lines."""
        return max((len(prefix) for prefix in self.prefixes), default=0)

    def level(self, number: int) -> dict[tuple[str, ...], int]:
        """The prefixes of so many lines."""
        return {prefix: n for prefix, n in self.prefixes.items() if len(prefix) == number}

    def colour(self, regimen: str) -> str:
        """The colour of a regimen, the same at every line."""
        return PALETTE[-1] if regimen == OTHERS else PALETTE[self.regimens.index(regimen)]


def counted(steps: tuple[PathwayStep, ...], persons: int | None = None) -> Pathways:
    """Masked steps are left out, and all that follows a masked one; regimens beyond the largest are taken together.

    persons: everybody, where that is shown: first lines that are masked are then drawn together, as what the others leave of everybody.
    """
    shown = [step for step in steps if not isinstance(step.n, Masked) and step.regimen and step.n > 0]
    hidden = sum(1 for step in steps if isinstance(step.n, Masked) and step.regimen)
    names = _largest(shown)
    together, rest = _together(steps, persons)
    prefixes: Counter[tuple[str, ...]] = Counter({(OTHERS,): rest} if rest else {})
    drawn: set[tuple[str, ...]] = {(), *((name,) for name in together)}
    for step in sorted(shown, key=lambda step: step.level):
        path = (*step.before, step.regimen)
        if path[:-1] not in drawn:
            hidden += 1
            continue
        drawn.add(path)
        first = OTHERS if path[0] in together or path[0] not in names else path[0]
        prefixes[first, *(name if name in names else OTHERS for name in path[1:])] += step.n if isinstance(step.n, int) else 0
    used = {name for prefix in prefixes for name in prefix}
    return Pathways(dict(prefixes), tuple(name for name in (*names, OTHERS) if name in used), hidden - len(together))


def _together(steps: tuple[PathwayStep, ...], persons: int | None) -> tuple[frozenset[str], int]:
    """The first lines that are masked, and how many persons they have together; none where that cannot be told from what is shown."""
    first = [step for step in steps if not step.before]
    masked = frozenset(step.regimen for step in first if isinstance(step.n, Masked))
    known = [step.n for step in first if isinstance(step.n, int)]
    if persons is None or not masked or "" in masked or not known or persons <= sum(known):
        return frozenset(), 0
    return masked, persons - sum(known)


def everybody(result: StudyResult, arm: str) -> int | None:
    """The persons whose pathways are drawn, of one arm ("" for both); None where their number is hidden."""
    last = result.flow[-1]
    n = last.n if not arm else last.n_target if arm == result.study.target.name else last.n_comparator
    return n if isinstance(n, int) else None


def of_arm(steps: tuple[PathwayStep, ...], arm: str) -> tuple[PathwayStep, ...]:
    """The steps of one arm ("" for both together)."""
    return tuple(replace(step, arm="") for step in steps if step.arm == arm)


def _largest(shown: list[PathwayStep]) -> tuple[str, ...]:
    sizes: Counter[str] = Counter()
    for step in shown:
        sizes[step.regimen] += step.n if isinstance(step.n, int) else 0
    ordered = [name for name, _ in sorted(sizes.items(), key=lambda item: (-item[1], item[0]))]
    return tuple(ordered if len(ordered) <= MOST_REGIMENS else ordered[: MOST_REGIMENS - 1])


def note(pathways: Pathways) -> str:
    """What the figures leave out, in words."""
    if not pathways.hidden:
        return ""
    which = "1 pathway" if pathways.hidden == 1 else f"{pathways.hidden} pathways"
    return f"{which} of few persons {'is' if pathways.hidden == 1 else 'are'} not drawn."


def describe(pathways: Pathways, most: int = 6) -> str:
    """The largest first regimens, and the largest changes from one line to the next, in words."""
    first = sorted(pathways.level(1).items(), key=lambda item: -item[1])[:most]
    text = "First line: " + ", ".join(f"{prefix[0]} {n:,}" for prefix, n in first) + "."
    changes: Counter[tuple[int, str, str]] = Counter()
    for prefix, n in pathways.prefixes.items():
        if len(prefix) > 1:
            changes[len(prefix), prefix[-2], prefix[-1]] += n
    largest = sorted(changes.items(), key=lambda item: (-item[1], item[0]))[:most]
    then = "; ".join(f"{a} to {b} at line {level} {n:,}" for (level, a, b), n in largest)
    return " ".join(part for part in (text, f"Largest changes: {then}." if then else "", note(pathways)) if part)
