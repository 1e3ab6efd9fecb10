"""Whose turn it is to check a line: the department whose entry is doubted first, and the next one once that has answered that it is right.

Belongs here: the order of a line among those who are sent its list, and who was asked before. Not here: the order itself
(`expectations.lists.owners`), which answer says so (`life.yaml`), who is sent a list (the place's profile).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd
import sqlalchemy as sa

from assets.workbooks.layout import layout_for
from expectations.jurisdictions.profile import Profile
from expectations.life.states import KEPT, LASTING, PASSED, UNCHECKED
from expectations.life.step import Passing
from expectations.lists.owners import NEXT, OWNER
from pipelines.resources import finding_events

# Nothing has happened to the line, so whoever has it keeps it; what changed or came back is worked out anew and begins with its owner.
_STAYS = (LASTING, KEPT, UNCHECKED)


@dataclass(frozen=True)
class Turns:
    """Who checks which line when.

    Attributes:
        order: finding -> departments in the order of asking, as far as they are sent the list; only lines whose owner is sent it.
        sent: finding -> department -> the last earlier period in which it was sent the line.
        labels: department -> as people call it.
    """

    order: Mapping[str, list[str]]
    sent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def holder(self, name: str) -> str:
        """The department that was sent the line last; the owner where nobody was."""
        order, sent = self.order[name], self.sent.get(name, {})
        # Of two that were sent it in the same period the one whose turn comes first: it has not answered yet.
        had_it = [department for department in order if department in sent]
        return max(had_it, key=lambda name: (sent[name], -order.index(name)), default=order[0])

    def passing(self) -> dict[str, Passing]:
        """The lines that somebody had and somebody else has not had yet: to whom each would go next."""
        passing = {}
        for name, order in self.order.items():
            waiting = [department for department in order if department not in self.sent.get(name, {})]
            # A line that nobody had goes to its owner as every new one does; nothing is handed on.
            if waiting and len(waiting) < len(order):
                giver, receiver = (self.labels.get(who, who) for who in (self.holder(name), waiting[0]))
                passing[name] = Passing(waiting[0], giver, receiver)
        return passing

    def asked(self, name: str, kind: str) -> str:
        """Who is asked this period; "" for a line that goes to all its recipients."""
        if name not in self.order:
            return ""
        if kind == PASSED:
            return self.passing()[name].department
        return self.holder(name) if kind in _STAYS else self.order[name][0]


def turns_of(findings: pd.DataFrame, profile: Profile, sent: Collection[Sent], labels: Mapping[str, str]) -> Turns:
    """The turns of a period's lines.

    Args:
        findings: of the period; lists that doubt nobody's entry have no owner.
        profile: who is sent which list.
        sent: what was sent in earlier periods, oldest first.
        labels: department -> its name on workbooks.
    """
    order = {}
    owned = zip(*(findings[column] for column in ("finding_id", "code", OWNER, NEXT)), strict=True)
    for name, code, owner, following in owned:
        recipients = profile.lists[code].recipients
        # Whoever is to check and is not sent the list cannot answer: such a line goes to all who have a record, as before.
        if owner in recipients:
            order[name] = [department for department in (owner, *following.split(";")) if department in recipients]

    # What was sent is written down under the names on the workbooks; a recipient that is no department any more had no turn.
    departments = {label: name for name, label in labels.items()}
    last_sent = dict[str, dict[str, str]]()
    for line in sent:
        if line.finding_id in order and line.recipient in departments:
            last_sent.setdefault(line.finding_id, {})[departments[line.recipient]] = line.period
    return Turns(order, last_sent, labels)


def labels_of(profile: Profile) -> dict[str, str]:
    """Department -> its name as what was sent is written down (`issue.recipient`), those that the place adds among them."""
    return {name: recipient.label for name, recipient in layout_for(profile).departments.items()}


@dataclass(frozen=True, slots=True)
class Sent:
    """A line that a recipient was sent in a period."""

    period: str
    recipient: str
    finding_id: str


def sent_before(connection: sa.Connection, period: str) -> list[Sent]:
    """Everything that was sent in earlier periods of the same kind, oldest first."""
    quarterly = "Q" in period
    earlier = [
        name for name in finding_events.issued_periods(connection) if name < period and ("Q" in name) == quarterly
    ]
    return [
        Sent(name, line.recipient, line.finding_id)
        for name in earlier
        for line in finding_events.issued(connection, name)
    ]
