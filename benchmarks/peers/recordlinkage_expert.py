"""recordlinkage 0.16 in expert hands: several blocks, Chinese features of our own, numbers first, then its logistic regression trained on pairs of valid
numbers (the number hidden); clusters best link first, with and without refused twins.

`recordlinkage_expert.py PREPARED.parquet CLUSTERS.parquet`, in the peers' environment. Settings are the same for all counties.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import recordlinkage as rl
from recordlinkage.base import BaseCompareFeature

from benchmarks.peers.clusters import collapse, greedy
from benchmarks.peers.measured import Run

LINK, REVIEW = 0.5, (0.2, 0.9)
BLOCKS = (
    *(
        ["ids1"],
        ["ids2"],
        ["name_py", "birth_ym"],
        ["birth", "surname_py"],
        ["birth", "given_py"],
        ["phone", "birth_y"],
    ),
    *(["household_no", "birth_y"], ["people_py1", "birth_y", "sex"], ["people_py2", "birth_y", "sex"], ["number15"]),
    *(["towns1", "birth", "sex"], ["towns1", "name_py"], ["people_py1", "name_py"]),
)
CROSS = (("ids1", "ids2"), ("birth", "birth_lunar"), ("people_py1", "people_py2"), ("people_py1", "people_py3"))


class AnyOf(BaseCompareFeature):  # type: ignore[misc]
    """1 where any of the left columns equals any of the right ones, 0 where both sides know and none does, 0.5 where one is empty."""

    def _compute_vectorized(self, *columns: Any) -> np.ndarray:
        half = len(columns) // 2
        left, right = ([np.asarray(one, dtype=object) for one in side] for side in (columns[:half], columns[half:]))
        found = np.zeros(len(left[0]), dtype=bool)
        for one in left:
            for other in right:
                found |= (one == other) & (one != None)  # noqa: E711  element by element
        known = (left[0] != None) & (right[0] != None)  # noqa: E711
        return np.where(found, 1.0, np.where(known, 0.0, 0.5))


class Birth(BaseCompareFeature):  # type: ignore[misc]
    """1 same, 0.9 equal through the lunar calendar, 0.6 one digit, 0.5 unknown, 0.3 same month, 0 else."""

    def _compute_vectorized(self, a: Any, lunar_a: Any, b: Any, lunar_b: Any) -> np.ndarray:
        x, y = (pd.Series(np.asarray(one, dtype=object)).fillna("").astype("U10").to_numpy() for one in (a, b))
        p, q = (np.asarray(one, dtype=object) for one in (lunar_a, lunar_b))
        chars = [one.astype("U10").view(np.uint32).reshape(len(x), -1) for one in (x, y)]
        apart = (chars[0] != chars[1]).sum(axis=1)
        month = np.array([one[:7] for one in x]) == np.array([one[:7] for one in y])
        out = np.select([apart == 0, apart == 1, month], [1.0, 0.6, 0.3], 0.0)
        out[(p == y.astype(object)) & (y != "") | (q == x.astype(object)) & (x != "")] = 0.9
        out[(x == "") | (y == "")] = 0.5
        return out


def candidates(records: pd.DataFrame) -> pd.MultiIndex:
    """All pairs of the blocks, each once; rows without a value in a block are left out of it."""
    found = []
    for block in BLOCKS:
        rows = records.dropna(subset=block)
        if len(rows):
            found.append(rl.index.Block(block).index(rows))
    for left, right in CROSS:
        a, b = records.dropna(subset=[left, "surname_py"]), records.dropna(subset=[right, "surname_py"])
        pairs = rl.index.Block([left, "surname_py"], [right, "surname_py"]).index(a, b)
        found.append(pairs)
    codes = np.unique(np.concatenate([_codes(one, len(records)) for one in found]))
    return pd.MultiIndex.from_arrays([codes // len(records), codes % len(records)])


def _codes(pairs: pd.MultiIndex, n: int) -> np.ndarray:
    a, b = (pairs.get_level_values(level).to_numpy(dtype=np.int64) for level in (0, 1))
    return np.minimum(a, b)[a != b] * n + np.maximum(a, b)[a != b]


def features(pairs: pd.MultiIndex, records: pd.DataFrame) -> pd.DataFrame:
    """Everything but the number, by recordlinkage's `Compare`."""
    compare = rl.Compare()
    for column in ("name", "name_py", "given_py", "surname_py", "c1", "c2", "c3"):
        compare.exact(column, column, missing_value=0, label=column)
    for column in ("sex", "nation", "household_no", "phone", "hukou_addr"):
        compare.exact(column, column, missing_value=0.5, label=column)
    compare.add(AnyOf(("name", "former"), ("name", "former"), label="former"))
    compare.add(Birth(("birth", "birth_lunar"), ("birth", "birth_lunar"), label="birth"))
    for column, size in (("people", 3), ("people_py", 3), ("people_no", 3), ("villages", 2), ("towns", 2)):
        names = tuple(f"{column}{place + 1}" for place in range(size))
        compare.add(AnyOf(names, names, label=column))
    return compare.compute(pairs, records)


