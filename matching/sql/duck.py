"""The engine on DuckDB: statements run inside a memory limit, spilling to a private directory that is deleted afterwards.

Belongs here: running the statements, and what later stations fetch. Does not belong here: the statements (`keys`, `fields`).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.candidates import pattern_table
from matching.keys import Parts
from matching.sql.collected import block_figures, key_yields, sorted_found
from matching.sql.dialect import DUCKDB
from matching.sql.fields import Fields
from matching.sql.hard import Hard
from matching.sql.keys import KeySql, merged_query
from matching.sql.tables import make_tables

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from matching.block import KeyYield
    from matching.candidates import Found
    from matching.compare import Levels
    from matching.encode import Encoded
    from matching.engine import Engine
    from matching.model import Model
    from matching.sql.tables import Columns

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class DuckCandidates:
    """All candidate pairs of a delivery in DuckDB, each with its pattern (see `matching.candidates.Candidates`)."""

    table: Levels
    counts: Ints
    yields: list[KeyYield]

    def __init__(self, e: Encoded, model: Model, engine: Engine) -> None:
        self._folder = engine.private_folder()
        try:
            self._size = max(len(e), 1)
            self._connection = _connect(self._folder, engine)
            self._build(e, model)
        except BaseException:
            self.close()
            raise

    def _build(self, e: Encoded, model: Model) -> None:
        tables = make_tables(e, model)
        self._load("keys", tables.keys)
        blocks = self._block(Parts(e), model)
        self._run(DUCKDB.create("pairs", merged_query("raw")))
        for name in ("raw", "keys", "tokens", "sizes", "large"):
            self._run(f"DROP TABLE IF EXISTS {name}")
        self._load("records", tables.records)
        self._load("relation", tables.relation)
        fields = Fields(model, tables, DUCKDB)
        hard = self._numpy(fields.hard_query())
        self._load("hard", Hard(e, model).levels(hard["left_rid"], hard["right_rid"]))
        self._run(DUCKDB.create("compared", fields.compared_query()))
        for name in ("pairs", "records", "relation", "hard"):
            self._run(f"DROP TABLE IF EXISTS {name}")
        patterns = self._numpy("SELECT pattern, count(*) AS pairs FROM compared GROUP BY pattern ORDER BY pattern")
        self._patterns = patterns["pattern"].astype(np.int64)
        self.counts = patterns["pairs"].astype(np.int64)
        self.table = pattern_table(self._patterns, model)
        self.yields = self._yields(blocks, model)

    def _block(self, parts: Parts, model: Model) -> dict[int, tuple[int, int, int]]:
        """Fill `raw` with the pairs of one key after another; the figures of their blocks."""
        self._run("CREATE TEMP TABLE raw (left_rid INTEGER, right_rid INTEGER, bit INTEGER)")
        out: dict[int, tuple[int, int, int]] = {}
        for bit in range(len(model.keys)):
            sql = KeySql(model, DUCKDB, (bit,))
            self._run(DUCKDB.create("tokens", sql.tokens(parts)))
            self._run(DUCKDB.create("sizes", sql.sizes()))
            sql.hold(**self._numpy(sql.histogram()), records=self._size)
            self._run(f"INSERT INTO raw {sql.pairs()}")
            self._run(DUCKDB.create("large", sql.large()))
            self._run(f"INSERT INTO raw {sql.large_pairs()}")
            out |= block_figures(*(self._numpy(query) for query in (sql.some(), sql.figures(), sql.windowed())))
        return out

    def _yields(self, blocks: dict[int, tuple[int, int, int]], model: Model) -> list[KeyYield]:
        sets = self._numpy("SELECT key_bits, count(*) AS pairs FROM compared GROUP BY key_bits")
        return key_yields(sets["key_bits"], sets["pairs"], blocks, model)

    def fetch(self, patterns: Mask) -> Found:
        """The pairs of some patterns."""
        self._load("wanted", {"pattern": self._patterns[patterns]})
        return self._found("SELECT c.* FROM compared c SEMI JOIN wanted w ON w.pattern = c.pattern")

    def touching(self, records: Mask, patterns: Mask) -> Found:
        """The pairs of these patterns that touch one of the records."""
        self._load("wanted", {"pattern": self._patterns[patterns]})
        self._load("touched", {"rid": np.flatnonzero(records).astype(np.int32)})
        rids = "SELECT rid FROM touched"
        return self._found(
            "SELECT c.* FROM compared c SEMI JOIN wanted w ON w.pattern = c.pattern "
            f"WHERE c.left_rid IN ({rids}) OR c.right_rid IN ({rids})"
        )

    def inside(self, label: Ints, patterns: Mask) -> Found:
        """The pairs of these patterns whose two records have the same label."""
        rows = np.flatnonzero(label >= 0)
        self._load("wanted", {"pattern": self._patterns[patterns]})
        self._load("labels", {"rid": rows.astype(np.int32), "label": label[rows]})
        return self._found(
            "SELECT c.* FROM compared c SEMI JOIN wanted w ON w.pattern = c.pattern JOIN labels x ON x.rid = c.left_rid "
            "JOIN labels y ON y.rid = c.right_rid AND y.label = x.label"
        )

    def close(self) -> None:
        """Close the database and delete its files: they hold codes of persons."""
        if hasattr(self, "_connection"):
            self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _found(self, query: str) -> Found:
        rows = self._numpy(f"SELECT left_rid, right_rid, key_bits, pattern FROM ({query}) q")
        return sorted_found(rows, self._patterns, self._size)

    def _load(self, name: str, columns: Columns) -> None:
        import pandas as pd

        frame = pd.DataFrame(columns)
        self._connection.register("given", frame)
        self._run(DUCKDB.create(name, "SELECT * FROM given"))
        self._connection.unregister("given")

    def _run(self, statement: str) -> None:
        self._connection.execute(statement).fetchall()  # to the end: a pending result blocks the connection

    def _numpy(self, query: str) -> dict[str, NDArray[Any]]:
        found = self._connection.execute(query).fetchnumpy()
        return {name: np.asarray(column) for name, column in found.items()}


def _connect(folder: Path, engine: Engine) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{engine.memory}'")
    connection.execute(f"SET temp_directory = '{folder}'")
    connection.execute(f"SET threads = {engine.threads}")
    connection.execute("SET preserve_insertion_order = false")
    return connection
