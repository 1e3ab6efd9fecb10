"""How good a linkage is against the truth: pairs, merged children, calibration, and what the wrong and missed pairs look like.

Belongs here: measures that need the truth; the same for every engine. Does not belong here: running an engine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = list[tuple[int, int]]

BINS = (0.0, 0.2, 0.5, 0.9, 0.99, 0.999, 1.0)
_PARENTS = ("father_name", "mother_name")


@dataclass(frozen=True)
class Score:
    """Pairs over all records. `merged`: found children that hold more than one real child; `mixed`: real children caught in them."""

    precision: float
    recall: float
    f1: float
    merged: int
    mixed: int
    wrong: int
    missed: int


def score(truth: NDArray[np.int64], label: NDArray[np.int64]) -> Score:
    """Pairwise score of found against true children, without listing pairs."""
    table = pd.DataFrame({"truth": truth, "label": label})
    both = _pairs(table.value_counts(["truth", "label"]))
    found, real = _pairs(table["label"].value_counts()), _pairs(table["truth"].value_counts())
    kinds = table.drop_duplicates().groupby("label").size()
    precision, recall = both / max(found, 1), both / max(real, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    wide = kinds[kinds > 1]
    return Score(precision, recall, f1, len(wide), int(wide.sum()), found - both, real - both)


def _pairs(counts: pd.Series) -> int:
    values = counts.to_numpy(dtype=np.int64)
    return int((values * (values - 1) // 2).sum())


def judged(records: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The probability that the engine gave each pair, and whether it is right.

    Args:
        records: with `record_id, truth`.
        pairs: `record_a, record_b, probability`.
    """
    truth = records.set_index("record_id")["truth"]
    right = truth.reindex(pairs["record_a"]).to_numpy() == truth.reindex(pairs["record_b"]).to_numpy()
    return pd.DataFrame({"p": pairs["probability"].to_numpy(), "right": right})


def calibration(pairs: pd.DataFrame) -> pd.DataFrame:
    """Per bin of the probability: pairs, mean probability, share that is right; from `judged`."""
    place = np.clip(np.searchsorted(BINS, pairs["p"].to_numpy(), side="right") - 1, 0, len(BINS) - 2)
    out = pairs.assign(bin=place).groupby("bin").agg(pairs=("p", "size"), said=("p", "mean"), right=("right", "mean"))
    out = out.reset_index()
    out["bin"] = [f"{BINS[k]:g}-{BINS[k + 1]:g}" for k in out["bin"]]
    return out


def errors(records: pd.DataFrame, label: NDArray[np.int64]) -> tuple[Rows, Rows]:
    """Positions of the missed pairs and of the wrong ones."""
    truth = records["truth"].to_numpy()
    missed = [pair for rows in _groups(truth) for pair in combinations(rows, 2) if label[pair[0]] != label[pair[1]]]
    wrong = [pair for rows in _groups(label) for pair in combinations(rows, 2) if truth[pair[0]] != truth[pair[1]]]
    return missed, wrong


def _groups(values: NDArray[np.int64]) -> list[list[int]]:
    order = np.argsort(values, kind="stable")
    cuts = np.flatnonzero(np.diff(values[order])) + 1
    return [part.tolist() for part in np.split(order, cuts) if 1 < len(part) < 2000]


def missed_class(a: pd.Series, b: pd.Series) -> str:
    """What stood in the way of a missed pair: numbers, name, birth, parents."""
    return " ".join((_numbers(a, b), _same(a, b, "name"), _same(a, b, "birth_date"), _people(a, b)))


def wrong_class(a: pd.Series, b: pd.Series) -> str:
    """Who was taken for whom: twins, siblings, namesakes, strangers; and whether a number was shared."""
    kin = _people(a, b) == "parents=same"
    if kin:
        who = "twins" if a["birth_date"] == b["birth_date"] != "" else "siblings"
    else:
        who = "namesakes" if a["name"] == b["name"] else "strangers"
    return f"{who} {_numbers(a, b)} {_same(a, b, 'birth_date')}"


def _numbers(a: pd.Series, b: pd.Series) -> str:
    one, other = ({row.get(c, "") for c in ("id_no", "student_no_id", "disability_no_id")} - {""} for row in (a, b))
    if one & other:
        return "number=same"
    if one and other:
        return "number=differ"
    return "number=broken" if a["id_no_raw"] and b["id_no_raw"] else "number=missing"


def _same(a: pd.Series, b: pd.Series, column: str) -> str:
    if not a[column] or not b[column]:
        return f"{column}=missing"
    return f"{column}={'same' if a[column] == b[column] else 'differ'}"


def _people(a: pd.Series, b: pd.Series) -> str:
    one, other = ({row.get(c, "") for c in (*_PARENTS, "guardian_name")} - {""} for row in (a, b))
    if not one or not other:
        return "parents=missing"
    return "parents=same" if one & other else "parents=differ"


def classes(records: pd.DataFrame, label: NDArray[np.int64]) -> tuple[Counter[str], Counter[str]]:
    """Missed and wrong pairs by class."""
    missed, wrong = errors(records, label)
    rows = {place: records.iloc[place] for pair in (*missed, *wrong) for place in pair}
    return (
        Counter(missed_class(rows[a], rows[b]) for a, b in missed),
        Counter(wrong_class(rows[a], rows[b]) for a, b in wrong),
    )
