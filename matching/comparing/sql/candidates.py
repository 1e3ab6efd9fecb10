"""What every SQL engine does with its pairs, and what later stations ask of it: the same questions on DuckDB and on Spark.

Belongs here: comparing `pairs`, counting patterns and fetching pairs from the table `compared`. Does not belong here: running a statement, or how the table came
about (`duck`, `spark`).
"""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.comparing.candidates import pattern_table
from matching.comparing.sql.collected import key_yields, sorted_found
from matching.comparing.sql.fields import Fields
from matching.comparing.sql.hard import Hard

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.candidates import FetchedPairs
    from matching.comparing.resources import Engine
    from matching.comparing.sql.dialect import Dialect
    from matching.comparing.sql.tables import Columns, Tables
    from matching.model import Model
    from matching.shapes import Encoded, KeyYield, Levels

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class SqlCandidates(ABC):
    """All candidate pairs of a delivery in an SQL engine, each with its pattern (see `matching.comparing.candidates.Candidates`).

    A subclass starts its engine, makes the table `compared` and then calls `_count`.
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
            self._count(self._build(e, model), model)
        except BaseException:
            self.close()
            raise

    @abstractmethod
    def _start(self, engine: Engine) -> None:
        """Open the engine inside the private folder."""

    @abstractmethod
    def _build(self, e: Encoded, model: Model) -> dict[int, tuple[int, int, int]]:
        """Make the table `compared` (`left_rid, right_rid, key_bits, pattern`); the figures of each key's blocks."""

    @abstractmethod
    def _load(self, name: str, columns: Columns) -> None:
        """Give the engine a table of integers."""

    @abstractmethod
    def _keep(self, name: str, query: str) -> None:
        """Keep a query's answer as a table: nothing is worked out twice."""

    @abstractmethod
    def _numpy(self, query: str) -> dict[str, NDArray[Any]]:
        """A query's answer."""

    def _compare(self, tables: Tables, e: Encoded, model: Model) -> None:
        """From `pairs` to `compared`; pairs that SQL cannot judge exactly come from the reference (`hard`)."""
        self._load("records", tables.records)
        self._load("relation", tables.relation)
        fields = Fields(model, tables, self.dialect)
        hard = self._numpy(fields.hard_query())
        self._load("hard", Hard(e, model).levels(hard["left_rid"], hard["right_rid"]))
        self._keep("compared", fields.compared_query())

    def _count(self, blocks: dict[int, tuple[int, int, int]], model: Model) -> None:
        patterns = self._numpy("SELECT pattern, count(*) AS pairs FROM compared GROUP BY pattern")
        order = np.argsort(patterns["pattern"])
        self._patterns = patterns["pattern"][order].astype(np.int64)
        self.counts = patterns["pairs"][order].astype(np.int64)
        self.table = pattern_table(self._patterns, model)
        sets = self._numpy("SELECT key_bits, count(*) AS pairs FROM compared GROUP BY key_bits")
        self.yields = key_yields(sets["key_bits"], sets["pairs"], blocks, model)

    def fetch(self, patterns: Mask) -> FetchedPairs:
        """The pairs of some patterns."""
        return self._found(patterns)

    def touching(self, records: Mask, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns that touch one of the records."""
        self._load("touched", {"rid": np.flatnonzero(records).astype(np.int32)})
        rids = "SELECT rid FROM touched"
        return self._found(patterns, f"WHERE c.left_rid IN ({rids}) OR c.right_rid IN ({rids})")

    def inside(self, label: Ints, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns whose two records have the same label."""
        rows = np.flatnonzero(label >= 0)
        self._load("labels", {"rid": rows.astype(np.int32), "label": label[rows]})
        both = "JOIN labels x ON x.rid = c.left_rid JOIN labels y ON y.rid = c.right_rid AND y.label = x.label"
        return self._found(patterns, both)

    def _found(self, patterns: Mask, narrowed: str = "") -> FetchedPairs:
        self._load("wanted", {"pattern": self._patterns[patterns]})
        query = f"SELECT c.* FROM compared c {self.dialect.semi} wanted w ON w.pattern = c.pattern {narrowed}"
        rows = self._numpy(f"SELECT left_rid, right_rid, key_bits, pattern FROM ({query}) q")
        return sorted_found(rows, self._patterns, self._size)

    def close(self) -> None:
        """Delete what the engine wrote: codes of persons."""
        shutil.rmtree(self._folder, ignore_errors=True)
