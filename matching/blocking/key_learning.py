"""Blocking keys measured and proposed from the data's own labels: pairs of rows with one valid number, the number hidden (rules/linkage.md#idea-12).

Belongs here: what each key catches and costs, and which further keys would catch what all keys miss. Does not belong here: making pairs (`block`); the
model is never changed, a person puts a proposal into `model.yaml`. Counts only, never a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.blocking.keys import WIDTH, Parts, key_values
from matching.encoding.encode import encode
from matching.model import KeySpec, Model, default_model

if TYPE_CHECKING:
    from matching.arrays import Ints, Mask
    from matching.blocking.keys import KeyValues
    from matching.shapes import Encoded

HIDDEN = ("number", "number_part")
"""Keys that see the number itself: the labels would measure themselves."""
PROPOSED_PARTS = (
    *(
        "sound",
        "given_sound",
        "surname_sound",
        "day",
        "lunar",
        "month",
        "year",
        "sex",
        "father",
        "mother",
        "people_sounds",
    ),
    *("people_numbers", "phones", "household", "towns", "villages"),
)
"""What proposals are made of."""
# For comparison: all keys of the shipped model together make 3.6 pairs per record of a million (docs/decisions/engine.md).
_MOST_PER_RECORD = 15.0
_LARGEST_GROUP = 6


@dataclass(frozen=True)
class KeyWorth:
    """`keys`: per key of the model `key, pairs, caught, alone, pairs_per_catch`; `proposals`: `parts, pairs, caught_more`, the best first;
    `recall`: share of the labelled pairs that the model's keys catch together; `labels`: how many there are.
    """

    keys: pd.DataFrame
    proposals: pd.DataFrame
    recall: float
    labels: int


def measure_keys(records: pd.DataFrame, model: Model | None = None, most: int = 5) -> KeyWorth:
    """Measure every key of the model and look for better ones.

    Args:
        records: standard records (docs/data-shapes.md 3) of any number of departments.
        model: whose keys; the shipped one by default.
        most: proposals wanted.
    """
    model = model or default_model()
    e = encode(records, model)
    left, right = labelled_pairs(e)
    parts = Parts(e)
    caught, pairs = {}, {}
    for name, spec in model.keys.items():
        if name not in HIDDEN:
            values = key_values(spec, parts)
            caught[name], pairs[name] = catches(values, left, right, len(e)), cost(values, model.blocking.block_limit)
    table = np.array(list(caught.values()), dtype=bool).reshape(len(caught), len(left))
    together = table.sum(axis=0)
    rows = [
        (name, pairs[name], int(mask.sum()), int((mask & (together == 1)).sum()), pairs[name] / max(1, int(mask.sum())))
        for name, mask in caught.items()
    ]
    keys = pd.DataFrame(rows, columns=["key", "pairs", "caught", "alone", "pairs_per_catch"])
    missed = together == 0
    proposals = _propose(e, parts, (left[missed], right[missed]), model, most)
    return KeyWorth(keys, proposals, float((together > 0).mean()) if len(left) else 1.0, len(left))


def labelled_pairs(e: Encoded) -> tuple[Ints, Ints]:
    """Pairs of records with one valid number that also share the sound of the name or the birth date: others may have borrowed it."""
    rows = np.flatnonzero(e.own != 0)
    rows = rows[np.argsort(e.own[rows], kind="stable")]
    number, sound = e.own[rows], e.names.whole[e.name[rows]]
    left, right = [], []
    for step in range(1, _LARGEST_GROUP):
        same = np.flatnonzero(number[step:] == number[:-step])
        first, second = rows[same], rows[same + step]
        close = (sound[same] == sound[same + step]) & (sound[same] != 0) | (e.birth[first] == e.birth[second])
        left.append(first[close])
        right.append(second[close])
    return np.concatenate(left), np.concatenate(right)


def catches(values: KeyValues, left: Ints, right: Ints, n: int) -> Mask:
    """Which pairs share a value of the key."""
    order = np.argsort(values.record, kind="stable")
    record, value = values.record[order], values.value[order]
    start = np.searchsorted(record, np.arange(n + 1))
    most = int(np.diff(start).max(initial=0))
    out = np.zeros(len(left), dtype=bool)
    if not len(value):
        return out

    def nth(side: Ints, number: int) -> Ints:
        """Each record's value of this number, 0 behind its last."""
        place = start[side] + number
        return np.where(place < start[side + 1], value[np.minimum(place, len(value) - 1)], 0)

    # Every value against every value: a record has a handful of them.
    for number in range(most):
        mine = nth(left, number)
        for other in range(most):
            out |= (mine == nth(right, other)) & (mine != 0)
    return out


def cost(values: KeyValues, limit: int) -> int:
    """Pairs that the key makes; blocks above the limit count as windows, as blocking takes them."""
    sizes = np.unique(values.value, return_counts=True)[1].astype(np.int64)
    return int(np.where(sizes <= limit, sizes * (sizes - 1) // 2, sizes * limit // 2).sum())


def _propose(e: Encoded, parts: Parts, missed: tuple[Ints, Ints], model: Model, most: int) -> pd.DataFrame:
    """Greedy: of all keys of two or three parts that cost little enough, the one that catches most of what is still missed."""
    left, right = missed
    known = {tuple(sorted(line)) for spec in model.keys.values() for line in spec.of}
    rows: list[tuple[str, int, int]] = []
    usable = [name for name in PROPOSED_PARTS if any(column.any() for column in parts.of(name))] if len(left) else []
    candidates: dict[tuple[str, ...], tuple[Mask, int]] = {}
    for line in (*combinations(usable, 2), *combinations(usable, 3)):
        if tuple(sorted(line)) in known or sum(parts.bits(name) for name in line) > WIDTH:
            continue
        values = key_values(KeySpec(zh="", split="name", of=(line,)), parts)
        pairs = cost(values, model.blocking.block_limit)
        if pairs <= _MOST_PER_RECORD * len(e):
            candidates[line] = catches(values, left, right, len(e)), pairs

    # The best next one instead of the best set, which is a set cover: a person takes proposals one by one anyway (rules/linkage.md#idea-12).
    still = np.ones(len(left), dtype=bool)
    while candidates and len(rows) < most:
        best = max(candidates, key=lambda line: (int((candidates[line][0] & still).sum()), -candidates[line][1]))
        caught, pairs = candidates.pop(best)
        more = int((caught & still).sum())
        if not more:
            break
        rows.append((" + ".join(best), pairs, more))
        still &= ~caught
    return pd.DataFrame(rows, columns=["parts", "pairs", "caught_more"])
