"""From child files to a feed's rows: who is in it, and which values.

Belongs here: choosing and translating. Not here: who has left (`leaving`), what changed since the last delivery
(`changes`), files.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assets.feeds.feed import Feed, FeedCondition, codes
from assets.feeds.leaving import left, marks
from assets.feeds.stock import Stock
from assets.workbooks.wording import say
from expectations.lists.files import BoolArray


def rows_of(feed: Feed, stock: Stock) -> pd.DataFrame:
    """The feed's rows as they are now: exactly its columns, texts, one row per child, in order of the child's number.

    The action is empty; a child that has `left` is not in it.
    """
    children = _with_codes(stock.children, stock.records).assign(
        progress=stock.children["child_id"].map(marks(feed, stock)).fillna("").astype(object)
    )
    chosen = _population(feed, children, stock)
    if feed.population != "children":
        chosen &= ~children["child_id"].isin(left(feed, stock).index).to_numpy()
    for condition in feed.where:
        chosen &= holds(condition, children)
    return cut(feed, children[chosen], stock.records)


def cut(feed: Feed, children: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The named columns of some children, and no other."""
    values = {column.name: _value(column.source, children, records) for column in feed.fields}
    return pd.DataFrame(values, columns=feed.columns).sort_values(feed.key, kind="stable", ignore_index=True)


def _population(feed: Feed, children: pd.DataFrame, stock: Stock) -> BoolArray:
    if feed.population == "roll":
        # A child whose only category is never fed is not in the feed: its row without a code would tell it.
        return ((children["category_code"] != "") & (children["alive"] == "yes")).to_numpy(np.bool_)
    if feed.population == "lists":
        listed = stock.findings.loc[stock.findings["code"].isin(feed.lists), "child_id"]
        return children["child_id"].isin(listed).to_numpy(np.bool_)
    return np.ones(len(children), dtype=np.bool_)


def holds(condition: FeedCondition, children: pd.DataFrame) -> BoolArray:
    """Where a condition holds; an empty or unknown value never fulfils one."""
    column = children[condition.field] if condition.field in children else pd.Series("", index=children.index)
    mask = np.ones(len(children), dtype=np.bool_)
    if condition.values:
        mask &= column.astype(str).isin(condition.values).to_numpy()
    if condition.any:
        values = set(condition.any)
        mask &= column.astype(str).map(lambda text: bool(values & set(text.split(";")))).to_numpy(np.bool_)
    if condition.least is not None or condition.most is not None:
        number = pd.to_numeric(column, errors="coerce")
        least = -np.inf if condition.least is None else condition.least
        most = np.inf if condition.most is None else condition.most
        mask &= number.between(least, most).to_numpy()  # text that is no number has become NaN, which lies in no range
    return mask


def _with_codes(children: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    table = codes()

    def category_code(categories: str) -> str:
        return ";".join(sorted(table.category[name] for name in categories.split(";") if name in table.category))

    rolled = (records["department"] == "civil_affairs") & records["active"].to_numpy(bool)
    # A member of a household on 低保 stands in no roll of children (rules/files.md#ff16).
    rolled &= records["layout"] != "household_members"
    on_roll = children["child_id"].isin(records.loc[rolled, "child_id"])
    return children.assign(
        sex_code=children["sex"].map(table.sex).fillna(""),
        hukou_code=children["hukou"].map(table.hukou).fillna(""),
        category_code=children["categories"].map(category_code),
        rolled=on_roll.map({True: "yes", False: "no"}).astype(object),
        exit_code="",
        looked_by="",
        looked_on="",
    )


def _value(source: str, children: pd.DataFrame, records: pd.DataFrame) -> pd.Series:
    """A column's values: the merged child's, else the first that any of its records holds."""
    if source in children and source != "action":
        return say(children[source].astype(str).astype(object), source)
    if source not in records or source == "action":
        return pd.Series("", index=children.index, dtype=object)
    values = records.loc[records["active"] & (records[source] != ""), ["child_id", source]]
    first = values.drop_duplicates("child_id").set_index("child_id")[source]
    return say(children["child_id"].map(first).fillna("").astype(object), source)
