"""The numbers of a batch as Arrow tables: what fills in the queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from equipoise.engine.circe.batch import Context, CountedNode, DemographicNode, GroupNode
from equipoise.engine.circe.filters import SetNumbers
from equipoise.engine.circe.shapes import NEVER_REACHED, Definition, Filter, Leaf, Limit

_KINDS = {"id": pa.int64(), "number": pa.float64(), "text": pa.string(), "day": pa.int32(), "flag": pa.bool_()}
_NUMBERS = {"id": "int64", "number": "float64", "day": "int32"}
Kinds = Mapping[str, str]


def _table(kinds: Kinds, rows: Iterable[Sequence[object]]) -> pa.Table:
    return _of_columns(kinds, list(zip(*rows, strict=True)) or [()] * len(kinds))


def _of_columns(kinds: Kinds, columns: Sequence[Sequence[object]]) -> pa.Table:
    return pa.Table.from_arrays([_column(*one) for one in zip(columns, kinds.values(), strict=True)], names=list(kinds))


def _column(values: Sequence[object], kind: str) -> pa.Array[Any]:
    """The values as a column, made of buffers: `pyarrow.array` would import pandas (0.3 s) to ask whether a list is one."""
    there = np.fromiter((value is not None for value in values), np.bool_, len(values))
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little").tobytes())
    if kind == "text":
        data = [b"" if value is None else str(value).encode() for value in values]
        ends = np.cumsum([0, *map(len, data)], dtype=np.int32)
        buffers = [valid, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(data))]
    elif kind == "flag":
        buffers = [valid, pa.py_buffer(np.packbits(np.array([bool(value) for value in values], np.bool_), bitorder="little").tobytes())]
    else:
        numbers = np.array([0 if value is None else value for value in values], dtype=_NUMBERS[kind])
        buffers = [valid, pa.py_buffer(numbers.tobytes())]
    return pa.Array.from_buffers(_KINDS[kind], len(values), buffers)


def set_lines(numbers: SetNumbers) -> pa.Table:
    """A row a line of a concept set."""
    kinds = {"set_id": "id", "concept_id": "id", "excluded": "flag", "descendants": "flag", "mapped": "flag"}
    lines = [line for content in numbers.resolved for line in content]
    ids = [number for content, number in numbers.resolved.items() for _ in range(len(content))]
    columns = [ids, *([line[place] for line in lines] for place in range(4))]
    return _of_columns(kinds, columns)


def set_listed(numbers: SetNumbers) -> pa.Table:
    """A row a concept of a list."""
    kinds = {"set_id": "id", "concept_id": "id"}
    return _table(kinds, ((number, one) for content, number in numbers.listed.items() for one in sorted(content)))


def _of_filters(filters: tuple[Filter, ...]) -> tuple[dict[str, str], list[object]]:
    kinds: dict[str, str] = {}
    values: list[object] = []
    for one in filters:
        for value in one.values:
            kinds[f"v{len(values)}"] = one.shape.type
            values.append(value)
    return kinds, values


def leaf_values(leaves: Sequence[tuple[Leaf, int]]) -> pa.Table:
    """A row a leaf of one shape."""
    first = leaves[0][0]
    kinds = {"leaf_id": "id", "concept_set": "id", "source_set": "id"}
    kinds |= {"start_offset": "day", "end_offset": "day"} if first.adjustment else {}
    kinds |= {"from_day": "day", "to_day": "day"} if first.period else {}
    kinds |= _of_filters(first.filters)[0]
    return _table(kinds, (_of_leaf(leaf, number) for leaf, number in leaves))


def _of_leaf(leaf: Leaf, number: int) -> list[object]:
    moved = leaf.adjustment
    return [
        number,
        leaf.concept_set,
        leaf.source_set,
        *((moved.start_offset, moved.end_offset) if moved else ()),
        *(leaf.period or ()),
        *_of_filters(leaf.filters)[1],
    ]


def count_values(nodes: Sequence[CountedNode]) -> pa.Table:
    """A row a correlated criterion of one shape."""
    kinds = {"node_id": "id", "ctx_id": "id", "leaf_id": "id", "anywhere": "flag"}
    for place, _ in enumerate(nodes[0].counted.windows):
        kinds |= {f"low_kind{place}": "day", f"low{place}": "day", f"high_kind{place}": "day", f"high{place}": "day"}
    bounds = ([part for one in node.counted.windows for b in (one.low, one.high) for part in (b.kind, b.days)] for node in nodes)
    return _table(kinds, ((n.node, n.context, n.leaf, n.counted.anywhere, *rest) for n, rest in zip(nodes, bounds, strict=True)))


def node_values(nodes: Sequence[CountedNode]) -> pa.Table:
    """A row a correlated criterion: its group, and the counts for which it is an exception."""
    kinds = {"node_id": "id", "group_id": "id", "low": "id", "high": "id", "delta": "day"}
    return _table(kinds, ((n.node, n.group, n.counted.low, n.counted.high, -1 if n.counted.default else 1) for n in nodes))


def demographic_values(nodes: Sequence[DemographicNode]) -> pa.Table:
    """A row a demographic criterion of one shape."""
    kinds = {"node_id": "id", "group_id": "id", "ctx_id": "id"} | _of_filters(nodes[0].demographic.filters)[0]
    return _table(kinds, ((one.id, one.group, one.context, *_of_filters(one.demographic.filters)[1]) for one in nodes))


def group_values(groups: Sequence[GroupNode]) -> pa.Table:
    """A row a group."""
    kinds = {"group_id": "id", "parent_id": "id", "height": "day", "base": "day", "low": "id", "high": "id", "delta": "day"}
    return _table(kinds, ((g.id, g.parent, g.height, g.base, g.low, g.high, -1 if g.default else 1) for g in groups))


def root_values(contexts: Sequence[Context]) -> pa.Table:
    """A row a context."""
    kinds = {"ctx_id": "id", "source": "id", "root_id": "id", "unless": "day"}
    return _table(kinds, ((one.id, one.source, one.root, int(one.default)) for one in contexts))


def _how_many(limit: Limit) -> int:
    return 1 if limit else NEVER_REACHED


def _direction(limit: Limit) -> int:
    return -1 if limit == -1 else 1


def primary_values(definitions: Iterable[Definition], leaves: Mapping[Leaf, int]) -> pa.Table:
    """A row a criterion of a definition's primary list."""
    kinds = dict.fromkeys(("place", "prior_days", "post_days", "direction", "how_many"), "day")
    return _table(
        {"ctx_id": "id", "leaf_id": "id"} | kinds,
        (
            (d.id, leaves[leaf], place, d.prior_days, d.post_days, _direction(d.primary_limit), _how_many(d.primary_limit))
            for d in definitions
            for place, leaf in enumerate(d.primary)
        ),
    )


