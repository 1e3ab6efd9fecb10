"""Spark gives what NumPy gives, with few statements; without Spark the message says what to install."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.county import Habits, make_county
from matching.comparing.candidates import ArrayCandidates
from matching.comparing.engine import candidates_of
from matching.comparing.resources import Engine
from matching.encoding.encode import encode
from matching.linking import link_records
from matching.model import default_model

MODEL = default_model()
MISSING = [
    *([] if importlib.util.find_spec("pyspark") or "TONGBI_CI" in os.environ else ["pyspark"]),  # there it must be
    *([] if shutil.which("java") else ["Java"]),
]
needs_spark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A small session that spends its time on rows, not on compiling: quick to start and cold anyway."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    builder = SparkSession.builder.master("local[2]").appName("test")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    yield made
    made.stop()


def crowd(records: pd.DataFrame) -> pd.DataFrame:
    """A block that is split and stays too large, beside the records."""
    rows = 150
    many = pd.DataFrame(
        {
            "record_id": [f"ZZ-{i:04d}" for i in range(rows)],
            "department": "education",
            "name": "王梓涵",
            "live_town": "豫龙镇",
            "birth_date": [f"20{10 + i % 2}-03-{1 + i % 28:02d}" for i in range(rows)],
        }
    )
    return pd.concat([records, many], ignore_index=True).fillna("")


@needs_spark
@pytest.mark.slow
def test_spark_gives_the_same_patterns_and_links(spark: Any, same_candidates: Any, tmp_path: Path) -> None:
    habits = Habits(children=250, seed=41, careless=3.0, minority=0.2, twins=0.05)
    records = crowd(make_county(habits).drop(columns=["row"]))
    e = encode(records, MODEL)
    reference = ArrayCandidates(e, MODEL)
    other: Any = candidates_of(e, MODEL, Engine("spark", tmp_path))
    assert other.statements <= 16
    same_candidates(reference, other)
    other.close()
    found, expected = (link_records(records, engine=Engine(name, tmp_path)) for name in ("spark", "numpy"))
    pd.testing.assert_frame_equal(found.pairs, expected.pairs)
    pd.testing.assert_frame_equal(found.clusters, expected.clusters)
    assert not list(tmp_path.iterdir())


def test_without_spark_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    records = pd.DataFrame({"record_id": ["A", "B"], "department": "education", "name": "王梓涵"})
    with pytest.raises(ValueError, match="没有安装 Spark"):
        link_records(records, engine=Engine("spark", tmp_path))
    assert not list(tmp_path.iterdir())
