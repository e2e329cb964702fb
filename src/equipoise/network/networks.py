"""What NET may be: a folder of CDMs, one CDM, a folder with a network file, or that file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from equipoise.guard.policy import Masking, Policy, Share
from equipoise.kernel.errors import EquipoiseError, Problem, Where, closest
from equipoise.network.errors import BAD_FILE, NO_CDM, NO_NETWORK, NO_SITE_CDM

NETWORK_FILE = "network.yaml"
DATABASE = ".duckdb"


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A site of a network that is opened on this machine: its name, its CDM, its terms."""

    name: str
    cdm: Path
    policy: Policy


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Policy(_Strict):
    share: Share = "secure-sums"
    minimum_count: int = Field(default=11, ge=1)
    masking: Masking = "hide"
    questions_per_study: int = Field(default=20_000, ge=1)
    minimum_sites: int = Field(default=3, ge=1)


class _Site(_Strict):
    name: str = Field(min_length=1)
    cdm: str = Field(min_length=1)
    policy: _Policy = _Policy()


class _Network(_Strict):
    equipoise_network: Literal[1]
    sites: tuple[_Site, ...] = Field(min_length=1)


def open_network(path: Path) -> tuple[SitePlace, ...]:
    """The sites, in order of name or as the file lists them.

    A folder of CDMs without a file: all take part with secure sums. One CDM alone: nobody else is party to it, so rows may be matched.
    Raises EQ-NETWORK-001 to -004.
    """
    if not path.exists():
        raise NO_NETWORK.error(f"no such file or folder: {path.name}", Where(file=path), did_you_mean=_near(path))
    if path.is_file() and path.suffix != DATABASE:
        return read_network_file(path)
    if is_cdm(path):
        return (SitePlace(path.stem, path, Policy(share="deidentified-rows")),)
    if (path / NETWORK_FILE).is_file():
        return read_network_file(path / NETWORK_FILE)
    found = sorted(part for part in path.iterdir() if not part.name.startswith(".") and is_cdm(part))
    if not found:
        raise NO_CDM.error(f"{path.name} holds no CDM", Where(file=path))
    return tuple(SitePlace(part.stem if part.is_file() else part.name, part, Policy()) for part in found)


def is_cdm(path: Path) -> bool:
    """Whether a path is a DuckDB file, or a folder with person.parquet (in any case; or a folder of such files)."""
    if path.is_file():
        return path.suffix == DATABASE
    return path.is_dir() and any(part.name.lower() in ("person.parquet", "person") for part in path.iterdir())


def read_network_file(path: Path) -> tuple[SitePlace, ...]:
    """The sites that a network file lists; all its problems at once."""
    content = _yaml(path)
    try:
        network = _Network.model_validate(content)
    except ValidationError as error:
        found = [
            BAD_FILE.error(_words(detail), Where(file=path, line=_line(content, detail["loc"]), path=_place(detail)))
            for detail in _own(error)
        ]
        raise EquipoiseError(*(problem for one in found for problem in one.problems)) from None
    problems = [*_twice(network, path, content), *_missing(network, path, content)]
    if problems:
        raise EquipoiseError(*problems)
    return tuple(SitePlace(site.name, path.parent / site.cdm, Policy(**site.policy.model_dump())) for site in network.sites)


def _yaml(path: Path) -> Any:
    try:
        return YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise BAD_FILE.error("this is not YAML", Where(file=path, line=line)) from None
    except (OSError, UnicodeDecodeError):
        raise BAD_FILE.error(f"{path.name} cannot be read as text", Where(file=path)) from None


def _own(error: ValidationError) -> list[Any]:
    """The problems, without the one that says that a list with a problem in it has too few entries."""
    found: list[Any] = list(error.errors())
    return [detail for detail in found if detail["type"] != "too_short"] or found


def _words(detail: Any) -> str:
    key = detail["loc"][-1] if detail["loc"] else ""
    ours = {"missing": f"`{key}` is missing", "extra_forbidden": f"unknown key `{key}`", "model_type": "keys with values should stand here"}
    return ours.get(detail["type"]) or str(detail["msg"]).lower()


def _line(content: Any, place: Sequence[int | str]) -> int | None:
    """The line of the innermost part of a place that is there."""
    line = None
    for key in place:
        if isinstance(content, CommentedMap) and key in content:
            line, content = content.lc.key(key)[0] + 1, content[key]
        elif isinstance(content, CommentedSeq) and isinstance(key, int) and key < len(content):
            line, content = content.lc.item(key)[0] + 1, content[key]
        else:
            break
    return line


def _place(detail: Any) -> str:
    return ".".join(map(str, detail["loc"]))


def _twice(network: _Network, path: Path, content: Any) -> list[Problem]:
    first: dict[str, int] = {}
    again = [(place, site.name) for place, site in enumerate(network.sites) if first.setdefault(site.name, place) != place]
    return [
        BAD_FILE.error(f"two sites are named {name}", Where(file=path, line=_line(content, ("sites", place)))).problems[0]
        for place, name in again
    ]


def _missing(network: _Network, path: Path, content: Any) -> list[Problem]:
    sought = [(place, site, path.parent / site.cdm) for place, site in enumerate(network.sites)]
    return [
        NO_SITE_CDM.error(
            f"no CDM at {site.cdm}",
            Where(file=path, line=_line(content, ("sites", place, "cdm")), site=site.name),
            did_you_mean=_near(cdm),
        ).problems[0]
        for place, site, cdm in sought
        if not cdm.exists()
    ]


def _near(path: Path) -> str | None:
    """A neighbour with a similar name."""
    if not path.parent.is_dir():
        return None
    return closest(path.name, (part.name for part in path.parent.iterdir()))
