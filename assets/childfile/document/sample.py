"""The stratified random sample of child files for the yearly check (抽查): reproducible by its seed, every stratum seen.

Belongs here: who is drawn. Not here: the sheet that is filled in (`samplebook`). Source: rules/jurisdictions.md#row-8 (每年至少开展
一次抽查), rules/workflow.md#m16.

Strata are township and kind of child. Each stratum gets its share of the sample by largest remainders, at least one where
the sample is large enough; within a stratum the order is that of a keyed hash, so the draw does not depend on the order of rows,
and a larger sample holds the smaller one's children of each stratum.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

KINDS = {"orphan": "孤儿", "de_facto": "事实无人抚养儿童", "left_behind": "留守儿童", "dilemma": "困境儿童"}
NO_TOWN = "未落实"


@dataclass(frozen=True)
class Draw:
    """How many, and by which seed: both are printed on the sheet, so that anybody can draw the same again."""

    size: int
    seed: str


def population(children: pd.DataFrame) -> pd.DataFrame:
    """The children with a file at civil affairs who live: `child_id, town, village, kind`, one row each."""
    on_roll = children[(children["categories"] != "") & (children["alive"] == "yes")]
    found = on_roll[["child_id", "town", "village"]].copy()
    found["town"] = found["town"].where(found["town"] != "", NO_TOWN)
    found["kind"] = on_roll["categories"].map(_kind)
    return found[found["kind"] != ""].sort_values("child_id", ignore_index=True)


def _kind(categories: str) -> str:
    """The kind whose file is the most demanding (孤儿 first); other categories are not sampled."""
    return next((name for name in KINDS if name in categories.split(";")), "")


def draw(everyone: pd.DataFrame, wanted: Draw) -> pd.DataFrame:
    """Draw the sample.

    Args:
        everyone: `population`.
        wanted: size and seed.

    Returns:
        The drawn rows with `stratum_size` and `stratum_drawn`, by township and kind.
    """
    sizes = Counter(zip(everyone["town"], everyone["kind"], strict=True))
    quota = allocate(sizes, wanted.size)
    ordered = everyone.assign(key=[_key(wanted.seed, child) for child in everyone["child_id"]]).sort_values("key")
    rank = ordered.groupby(["town", "kind"]).cumcount()
    strata = list(zip(ordered["town"], ordered["kind"], strict=True))
    ordered["stratum_size"] = [sizes[one] for one in strata]
    ordered["stratum_drawn"] = [quota[one] for one in strata]
    drawn = ordered[rank.to_numpy() < ordered["stratum_drawn"].to_numpy()].drop(columns="key")
    return drawn.sort_values(["town", "kind", "child_id"], ignore_index=True)


def allocate(sizes: Mapping[tuple[str, str], int], wanted: int) -> dict[tuple[str, str], int]:
    """How many of each stratum: one each while the sample allows it, the rest by largest remainders, never more than there are."""
    wanted = min(wanted, sum(sizes.values()))
    if not sizes or wanted <= 0:
        return dict.fromkeys(sizes, 0)
    if wanted < len(sizes):
        largest = sorted(sizes, key=lambda one: (-sizes[one], one))[:wanted]
        return {one: int(one in largest) for one in sizes}
    spare, rest = wanted - len(sizes), {one: number - 1 for one, number in sizes.items()}
    whole = sum(rest.values()) or 1
    exact = {one: spare * number / whole for one, number in rest.items()}
    quota = {one: 1 + int(share) for one, share in exact.items()}
    order = sorted(exact, key=lambda one: (int(exact[one]) - exact[one], one))
    for one in order[: wanted - sum(quota.values())]:
        quota[one] += 1
    return quota


def _key(seed: str, child: str) -> str:
    return hashlib.sha256(f"{seed}|{child}".encode()).hexdigest()
