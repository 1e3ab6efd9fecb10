"""Two small counties, generated once for all tests of the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo_county import Summary, generate


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return generate(tmp_path_factory.mktemp("county"), children=1500, seed=7)


@pytest.fixture(scope="session")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return generate(tmp_path_factory.mktemp("hamlet"), children=300, seed=3)


@pytest.fixture(params=["2026Q2", "2026Q3"])
def period(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def truth(county: Summary, period: str) -> Path:
    return county.folder / "truth" / period


@pytest.fixture
def inbox(county: Summary, period: str) -> Path:
    return county.folder / "inbox" / period
