"""四查三比对 by name: what the lists of a period say about each of the ministry's checks and comparisons.

Belongs here: counting children per entry of `comparisons` in the catalogue. Not here: the lists themselves. Source:
rules/definitions.md#four-checks, rules/people.md#official-words.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from expectations.jurisdictions.profile import Profile
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import not_computed

COLUMNS = ["name", "asks", "lists", "children", "certain", "sentence"]


def comparisons(findings: pd.DataFrame, profile: Profile, delivered: Collection[str]) -> pd.DataFrame:
    """One row per entry: `name, asks, lists` (codes joined by 、), `children` and `certain` (children, those graded 明确), `sentence`.

    Args:
        findings: `compute_findings`.
        profile: the place's profile.
        delivered: departments and `department.layout`, as for `not_computed`.

    Returns:
        In the catalogue's order; `sentence` says in Chinese why there are no numbers, "" where there are; the numbers are then -1.
    """
    catalogue, missing = profile.catalogue, set(not_computed(profile, delivered, set(findings["code"]))["code"])
    rows = []
    for name, check in load_catalogue().comparisons.items():
        codes = [code for code in check.lists if code not in missing and profile.lists[code].active]
        absent = [need for need in check.needs if not catalogue.delivered(need, delivered)]
        if absent or not codes:
            # Not 0: what could not be compared would look like a county without such children.
            why = f"本期没有收到{catalogue.spoken(absent)}的数据" if absent else "有关清单本期都没有计算"
            sentence = f"{why}，“{name}”没有数字，不表示没有这类情况。"
            rows.append((name, check.asks, "、".join(check.lists), -1, -1, sentence))
            continue
        lines = findings[findings["code"].isin(codes)]
        if check.only:
            # `str.contains` and not a list of truths: of no findings that list would be empty, and choose no columns.
            groups = "、" + lines["groups"] + "、"
            lines = lines[groups.str.contains(f"、{check.only}、", regex=False).to_numpy(np.bool_)]
        sure = lines[lines["grade"] == catalogue.grades[-1]]
        rows.append((name, check.asks, "、".join(codes), lines["child_id"].nunique(), sure["child_id"].nunique(), ""))
    return pd.DataFrame(rows, columns=COLUMNS)
