"""Columns that lists rest on: whether they told anything this time, and what stood in the cells that are blank now.

Belongs here: per source, file and field the share filled, now and before; the cells that a silent column left blank. Does not belong here:
which fields those are (`expectations.lists.catalogue`), units of children (`units`). Source: rules/coverage.md#fields.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from expectations.coverage.shapes import FIELD_COLUMNS, HOLE, SMALL, WHOLE, Past
from expectations.coverage.shares import UnitCounts, judge_shares
from expectations.coverage.units import CoverageContext, kinds_of
from expectations.lists.columns import no_rows
from expectations.lists.files import BoolArray, ChildFiles

Headings = Collection[tuple[str, str, str]]
"""(department, delivery_id, field) of every column that came."""


@dataclass(frozen=True)
class FieldQuestion:
    """Which fields are looked at: `department.field`; what they are called; which columns came."""

    fields: tuple[str, ...]
    words: dict[str, str]
    headings: Headings


def field_coverage(
    files: ChildFiles, past: Past, question: FieldQuestion, context: CoverageContext
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Look at every field that lists rest on, in every file that could have told it.

    Returns:
        `FIELD_COLUMNS`, and `record_id, field, value` of cells that are blank because nobody told them.
    """
    rows: list[dict[str, object]] = []
    refilled: list[pd.DataFrame] = []
    # Frames of a hundred columns are slow to cut into files: only what is looked at goes along.
    looked = ["record_id", "child_id", "department", "layout", "file", "delivery_id", "issues"]
    looked += sorted({name.partition(".")[2] for name in question.fields})
    records = files.records[[name for name in looked if name in files.records]]
    known = past.records[[name for name in looked if name in past.records]]
    layouts = kinds_of(records).to_numpy(object)
    for source in sorted(set(layouts)):
        department = str(source).partition(".")[0]
        fields = [name.partition(".")[2] for name in question.fields if name.partition(".")[0] == department]
        mine = records[layouts == source]
        before = _before(known, str(source))
        of_source = _FieldRows(mine, before, question, _earlier_files(mine, before))
        for name in fields:
            if name not in mine.columns:
                continue
            judged = list(_judged(str(source), name, of_source, context))
            rows += judged
            silent = {str(row["file"]) for row in judged if not row["filled"]}
            refilled.append(_refilled(name, of_source, silent, context))
    frame = pd.DataFrame(rows, columns=FIELD_COLUMNS)
    filled = [part for part in refilled if len(part)]
    empty = no_rows(("record_id", "field", "value"))
    return frame, pd.concat(filled, ignore_index=True) if filled else empty


@dataclass(frozen=True)
class _FieldRows:
    """The rows of one source now and before, what was asked, and per file of now the earlier one that held most of its children."""

    now: pd.DataFrame
    before: pd.DataFrame
    question: FieldQuestion
    earlier_files: Mapping[str, str]


def _before(known: pd.DataFrame, source: str) -> pd.DataFrame:
    """The earlier rows of a source; none in a first period."""
    if "layout" not in known:
        return known
    return known[(kinds_of(known) == source).to_numpy(np.bool_)]


def _judged(source: str, name: str, rows: _FieldRows, context: CoverageContext) -> Iterator[dict[str, object]]:
    """One line per file, held against the file of before that held most of its children: files of one kind differ in their columns."""
    earlier = _values(rows.before, name)
    had: Collection[str] = (
        rows.before.loc[(earlier != "").to_numpy(np.bool_), "child_id"].tolist() if len(earlier) else []
    )
    shares = (earlier != "").groupby(rows.before["file"]).mean().to_dict() if len(earlier) else {}
    word = rows.question.words.get(name, name)
    for file, part in rows.now.groupby("file", sort=True):
        filled = (part[name] != "").to_numpy(np.bool_)
        number = int(filled.sum())
        lost = int(part.loc[~filled, "child_id"].isin(had).sum())
        share_before = shares.get(rows.earlier_files.get(str(file), ""), np.nan)
        counts = UnitCounts(np.array([len(part)]), np.array([number]), np.array([share_before]))
        fell = bool(judge_shares(counts, context.bounds()).is_hole[0]) and lost > 0
        state = HOLE if fell else WHOLE if number else SMALL
        because = ""
        if state == HOLE:
            delivery = str(part["delivery_id"].iloc[0])
            came = (source.partition(".")[0], delivery, name) in rows.question.headings
            how = (f"只有{number}人填写" if number else "有栏目而没有填写") if came else "没有交来这一栏"
            because = f"{context.spoken(source)}的「{word}」：上一次的文件{share_before:.0%}的儿童有填写，这次{how}"
        yield {
            "source": source,
            "file": file,
            "field": name,
            "rows": len(part),
            "filled": number,
            "share": number / len(part),
            "share_before": share_before,
            "lost": lost,
            "state": state,
            "because": because,
        }


def _earlier_files(now: pd.DataFrame, before: pd.DataFrame) -> dict[str, str]:
    """File -> the earlier file that held most of its children; none where no file held the greater part of those who are known."""
    earlier = {}
    for file, part in now.groupby("file", sort=True) if len(before) else ():
        files = before.loc[before["child_id"].isin(part["child_id"]), "file"].value_counts()
        if len(files) and files.iloc[0] * 2 >= files.sum():
            earlier[str(file)] = str(files.index[0])
    return earlier


def _refilled(name: str, rows: _FieldRows, silent: Collection[str], context: CoverageContext) -> pd.DataFrame:
    """What stood in cells that are blank now although their source tells the field of other children, or of nobody any more."""
    earlier = _values(rows.before, name)
    if not len(earlier) or not (earlier != "").any():
        return pd.DataFrame()
    usual = float((earlier != "").mean()) >= context.profile.coverage.usually_filled.known()
    now = rows.now
    blank = (now[name] == "").to_numpy(np.bool_)
    unread = now["issues"].str.contains(f"unknown_code:{name}(?:;|$)", regex=True).to_numpy(np.bool_)
    untold: BoolArray = blank & (now["file"].isin(silent).to_numpy(np.bool_) | unread | usual)
    if not untold.any():
        return pd.DataFrame()
    values = rows.before.assign(_value=earlier)[["child_id", "_value"]]
    last = values[values["_value"] != ""].drop_duplicates("child_id", keep="last").set_index("child_id")["_value"]
    cells = now.loc[untold, ["record_id", "child_id"]]
    cells = cells[cells["child_id"].isin(last.index)]
    return pd.DataFrame(
        {
            "record_id": cells["record_id"].to_numpy(object),
            "field": name,
            "value": cells["child_id"].map(last).to_numpy(object),
        }
    )


def _values(records: pd.DataFrame, name: str) -> "pd.Series[str]":
    return records[name].fillna("") if name in records.columns else pd.Series("", index=records.index, dtype=object)
