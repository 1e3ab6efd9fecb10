"""What state each record is in, and what the police rows of one child add up to.

Belongs here: one `state` per record by its department's contract, and collapsing the police history to one current state per child
(rules/identifiers.md#source-checks, rules/codes.md#enrolment, #leaving, rules/departments.md#police). Not here: how a department says a state (`states` in `assets/contracts/*.yaml`), conclusions from it.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from assets.childfile.preference import Preference
from assets.intake.staterules import ACTIVE, StateRule, states_by
from expectations.lists.columns import CodedColumns
from expectations.lists.files import BoolArray, IntArray

# department -> its rules.
StateRules = Mapping[str, Sequence[StateRule]]


def record_states(records: pd.DataFrame, rules: StateRules, ended_cards: Collection[str] | None) -> pd.Series:
    """One state per record, `active` where nothing says otherwise: by the rules of its department, of any there is.

    Police: active, dead, moved_out, cancelled, and of an answer to a query absent and renamed. Civil affairs: active, exited, dead, moved_out,
    dead_on_roll. Education: the enrolment code, `off_register` on a working list beside the register. Disability: active, or the card
    status that ends it. A department that a workspace adds: what its contract says.

    Args:
        records: standard records.
        rules: the departments' rules.
        ended_cards: card states that end a certificate in this place (`allowances.card_not_valid`); None = not decided: those that its
            department's rules end.
    """
    columns = CodedColumns(records)
    state = pd.Series(ACTIVE, index=records.index, dtype=object)
    for name, lines in rules.items():
        mine = columns.isin("department", [name])
        needed = sorted({field for line in lines for field in line.fields if field in records.columns})
        state[mine] = states_by(lines, records.loc[mine, needed])
    # An expired card entitles to nothing until it is renewed and still names a disabled child: its row goes on counting.
    ended = columns.isin("card_status", ["expired"])
    ended = ~ended if ended_cards is None else columns.isin("card_status", set(ended_cards) - {"expired"})
    goes_on = columns.isin("department", ["disability"]) & ~ended & (state == records["card_status"]).to_numpy()
    return state.mask(goes_on, ACTIVE)


def is_active(state: pd.Series, order: Preference) -> BoolArray:
    """Whether a record still counts on its department's roll; `dead_on_roll` does: a death date, but no exit."""
    return np.asarray(state.isin([*order.active_states, "dead_on_roll"]), dtype=np.bool_)


def collapse_police(records: pd.DataFrame, child: IntArray, n: int, order: Preference) -> tuple[pd.Series, IntArray]:
    """The current police state of each child and the row that shows it.

    Several rows per citizen number are history (rules/departments.md#household-register): a death decides, then an active row, then the newest
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
