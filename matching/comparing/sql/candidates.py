"""What every SQL engine does with its pairs, and what later stations ask of it: the same questions on DuckDB and on Spark.

Belongs here: comparing `pairs`, counting patterns, fetching pairs from the table `compared`, and handing both on as arrays. Does not belong
here: running a statement, or how the table came about (`duck`, `spark`).
"""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from matching.comparing.candidates import FetchedPairs, pattern_table
from matching.comparing.levels.name import name_levels
from matching.comparing.levels.number import damaged_levels
from matching.comparing.sql.fields import FieldSql
from matching.shapes import KeyYield, Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Ints, Mask, Rows
    from matching.comparing.resources import Engine
    from matching.comparing.sql.dialect import Dialect
    from matching.comparing.sql.tables import Columns, Tables
    from matching.model import Model
    from matching.shapes import Encoded, Levels

    Answer = dict[str, NDArray[Any]]

_CHUNK = 1_000_000
"""Hard pairs judged at a time: bounds the memory of the reference beside the engine's own."""


class BlockFigures(NamedTuple):
    """What a key's blocks were like: how many were split, how many parts windowed, records of the largest."""

    split: int
    windowed: int
    largest: int


class SqlCandidates(ABC):
    """All candidate pairs of a delivery in an SQL engine, each with its pattern (see `matching.comparing.candidates.Candidates`).

    A subclass starts its engine and makes the table `pairs` and, by `_compare`, the table `compared`.
    """

    dialect: Dialect
    table: Levels
    counts: Ints
    yields: list[KeyYield]

    def __init__(self, e: Encoded, model: Model, engine: Engine) -> None:
        self._folder: Path = engine.private_folder()
        self._size = max(len(e), 1)
        try:
            self._start(engine)
            blocks = self._build(e, model)
            self._count(blocks, model)
        except BaseException:  # an interrupted run too leaves no codes of persons behind
            self.close()
            raise

    @abstractmethod
    def _start(self, engine: Engine) -> None:
        """Open the engine inside the private folder."""

    @abstractmethod
    def _build(self, e: Encoded, model: Model) -> dict[int, BlockFigures]:
        """Make the table `compared` (`left_rid, right_rid, key_bits, pattern`); the figures of each key's blocks."""

    @abstractmethod
    def _load(self, name: str, columns: Columns) -> None:
        """Give the engine a table of integers."""

    @abstractmethod
    def _keep(self, name: str, query: str) -> None:
        """Keep a query's answer as a table: nothing is worked out twice."""

    @abstractmethod
    def _numpy(self, query: str) -> Answer:
        """A query's answer."""

    def _compare(self, tables: Tables, e: Encoded, model: Model) -> None:
        """From `pairs` to `compared`; pairs that SQL cannot judge exactly come from the reference (`hard_pairs`)."""
        self._load("records", tables.records)
        self._load("relation", tables.relation)
        fields = FieldSql(model, tables, self.dialect)
        hard = self._numpy(fields.hard_query())
        self._load("hard", hard_pairs(e, model, hard["left_rid"], hard["right_rid"]))
        self._keep("compared", fields.compared_query())

    def _count(self, blocks: dict[int, BlockFigures], model: Model) -> None:
        patterns = self._numpy("SELECT pattern, count(*) AS pairs FROM compared GROUP BY pattern")
        order = np.argsort(patterns["pattern"])  # groups come in any order, patterns are known by their row
        self._patterns = patterns["pattern"][order].astype(np.int64)
        self.counts = patterns["pairs"][order].astype(np.int64)
        self.table = pattern_table(self._patterns, model)
        # Counted by the set of keys, not key by key: one statement gives both all pairs of a key and those that no earlier key has.
        sets = self._numpy("SELECT key_bits, count(*) AS pairs FROM compared GROUP BY key_bits")
        self.yields = key_yields(sets["key_bits"], sets["pairs"], blocks, model)

    def fetch(self, patterns: Mask) -> FetchedPairs:
        """The pairs of some patterns."""
        return self._fetched(patterns)

    def touching(self, records: Mask, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns that touch one of the records."""
        self._load("touched", {"rid": np.flatnonzero(records).astype(np.int32)})
        rids = "SELECT rid FROM touched"
        return self._fetched(patterns, f"WHERE c.left_rid IN ({rids}) OR c.right_rid IN ({rids})")

    def inside(self, label: Ints, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns whose two records have the same label."""
        rows = np.flatnonzero(label >= 0)
        self._load("labels", {"rid": rows.astype(np.int32), "label": label[rows]})
        same_label = "JOIN labels x ON x.rid = c.left_rid JOIN labels y ON y.rid = c.right_rid AND y.label = x.label"
        return self._fetched(patterns, same_label)

    def _fetched(self, patterns: Mask, narrowed: str = "") -> FetchedPairs:
        self._load("wanted", {"pattern": self._patterns[patterns]})
        query = f"SELECT c.* FROM compared c {self.dialect.semi} wanted w ON w.pattern = c.pattern {narrowed}"
        rows = self._numpy(f"SELECT left_rid, right_rid, key_bits, pattern FROM ({query}) q")
        return sorted_pairs(rows, self._patterns, self._size)

    def close(self) -> None:
        """Delete what the engine wrote: codes of persons."""
        shutil.rmtree(self._folder, ignore_errors=True)


def sorted_pairs(rows: Answer, patterns: Ints, size: int) -> FetchedPairs:
    """Rows `left_rid, right_rid, key_bits, pattern` in any order as pairs sorted by their records."""
    # DuckDB is told not to keep an order and Spark never has one, and no result may depend on it.
    order = np.argsort(rows["left_rid"].astype(np.int64) * size + rows["right_rid"])
    left, right = (rows[side][order].astype(np.int32) for side in ("left_rid", "right_rid"))
    pairs = Pairs(left, right, rows["key_bits"][order].astype(np.uint32))
    return FetchedPairs(pairs, np.searchsorted(patterns, rows["pattern"][order]).astype(np.int32))


def hard_pairs(e: Encoded, model: Model, left: Rows, right: Rows) -> Columns:
    """The table `hard`: `left_rid, right_rid, name, damage` of pairs that no statement can judge exactly, judged by the reference."""
    names, damages = [], []
    for start in range(0, max(len(left), 1), _CHUNK):
        a, b = left[start : start + _CHUNK], right[start : start + _CHUNK]
        names.append(name_levels(e.names, (e.name[a], e.name[b]), (e.former[a], e.former[b]), model.fields["name"]))
        damages.append(damaged_levels(e, e.sets, (a, b), model.number))
    return {
        "left_rid": left.astype(np.int32),
        "right_rid": right.astype(np.int32),
        "name": np.concatenate(names).astype(np.int32),
        "damage": np.concatenate(damages).astype(np.int32),
    }


def block_figures(keys: Answer, figures: Answer, windowed: Answer) -> dict[int, BlockFigures]:
    """Figures per key number from the answers of `KeySql`: the keys in use, their blocks, their windowed parts."""
    # A key whose values all stand once makes no block at all, and its largest is one record: `figures` does not know it.
    out = {int(key): BlockFigures(0, 0, 1) for key in keys["key_no"]}
    wide = dict(zip(windowed["key_no"].tolist(), windowed["windowed"].tolist(), strict=True))
    for key, split, largest in zip(
        figures["key_no"].tolist(), figures["split"].tolist(), figures["largest"].tolist(), strict=True
    ):
        out[int(key)] = BlockFigures(int(split), int(wide.get(key, 0)), int(largest))
    return out


def key_yields(sets: Ints, pairs: Ints, blocks: dict[int, BlockFigures], model: Model) -> list[KeyYield]:
    """One line per key from the counted sets of keys: all its pairs, and those that no earlier key has."""
    lines = []
    for bit, key in enumerate(model.keys):
        here = (sets >> bit & 1) == 1
        first = here & ((sets & ((1 << bit) - 1)) == 0)
        figures = blocks.get(bit, BlockFigures(0, 0, 0))
        lines.append(KeyYield(key, int(pairs[here].sum()), int(pairs[first].sum()), *figures))
    return lines
