"""How each parent of a child stands: dead or missing, unable to care, and how well that is known.

Belongs here: reading parents' states from children's records and from answers about adults, by the parent's number. Not
here: what follows from it (`protection`). Source: rules/definitions.md#orphans.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from dateutil.relativedelta import relativedelta

from expectations.lists.files import BoolArray
from expectations.lists.view import View

# Words of a ledger that need no threshold: a death, a sentence. Illness, disability and lost contact do (level, six months).
_FIRM = ("dead", "missing", "prison", "detox", "custody_revoked", "deported")


@dataclass(frozen=True)
class Parent:
    """Masks per child: `gone` dead or missing, `unable` to care, `proven` by an office, `firm` words, `short` of the months."""

    gone: BoolArray
    unable: BoolArray
    proven: BoolArray
    firm: BoolArray
    short: BoolArray


def parent_states(view: View, who: str) -> Parent:
    """States of the father or mother (`father`, `mother`) of every child."""
    rules = view.profile.difficulty
    column, number = f"{who}_status", f"{who}_id"
    in_ledgers = {
        state: view.any(view.codes(column, [state]) & view.active)
        for state in (*rules.dead_states.known(), *rules.unable_states.known())
    }
    office = _answers(view)
    proven = {state: view.any(view.codes(number, numbers)) for state, numbers in office.items() if state != "short"}
    short = view.any(view.codes(number, office.get("short", set())))
    none = np.zeros(view.n, dtype=np.bool_)

    def any_of(states: list[str], *sources: dict[str, BoolArray]) -> BoolArray:
        masks = [source.get(state, none) for state in states for source in sources]
        return np.asarray(np.logical_or.reduce([none, *masks]), dtype=np.bool_)

    return Parent(
        gone=any_of(rules.dead_states.known(), in_ledgers, proven),
        unable=any_of(rules.unable_states.known(), in_ledgers, proven),
        proven=any_of(rules.proven_states.known(), proven),
        firm=any_of(list(_FIRM), in_ledgers, proven),
        short=short,
    )


def _answers(view: View) -> dict[str, set[str]]:
    """State -> numbers of adults whom an office named with it; `short` = those whose term is below the months asked for."""
    adults = view.files.beside
    numbers: dict[str, set[str]] = {}
    if adults.empty:
        return numbers
    least, today = view.profile.difficulty.least_months.known(), view.files.as_of.isoformat()
    for row in adults[adults["id_no"] != ""].itertuples(index=False):
        state = "dead" if row.department == "cremation" else str(row.person_status)
        start, end = str(row.term_from), str(row.term_to)
        # A term that is over keeps nobody away.
        if state in ("", "normal", "at_home") or (len(end) == 10 and end < today):
            continue
        numbers.setdefault(state, set()).add(str(row.id_no))
        if len(start) == 10 and len(end) == 10:
            latest_start: date = date.fromisoformat(end) - relativedelta(months=least)
            if latest_start.isoformat() < start:
                numbers.setdefault("short", set()).add(str(row.id_no))
    return numbers