def expanded(table: pd.DataFrame) -> pd.DataFrame:
    """Levels as columns of their own and the products that matter in families: the regression is linear."""
    out = table.copy()
    for value in (1.0, 0.9, 0.6, 0.5):
        out[f"birth_{value}"] = (table["birth"] == value).astype(float)
    out["name_birth"] = table["name_py"] * (table["birth"] >= 0.9)
    out["people_birth"] = (table["people"] == 1) * (table["birth"] >= 0.9)
    out["other_name_people"] = (1 - table["name_py"]) * (table["people"] == 1)
    out["other_name_birth"] = (1 - table["name_py"]) * (table["birth"] >= 0.9)
    return out


def log_odds(pairs: pd.MultiIndex, table: pd.DataFrame, records: pd.DataFrame) -> np.ndarray:
    """Numbers first: the regression learns on pairs of two valid numbers and judges all others; a slipped number speaks for the pair."""
    a, b = (pairs.get_level_values(level).to_numpy() for level in (0, 1))
    own, ids, raw = (
        records["id_no"].to_numpy(),
        [set(one) for one in records["ids"]],
        records["id_no_raw"].fillna("").to_numpy(),
    )
    equal = np.array([bool(ids[x] & ids[y]) for x, y in zip(a, b, strict=True)])
    both = np.array([x is not None and y is not None for x, y in zip(own[a], own[b], strict=True)])
    slip = np.array([len(x) >= 15 and x[:15] == y[:15] for x, y in zip(raw[a], raw[b], strict=True)]) & ~both & ~equal
    regression = rl.LogisticRegressionClassifier()
    matrix = expanded(table)
    labelled = both | equal
    regression.fit(matrix[labelled], pairs[labelled & equal])
    p = regression.prob(matrix).to_numpy()
    close = (table["name_py"].to_numpy() == 1) | (table["birth"].to_numpy() >= 0.6)
    odds = np.log(np.clip(p, 1e-9, 1 - 1e-9) / np.clip(1 - p, 1e-9, 1))
    return np.where(equal, np.where(close, 20.0, odds + 3), np.where(both, odds - 6, np.where(slip, odds + 6, odds)))


def main() -> None:
    """Link, cluster in two ways, write."""
    records = pd.read_parquet(sys.argv[1])
    records["number15"] = records["id_no_raw"].str.slice(0, 15)
    run, labels = Run(), {}
    with run.common():
        first = collapse(records)
        kept = records[first == np.arange(len(records))].reset_index(drop=True)
        where = kept["rid"].to_numpy()
        pairs = candidates(kept)
        odds = log_odds(pairs, features(pairs, kept), kept)
        p = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        a, b = (where[pairs.get_level_values(level).to_numpy()] for level in (0, 1))
    share = float(((p >= REVIEW[0]) & (p < REVIEW[1])).sum() / max(1, (p >= REVIEW[0]).sum()))
    for name, refuse in (("recordlinkage 0.16, one to one", False), ("recordlinkage 0.16 + twin refusal", True)):
        with run.variant(name) as line:
            strong = p >= LINK
            labels[name] = greedy(records, a[strong], b[strong], odds[strong], refuse)[first]
            line["review"] = share
    run.write(labels, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
