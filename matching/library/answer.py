"""What `link` answers, and finding rows again by the caller's own index.

Belongs here: the result, its options, decisions and rows by their places. Does not belong here: linking (`link`), reading cells (`columns`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import pandas as pd

from matching.library.columns import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from matching.comparing.resources import Engine, EngineName
    from matching.explaining.explain import Explanation
    from matching.linked import KnownChildren

Place = Hashable | tuple[str, Hashable]
PAIR_COLUMNS = ("source_a", "index_a", "source_b", "index_b", "record_a", "record_b")


class Options(TypedDict, total=False):
    """What else `link` takes, all by name.

    Attributes:
        judgements: people's decisions, above everything: `verdict` (`same`, `different`, `unsure`) with `index_a, index_b`
            (and `source_a, source_b` where there are several frames), or with `record_a, record_b` of an earlier result.
        known: `Linked.known` of an earlier period: known children keep their ids (default model only).
        remember: keep in `Linked.known` what is needed to compare only what changed next time, and do so where `known` holds it
            (default model only; `matching.periods.changes`).
        engine: which execution compares (default model only): `auto`, `numpy`, `duckdb` or `spark`; the result is the same.
        clean: read names, dates, numbers, telephones and addresses from raw cells (True), or take them as clean.
        unique: nobody is twice in one source (Latin model only; the default model weighs it).
        period: goes into new child ids.
    """

    judgements: pd.DataFrame
    known: KnownChildren
    remember: bool
    engine: EngineName | Engine
    clean: bool
    unique: bool
    period: str


@dataclass(frozen=True)
class Linked:
    """Who is who.

    Attributes:
        pairs: `source_a, index_a, source_b, index_b, record_a, record_b, weight` (bits), `probability, grade`
            (`same, review, different`), `reason` (a Chinese sentence without values), `levels`.
        clusters: one row per row given, in that order: `source, index, record, child, method, probability`.
        estimates: expected precision and recall, without truth.
        report: counts, learning and why, yields of the keys, headings that were not used.
        known: what to pass as `known` next time (None with the Latin model).
    """

    pairs: pd.DataFrame
    clusters: pd.DataFrame
    estimates: dict[str, Any]
    report: dict[str, Any]
    known: KnownChildren | None
    _explain: Callable[[str, str], Explanation]

    def children(self, source: str | None = None) -> pd.Series:
        """Child ids on the index of the frame named `source` (of the only frame, when there is one)."""
        own = self.clusters if source is None else self.clusters[self.clusters["source"] == source]
        return pd.Series(own["child"].to_numpy(), index=pd.Index(own["index"].tolist()), name="child")

    def explain(self, a: Place, b: Place) -> Explanation:
        """Why two rows are, or are not, one person.

        Args:
            a, b: a row as `(source, index)`, by its record id, or by its index alone where no other source has it.

        Raises:
            KeyError: there is no such row, or more than one.
        """
        return self._explain(find_record(self.clusters, a), find_record(self.clusters, b))


def clusters_frame(rows: Rows, child: list[str]) -> pd.DataFrame:
    """The rows in the order they were given, with their child."""
    # As objects, since the labels of several frames may be of different types and must come back as they were.
    index = pd.Series(rows.index, dtype=object)
    return pd.DataFrame({"source": rows.source, "index": index, "record": rows.record, "child": child})


def with_places(pairs: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """Pairs by record id, with the caller's sources and indexes before them."""
    at = {record: place for place, record in enumerate(rows.record)}
    out = pd.DataFrame()
    for side in ("a", "b"):
        places = [at[record] for record in pairs[f"record_{side}"]]
        out[f"source_{side}"] = [rows.source[place] for place in places]
        out[f"index_{side}"] = pd.Series([rows.index[place] for place in places], dtype=object)
    # What the engine calls a department is the source, which stands there already.
    rest = [name for name in pairs.columns if not str(name).startswith("department_")]
    joined = pd.concat([out, pairs[rest].reset_index(drop=True)], axis=1)
    return joined[[*PAIR_COLUMNS, *(name for name in rest if name not in PAIR_COLUMNS)]]


def find_record(clusters: pd.DataFrame, place: Place) -> str:
    """Record id of a row named by record id, `(source, index)`, or index alone."""
    if isinstance(place, tuple) and len(place) == 2:
        own = clusters[clusters["source"] == place[0]]
        records = own.loc[_equal(own["index"], place[1]), "record"]
        if len(records) == 1:
            return str(records.iloc[0])
    # Not found so: a label of an index of two levels is a tuple as well.
    records = clusters.loc[_equal(clusters["record"], place) | _equal(clusters["index"], place), "record"]
    if len(records) != 1:
        raise KeyError("没有这一行，或不止一行：请写成 (来源, 行标签)")
    return str(records.iloc[0])


def _equal(labels: pd.Series, label: object) -> NDArray[np.bool_]:
    # One by one: pandas would spread a label that is a tuple over the rows.
    return np.fromiter((each == label for each in labels), dtype=bool, count=len(labels))


def judgements_of(judgements: pd.DataFrame | None, rows: Rows) -> pd.DataFrame | None:
    """Decisions by record id.

    Raises:
        ValueError: the columns are missing, or a decision names a row that is not there.
    """
    if judgements is None or not len(judgements) or "record_a" in judgements.columns:
        return judgements
    if not {"index_a", "index_b", "verdict"} <= set(judgements.columns):
        raise ValueError("人工结论须有列 index_a、index_b、verdict（多个来源时加 source_a、source_b）")
    clusters = clusters_frame(rows, [""] * len(rows.record))
    out = judgements.copy()
    for side in ("a", "b"):
        places: Iterable[Place] = judgements[f"index_{side}"]
        if f"source_{side}" in judgements.columns:
            places = zip(judgements[f"source_{side}"], places, strict=True)
        try:
            out[f"record_{side}"] = [find_record(clusters, place) for place in places]
        except KeyError as error:
            raise ValueError("人工结论所指的行不在数据中，或不止一行") from error
    return out
