"""四查三比对 by name: what the lists of a period say about each of the ministry's checks and comparisons.

Belongs here: counting children per entry of `comparisons` in the catalogue. Not here: the lists themselves. Source:
rules/definitions.md#four-checks, rules/people.md#official-words.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from expectations.jurisdictions.profile import Profile
from expectations.lists.catalogue import MinistryCheck, load_catalogue
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
    missing = set(not_computed(profile, delivered)["code"])
    rows = [
        _row(name, one, findings, (profile, missing, delivered)) for name, one in load_catalogue().comparisons.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(
    name: str, one: MinistryCheck, findings: pd.DataFrame, run: tuple[Profile, set[str], Collection[str]]
) -> tuple[str, str, str, int, int, str]:
    profile, missing, delivered = run
    catalogue = profile.catalogue
    lists = [code for code in one.lists if code not in missing and profile.lists[code].active]
    absent = [need for need in one.needs if not catalogue.delivered(need, delivered)]
    if absent or not lists:
        why = f"本期没有收到{catalogue.spoken(absent)}的数据" if absent else "有关清单本期都没有计算"
        return name, one.asks, "、".join(one.lists), -1, -1, f"{why}，“{name}”没有数字，不表示没有这类情况。"
    found = findings[findings["code"].isin(lists)]
    if one.only:
        # `str.contains` and not a list of truths: of no findings that list would be empty, and choose no columns.
        found = found[("、" + found["groups"] + "、").str.contains(f"、{one.only}、", regex=False).to_numpy(np.bool_)]
    sure = found[found["grade"] == catalogue.grades[-1]]
    return name, one.asks, "、".join(lists), found["child_id"].nunique(), sure["child_id"].nunique(), ""
