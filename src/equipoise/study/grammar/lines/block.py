"""What the `lines` block says, before its drugs are looked up in the code lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from equipoise.kernel.errors import EquipoiseError, closest
from equipoise.study.errors import OUT_OF_RANGE
from equipoise.study.grammar.lines.drugs import DRUGS, DrugsSaid
from equipoise.study.grammar.shapes.desk import Desk, Spot
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node, Pair
from equipoise.study.grammar.shapes.values import ListOf, OneOrMore, Schema, SetName, Shape, Text, Turned, Whole
from equipoise.study.lines.errors import UNKNOWN_SETTING
from equipoise.study.lines.grid import ANCHOR_RECORDS, LARGEST_GRID, internal
from equipoise.study.lines.reading import bundled_codes, bundled_pack, read_pack
from equipoise.study.lines.vary import overridden, settings_of
from equipoise.study.model import LineAnchor, Pack, Varied

DAYS = Whole(0, 36500)
_OWN_GAP = "gap "
"""How keys begin that give the gap of one route."""


@dataclass(frozen=True, slots=True)
class LinesSaid:
    """The block as read. `pack`: with the study's own numbers. `code_file`: the code list that lies beside the pack."""

    pack: Pack
    code_file: Path
    drugs: DrugsSaid | None
    anchor: LineAnchor | None
    local: tuple[str, ...]
    vary: tuple[Varied, ...]
    pathways: int | None


_PACK = Field(
    "pack",
    Text(300),
    "The rules of a disease: the name of a pack that Equipoise brings along, or a file (YAML) from the folder of the study file.",
    required=True,
    example="breast",
)
_DRUGS = Field(
    "drugs",
    DRUGS,
    "The code sets by which drugs are known: sets whose descriptions name the drug of each code, or each drug with its own sets. "
    "The list beside the pack when left out.",
    example=["DRUG_CHEMO", "DRUG_ENDOCRINE"],
)
_SETTINGS = (
    Field("regimen window", DAYS, "Drugs that begin so many days after a line's first belong to it.", example=28),
    Field("gap", DAYS, "Days without treatment that end a line, for all routes; `gap iv`, `gap oral` for one.", example=90),
    Field("rechallenge", DAYS, "A drug that comes back so many days after its last covered day is the line's own.", example=180),
    Field("substitution", DAYS, "Days within which one drug may stand in for another, for all such rules alike.", example=60),
    Field("current", DAYS, "A line is current at the index when it ended at most so many days before.", example=30),
    Field("lead in", DAYS, "Days before the anchor from which a treatment counts.", example=14),
    Field("ongoing", DAYS, "A line begun before the anchor that ends so many days after it is no line after it.", example=30),
)
_FIRST = Field("first of", OneOrMore(SetName()), "The first day with a record of these sets.", required=True, example=["metastasis"])
_CONFIRMED = Field("confirmed within", Whole(1, 3650), "Only a day with a later one so many days after it counts.", example=90)
_ANCHOR = Field(
    "anchor",
    Record(
        (_FIRST, _CONFIRMED),
        lambda entry: LineAnchor(sets=entry.need(_FIRST), confirmed_within=entry.get(_CONFIRMED)) if entry.whole else None,
    ),
    "The day from which lines count, such as that of the first metastasis; all lines count when left out.",
)
_LOCAL = Field(
    "local treatments", OneOrMore(SetName()), "Sets of treatments around which drugs given with them do not count.", example=["surgery"]
)
_VARIED: Shape[Varied] = Turned(ListOf(DAYS), lambda values, node, _desk: Varied(setting=node.name, values=tuple(sorted(set(values)))))
_VARY = Field(
    "vary",
    ByName(_VARIED, plain_names=False),
    "A sensitivity grid: settings of this block, each with the days it takes; `anchor records: [1, 2]` asks for one or a confirming "
    "second. For each combination, how many persons' eligibility changes.",
    example={"regimen window": [21, 28, 45], "gap": [60, 90, 120]},
)
_PATHWAYS = Field("pathways", Whole(1, 12), "How many regimens are told apart where courses are counted.", default=8, example=6)
_FIELDS = (_PACK, *_SETTINGS, _ANCHOR, _LOCAL, _DRUGS, _VARY, _PATHWAYS)


