"""The engine on Spark, for those who outgrow one machine: the statements of DuckDB in Spark's spelling, about a dozen of them.

Belongs here: the session, the statements' order, what later stations fetch. Does not belong here: the statements (`keys`, `fields`). The
records are coded by the driver and read by the executors from Parquet; patterns come back counted, and only the pairs that can matter
one by one (docs/scale.md).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.candidates import pattern_table
from matching.keys import Parts
from matching.sql.collected import block_figures, key_yields, sorted_found
from matching.sql.dialect import SPARK
from matching.sql.fields import Fields
from matching.sql.hard import Hard
from matching.sql.keys import KeySql, merged_query
from matching.sql.tables import make_tables

if TYPE_CHECKING:
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


class SparkCandidates:
    """All candidate pairs of a delivery in Spark, each with its pattern (see `matching.candidates.Candidates`)."""

    table: Levels
    counts: Ints
    yields: list[KeyYield]

    def __init__(self, e: Encoded, model: Model, engine: Engine) -> None:
        self._folder = engine.private_folder()
        self._size = max(len(e), 1)
        self.statements = 0
        try:
            self._spark = session(engine, self._folder)
            self._build(e, model)
        except BaseException:
            self.close()
            raise

    def _build(self, e: Encoded, model: Model) -> None:
        tables = make_tables(e, model)
        self._load("keys", tables.keys)
        blocks = self._block(Parts(e), model)
        self._load("records", tables.records)
        self._load("relation", tables.relation)
        fields = Fields(model, tables, SPARK)
        hard = self._numpy(fields.hard_query())
        self._load("hard", Hard(e, model).levels(hard["left_rid"], hard["right_rid"]))
        self._keep("compared", fields.compared_query())
        patterns = self._numpy("SELECT pattern, count(*) AS pairs FROM compared GROUP BY pattern")
        order = np.argsort(patterns["pattern"])
        self._patterns = patterns["pattern"][order].astype(np.int64)
        self.counts = patterns["pairs"][order].astype(np.int64)
        self.table = pattern_table(self._patterns, model)
        sets = self._numpy("SELECT key_bits, count(*) AS pairs FROM compared GROUP BY key_bits")
        self.yields = key_yields(sets["key_bits"], sets["pairs"], blocks, model)

    def _block(self, parts: Parts, model: Model) -> dict[int, tuple[int, int, int]]:
        """The table `pairs`, all keys at once; the figures of their blocks."""
        sql = KeySql(model, SPARK, tuple(range(len(model.keys))))
        self._keep("tokens", sql.tokens(parts))
        self._keep("sizes", sql.sizes())
        sql.hold(**self._numpy(sql.histogram()), records=self._size)
        self._keep("large", sql.large())
        self._keep("pairs", merged_query(f"({sql.pairs()} UNION ALL {sql.large_pairs()})"))
        return block_figures(*(self._numpy(query) for query in (sql.some(), sql.figures(), sql.windowed())))

    def fetch(self, patterns: Mask) -> Found:
        """The pairs of some patterns."""
        self._load("wanted", {"pattern": self._patterns[patterns]})
        return self._found("SELECT c.* FROM compared c LEFT SEMI JOIN wanted w ON w.pattern = c.pattern")

    def touching(self, records: Mask, patterns: Mask) -> Found:
        """The pairs of these patterns that touch one of the records."""
        self._load("wanted", {"pattern": self._patterns[patterns]})
        self._load("touched", {"rid": np.flatnonzero(records).astype(np.int32)})
        rids = "SELECT rid FROM touched"
        return self._found(
            "SELECT c.* FROM compared c LEFT SEMI JOIN wanted w ON w.pattern = c.pattern "
            f"WHERE c.left_rid IN ({rids}) OR c.right_rid IN ({rids})"
        )

    def inside(self, label: Ints, patterns: Mask) -> Found:
        """The pairs of these patterns whose two records have the same label."""
        rows = np.flatnonzero(label >= 0)
        self._load("wanted", {"pattern": self._patterns[patterns]})
        self._load("labels", {"rid": rows.astype(np.int32), "label": label[rows]})
        return self._found(
            "SELECT c.* FROM compared c LEFT SEMI JOIN wanted w ON w.pattern = c.pattern JOIN labels x ON x.rid = c.left_rid "
            "JOIN labels y ON y.rid = c.right_rid AND y.label = x.label"
        )

    def close(self) -> None:
        """Delete what was written: codes of persons. The session stays: starting one takes seconds."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _found(self, query: str) -> Found:
        rows = self._numpy(f"SELECT left_rid, right_rid, key_bits, pattern FROM ({query}) q")
        return sorted_found(rows, self._patterns, self._size)

    def _load(self, name: str, columns: Columns) -> None:
        """Give the executors a table of integers, through Parquet: Spark reads it in parallel and knows its size."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.statements += 1
        path = self._folder / f"{name}-{self.statements}.parquet"
        table = pa.table({column: pa.array(np.ascontiguousarray(values)) for column, values in columns.items()})
        pq.write_table(table, path, row_group_size=1_000_000)
        self._spark.read.parquet(str(path)).createOrReplaceTempView(name)

    def _keep(self, name: str, query: str) -> None:
        """Run a statement and keep its answer as Parquet: nothing is worked out twice."""
        self.statements += 1
        path = str(self._folder / f"{name}-{self.statements}")
        self._spark.sql(query).write.parquet(path)
        self._spark.read.parquet(path).createOrReplaceTempView(name)

    def _numpy(self, query: str) -> dict[str, NDArray[Any]]:
        self.statements += 1
        found = self._spark.sql(query).toArrow()
        return {name: found.column(name).to_numpy() for name in found.column_names}


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
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    builder = SparkSession.builder.appName("tongbi linkage").config("spark.ui.enabled", "false")
    if "SPARK_MASTER" not in os.environ and "MASTER" not in os.environ:
        builder = builder.master(f"local[{engine.threads}]")
    settings = {
        "spark.driver.memory": engine.memory.replace("GB", "g").replace("MB", "m"),
        "spark.local.dir": str(folder.parent),
        "spark.sql.shuffle.partitions": str(engine.threads),  # on one machine; a cluster's are its own
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        made = builder.getOrCreate()
    except Exception as error:
        raise ValueError("Spark 没有启动：请确认装有 Java 17，并设置了 JAVA_HOME") from error
    made.sparkContext.setLogLevel("ERROR")
    return made
