"""The engine on DuckDB: statements run inside a memory limit, spilling to a private directory that is deleted afterwards.

Belongs here: running the statements. Does not belong here: the statements (`keys`, `fields`), or what later stations fetch (`candidates`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matching.blocking.keys import Parts
from matching.comparing.sql.candidates import BlockFigures, SqlCandidates, block_figures
from matching.comparing.sql.dialect import DUCKDB
from matching.comparing.sql.keys import KeySql, merged_query
from matching.comparing.sql.tables import make_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.resources import Engine
    from matching.comparing.sql.tables import Columns
    from matching.model import Model
    from matching.shapes import Encoded


class DuckCandidates(SqlCandidates):
    """All candidate pairs of a delivery in DuckDB."""

    dialect = DUCKDB

    def _start(self, engine: Engine) -> None:
        import duckdb

        # No database file: codes of persons reach the disk only where they do not fit, in the folder that `close` deletes.
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(f"SET memory_limit = '{engine.memory}'")
        self._connection.execute("SET temp_directory = '{}'".format(str(self._folder).replace("'", "''")))
        self._connection.execute(f"SET threads = {engine.threads}")
        # Keeping the order of insertion holds whole results back in memory, and all of ours are sorted or counted anyway.
        self._connection.execute("SET preserve_insertion_order = false")

    def _build(self, e: Encoded, model: Model) -> dict[int, BlockFigures]:
        tables = make_tables(e, model)
        self._load("keys", tables.keys)
        blocks = self._block(Parts(e), model)
        self._keep("pairs", merged_query("raw"))
        # What nothing more reads is dropped at once: it would count against the memory limit, or be spilled for nothing.
        for name in ("raw", "keys", "tokens", "sizes", "large"):
            self._run(f"DROP TABLE IF EXISTS {name}")
        self._compare(tables, e, model)
        for name in ("pairs", "records", "relation", "hard"):
            self._run(f"DROP TABLE IF EXISTS {name}")
        return blocks

    def _block(self, parts: Parts, model: Model) -> dict[int, BlockFigures]:
        """Fill `raw` with the pairs of one key after another; the figures of their blocks."""
        self._run("CREATE TEMP TABLE raw (left_rid INTEGER, right_rid INTEGER, bit INTEGER)")
        figures: dict[int, BlockFigures] = {}
        # One key at a time, where Spark takes all at once: only one key's tokens have to fit into the memory of one machine.
        for bit in range(len(model.keys)):
            sql = KeySql(model, DUCKDB, (bit,))
            self._keep("tokens", sql.tokens(parts))
            self._keep("sizes", sql.sizes())
            sql.set_limits(**self._numpy(sql.histogram()), records=self._size)
            self._run(f"INSERT INTO raw {sql.pairs()}")
            self._keep("large", sql.large())
            self._run(f"INSERT INTO raw {sql.large_pairs()}")
            figures |= block_figures(*(self._numpy(query) for query in (sql.keys(), sql.figures(), sql.windowed())))
        return figures

    def close(self) -> None:
        """Close the database, then delete its files."""
        if hasattr(self, "_connection"):
            self._connection.close()
        super().close()

    def _load(self, name: str, columns: Columns) -> None:
        import pandas as pd

        self._connection.register("frame", pd.DataFrame(columns))
        self._keep(name, "SELECT * FROM frame")
        self._connection.unregister("frame")

    def _keep(self, name: str, query: str) -> None:
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def _run(self, statement: str) -> None:
        self._connection.execute(statement).fetchall()  # to the end: a pending result blocks the connection

    def _numpy(self, query: str) -> dict[str, NDArray[Any]]:
        columns = self._connection.execute(query).fetchnumpy()
        return {name: np.asarray(column) for name, column in columns.items()}
