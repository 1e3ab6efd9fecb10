"""What education's own 控辍保学台账 says beside its register: who dropped out, and who is only suspected to have.

Belongs here: reading that ledger (rules/departments.md#dropout-ledger, rules/workflow.md#drop-outs). Not here: on which list a child then stands (`schooling`, `attendance`); which of
its rows are settled, as back at school or struck off, is their state (`states` of the contract).
"""

from expectations.lists.files import BoolArray
from expectations.lists.view import View

LEDGER = "dropout_ledger"
_SUSPECTED = ("suspected",)
# What bringing back came to, where that leaves no doubt that the pupil is away.
_AWAY = ("working", "lost_contact", "refused")


def ledger_dropouts(view: View) -> BoolArray:
    """Rows of the ledger that call the child 辍学, 失学 or 失联 and were not settled."""
    return _unsettled(view) & ~_only_suspected(view)


def ledger_suspicions(view: View) -> BoolArray:
    """Rows of the ledger that suspect it and were not settled."""
    return _unsettled(view) & _only_suspected(view)


def _unsettled(view: View) -> BoolArray:
    left = view.codes("state", view.profile.school.dropped_out.known())
    return view.of("education") & view.codes("layout", [LEDGER]) & left


def _only_suspected(view: View) -> BoolArray:
    return view.codes("study_status", _SUSPECTED) & ~view.codes("persuasion", _AWAY)
