"""A site's terms as the text file that its data office writes and signs off: `policy.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, get_args

from equipoise.guard.errors import BAD_POLICY
from equipoise.guard.policy import Curves, Differencing, Masking, Policy, Share, Studies
from equipoise.kernel.errors import EquipoiseError, Where, closest

POLICY_FILE = "policy.toml"
CHOICES: dict[str, tuple[Any, ...]] = {
    "share": get_args(Share),
    "masking": get_args(Masking),
    "studies": get_args(Studies),
    "counts": get_args(Studies),
    "differencing": get_args(Differencing),
    "curves": get_args(Curves),
    "own_models": get_args(Differencing),
}
COMMENTS = {
    "share": """# What may leave this site.
#   "secure-sums"        nothing of this site alone: its numbers leave under masks that cancel only in the sum over all sites
#   "site-aggregates"    its own counts and sums may be read and shown, small counts masked
#   "deidentified-rows"  also one line a person with propensity score, arm and a token, for matching across sites""",
    "minimum_sites": """# Over how many sites that share sums only a sum must go, and by how many two sets of sites must differ.""",
    "minimum_count": """# Counts of persons from 1 to this less one are not shown.""",
    "masking": """# "hide" shows nothing in their place; "show-10" shows the largest hidden count.""",
    "studies": """# "approved" answers only studies that were approved here with `equipoise site approve`; "any" answers all.""",
    "counts": """# The same for questions that only count a cohort, step by step, before there is a study to approve. "any" lets the hub try
# criteria; what it shows is masked, but its process reads exact sums over the sites.""",
    "estimators": """# Names of the estimators that may be asked for (see docs/estimators); none named means all.""",
    "questions_per_study": """# Summaries that one study may ask for since it was approved last (approve it again for as many again), and
# all studies in one day (UTC). A restart of the site gives no more.""",
    "designs_per_study": """# How many different sets of cut points, propensity models and models of weights one study may use: tried one
# after the other they would close in on a single person.""",
    "differencing": """# "refuse" answers no study whose persons here, or whose set of sites, are almost those of a study answered before
# (fewer than minimum_count persons, or minimum_sites sites, differ): the difference of the two would show these few. An
# approval may say otherwise for one study. "allow" is for a site whose numbers nobody else asks for.""",
    "whole_days": """# Times of follow-up are rounded up to multiples of so many days before anything is computed: 1 as recorded, 7
# weeks.""",
    "curves": """# "coarse" draws no step of a curve for fewer events than minimum_count, no mark for a single censoring, and no two numbers
# at risk that differ by fewer; "exact" draws every step while minimum_count are at risk.""",
    "own_models": """# Where sums leave without masks: "refuse" those of a model with more than one parameter for three persons of this
# site, or fewer than ten persons beyond its parameters; "allow" them.""",
}
HEAD = """# The terms of this site. Nothing leaves under a file that cannot be understood. Restart the site after a change.
# What leaves in any case, in clear: the software's version, these terms, the names of the study's steps, how many concepts of the
# site's vocabulary each code set has, whether any record of it exists, and which tables the CDM lacks.
equipoise_policy = 1
"""
_KEY = re.compile(r"^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=")


def policy_text(policy: Policy) -> str:
    """The file of a policy, with what each line means."""
    parts = [HEAD]
    for name, value in asdict(policy).items():
        if name in COMMENTS:
            parts.append(f"\n{COMMENTS[name]}\n")
        parts.append(f"{name} = {_toml(value)}\n")
    return "".join(parts)


def read_policy(path: Path) -> Policy:
    """The policy of a file. Raises EQ-GUARD-004 with every problem and its line."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError):
        raise BAD_POLICY.error(f"{path.name} cannot be read", Where(file=path)) from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BAD_POLICY.error("this is not TOML", Where(file=path, line=int(line[1]) if line else None)) from None
    lines = {found[1]: number for number, text in enumerate(text.splitlines(), start=1) if (found := _KEY.match(text))}
    problems = [
        BAD_POLICY.error(what, Where(file=path, line=lines.get(name)), did_you_mean=meant).problems[0]
        for name, what, meant in _wrong(content)
    ]
    if problems:
        raise EquipoiseError(*problems)
    del content["equipoise_policy"]
    if "estimators" in content:
        content["estimators"] = tuple(content["estimators"])
    return Policy(**content)


def _wrong(content: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Key, what is wrong, and what may have been meant."""
    known = {part.name: part for part in fields(Policy)}
    found: list[tuple[str, str, str | None]] = []
    if content.get("equipoise_policy") != 1:
        found.append(("equipoise_policy", "`equipoise_policy = 1` is missing", None))
    for name, value in content.items():
        if name == "equipoise_policy":
            continue
        if name not in known:
            found.append((name, f"unknown key `{name}`", closest(name, known)))
        elif name in CHOICES and value not in CHOICES[name]:
            found.append((name, f"`{name}` is none of {', '.join(CHOICES[name])}", closest(str(value), CHOICES[name])))
        elif name == "estimators" and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            found.append((name, "`estimators` is not a list of names", None))
        elif name not in CHOICES and name != "estimators" and (type(value) is not int or value < 1):
            found.append((name, f"`{name}` is not a whole number of 1 or more", None))
    return found


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
