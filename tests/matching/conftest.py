"""Fixtures of the linking tests: a generated county, and a frame of a few written-out records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.county import Habits, make_county
from matching.clustering.cluster import Clusters
from matching.encoding.encode import encode
from matching.linked import Linkage, LinkageTrace
from matching.linking import link_records
from matching.model import default_model
from matching.reading.citizen import check_character
from matching.scoring.decide import weigh_evidence
from matching.scoring.design import make_design
from matching.scoring.weigh import Weights
from matching.shapes import KeyYield, Pairs

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def county() -> pd.DataFrame:
    return make_county(Habits(children=2500, seed=7))


@pytest.fixture(scope="session")
def county_linkage(county: pd.DataFrame) -> Linkage:
    return link_records(county)


@pytest.fixture(scope="session")
def families(county: pd.DataFrame) -> pd.DataFrame:
    """All rows of the first children of the county: its first rows would be one department's."""
    children = county["truth"].drop_duplicates().head(250)
    return county[county["truth"].isin(children)].reset_index(drop=True)


@pytest.fixture(scope="session")
def number() -> Any:
    """Valid number of a birth date and an order number."""

    def made(born: str, order: int = 11) -> str:
        first17 = f"341221{born.replace('-', '')}{order:03d}"
        return first17 + check_character(first17)

    return made


@pytest.fixture(scope="session")
def spoiled() -> Callable[[str, str], tuple[str, str]]:
    """A number as a clerk or a spreadsheet spoils it, and the status that reading gives it."""

    def spoil(number: str, how: str) -> tuple[str, str]:
        if how == "15":
            return number[:15] + "000", "damaged"
        if how == "m":
            return number[:6] + "********" + number[14:], "masked"
        at = int(how[1:])
        if how[0] == "d":
            return number[:at] + number[at + 1 :], "bad_length"
        return number[:at] + str((int(number[at]) + 3) % 10) + number[at + 1 :], "bad_check"

    return spoil


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


@pytest.fixture(scope="session")
def levels_of() -> Any:
    """Level codes from names, one dictionary per pair; what is not named is missing, as for two empty records."""
    model = default_model()

    def make(*pairs: dict[str, str]) -> dict[str, Any]:
        return {
            field: np.array([model.code(field, pair.get(field, "missing")) for pair in pairs], dtype=np.int8)
            for field in (*model.fields, "number")
        }

    return make


@pytest.fixture(scope="session")
def pairs_of() -> Any:
    """Pairs of record positions, in the order given; `keys` are the bits of the keys that found each."""

    def make(*ends: tuple[int, int], keys: tuple[int, ...] = ()) -> Pairs:
        left, right = (np.array([end[side] for end in ends], dtype=np.int32) for side in (0, 1))
        return Pairs(left, right, np.array(keys or (0,) * len(ends), dtype=np.uint32))

    return make


@pytest.fixture(scope="session")
def trail_of(levels_of: Any, pairs_of: Any) -> Any:
    """What the stations found, written by hand: `lists` names each record's department, an edge is
    `(left, right): (levels, bits)` or `(levels, bits, verdict)`, `label` the clusters.
    """
    model = default_model()
    number = np.array([level.bits for level in model.number.levels.values()])
    design = make_design(model)
    weights = Weights("fixed", "", design, design.anchor, -10.0, -4.0, number, {"patterns": 1.0})

    def make(
        lists: str,
        edges: dict[tuple[int, int], tuple[Any, ...]],
        label: list[int],
        keys: tuple[int, ...] = (),
        big: tuple[int, ...] = (),
    ) -> LinkageTrace:
        ids = [f"R{place}" for place in range(len(lists))]
        e = encode(pd.DataFrame({"record_id": ids, "department": list(lists)}), model)
        ends = sorted(edges)
        inside = [lists[a] == lists[b] for a, b in ends]
        patterns = [
            {"origin": "inside" if same else "cross"} | edges[end][0] for end, same in zip(ends, inside, strict=True)
        ]
        pairs, levels = pairs_of(*ends, keys=keys), levels_of(*patterns)
        judged = np.array([(*edges[end], 0)[2] for end in ends], dtype=np.int8)
        bits = np.array([edges[end][1] for end in ends], dtype=np.float64)
        evidence = weigh_evidence(pairs, levels, bits, judged, model)
        clusters = Clusters(np.array(label), np.array([place in big for place in range(len(lists))], dtype=bool), 0)
        yields = [KeyYield(name, 0, 0, 0, 0, 1) for name in model.keys]
        return LinkageTrace(
            e, model, pairs, levels, weights, evidence, clusters, yields, np.zeros(len(ends)), judged, len(ends)
        )

    return make
