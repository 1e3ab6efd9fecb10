"""The child register: child numbers that last (rules/linkage.md#idea-10).

Belongs here: what a child is known by, giving known children their old number, new numbers, merges and splits as
events. Does not belong here: where the register is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.decisions.clerical import CONTENT_KIND, content_keys
from matching.distinct import as_text
from matching.linked import KnownChildren
from matching.names.tables import fold_all
from matching.register.shared import SharedIdentifiers, claims, first_met, of_several

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Texts
    from matching.model import KnownBy


@dataclass(frozen=True)
class Assigned:
    """`child_id` per record (in the order of the clusters given), the events, the register after this period, and
    counts.
    """

    child_id: Texts
    events: pd.DataFrame
    known: KnownChildren
    counts: dict[str, int]


def identifiers(records: pd.DataFrame) -> pd.DataFrame:
    """What each record is known by: `position, kind, value`, positions counted in the order of `records`."""

    def text(column: str) -> Texts:
        if column not in records.columns:
            return np.full(len(records), "", dtype=object)
        cells: Texts = as_text(records[column]).to_numpy(dtype=object)
        return cells

    code, distinct = pd.factorize(text("name"))
    name = np.array([*fold_all([str(each) for each in distinct]), ""], dtype=object)[code]
    birth, guardian = text("birth_date"), text("father_name")
    for column in ("mother_name", "guardian_name"):  # lists differ in whom they name
        guardian = np.where(guardian == "", text(column), guardian)
    # A month of birth is shared by too many of one name.
    full = (name != "") & (pd.Series(birth).str.len() == 10).to_numpy(dtype=bool)
    values: dict[str, Texts] = {
        "record": text("record_id"),
        **{kind: text(kind) for kind in ("id_no", "student_no", "disability_no", "birth_cert_no")},
        "name_birth_guardian": _joined(full & (guardian != ""), name, birth, guardian),
        "name_birth": _joined(full, name, birth),
    }
    # A citizen number inside another document is the child's own number, whichever column it stands in.
    derived = [_rows("id_no", text(column)) for column in ("student_no_id", "disability_no_id")]
    keys = np.array(content_keys(records), dtype=object)
    remembered = _rows(CONTENT_KIND, values["record"] + " " + keys if len(records) else keys)
    return pd.concat(
        [*(_rows(kind, column) for kind, column in values.items()), *derived, remembered], ignore_index=True
    )


def _joined(mask: NDArray[np.bool_], *parts: Texts) -> Texts:
    """The parts of the rows under the mask in one text, `""` elsewhere."""
    out, rows = np.full(len(mask), "", dtype=object), np.flatnonzero(mask)
    out[rows] = [*map("|".join, zip(*(part[rows] for part in parts), strict=True))]
    return out


def _rows(kind: str, values: Texts) -> pd.DataFrame:
    position = np.flatnonzero(values != "")
    return pd.DataFrame({"position": position, "kind": kind, "value": values[position]})


def assign(
    label: pd.Series, records: pd.DataFrame, identified: pd.DataFrame, known: KnownChildren | None, spec: KnownBy
) -> Assigned:
    """Give every cluster a child number: the old one where the child is known, a new one else.

    Args:
        label: cluster of each record, one entry per row of `records`.
        records: the records, sorted by `record_id`.
        identified: `identifiers(records)`.
        known: children of earlier periods.
        spec: what a child is recognised by.

    Returns:
        Numbers that do not depend on the order of the input. New numbers are serial in the order of each cluster's
        first record.
    """
    known = known or KnownChildren.none()
    labels, shared = label.to_numpy(), SharedIdentifiers.of(identified, known.identifiers)
    owners, settled = _settle(claims(labels, identified, shared, known, spec))

    period = str(records["period"].max()) if len(records) and "period" in records else ""
    serial = _last_serial(known, period)
    order = list(dict.fromkeys(labels.tolist()))
    numbers: dict[int, str] = {}
    for cluster in order:
        if cluster not in owners:
            serial += 1
        numbers[cluster] = owners.get(cluster) or f"T{period}-{serial:06d}"

    # Of a split the other child is a cluster, which has its number only now.
    rows = {(kind, child, numbers[other] if isinstance(other, int) else other) for kind, child, other in settled}
    events = pd.DataFrame(sorted(rows), columns=["kind", "child_id", "other_id"], dtype=object)
    child_id = np.array([numbers[cluster] for cluster in labels.tolist()], dtype=object)
    counts = {
        "known": len(owners),
        "new": len(order) - len(owners),
        **{kind: int((events["kind"] == kind).sum()) for kind in ("merge", "split")},
    }
    return Assigned(child_id, events, _register_after(known, child_id, identified, shared, events), counts)


def in_play(
    known: KnownChildren, identified: pd.DataFrame, settled: frozenset[str], spec: KnownBy
) -> NDArray[np.bool_]:
    """Which of the register's identifiers concern some of a period's records, when all other children are settled.

    Args:
        known: the register.
        identified: `identifiers` of these records.
        settled: the settled children.
        spec: what says something even where two children share it.

    Returns:
        All identifiers of the children that share anything with the records and are not settled, without the values that
        they share with another child, settled or not: a namesake says nothing.
    """
    register, shared = known.identifiers, SharedIdentifiers.of(identified, known.identifiers)
    rows = np.flatnonzero(shared.known >= 0)
    child, children = pd.factorize(register["child_id"].iloc[rows])
    mask: NDArray[np.bool_] = register["child_id"].isin(children[~children.isin(settled)]).to_numpy()
    # Asked of the whole register: among the few identifiers in play a namesake's settled double would not be seen.
    mask[rows[~shared.of_kind(shared.known[rows], spec.strong) & of_several(shared.known[rows], child)]] = False
    return mask


def _settle(claims: pd.DataFrame) -> tuple[dict[int, str], list[tuple[str, str, int | str]]]:
    """Heaviest claims first, one number per cluster; a merge keeps the older number, a split leaves it with the
    heavier part.
    """
    owners: dict[int, str] = {}
    holder: dict[str, int] = {}
    events: list[tuple[str, str, int | str]] = []
    ordered = claims.sort_values(["score", "child_id", "cluster"], ascending=[False, True, True])
    claimed = list(zip(ordered["cluster"].astype(int), ordered["child_id"].astype(str), ordered["strong"], strict=True))
    for cluster, child, _ in claimed:
        if child not in holder and cluster not in owners:
            owners[cluster], holder[child] = child, cluster

    def age(child_id: str) -> tuple[str, str]:
        period, _, serial = child_id.rpartition("-")
        return period, serial.zfill(12)  # the millionth child has one digit more

    # Only then merges and splits: whether a child is left without a cluster is known when all claims have been heard.
    for cluster, child, strong in claimed:
        own = owners.get(cluster, "")
        if own == child or not strong:
            continue
        if child not in holder:
            keep, gone = sorted((own, child), key=age)
            owners[cluster], holder[keep], holder[gone] = keep, cluster, cluster
            events.append(("merge", keep, gone))
        elif cluster not in owners:
            events.append(("split", child, cluster))
    return owners, events


def _last_serial(known: KnownChildren, period: str) -> int:
    """Highest serial already given in this period, so that a run repeated with its own result gives no number twice."""
    begin = f"T{period}-"
    ids = (known.identifiers["child_id"].unique(), known.aliases["child_id"], known.taken)
    return max(
        (int(child.rpartition("-")[2]) for column in ids for child in column if child.startswith(begin)), default=0
    )


def _register_after(
    known: KnownChildren, child_id: Texts, identified: pd.DataFrame, shared: SharedIdentifiers, events: pd.DataFrame
) -> KnownChildren:
    """The register after this period: what was known, what is new, and the merged numbers under the number that
    stays.
    """
    merged = events[events["kind"] == "merge"]
    stays = dict(zip(merged["other_id"], merged["child_id"], strict=True))
    old = under_one_number(known.identifiers, stays)

    # Identifier and child as one integer: the register holds some four identifiers a record, and rows of texts compare slowly.
    position = identified["position"].to_numpy(dtype=np.int64)
    child, children = pd.factorize(child_id)
    rows = np.flatnonzero(shared.known >= 0)
    owner = known.identifiers["child_id"].iloc[rows].map(lambda number: stays.get(number, number))
    owner_at = pd.Index(children).get_indexer(pd.Index(owner))
    before = (shared.known[rows] * len(children) + owner_at)[owner_at >= 0]
    new = first_met(shared.delivered * len(children) + child[position], before)

    columns = {
        "child_id": child_id[position[new]],
        "kind": identified["kind"].iloc[new],
        "value": identified["value"].iloc[new],
    }
    fresh = pd.DataFrame({name: np.asarray(values, dtype=object) for name, values in columns.items()})
    aliases = pd.DataFrame({"child_id": list(stays), "alias_of": list(stays.values())}, dtype=object)
    return KnownChildren(
        pd.concat([old, fresh], ignore_index=True),
        pd.concat([known.aliases, aliases], ignore_index=True).drop_duplicates(ignore_index=True),
    )


def under_one_number(identifiers: pd.DataFrame, stays: dict[str, str]) -> pd.DataFrame:
    """Identifiers of merged children under the number that stays, each once."""
    if not stays:
        return identifiers
    gone = identifiers["child_id"].isin(stays).to_numpy()
    out = identifiers.assign(child_id=identifiers["child_id"].mask(gone, identifiers["child_id"].map(stays)))
    concerned = np.flatnonzero(out["child_id"].isin(set(stays.values())))  # few: the rest has no doubles to look for
    twice = concerned[out.iloc[concerned].duplicated().to_numpy()]
    kept: pd.DataFrame = out.drop(index=out.index[twice])
    return kept.reset_index(drop=True)
