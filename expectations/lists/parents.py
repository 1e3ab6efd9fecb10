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
    told = {
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
        gone=any_of(rules.dead_states.known(), told, proven),
        unable=any_of(rules.unable_states.known(), told, proven),
        proven=any_of(rules.proven_states.known(), proven),
        firm=any_of(list(_FIRM), told, proven),
        short=short,
    )


def _answers(view: View) -> dict[str, set[str]]:
    """State -> numbers of adults whom an office named with it; `short` = those whose term is below the months asked for."""
    adults = view.files.beside
    found: dict[str, set[str]] = {}
    if adults.empty:
        return found
    least, as_of = view.profile.difficulty.least_months.known(), view.files.as_of
    for row in adults[adults["id_no"] != ""].itertuples(index=False):
        state = "dead" if row.department == "cremation" else str(row.person_status)
        if state in ("", "normal") or _over(str(row.term_to), as_of):
            continue
        found.setdefault(state, set()).add(str(row.id_no))
        if _short(str(row.term_from), str(row.term_to), least):
            found.setdefault("short", set()).add(str(row.id_no))
    return found


def _over(end: str, as_of: date) -> bool:
    return len(end) == 10 and end < as_of.isoformat()


def _short(start: str, end: str, months: int) -> bool:
    if len(start) != 10 or len(end) != 10:
        return False
    latest: date = date.fromisoformat(end) - relativedelta(months=months)
    return latest.isoformat() < start
