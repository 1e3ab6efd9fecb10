"""Fixtures of the linking tests: a generated county, and a frame of a few written-out records."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from matching.linking import Linkage, link_records


def _load() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "county.py"
    spec = importlib.util.spec_from_file_location("benchmark_county", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["benchmark_county"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def county_maker() -> ModuleType:
    return _load()


@pytest.fixture(scope="session")
def county(county_maker: ModuleType) -> pd.DataFrame:
    made: pd.DataFrame = county_maker.make_county(county_maker.Habits(children=2500, seed=7))
    return made


@pytest.fixture(scope="session")
def county_linkage(county: pd.DataFrame) -> Linkage:
    return link_records(county)


def check_digit(first17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights, strict=True)) % 11]


@pytest.fixture(scope="session")
def number() -> Any:
    """Valid number of a birth date and an order number."""
    return lambda born, order=11: check_digit(f"341221{born.replace('-', '')}{order:03d}")


@pytest.fixture(scope="session")
def frame() -> Any:
    """Records from dictionaries; an `id_no` is valid unless a status is given, departments by their record's prefix."""
    departments = {"CA": "civil_affairs", "ED": "education", "PS": "public_security", "DI": "disability"}

    def make(*rows: dict[str, str]) -> pd.DataFrame:
        made = []
        for place, row in enumerate(rows):
            code = row.get("d", "PS")
            base = {
                "record_id": f"{code}-{place:03d}",
                "department": departments.get(code, code),
                "period": "2026Q3",
                "birth_precision": "day",
            }
            rest = {key: value for key, value in row.items() if key != "d"}
            if rest.get("id_no"):
                base |= {"id_no_raw": rest["id_no"], "id_no_status": "valid"}
            made.append(base | rest)
        return pd.DataFrame(made).fillna("")

    return make
