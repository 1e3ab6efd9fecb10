"""What state each record is in, and what the police rows of one child add up to.

Belongs here: reading cancellation, roll, enrolment and card columns as one `state` per record, and collapsing the
police history to one current state per child (domain.md 1.9, 2.4, 2.13, 3.3). Not here: conclusions from it.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from assets.childfile.preference import Preference
from expectations.lists.columns import Columns
from expectations.lists.files import BoolArray, IntArray

# An education record that is no student record: on a working list only.
OFF_REGISTER = "off_register"


def record_states(records: pd.DataFrame, order: Preference, ended_cards: Collection[str]) -> pd.Series:
    """One state per record, `active` where nothing says otherwise.

    Police: active, dead, moved_out, cancelled, and of an answer to a query absent and renamed. Civil affairs: active, exited, dead, moved_out. Education: the enrolment
    code, `active` when empty, `off_register` on a working list beside the register. Disability: active, or the card status that ends it.

    Args:
        records: standard records.
        order: which states count.
        ended_cards: card states that end a certificate in this place (`allowances.card_not_valid`).
    """
    columns = Columns(records)
    state = pd.Series("active", index=records.index, dtype=object)
    for name, (read, needed) in _READERS.items():
        mine = columns.isin("department", [name])
        state[mine] = read(records.loc[mine, needed], order)
    cards = columns.isin("department", ["disability"])
    state[cards] = _cards(records.loc[cards, "card_status"], ended_cards)
    state[columns.isin("department", order.dead_sources)] = "dead"
    return state


def _police(rows: pd.DataFrame, order: Preference) -> pd.Series:
    state = rows["cancel_kind"].replace({"": "active", "death": "dead", "duplicate": "cancelled", "other": "cancelled"})
    silent = rows["cancel_kind"] == ""
    word = _population_state(rows["population_status"], order)
    state = state.mask(silent & (word != ""), word)
    state = state.mask((state == "active") & (rows["moved_out_date"] != ""), "moved_out")
    state = state.mask((state == "active") & (rows["cancel_date"] != ""), "cancelled")
    return state.mask(rows["death_date"] != "", "dead")


def _population_state(words: pd.Series, order: Preference) -> pd.Series:
    known = {text: _word_state(text, order) for text in words.unique()}
    return words.map(known)


def _word_state(text: str, order: Preference) -> str:
    hits = (state for state, words in order.population_words.items() if any(word in text for word in words))
    return next(hits, "")


def _civil_affairs(rows: pd.DataFrame, order: Preference) -> pd.Series:
    reason = rows["exit_reason"].where(rows["exit_reason"].isin(["dead", "moved_out"]), "exited")
    left = (rows["roll_status"] == "exited") | (rows["exit_date"] != "") | (rows["exit_reason"] != "")
    left &= rows["roll_status"] != "active"
    state = pd.Series("active", index=rows.index, dtype=object).mask(left, reason)
    return state.mask(rows["death_date"] != "", state.where(state != "active", "dead_on_roll"))


def _education(rows: pd.DataFrame, order: Preference) -> pd.Series:
    """A working list beside the register (控辍保学, 送教上门, promotion) proves no enrolment; a drop-out it does say."""
    state = rows["enrolment_status"].replace({"": "active"})
    beside = rows["layout"].isin(order.beside_register)
    said = rows["study_status"].map(order.leaving_words).fillna("")
    state = state.mask(beside & (rows["enrolment_status"] == ""), said.where(said != "", OFF_REGISTER))
    return state.mask(beside & state.isin(order.active_states), OFF_REGISTER)


def _cards(status: pd.Series, ended: Collection[str]) -> pd.Series:
    """An expired card entitles to nothing until it is renewed and still names a disabled child: its row goes on counting."""
    return status.where(status.isin(set(ended) - {"expired"}), "active")


_READERS = {
    "public_security": (_police, ["cancel_kind", "cancel_date", "population_status", "moved_out_date", "death_date"]),
    "civil_affairs": (_civil_affairs, ["exit_reason", "roll_status", "exit_date", "death_date"]),
    "education": (_education, ["enrolment_status", "study_status", "layout"]),
}


def is_active(state: pd.Series, order: Preference) -> BoolArray:
    """Whether a record still counts on its department's roll; `dead_on_roll` does: a death date, but no exit."""
    return np.asarray(state.isin([*order.active_states, "dead_on_roll"]), dtype=np.bool_)


def collapse_police(records: pd.DataFrame, child: IntArray, n: int, order: Preference) -> tuple[pd.Series, IntArray]:
    """The current police state of each child and the row that shows it.

    Several rows per citizen number are history (domain.md 1.9): a death decides, then an active row, then the newest
    cancellation.

    Returns:
        State per child (`absent` where no police row is linked), and the position of the deciding record (-1 = none).
    """
    police = np.flatnonzero((records["department"] == "public_security").to_numpy())
    rows = records[["state", "cancel_date", "moved_out_date"]].iloc[police]
    states = order.police_states
    rank = rows["state"].map({state: place for place, state in enumerate(states)}).fillna(len(states))
    newest = rows["cancel_date"].where(rows["cancel_date"] != "", rows["moved_out_date"])
    keys = pd.DataFrame({"rank": rank.to_numpy(), "newest": newest.to_numpy(), "at": police, "child": child[police]})
    keys = keys.sort_values(["child", "rank", "newest", "at"], ascending=[True, True, False, True], kind="stable")
    keys = keys.drop_duplicates("child")
    at = np.full(n, -1, dtype=np.int64)
    at[keys["child"].to_numpy()] = keys["at"].to_numpy()
    state = pd.Series("absent", index=range(n), dtype=object)
    state.iloc[keys["child"].to_numpy()] = records["state"].to_numpy()[keys["at"].to_numpy()]
    return state, at
