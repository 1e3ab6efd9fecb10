"""The engine on Spark, for those who outgrow one machine: the statements of DuckDB in Spark's spelling, about a dozen of them.

Belongs here: the session, the statements' order. Does not belong here: the statements (`keys`, `fields`), what later stations fetch (`candidates`). The
records are coded by the driver and read by the executors from Parquet; patterns come back counted, and only the pairs that can matter
one by one (docs/scale.md).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.blocking.keys import Parts
from matching.comparing.sql.candidates import BlockFigures, SqlCandidates, block_figures
from matching.comparing.sql.dialect import SPARK
from matching.comparing.sql.keys import KeySql, merged_query
from matching.comparing.sql.tables import make_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.resources import Engine
    from matching.comparing.sql.tables import Columns
    from matching.model import Model
    from matching.shapes import Encoded


class SparkCandidates(SqlCandidates):
    """All candidate pairs of a delivery in Spark; `statements` counts what was run. The session stays: starting one takes seconds."""

    dialect = SPARK

    def _start(self, engine: Engine) -> None:
        self.statements = 0
        self._spark = session(engine, self._folder)

    def _build(self, e: Encoded, model: Model) -> dict[int, BlockFigures]:
        tables = make_tables(e, model)
        self._load("keys", tables.keys)
        blocks = self._block(Parts(e), model)
        self._compare(tables, e, model)
        return blocks

    def _block(self, parts: Parts, model: Model) -> dict[int, BlockFigures]:
        """The table `pairs`, all keys at once; the figures of their blocks."""
        sql = KeySql(model, SPARK, tuple(range(len(model.keys))))
        self._keep("tokens", sql.tokens(parts))
        self._keep("sizes", sql.sizes())
        sql.set_limits(**self._numpy(sql.histogram()), records=self._size)
        self._keep("large", sql.large())
        self._keep("pairs", merged_query(f"({sql.pairs()} UNION ALL {sql.large_pairs()})"))
        return block_figures(*(self._numpy(query) for query in (sql.keys(), sql.figures(), sql.windowed())))

    def _load(self, name: str, columns: Columns) -> None:
        """Give the executors a table of integers, through Parquet: Spark reads it in parallel and knows its size."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.statements += 1
        # A new file each time: a view that is still read must not have its file written over.
        path = self._folder / f"{name}-{self.statements}.parquet"
        table = pa.table({column: pa.array(np.ascontiguousarray(values)) for column, values in columns.items()})
        pq.write_table(table, path, row_group_size=1_000_000)
        self._spark.read.parquet(str(path)).createOrReplaceTempView(name)

    def _keep(self, name: str, query: str) -> None:
        """As Parquet: a view alone would be worked out anew by every statement that names it."""
        self.statements += 1
        path = str(self._folder / f"{name}-{self.statements}")
        self._spark.sql(query).write.parquet(path)
        self._spark.read.parquet(path).createOrReplaceTempView(name)

    def _numpy(self, query: str) -> dict[str, NDArray[Any]]:
        self.statements += 1
        table = self._spark.sql(query).toArrow()
        return {name: table.column(name).to_numpy() for name in table.column_names}


def session(engine: Engine, folder: Path) -> Any:
    """The running Spark session, or one of this machine's own (`spark-submit` brings a cluster's).

    Raises:
        ValueError: pyspark or Java is missing (in Chinese).
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ValueError("没有安装 Spark：请安装 pyspark（pip install 'tongbi[spark]'）和 Java 17") from error
    for name in ("PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"):  # else Spark 4 starts the machine's first Python
        os.environ.setdefault(name, sys.executable)
    # A cluster's session was sized by whoever sized the cluster (docs/scale.md): nothing of it is set here.
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    # Its pages would open a port of the machine and show statements to whoever looks in.
    builder = SparkSession.builder.appName("tongbi linkage").config("spark.ui.enabled", "false")
    if "SPARK_MASTER" not in os.environ and "MASTER" not in os.environ:
        builder = builder.master(f"local[{engine.threads}]")
    settings = {
        "spark.driver.memory": engine.memory.replace("GB", "g").replace("MB", "m"),
        "spark.local.dir": str(folder.parent),  # the session outlives this delivery, whose own folder is deleted
        "spark.sql.shuffle.partitions": str(engine.threads),  # on one machine; a cluster's are its own
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        raise ValueError("Spark 没有启动：请确认装有 Java 17，并设置了 JAVA_HOME") from error
    spark.sparkContext.setLogLevel("ERROR")
    return spark
