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
    everyone = on_roll[["child_id", "town", "village"]].copy()
    everyone["town"] = everyone["town"].where(everyone["town"] != "", NO_TOWN)
    # The kind whose file is the most demanding (孤儿 first): a child is drawn once, however many categories it has.
    everyone["kind"] = [
        next((kind for kind in KINDS if kind in categories.split(";")), "") for categories in on_roll["categories"]
    ]
    return everyone[everyone["kind"] != ""].sort_values("child_id", ignore_index=True)


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
    keys = [hashlib.sha256(f"{wanted.seed}|{child}".encode()).hexdigest() for child in everyone["child_id"]]
    ordered = everyone.assign(key=keys).sort_values("key")
    rank = ordered.groupby(["town", "kind"]).cumcount()
    strata = list(zip(ordered["town"], ordered["kind"], strict=True))
    ordered["stratum_size"] = [sizes[stratum] for stratum in strata]
    ordered["stratum_drawn"] = [quota[stratum] for stratum in strata]
    drawn = ordered[rank.to_numpy() < ordered["stratum_drawn"].to_numpy()].drop(columns="key")
    return drawn.sort_values(["town", "kind", "child_id"], ignore_index=True)


def allocate(sizes: Mapping[tuple[str, str], int], wanted: int) -> dict[tuple[str, str], int]:
    """How many of each stratum: one each while the sample allows it, the rest by largest remainders, never more than there are."""
    wanted = min(wanted, sum(sizes.values()))
    if not sizes or wanted <= 0:
        return dict.fromkeys(sizes, 0)
    if wanted < len(sizes):
        largest = sorted(sizes, key=lambda stratum: (-sizes[stratum], stratum))[:wanted]
        return {stratum: int(stratum in largest) for stratum in sizes}

    spare, rest = wanted - len(sizes), {stratum: size - 1 for stratum, size in sizes.items()}
    whole = sum(rest.values()) or 1
    exact = {stratum: spare * size / whole for stratum, size in rest.items()}
    quota = {stratum: 1 + int(share) for stratum, share in exact.items()}
    # Equal remainders by name: the same draw on every machine.
    by_remainder = sorted(exact, key=lambda stratum: (int(exact[stratum]) - exact[stratum], stratum))
    for stratum in by_remainder[: wanted - sum(quota.values())]:
        quota[stratum] += 1
    return quota
