"""NumPy, DuckDB and Spark give the same pairs, the same patterns row for row, and the same links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.county import Habits, make_county
from matching.comparing.candidates import ArrayCandidates, Candidates
from matching.comparing.engine import candidates_of
from matching.comparing.resources import Engine
from matching.encoding.encode import encode
from matching.linking import link_records
from matching.model import default_model

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = default_model()
ROLL = (
    "王梓涵",
    "王子涵",
    "李欣怡",
    "张伟",
    "张伟伟",
    "小伟",
    "欧阳娜娜",
    "欧娜娜",
    "买买提·艾力",
    "买买提艾力",
    "李?怡",
    "",
    "毛毛",
)


def same_parts(one: Candidates, other: Candidates, records: int) -> None:
    """Fetching a part gives the same part: by pattern, by record, by component."""
    rng = np.random.default_rng(1)
    some = rng.random(len(one.counts)) < 0.5
    touched = rng.random(records) < 0.1
    label = rng.integers(-1, max(records // 3, 1), records)
    for a, b in (
        (one.fetch(some), other.fetch(some)),
        (one.touching(touched, some), other.touching(touched, some)),
        (one.inside(label, some), other.inside(label, some)),
    ):
        np.testing.assert_array_equal(a.pairs.left, b.pairs.left)
        np.testing.assert_array_equal(a.pairs.right, b.pairs.right)
        np.testing.assert_array_equal(a.pattern, b.pattern)


@pytest.fixture(scope="session")
def check(same_candidates: Callable[[Candidates, Candidates], None]) -> Callable[[pd.DataFrame, Path], None]:
    """DuckDB's candidates of the records are NumPy's, whole and in parts."""

    def checked(records: pd.DataFrame, folder: Path) -> None:
        e = encode(records, MODEL)
        reference = ArrayCandidates(e, MODEL)
        other = candidates_of(e, MODEL, Engine("duckdb", folder, memory="500MB", threads=2))
        try:
            same_candidates(reference, other)
            same_parts(reference, other, len(e))
        finally:
            other.close()

    return checked


def crowd(rows: int, towns: int = 1) -> pd.DataFrame:
    """One name on many records of one or more towns: blocks that are split, and parts that stay too large."""
    return pd.DataFrame(
        {
            "record_id": [f"ED-{i:05d}" for i in range(rows)],
            "department": "education",
            "name": "王梓涵",
            "sex": [str(1 + i % 2) for i in range(rows)],
            "live_town": [f"镇{i % towns}" for i in range(rows)],
            "birth_date": [f"20{10 + i % 4}-03-{1 + i % 3:02d}" for i in range(rows)],
            "father_name": [f"王{chr(0x4E00 + i % 50)}" for i in range(rows)],
        }
    )


@pytest.fixture(scope="session")
def mixed() -> pd.DataFrame:
    """Careless rows, many long names, twins, people without numbers; one source without births, one with a single row."""
    habits = Habits(children=700, seed=31, careless=3.0, minority=0.25, twins=0.05, without_number=0.2)
    made = make_county(habits)
    made.loc[made["department"] == "civil_affairs", ["birth_date", "birth_precision"]] = ""
    single = made.tail(1).assign(record_id="XX-1", department="health")
    blank = made.head(3).assign(record_id=["YY-1", "YY-2", "YY-3"], department="nothing")
    for column in blank.columns.difference(["record_id", "department", "row", "truth"]):
        blank[column] = ""
    return pd.concat([made, single, blank], ignore_index=True)


def test_a_mixed_county(check: Any, mixed: pd.DataFrame, tmp_path: Path) -> None:
    check(mixed, tmp_path)


@pytest.mark.parametrize(
    "records", [crowd(400), crowd(500, towns=5), crowd(150, towns=40)], ids=["one", "split", "small"]
)
def test_oversized_blocks(check: Any, records: pd.DataFrame, tmp_path: Path) -> None:
    check(records, tmp_path)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_next_to_nothing(check: Any, county: pd.DataFrame, tmp_path: Path, rows: int) -> None:
    check(county.head(rows), tmp_path)


def test_links_are_equal_whatever_the_engine_its_threads_and_the_order(mixed: pd.DataFrame, tmp_path: Path) -> None:
    reference = link_records(mixed, engine="numpy")
    shuffled = mixed.sample(frac=1, random_state=5)
    for records, threads in ((mixed, 1), (shuffled, 3)):
        found = link_records(records, engine=Engine("duckdb", tmp_path, threads=threads))
        pd.testing.assert_frame_equal(found.pairs, reference.pairs)
        pd.testing.assert_frame_equal(
            found.clusters.drop(columns=["file", "row"]), reference.clusters.drop(columns=["file", "row"])
        )
        assert {**found.report, "seconds": 0} == {**reference.report, "seconds": 0}


def test_duckdb_leaves_nothing_behind(mixed: pd.DataFrame, tmp_path: Path) -> None:
    link_records(mixed.head(300), engine=Engine("duckdb", tmp_path, memory="200MB", threads=2))
    assert not list(tmp_path.iterdir())


def _rows(draw: Callable[..., Any], size: int) -> list[dict[str, str]]:
    names, days = (
        st.sampled_from(ROLL),
        st.sampled_from(("2015-03-10", "2015-01-20", "2015-03", "2015", "2016-03-10", "2015-10-03", "")),
    )
    numbers = st.sampled_from(
        ("341221201503100210", "341221201503100236", "34122120150310021", "", "341221********0210")
    )
    rows = []
    for place in range(size):
        number = draw(numbers)
        rows.append(
            {
                "record_id": f"R{place:03d}",
                "department": draw(st.sampled_from(("education", "public_security"))),
                "layout": draw(st.sampled_from(("", "ledger"))),
                "name": draw(names),
                "former_name": draw(st.sampled_from(("", "", "李强", "王梓涵"))),
                "birth_date": draw(days),
                "sex": draw(st.sampled_from(("1", "2", ""))),
                "id_no": number if len(number) == 18 and number.isdigit() else "",
                "id_no_raw": number,
                "id_no_status": "valid" if len(number) == 18 and number.isdigit() else "damaged",
                "father_name": draw(st.sampled_from(("", "王伟", "王玮", "李大山"))),
                "guardian_name": draw(st.sampled_from(("", "王伟", "张秀英"))),
                "phone": draw(st.sampled_from(("", "13800001111", "13900002222"))),
                "live_town": draw(st.sampled_from(("", "豫龙镇", "高山镇"))),
                "live_village": draw(st.sampled_from(("", "槐林村"))),
            }
        )
    return rows


@st.composite
def small_frames(draw: Callable[..., Any]) -> pd.DataFrame:
    rows = _rows(draw, draw(st.integers(2, 14)))
    return pd.DataFrame(rows)


@settings(max_examples=12, deadline=None)
@given(small_frames())
def test_small_frames_of_anything(check: Any, tmp_path_factory: pytest.TempPathFactory, records: pd.DataFrame) -> None:
    check(records, tmp_path_factory.getbasetemp())


def test_a_key_that_costs_too_much_is_held_to_its_budget(
    same_candidates: Any, county: pd.DataFrame, tmp_path: Path
) -> None:
    tight = MODEL.model_copy(update={"blocking": MODEL.blocking.model_copy(update={"budget": 0.05, "free_pairs": 1})})
    records = pd.concat([county.head(1500), crowd(200)], ignore_index=True)
    e = encode(records, tight)
    reference = ArrayCandidates(e, tight)
    assert reference.counts.sum() < ArrayCandidates(e, MODEL).counts.sum()
    assert sum(line.split_blocks for line in reference.yields) > sum(
        line.split_blocks for line in ArrayCandidates(e, MODEL).yields
    )
    other = candidates_of(e, tight, Engine("duckdb", tmp_path, threads=2))
    same_candidates(reference, other)
    other.close()
