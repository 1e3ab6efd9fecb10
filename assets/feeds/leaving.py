"""Who leaves a feed, by which word, and how the rows that stay are marked.

Belongs here: applying a feed's `leavings` to exits, answers and facts. Not here: what they mean (`meanings`), the rows
(`rows`). rules/people.md#nobody-loses: an absence never lets anybody leave, and an answer only when it says so.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from dateutil.relativedelta import relativedelta

from assets.feeds.feed import Feed, codes
from assets.feeds.meanings import UNTIL, Effect
from assets.feeds.stock import Calendar, Stock
from expectations.life.limits import until_in
from expectations.life.rules import life_rules
from expectations.lists.ages import NO_GRADE, day_in

EXIT = ["exit_code", "looked_by", "looked_on"]
LEFT = ["word", *EXIT]
BY_ROLL = "民政台账"


def left(feed: Feed, stock: Stock, before: pd.DataFrame | None = None) -> pd.DataFrame:
    """Who has left, with the word for it.

    Args:
        feed: the feed.
        stock: frames and answers.
        before: the rows that the recipient holds, for feeds that tell of corrected dates of birth.

    Returns:
        `LEFT`, index `child_id`; an answer goes before the ledger's exit, that before what the data show.
    """
    # In the order of trust: of a child that leaves in two ways the first word is the one that is sent.
    parts = [_by_answer(feed, stock), _by_roll(feed, stock), _by_facts(feed, stock, before)]
    together = pd.concat(parts, ignore_index=True).drop_duplicates("child_id")
    return together.set_index("child_id")[LEFT].astype(object)


def marks(feed: Feed, stock: Stock) -> pd.Series:
    """child_id -> how its row is marked, of those whose last word marks it."""
    words = _counting(feed, stock.answers)
    texts = [
        _mark(effect, note, feed, stock.calendar) for effect, note in zip(words["effect"], words["note"], strict=True)
    ]
    by_child = pd.Series(texts, index=words["child_id"], dtype=object)
    return by_child[(by_child != "").to_numpy(bool)].groupby(level=0).last()


def _counting(feed: Feed, answers: pd.DataFrame) -> pd.DataFrame:
    """The answers that count for the feed with what they do: on its own lists, which ask one question about a child, the last
    word; on others each.
    """
    own = answers["code"].isin(feed.lists)
    last = answers[own].drop_duplicates("child_id", keep="last")
    words = pd.concat([last, answers[~own & answers["code"].isin(feed.leavings.answers)]], ignore_index=True)
    pairs = zip(words["code"], words["answer"], strict=True)
    return words.assign(effect=pd.Series([feed.leavings.effect(*pair) for pair in pairs], dtype=object))


def _by_answer(feed: Feed, stock: Stock) -> pd.DataFrame:
    words = _counting(feed, stock.answers).rename(columns={"author": "looked_by", "day": "looked_on"})
    effects, notes = words["effect"].tolist(), words["note"].tolist()
    leaving = [_word(effect, note, feed, stock.calendar) for effect, note in zip(effects, notes, strict=True)]
    reasons = [codes().exit_reason.get(effect.reason, "") for effect in effects]
    words = words.assign(word=pd.Series(leaving, dtype=object), exit_code=pd.Series(reasons, dtype=object))
    return words.loc[(words["word"] != "").to_numpy(bool), ["child_id", *LEFT]]


def _word(effect: Effect, note: str, feed: Feed, days: Calendar) -> str:
    """The word under which a row leaves, "" when it stays."""
    if not effect.leaves or _lacks(effect, note, feed, days):
        return ""
    until = until_in(note)
    if effect.needs != "until" or until is None:
        return effect.leaves
    return effect.leaves.replace(UNTIL, until.isoformat()) if days.as_of < back_on(until, days) else ""


def _mark(effect: Effect, note: str, feed: Feed, days: Calendar) -> str:
    if not effect.leaves:
        return effect.mark
    if _lacks(effect, note, feed, days):
        return effect.lacking
    return "" if _word(effect, note, feed, days) else effect.over


def _lacks(effect: Effect, note: str, feed: Feed, days: Calendar) -> bool:
    """Whether 说明 lacks what the answer needs; a day beyond all reason is none."""
    if effect.needs == "until":
        until = until_in(note)
        return until is None or until - relativedelta(months=feed.leavings.longest_months) > days.as_of
    return effect.needs == "place" and not life_rules().names_place(note)


def back_on(until: date, days: Calendar) -> date:
    """When a child whose entry is put off until a day is pushed again: with the entrants of that year (rules/lists.md#entrants)."""
    pushed: date = day_in(until.year, days.year_start) - relativedelta(months=days.months_before)
    return pushed


def _by_roll(feed: Feed, stock: Stock) -> pd.DataFrame:
    """Who civil affairs' own ledger says has left, for a reason that lets leave."""
    civil = stock.records[stock.records["department"] == "civil_affairs"]
    roll = civil[civil["roll_status"] == "exited"]
    # Who has an active record beside the ended one is still on the roll.
    roll = roll[~roll["child_id"].isin(civil.loc[civil["active"].to_numpy(bool), "child_id"])]
    reason = roll["exit_reason"].where(roll["exit_reason"].isin(list(codes().exit_reason)), "other")
    exits = pd.DataFrame(
        {
            "child_id": roll["child_id"],
            "word": reason.map(feed.leavings.roll),
            "exit_code": reason.map(codes().exit_reason),
            "looked_by": BY_ROLL,
            "looked_on": roll["exit_date"],
        },
        dtype=object,
    )
    return exits[exits["word"].notna()].sort_values(["child_id", *EXIT], kind="stable")


def _by_facts(feed: Feed, stock: Stock, before: pd.DataFrame | None) -> pd.DataFrame:
    """Whom the data show to be where the recipient wants them; who is still listed is not."""
    listed = stock.findings.loc[stock.findings["code"].isin(feed.lists), "child_id"]
    parts = [pd.DataFrame(columns=["child_id", *LEFT], dtype=object)]
    for fact, word in feed.leavings.facts.items():
        shown = (
            _corrected(feed, stock, before) if fact == "birth_corrected" else _in_school_records(fact, stock.records)
        )
        values = dict.fromkeys(EXIT, "") | {"word": word}
        parts.append(pd.DataFrame({"child_id": shown[~shown.isin(listed)]}, dtype=object).assign(**values))
    return pd.concat(parts, ignore_index=True)


def _in_school_records(fact: str, records: pd.DataFrame) -> pd.Series:
    """Children whom education's own records (学籍) show at school, or gone abroad."""
    rows = records[records["department"] == "education"]
    if fact == "abroad":
        return rows.loc[rows["state"] == "abroad", "child_id"].drop_duplicates()
    # A kindergarten's records are none of a school's, and a working list beside 学籍 proves no enrolment.
    at_school = rows["active"].to_numpy(bool) & ~rows["grade"].isin(["K"]) & (rows["state"] != "off_register")
    return rows.loc[at_school, "child_id"].drop_duplicates()


def _corrected(feed: Feed, stock: Stock, before: pd.DataFrame | None) -> pd.Series:
    """Children who were told with another date of birth and, by the present one, are not of school age (yet)."""
    heading = feed.heading("birth_date")
    if before is None or not heading:
        return pd.Series([], dtype=object)
    delivered = before.drop_duplicates(feed.key).set_index(feed.key)[heading]
    earlier = stock.children["child_id"].map(delivered).fillna("").astype(object)
    birth = stock.children["birth_date"].astype(str)
    grade = stock.children["cohort_grade"]
    # A place that leaves open when school begins knows of nobody that it is not of school age.
    due = stock.children["in_cohort"].to_numpy(bool) | (grade == 0).to_numpy(bool) | (grade == NO_GRADE).to_numpy(bool)
    return stock.children.loc[(earlier != "") & (birth != "") & (earlier != birth) & ~due, "child_id"]