def definition_values(definitions: Iterable[Definition]) -> pa.Table:
    """A row a definition: limits, exit, pad, window."""
    kinds = {"ctx_id": "id"} | {f"{side}_{what}": "day" for side in ("qualified", "included") for what in ("many", "direction")}
    kinds |= dict.fromkeys(("exit_kind", "exit_offset", "pad", "from_day", "to_day", "single"), "day")
    return _table(kinds, (_of_definition(one) for one in definitions))


def _of_definition(one: Definition) -> tuple[object, ...]:
    qualified: Limit = one.qualified_limit if one.qualifying is not None else 0
    kind = 0 if one.exit.offset is None else 2 if one.exit.from_end else 1
    included: Limit = 0 if one.limited_before_rules else one.expression_limit
    limits = (_how_many(qualified), _direction(qualified), _how_many(included), _direction(included))
    return one.id, *limits, kind, one.exit.offset or 0, one.pad, *one.window, int(one.single)


def era_values(definitions: Iterable[Definition]) -> tuple[pa.Table, pa.Table]:
    """The distinct eras, and a row a definition that ends with one."""
    with_era = [(one.id, one.exit.era) for one in definitions if one.exit.era is not None]
    numbers = {era: number for number, era in enumerate(dict.fromkeys(era for _, era in with_era))}
    kinds = {"era_id": "id", "drug_set": "id", "gap_days": "day", "exit_offset": "day", "days_supply": "day"}
    found = ((number, era.drug_set, era.gap_days, era.offset, era.days_supply) for era, number in numbers.items())
    of = {"ctx_id": "id", "era_id": "id", "gap_days": "day"}
    return _table(kinds, found), _table(of, ((one, numbers[era], era.gap_days) for one, era in with_era))


def censor_values(definitions: Iterable[Definition], leaves: Mapping[Leaf, int]) -> pa.Table:
    """A row a censoring criterion of a definition."""
    return _table({"ctx_id": "id", "leaf_id": "id"}, ((d.id, leaves[leaf]) for d in definitions for leaf in d.exit.censoring))


def rule_values(roots: Sequence[tuple[int, int, GroupNode]]) -> pa.Table:
    """A row an inclusion rule: its group, its bit, and whether it holds where it is no exception."""
    kinds = {"ctx_id": "id", "group_id": "id", "bit": "id", "unless": "id"}
    return _table(kinds, ((definition, root.id, 1 << place, int(root.default)) for definition, place, root in roots))
