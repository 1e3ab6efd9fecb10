"""From child files to a feed's rows: who is in it, which values, and who has left after a person looked.

Belongs here: choosing and translating. Not here: what changed since the last delivery (`changes`), files. R1: the only
source of a leaving is civil affairs' own exit or a person's answer on L12-L14; an absence never is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.feeds.feed import Condition, Feed, codes
from assets.workbooks.wording import say
from expectations.lists.files import BoolArray

EXIT = ["exit_code", "looked_by", "looked_on"]
BY_ROLL = "民政台账"


@dataclass(frozen=True)
class Stock:
    """The frames of a period that feeds are made of, and what people answered.

    Attributes:
        children, records, findings: docs/data-shapes.md 5 and 6.
        answers: the last word of a person on each finding: `child_id, code, state, author, day`.
    """

    children: pd.DataFrame
    records: pd.DataFrame
    findings: pd.DataFrame
    answers: pd.DataFrame


ANSWERS = ["child_id", "code", "state", "author", "day"]


def answers_of(events: Iterable[Mapping[str, str]], known: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """The last word of a person on each finding; what the data said afterwards changes nothing about it.

    Args:
        events: of the life of findings, oldest first.
        known: finding_id -> (code, child_id).

    Returns:
        `child_id, code, state, author, day`.
    """
    last = {one["finding_id"]: one for one in events if one["source"] in ("reply", "office") and one["answer"]}
    rows = [
        (known[name][1], known[name][0], one["state"], one["author"], one["answered_on"] or one["at"][:10])
        for name, one in last.items()
        if name in known
    ]
    return pd.DataFrame(rows, columns=ANSWERS)


def left(feed: Feed, stock: Stock) -> pd.DataFrame:
    """Who is no longer meant after a person looked: `child_id` as index, `exit_code, looked_by, looked_on`.

    Of the roll: who left it. Of lists: whose lines were answered. Nobody else ever leaves.
    """
    if feed.population != "lists":
        return exits(stock)
    mine = stock.answers[stock.answers["code"].isin(feed.lists)]
    found = mine.rename(columns={"author": "looked_by", "day": "looked_on"}).assign(exit_code="")
    return found.drop_duplicates("child_id", keep="last").set_index("child_id")[EXIT]


def exits(stock: Stock) -> pd.DataFrame:
    """Who has left the roll: by civil affairs' own exit, or by a person's answer that confirmed a line of L12-L14."""
    roll = stock.records[(stock.records["department"] == "civil_affairs") & (stock.records["roll_status"] == "exited")]
    reason = roll["exit_reason"].map(codes().exit_reason).fillna(codes().exit_reason["other"])
    by_roll = _exits(roll["child_id"], reason, (BY_ROLL, roll["exit_date"]))
    lists = codes().exit_lists
    said = stock.answers[stock.answers["code"].isin(lists) & stock.answers["state"].isin(codes().confirmed)]
    answered = _exits(said["child_id"], said["code"].map(lists).map(codes().exit_reason), (said["author"], said["day"]))
    # Who has an active record beside the ended one is still on the roll.
    still = stock.records[(stock.records["department"] == "civil_affairs") & stock.records["active"]]["child_id"]
    by_roll = by_roll[~by_roll["child_id"].isin(still)]
    both = pd.concat([answered, by_roll], ignore_index=True).sort_values(["child_id", *EXIT], kind="stable")
    return both.drop_duplicates("child_id").set_index("child_id")


def _exits(child: pd.Series, code: pd.Series, looked: tuple[object, pd.Series]) -> pd.DataFrame:
    who, day = looked
    return pd.DataFrame({"child_id": child, "exit_code": code, "looked_by": who, "looked_on": day}, dtype=object)


def rows_of(feed: Feed, stock: Stock) -> pd.DataFrame:
    """The feed's rows as they are now: exactly its columns, texts, one row per child, in order of the child's number.

    The action is empty; a child that has `left` is not in it.
    """
    children = _with_codes(stock.children)
    chosen = _population(feed, children, stock)
    if feed.population != "children":
        chosen &= ~children["child_id"].isin(left(feed, stock).index).to_numpy()
    for condition in feed.where:
        chosen &= holds(condition, children)
    return cut(feed, children[chosen], stock.records)


def cut(feed: Feed, children: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The named columns of some children, and no other."""
    found = {column.name: _value(column.source, children, records) for column in feed.fields}
    return pd.DataFrame(found, columns=feed.columns).sort_values(feed.key, kind="stable", ignore_index=True)


def _population(feed: Feed, children: pd.DataFrame, stock: Stock) -> BoolArray:
    if feed.population == "roll":
        # A child whose only category is never fed is not in the feed: its row without a code would tell it.
        return ((children["category_code"] != "") & (children["alive"] == "yes")).to_numpy(np.bool_)
    if feed.population == "lists":
        listed = stock.findings.loc[stock.findings["code"].isin(feed.lists), "child_id"]
        return children["child_id"].isin(listed).to_numpy(np.bool_)
    return np.ones(len(children), dtype=np.bool_)


def holds(condition: Condition, children: pd.DataFrame) -> BoolArray:
    """Where a condition holds; an empty or unknown value never fulfils one."""
    column = children[condition.field] if condition.field in children else pd.Series("", index=children.index)
    found = np.ones(len(children), dtype=np.bool_)
    if condition.values:
        found &= column.astype(str).isin(condition.values).to_numpy()
    if condition.any:
        wanted = set(condition.any)
        found &= column.astype(str).map(lambda text: bool(wanted & set(text.split(";")))).to_numpy(np.bool_)
    if condition.least is not None or condition.most is not None:
        number = pd.to_numeric(column, errors="coerce")
        least = -np.inf if condition.least is None else condition.least
        most = np.inf if condition.most is None else condition.most
        found &= number.between(least, most).to_numpy()
    return found


def _with_codes(children: pd.DataFrame) -> pd.DataFrame:
    table = codes()
    return children.assign(
        sex_code=children["sex"].map(table.sex).fillna(""),
        hukou_code=children["hukou"].map(table.hukou).fillna(""),
        category_code=children["categories"].map(_category_code),
        exit_code="",
        looked_by="",
        looked_on="",
    )


def _category_code(categories: str) -> str:
    table = codes().category
    return ";".join(sorted(table[name] for name in categories.split(";") if name in table))


def _value(source: str, children: pd.DataFrame, records: pd.DataFrame) -> pd.Series:
    if source == "action":
        return pd.Series("", index=children.index, dtype=object)
    if source in children:
        return say(children[source].astype(str).astype(object), source)
    said = records.loc[records["active"] & (records[source] != ""), ["child_id", source]] if source in records else None
    if said is None:
        return pd.Series("", index=children.index, dtype=object)
    first = said.drop_duplicates("child_id").set_index("child_id")[source]
    return say(children["child_id"].map(first).fillna("").astype(object), source)
