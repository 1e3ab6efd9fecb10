"""What changed since the last delivery: added, changed, left (by a word of its own), no longer seen (to be checked).

Here: comparing two states of a feed. Not here: where states are kept, files. Works on the feed's own columns only, so that
a change in a field that is not delivered is no change.
"""

from __future__ import annotations

import pandas as pd

from assets.feeds.feed import UNSEEN, Feed
from assets.feeds.leaving import EXIT


def full(feed: Feed, before: pd.DataFrame, now: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """Everything, marked as the full delivery's word; whom the recipient holds beside it has left or is to be checked, and is said.

    Args:
        feed, before, now, left: as for `since`; `before` is empty at the first delivery.
    """
    whole = now.assign(**{feed.heading("action"): feed.actions["full"]})
    gone = before[~before[feed.key].isin(now[feed.key])].set_index(feed.key, drop=False)
    together: pd.DataFrame = pd.concat([whole, _gone(feed, gone, left)], ignore_index=True)[feed.columns]
    return together.sort_values(feed.key, kind="stable", ignore_index=True)


def since(feed: Feed, before: pd.DataFrame, now: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """The rows that differ from the last state.

    Args:
        feed: the feed.
        before: the state after the last delivery: the feed's columns.
        now: the rows of the period.
        left: `leaving.left`: who has left, by which word; empty for feeds that know no leaving.

    Returns:
        The feed's columns. A child that is in `before` and not in `now` carries the word under which it left only when it
        is in `left`; otherwise `待核实` (rules/people.md#nobody-loses).
    """
    action, key = feed.heading("action"), feed.key
    old, new = before.set_index(key, drop=False), now.set_index(key, drop=False)
    rest = [column.name for column in feed.fields if column.watch and column.name != action]
    added = new[~new.index.isin(old.index)].assign(**{action: feed.actions["new"]})
    both = new.index[new.index.isin(old.index)]
    # A child that is back after it could not be seen is told of, even with the same values: the recipient holds it as 待核实.
    differs = (old.loc[both, rest] != new.loc[both, rest]).any(axis=1) | (old.loc[both, action] == UNSEEN)
    changed = new.loc[both[differs.to_numpy()]].assign(**{action: feed.actions["changed"]})
    # What was called 待核实 once is not called so again until somebody looked.
    already_unseen = (old[action] == UNSEEN) & ~old.index.isin(left.index)
    gone = old[~old.index.isin(new.index) & ~already_unseen]
    rows: pd.DataFrame = pd.concat([added, changed, _gone(feed, gone, left)], ignore_index=True)[feed.columns]
    return rows.sort_values(key, kind="stable", ignore_index=True)


def _gone(feed: Feed, gone: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """The rows of children who are not there any more, with the word for it, or as to be checked: absence is no leaving (rules/people.md#nobody-loses)."""
    action = feed.heading("action")
    words = left["word"].reindex(gone.index).fillna(UNSEEN).astype(object)
    rows = gone.assign(**{action: words.to_numpy()})
    if feed.heading("progress"):
        rows[feed.heading("progress")] = ""  # how far it was is over
    for source in EXIT:
        heading = feed.heading(source)
        if heading:
            rows[heading] = left[source].reindex(gone.index).fillna("").astype(object).to_numpy()
    return rows


def state_after(feed: Feed, before: pd.DataFrame, now: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """What the recipient holds after the delivery: the rows of now, and those that are to be checked but were not ended."""
    key, action = feed.key, feed.heading("action")
    waiting = before[~before[key].isin(now[key]) & ~before[key].isin(left.index)]
    waiting = waiting.assign(**{action: UNSEEN})
    return pd.concat([now, waiting], ignore_index=True)[feed.columns].sort_values(key, kind="stable", ignore_index=True)