@dataclass(frozen=True)
class LinesShape(Shape[LinesSaid]):
    """The block's record, and keys `gap <route>` of the pack's own routes."""

    def read(self, node: Node, desk: Desk) -> LinesSaid | None:
        """See `Shape.read`."""
        own = [pair for pair in node.pairs if pair.key.startswith(_OWN_GAP)] if isinstance(node, Mapping) else []
        if isinstance(node, Mapping):
            node = replace(node, pairs=tuple(pair for pair in node.pairs if pair not in own))
        return Record(_FIELDS, lambda entry: _lines(entry, own)).read(node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {**Record(_FIELDS, lambda _entry: None).schema(), "patternProperties": {f"^{_OWN_GAP}.": DAYS.schema()}}


LINES = LinesShape()


def _lines(entry: Entry, own: list[Pair]) -> LinesSaid | None:
    desk = entry.desk
    gaps = [(pair.key, DAYS.read(pair.value, desk), Spot(pair.line, pair.value.path)) for pair in own]
    said = [(field.key, entry.get(field), _key_spot(entry, field.key)) for field in _SETTINGS if field.key in entry.values]
    path = desk.file.parent / str(entry.get(_PACK))
    bundled = path.suffix not in (".yaml", ".yml")
    pack = _read_pack(entry, path, bundled=bundled) if _PACK.key in entry.values else None
    if pack is None:
        return None
    grid = entry.get(_VARY) or ()
    for key, _, spot in (*said, *gaps, *((one.setting, 0, _inner_spot(entry, one.setting)) for one in grid)):
        _check_setting(key, pack, entry, spot)
    _check_grid(grid, entry)
    if desk.problems:
        return None
    settings = tuple((internal(key), days) for key, days, _ in (*said, *gaps) if days is not None)
    return LinesSaid(
        overridden(pack, settings),
        _code_file(path, bundled=bundled),
        entry.get(_DRUGS),
        entry.get(_ANCHOR),
        entry.get(_LOCAL) or (),
        grid,
        entry.get(_PATHWAYS),
    )


def _read_pack(entry: Entry, path: Path, *, bundled: bool) -> Pack | None:
    try:
        return bundled_pack(str(entry.get(_PACK))) if bundled else read_pack(path)
    except EquipoiseError as error:
        for problem in error.problems:
            if problem.where.line is None:
                entry.desk.report(problem.kind, problem.what, entry.at(_PACK), problem.did_you_mean)
            else:
                entry.desk.problems.append(problem)
    return None


def _code_file(path: Path, *, bundled: bool) -> Path:
    return bundled_codes(path.name) if bundled else path.with_suffix(".csv")


def _check_setting(key: str, pack: Pack, entry: Entry, spot: Spot) -> None:
    known = [_written(name) for name in settings_of(pack)]
    if key == ANCHOR_RECORDS or key in known:
        return
    what = f"there is no setting `{key[:60]}`; the pack `{pack.name}` has {', '.join(known)}"
    entry.desk.report(UNKNOWN_SETTING, what, spot, closest(key, known))


def _written(name: str) -> str:
    return "regimen window" if name == "window" else name.replace("_", " ")


def _check_grid(grid: tuple[Varied, ...], entry: Entry) -> None:
    cells = 1
    for one in grid:
        cells *= len(one.values)
    if cells > LARGEST_GRID:
        entry.desk.report(OUT_OF_RANGE, f"the grid has {cells} combinations; {LARGEST_GRID} are the most", entry.at(_VARY))
    anchor = entry.get(_ANCHOR)
    for one in (one for one in grid if one.setting == ANCHOR_RECORDS):
        spot = _inner_spot(entry, one.setting)
        if not set(one.values) <= {1, 2}:
            entry.desk.report(OUT_OF_RANGE, "`anchor records` takes 1 and 2", spot)
        elif anchor is None or (2 in one.values and anchor.confirmed_within is None):
            entry.desk.report(OUT_OF_RANGE, "`anchor records` needs an `anchor`, and for 2 its `confirmed within`", spot)


def _key_spot(entry: Entry, key: str) -> Spot:
    pair = entry.node.find(key)
    return Spot(pair.line, pair.value.path) if pair else Spot(entry.node.line, entry.node.path)


def _inner_spot(entry: Entry, key: str) -> Spot:
    node = entry.at(_VARY)
    pair = node.find(key) if isinstance(node, Mapping) else None
    return Spot(pair.line, pair.value.path) if pair else Spot(node.line, node.path)


def places(node: Node) -> Iterator[tuple[str, Node]]:
    """The block's keys and values, for reports about its parts."""
    yield from ((pair.key, pair.value) for pair in node.pairs) if isinstance(node, Mapping) else ()
