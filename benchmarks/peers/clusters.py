"""Own steps that the peers' libraries do not have: twins are refused, one-to-one where a library has only pairs (20 lines of a peer's expert).

Belongs here: clusters from weighted pairs, for any peer. Does not belong here: weights, or anything of Tongbi.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def greedy(records: pd.DataFrame, left: Any, right: Any, weight: Any, refuse_twins: bool) -> np.ndarray:
    """Best link first. Without refusal: one record per source. With it: no two own numbers under two names, and no two rows of one
    source without a common number unless sound of the name and birth are the same.

    Args:
        records: the prepared columns, in the order of `rid`.
        left, right: positions of the linked pairs, all above the threshold.
        weight: of each pair.
        refuse_twins: which of the two rules holds.
    """
    head = list(range(len(records)))
    members: dict[int, list[int]] = defaultdict(list)
    source, sound = records["source"].tolist(), records["name_py"].tolist()
    name, birth = records["name"].tolist(), records["birth"].tolist()
    numbers, own = [set(one) for one in records["ids"]], records["id_no"].tolist()

    def find(one: int) -> int:
        while head[one] != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    def clash(a: int, b: int) -> bool:
        if not refuse_twins:
            return bool(source[a] == source[b])
        two = bool(own[a] and own[b] and own[a] != own[b])
        if two and name[a] != name[b]:  # by characters: twins' names may sound alike
            return True
        alike = sound[a] == sound[b] and birth[a] == birth[b] and not two
        return bool(source[a] == source[b] and not alike and not numbers[a] & numbers[b])

    for place in np.lexsort((right, left, -np.asarray(weight))).tolist():
        a, b = find(int(left[place])), find(int(right[place]))
        if a == b:
            continue
        one, other = members.get(a) or [a], members.get(b) or [b]
        if any(clash(x, y) for x in one for y in other):
            continue
        low, high = min(a, b), max(a, b)
        head[high] = low
        members[low] = one + other
    return np.array([find(one) for one in range(len(records))])


def collapse(records: pd.DataFrame) -> np.ndarray:
    """Rows of one source that are plainly one child (same number and sound of name; or same name, birth and parents): the position
    of the first such row, for every row. Both libraries link groups better than rows.
    """
    first = np.arange(len(records))
    seen: dict[tuple[Any, ...], int] = {}
    columns = ("source", "id_no", "name_py", "name", "birth")
    rows = zip(*(records[name].tolist() for name in columns), records["people"].tolist(), strict=True)
    for place, (source, number, sound, name, birth, people) in enumerate(rows):
        keys = [(source, number, sound)] if number else []
        keys += [(source, name, birth, *people)] if name and birth and len(people) else []
        found = min((seen[key] for key in keys if key in seen), default=place)
        first[place] = found
        for key in keys:
            seen.setdefault(key, found)
    return first
