"""A grid of packs around a main one, for sensitivity analyses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

from equipoise.kernel.errors import closest
from equipoise.study.lines.errors import PACK_VALUE, UNKNOWN_SETTING
from equipoise.study.model.lines.pack import Pack
from equipoise.study.model.lines.rules import Anchor, Days, Substitution


@dataclass(frozen=True, slots=True)
class Variant:
    """A pack with the settings that tell it from the main one, in the order of the grid: (setting, days)."""

    settings: tuple[tuple[str, int], ...]
    pack: Pack

    @property
    def name(self) -> str:
        """Such as `window 21, gap 60`."""
        return ", ".join(f"{setting} {days}" for setting, days in self.settings)


def vary(pack: Pack, **grid: Iterable[int]) -> tuple[Variant, ...]:
    """Every combination of the values given, in days, each as a pack.

    Settings: `window`, `gap` (all routes alike), `gap_<route>`, `rechallenge`, `substitution` (all alike), `lead_in`, `ongoing`, `current`.
    Values are taken in ascending order, each once; `gap` is set before `gap_<route>`. Raises EQ-STUDY-067 for a setting that the pack does
    not have, EQ-STUDY-065 for a number of days below 0 or over 36,500.
    """
    known = settings_of(pack)
    wanted = {setting: tuple(values) for setting, values in grid.items()}
    for setting, values in wanted.items():
        if setting not in known:
            what = f"there is no setting `{setting[:60]}`; the pack has {', '.join(known)}"
            raise UNKNOWN_SETTING.error(what, did_you_mean=closest(setting, known))
        if not all(type(value) is int and 0 <= value <= 36500 for value in values):
            raise PACK_VALUE.error(f"`{setting}` takes whole days from 0 to 36500")
    names = sorted(wanted, key=list(known).index)
    return tuple(_variant(pack, tuple(zip(names, days, strict=True))) for days in product(*(sorted(set(wanted[name])) for name in names)))


def overridden(pack: Pack, settings: tuple[tuple[str, int], ...]) -> Pack:
    """The pack with a study's own numbers; what was verified for another number is an assumption then. Raises as `vary`."""
    (variant,) = vary(pack, **{setting: (days,) for setting, days in settings})
    return variant.pack


def settings_of(pack: Pack) -> tuple[str, ...]:
    """What can be varied, in the order in which it is set."""
    anchor = ("lead_in", "ongoing") if pack.anchor else ()
    return ("window", "gap", *(f"gap_{route}" for route in pack.gap), "rechallenge", "substitution", "current", *anchor)


def _variant(pack: Pack, settings: tuple[tuple[str, int], ...]) -> Variant:
    changed = pack
    for setting, days in settings:
        changed = changed.model_copy(update=_SET.get(setting, _one_route(setting))(changed, days))
    return Variant(settings, changed)


def _with(old: Days, days: int) -> Days:
    return old if days == old.days else old.model_copy(update={"days": days, "status": "assumption", "source": "set by the study"})


def _within(rule: Substitution, days: int) -> Substitution:
    return rule if days == rule.within else rule.model_copy(update={"within": days, "status": "assumption", "source": "set by the study"})


def _one_route(setting: str) -> Callable[[Pack, int], dict[str, object]]:
    route = setting.removeprefix("gap_")
    return lambda pack, days: {"gap": pack.gap | {route: _with(pack.gap[route], days)}}


def _anchored(pack: Pack, field: str, days: int) -> dict[str, object]:
    old: Anchor | None = pack.anchor
    return {"anchor": old.model_copy(update={field: _with(getattr(old, field), days)}) if old else None}


_SET: dict[str, Callable[[Pack, int], dict[str, object]]] = {
    "window": lambda pack, days: {"window": _with(pack.window, days)},
    "gap": lambda pack, days: {"gap": {route: _with(old, days) for route, old in pack.gap.items()}},
    "rechallenge": lambda pack, days: {"rechallenge": _with(pack.rechallenge, days)},
    "current": lambda pack, days: {"current": _with(pack.current, days)},
    "substitution": lambda pack, days: {"substitutions": tuple(_within(one, days) for one in pack.substitutions)},
    "lead_in": lambda pack, days: _anchored(pack, "lead_in", days),
    "ongoing": lambda pack, days: _anchored(pack, "ongoing", days),
}
