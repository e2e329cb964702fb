"""The pages of `docs/estimators`: one an estimator, from its `card.md` and from the fields of what leaves a site."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

from equipoise.estimators.shape import Additive, Disclosure
from equipoise.estimators.site_side import SITE_SIDE, SiteEstimator

ROOM = Path(__file__).parent
LEAVES, CASES = "What leaves the site", "Reference cases"
HEADINGS = ("Estimand", "Formula", "Assumptions", "Misleads when", LEAVES, "Equivalent in R", CASES, "Source")
"""What every card must say, in this order; more headings may stand between."""
CLASSES: dict[Disclosure, str] = {
    "count": "numbers of people",
    "sum": "sums over people",
    "curve": "a value per time or edge: steps can be single people",
    "rows": "a row a person",
    "none": "nothing of people",
}
_MADE = "*This page is written by the program from `src/equipoise/estimators/{folder}`. Do not edit it.*"
_INDEX = """# Estimators

*This page is written by the program from the registry and the cards. Do not edit it.*

Each estimator is two halves and a sum: a site's half sees rows and returns sums, the hub's half sees sums over sites only, and any split
of the rows over sites gives the answer of the pooled rows. A page says what is estimated and how, when it misleads, what leaves a site
field by field, which function of R gives the same numbers, and which reference cases hold it to them and how closely.
How intervals and tests do in small samples: [finite samples](finite-samples.md).

| Class | What a field says of people |
|---|---|
{classes}

## With a half at every site

| Page | | What leaves a site | Reference cases |
|---|---|---|---|
{two_halves}

## At the hub, or at a site for others

Nothing leaves a site for these.

| Page | | Reference cases |
|---|---|---|
{alone}
"""


def card(folder: str) -> tuple[str, dict[str, str]]:
    """A card's title, and its text by heading."""
    title, *sections = re.split(r"^## ", (ROOM / folder / "card.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = (section.partition("\n") for section in sections)
    return title.removeprefix("# ").strip(), {heading.strip(): text.strip() for heading, _, text in parts}


def folder_of(estimator: SiteEstimator) -> str:
    """The folder that holds the estimator and its card."""
    return estimator.summarise.__module__.split(".")[-2]


def summaries(estimator: SiteEstimator) -> tuple[type[Additive], ...]:
    """Everything that the estimator may send, in the order of its rounds."""
    return get_args(estimator.summary_type) or (estimator.summary_type,)


def without_halves() -> list[str]:
    """Folders with a card that no registered estimator has."""
    registered = {folder_of(estimator) for estimator in SITE_SIDE.values()}
    return sorted(path.parent.name for path in ROOM.glob("*/card.md") if path.parent.name not in registered)


def reference_methods(folder: str) -> list[str]:
    """Methods of the reference cases that the card names."""
    return re.findall(r"^\| `(\w+)` \|", card(folder)[1].get(CASES, ""), flags=re.MULTILINE)


def letters(summary: type[Additive]) -> str:
    """What the letters of its shapes stand for: the sentence of its module's docstring."""
    found = re.search(r"Letters: (.*?)\.(?:\s|$)", sys.modules[summary.__module__].__doc__ or "", flags=re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def estimator_pages() -> dict[str, str]:
    """Every page by its file name, the index `README.md` among them."""
    pages = {f"{name}.md": _page(folder_of(estimator), estimator) for name, estimator in SITE_SIDE.items()}
    return {**pages, **{f"{folder}.md": _page(folder, None) for folder in without_halves()}, "README.md": _index()}


def _index() -> str:
    two_halves = []
    for name, estimator in SITE_SIDE.items():
        sent = {f.metadata["disclosure"] for summary in summaries(estimator) for f in fields(summary)}
        classes = ", ".join(f"`{kind}`" for kind in CLASSES if kind in sent)
        folder = folder_of(estimator)
        two_halves.append(f"| [{name}]({name}.md) | {card(folder)[0]} | {classes} | {_methods(folder)} |")
    alone = [f"| [{folder}]({folder}.md) | {card(folder)[0]} | {_methods(folder)} |" for folder in without_halves()]
    classes = "\n".join(f"| `{kind}` | {meaning} |" for kind, meaning in CLASSES.items())
    return _INDEX.format(classes=classes, two_halves="\n".join(two_halves), alone="\n".join(alone))


def _methods(folder: str) -> str:
    return ", ".join(dict.fromkeys(f"`{method}`" for method in reference_methods(folder))) or "none"


def _page(folder: str, estimator: SiteEstimator | None) -> str:
    title, sections = card(folder)
    lines = [f"# {title}", "", _MADE.format(folder=folder), ""]
    if estimator is not None:
        lines += [f"Registered as `{estimator.name}`; a site's half reads `{estimator.data_type.__name__}`.", ""]
    for heading, text in sections.items():
        lines += [f"## {heading}", "", _with_links(text) if heading == CASES else text, ""]
        if heading == LEAVES and estimator is not None:
            lines += _sent(summaries(estimator))
    return "\n".join(lines).rstrip() + "\n"


def _sent(sent: tuple[type[Additive], ...]) -> Iterator[str]:
    """A table of the fields of each summary; what the letters are where they change."""
    said = ""
    for summary in sent:
        yield from (f"### `{summary.__name__}`", "", inspect.getdoc(summary) or "", "")
        if (says := letters(summary)) and says != said:
            yield from (f"Letters: {says}.", "")
            said = says
        yield from ("| Field | Shape | Class | What |", "|---|---|---|---|")
        for f in fields(summary):
            what = f.metadata["meaning"] + ("; if asked" if f.metadata["if_asked"] else "")
            yield f"| `{f.name}` | {f.metadata['shape']} | `{f.metadata['disclosure']}` | {what} |"
        yield ""


def _with_links(cases: str) -> str:
    """The adapters linked, and what the columns mean."""
    linked = re.sub(r"^\| `(\w+)` \|", r"| [`\1`](../../tests/gold/methods/\1.py) |", cases, flags=re.MULTILINE)
    says = "R's values in `tests/gold`, computed by the linked file; an expected number must agree within relative × |number| + absolute."
    return f"{says}\n\n{linked}" if linked != cases else cases
