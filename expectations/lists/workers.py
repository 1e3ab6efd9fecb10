"""L25 儿童主任缺配: villages with more children on the roll than their child workers may look after, or with too few workers.

Only this condition belongs here (rules/departments.md#worker-roster, rules/jurisdictions.md#row-12, rules/lists.md#l25). The finding is a village's, not a child's.
"""

from collections import Counter

import numpy as np
import pandas as pd

from expectations.jurisdictions.sections import Workers
from expectations.lists.grading import LIKELY, OPEN, SURE
from expectations.lists.view import View

COLUMNS = ["child", "record", "field", "grade", "reason", "place"]


def too_few_workers(view: View) -> pd.DataFrame:
    """L25: one row per village (`place` = township and village) with too few workers.

    Either its children exceed what its workers may look after, or it has fewer workers than every village must have; a number that the place
    has not set asks for nothing.
    """
    children, rolled = _children(view), view.of("civil_affairs") & view.active
    record = view.first(rolled)
    counts = children.groupby(["town", "village"], sort=True)["child"].agg(["size", "first"]).reset_index()
    workers = _workers(view)
    rows = []
    for town, village, size, first in counts.itertuples(index=False):
        have = workers.get((town, village), 0)
        why = _why(view.profile.workers, int(size), have)
        if why:
            # No worker may also mean that the roster calls the village by another of its names.
            grade = (LIKELY if have == 0 else SURE) if village else OPEN
            rows.append((int(first), int(record[int(first)]), "village", grade, why, f"{town}|{village}"))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"child": "int64", "record": "int64", "grade": "int64"})


def _why(rules: Workers, size: int, have: int) -> str:
    """Why so many children need more workers than there are; "" when they do not."""
    per, least = rules.children_per_worker.value, rules.per_village.value
    roster = "名册中没有儿童主任" if have == 0 else f"名册中有{have}名儿童主任"
    if per is not None and size > per * max(have, 1):
        return f"本村（社区）留守和困境儿童{size}名，超过每名儿童主任{per}名的标准，{roster}。"
    if least is not None and have < least:
        return f"本地规定每个村（社区）至少{least}名儿童主任，{roster}；本村（社区）有留守和困境儿童{size}名。"
    return ""


def _children(view: View) -> pd.DataFrame:
    """Children on the roll of the classes that count, with the village that looks after them."""
    rolled = view.of("civil_affairs") & view.active & view.tokens("category", view.profile.workers.counted.known())
    counted = view.any(rolled) & view.flag("alive") & ~view.flag("moved_out") & (view.text("village") != "").to_numpy()
    # The village's line is hung on its first child: not on one whom the village may not see, as long as there is another.
    at = np.flatnonzero(counted)
    at = at[np.argsort(view.veiled[at], kind="stable")]
    places = {name: view.text(name).to_numpy(object)[at] for name in ("town", "village")}
    return pd.DataFrame({"child": at, **places})


def _workers(view: View) -> dict[tuple[str, str], int]:
    """How many child workers each village has; a supervisor of the township is none of them."""
    adults = view.files.beside
    if adults.empty:
        return {}
    rows = adults[adults["layout"] == "workers"]
    posts = view.profile.workers.posts.known()
    kept = rows[rows["post"].map(lambda post: any(word == post or (word and word in post) for word in posts)).eq(True)]
    town = kept["live_town"].where(kept["live_town"] != "", kept["town"])
    village = kept["live_village"].where(kept["live_village"] != "", kept["village"])
    return dict(Counter(zip(town.astype(str), village.astype(str), strict=True)))
