"""A finding's events and the state they add up to (rules/workflow.md#life).

Belongs here: the two named types and folding events into the present state. Not here: which events a period brings
(`step`), where they are kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

# What the comparison itself says, in the order of a life.
APPEARED, CHANGED, RETURNED, SOLVED, PROVEN, UNSEEN = "appeared", "changed", "returned", "solved", "proven", "unseen"
MERGED, INHERITED, WITHDRAWN, RESTORED = "merged", "inherited", "withdrawn", "restored"
# The department that had the line answered that its own entry is right: the next one is asked (rules/lists.md#own-entry).
PASSED = "passed"
# Said of a period, but nothing that happened: still open; answered and unchanged; open, and the period's data cannot tell; open, and the
# child is in nobody's data for a further period.
LASTING, KEPT, UNCHECKED, STILL_UNSEEN = "lasting", "kept", "unchecked", "still_unseen"
# Events that the comparison makes; others come from publishing and from people.
DATA_KINDS = frozenset(
    {APPEARED, CHANGED, RETURNED, SOLVED, PROVEN, UNSEEN, MERGED, INHERITED, WITHDRAWN, RESTORED, PASSED}
)
# What the frame of a period can say of a finding; the others are events of a correction only.
PERIOD_KINDS = (DATA_KINDS - {WITHDRAWN, RESTORED}) | {LASTING, KEPT, UNCHECKED, STILL_UNSEEN}
DISPATCHED, ANSWERED = "dispatched", "answered"
BY_DATA, BY_REPLY, BY_OFFICE = "data", "reply", "office"


@dataclass(frozen=True, slots=True)
class Event:
    """One step, appended and never changed.

    Attributes:
        finding_id: `<code>-<8 characters>`.
        period: the period that it belongs to.
        kind: one of the words above.
        state: the state after it.
        source: `data`, `reply` or `office`.
        text: one Chinese sentence without personal values.
        town: canonical township, "" where the source does not know.
        fingerprint: of the evidence at that time.
        evidence: the parts of the evidence as JSON (digests, no values); only where they were looked at.
        answer: the word of the dropdown.
        origin: where it came from (number of the edition, hash of the returned file).
        author: who.
        at: when, ISO UTC; "" until stored.
        answered_on: date of the check, ISO or "".
        note: what the person wrote (personal data: database and outbox only).
    """

    finding_id: str
    period: str
    kind: str
    state: str
    source: str = BY_DATA
    text: str = ""
    town: str = ""
    fingerprint: str = ""
    evidence: str = ""
    answer: str = ""
    origin: str = ""
    author: str = ""
    at: str = ""
    answered_on: str = ""
    note: str = ""

    def row(self) -> dict[str, str]:
        """The fields by name, as they are stored."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class FindingLife:
    """A finding as its events leave it.

    Attributes:
        first_period: when it appeared.
        period: of the last event that changed its state.
        settled_by: `data`, `reply` or `office` when it is settled, else "".
        fingerprint: of the evidence that the last word rests on.
        note: what the person wrote beside the answer (personal data: never passed on).
        returns: how often it came back.
    """

    finding_id: str
    state: str
    kind: str
    first_period: str
    period: str
    settled_by: str = ""
    town: str = ""
    fingerprint: str = ""
    evidence: str = ""
    answer: str = ""
    note: str = ""
    returns: int = 0


def fold(events: Iterable[Event], settled: Iterable[str] = ("rejected", "closed")) -> dict[str, FindingLife]:
    """The present state of every finding, from its events in the order in which they were appended."""
    done, lives = frozenset(settled), dict[str, FindingLife]()
    for event in events:
        life = lives.get(event.finding_id) or FindingLife(event.finding_id, "", "", event.period, event.period)
        lives[event.finding_id] = replace(
            life,
            state=event.state,
            kind=event.kind,
            period=event.period,
            settled_by=_settler(life, event) if event.state in done else "",
            # Answers and dispatches look at no evidence and may know no township: what the data said last stays.
            town=event.town or life.town,
            fingerprint=event.fingerprint or life.fingerprint,
            evidence=event.evidence or life.evidence,
            note=event.note if event.kind == ANSWERED else life.note,
            # A finding that is back has no answer: the earlier one did not hold.
            answer=event.answer or ("" if event.kind == RETURNED else life.answer),
            returns=life.returns + (event.kind == RETURNED),
        )
    return lives


def _settler(life: FindingLife, event: Event) -> str:
    """Who settled it: data that only prove an answer leave it to the answer; a number carried over brings its own."""
    if event.kind in (PROVEN, MERGED, INHERITED, RESTORED, CHANGED, DISPATCHED):
        return life.settled_by or event.source
    return event.source
