"""One period in the life of all findings: what the new data say of each, and which events that makes.

Pure. `verdicts` looks only at what happened before the period, so that running a period twice says the same twice;
`events_of` compares with what was already written down for the period and gives only what is new.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from expectations.life.evidence import Parts, differences, dumped, fingerprint
from expectations.life.rules import LifeRules
from expectations.life.states import (
    APPEARED,
    BY_REPLY,
    CHANGED,
    INHERITED,
    KEPT,
    LASTING,
    MERGED,
    PASSED,
    PROVEN,
    RESTORED,
    RETURNED,
    SOLVED,
    STILL_UNSEEN,
    UNCHECKED,
    UNSEEN,
    WITHDRAWN,
    Event,
    FindingLife,
)

SILENT = (LASTING, KEPT, UNCHECKED, STILL_UNSEEN)
Number = Callable[[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Passing:
    """To whom a line goes next: the department, who had it before and who has it then, as people call them."""

    department: str
    before: str
    then: str


@dataclass(frozen=True)
class PeriodFacts:
    """What a period knows.

    Attributes:
        period: `2026Q3` or `2026-09`.
        listed: finding_id -> township, of the findings on the lists now.
        evidence: finding_id -> its evidence now, of the listed findings and of the known ones.
        computed: codes of the lists that could be computed; the others say nothing about their findings.
        codes: finding_id -> code, of the known findings.
        carried: finding_id -> the number under which it goes on after children were merged or split.
        rules: states, outcomes, telling fields.
        say: departments and fields in Chinese.
        delivered: departments whose data came; None when all did. One that sent nothing proves nothing.
        as_of: the last day of the data; None where no answer of a limited time is looked at.
        passing: finding_id -> who is asked next, if whoever had the line answered that its own entry is right.
    """

    period: str
    listed: Mapping[str, str]
    evidence: Mapping[str, Parts]
    computed: Collection[str]
    codes: Mapping[str, str]
    rules: LifeRules
    carried: Mapping[str, str] = field(default_factory=dict)
    say: Mapping[str, str] = field(default_factory=dict)
    delivered: frozenset[str] | None = None
    as_of: date | None = None
    passing: Mapping[str, Passing] = field(default_factory=dict)

    def told(self, parts: Parts) -> Parts:
        """The evidence as far as departments that sent their data can change it."""
        if self.delivered is None:
            return parts
        return {key: value for key, value in parts.items() if key.partition(".")[0] in self.delivered}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a period says of one finding.

    Attributes:
        event: with its kind, `lasting` and `kept` included, which are no events.
        listed: whether the data still show it.
        shown: whether somebody is asked to look at it: listed, and not answered for good.
    """

    event: Event
    listed: bool
    shown: bool


def verdicts(lives: Mapping[str, FindingLife], occasion: PeriodFacts) -> list[Verdict]:
    """What the period says of every finding that is listed or known, in the order of their numbers.

    Args:
        lives: findings as they were before the period.
        occasion: the period.
    """
    before = _carried_over(lives, occasion)
    names = sorted({*occasion.listed, *lives})
    found = (_verdict(name, before.get(name), (name in lives, occasion)) for name in names)
    return [one for one in found if one is not None]


def _carried_over(lives: Mapping[str, FindingLife], occasion: PeriodFacts) -> dict[str, FindingLife]:
    """Lives by the number under which they go on: that of the older child leads; it keeps its own history if it has one."""
    before = {name: life for name, life in lives.items() if name not in occasion.carried}
    for old in sorted(set(occasion.carried) & set(lives)):
        before.setdefault(occasion.carried[old], replace(lives[old], kind=INHERITED))
    return before


def _verdict(name: str, life: FindingLife | None, what: tuple[bool, PeriodFacts]) -> Verdict | None:
    own, occasion = what
    if own and name in occasion.carried:
        text = f"儿童编号合并或拆分，线索转为 {occasion.carried[name]}"
        return Verdict(Event(name, occasion.period, MERGED, "closed", text=text), False, False)
    listed = name in occasion.listed
    if life is None:
        return _fresh(name, occasion) if listed else None
    if not own and listed:
        return _inherited(name, life, occasion)
    return _listed(name, life, occasion) if listed else _unlisted(name, life, occasion)


def _event(name: str, kind: str, state: str, text: str, occasion: PeriodFacts) -> Event:
    parts = occasion.evidence.get(name, {})
    town = occasion.listed.get(name, "")
    return Event(
        name, occasion.period, kind, state, text=text, town=town, fingerprint=fingerprint(parts), evidence=dumped(parts)
    )


def _fresh(name: str, occasion: PeriodFacts) -> Verdict:
    return Verdict(_event(name, APPEARED, "new", "本期比对新发现", occasion), True, True)


def _inherited(name: str, life: FindingLife, occasion: PeriodFacts) -> Verdict:
    """A finding that goes on under another number: in the state it had."""
    text = f"儿童编号合并或拆分，承接 {life.finding_id} 的办理情况（{occasion.rules.say(life.state)}）"
    event = _event(name, INHERITED, life.state, text, occasion)
    event = replace(event, source=life.settled_by or event.source, answer=life.answer)
    return Verdict(event, True, occasion.rules.is_open(life.state))


def _listed(name: str, life: FindingLife, occasion: PeriodFacts) -> Verdict:
    same = occasion.told(_parts(life)) == occasion.told(occasion.evidence.get(name, {}))
    if occasion.rules.is_open(life.state):
        said = f"仍在清单上，上次答复“{life.answer}”" if life.answer else "仍在清单上"
        kind, text = LASTING, said
        if not same:
            kind, text = CHANGED, f"{said}，依据有变化：{_what_changed(name, life, occasion)}"
        return Verdict(replace(_event(name, kind, life.state, text, occasion), answer=life.answer), True, True)
    return _settled_listed(name, life, (same, occasion))


def _settled_listed(name: str, life: FindingLife, what: tuple[bool, PeriodFacts]) -> Verdict:
    same, occasion = what
    changed = _what_changed(name, life, occasion)
    if life.settled_by in ("data", ""):
        return _returned(name, f"曾于{life.period}由数据消除，本期又出现", occasion)
    if life.state == "closed":
        tail = f"；{changed}" if changed else ""
        return _returned(name, f"上次答复“{life.answer}”，本期数据仍未显示{tail}", occasion)
    code = name.partition("-")[0]
    if occasion.as_of and occasion.rules.ended(code, life.answer, life.note, occasion.as_of):
        return _returned(name, f"上次答复“{life.answer}”，写明的日期已过", occasion)
    if same and name in occasion.passing and occasion.rules.stands_by(code, life.answer):
        return _passed(name, life, occasion)
    if same:
        return Verdict(_event(name, KEPT, life.state, f"已答复“{life.answer}”，依据没有变化", occasion), True, False)
    return _returned(name, f"上次答复“{life.answer}”，之后依据有变化：{changed}", occasion)


def _passed(name: str, life: FindingLife, occasion: PeriodFacts) -> Verdict:
    to = occasion.passing[name]
    text = f"{to.before}已答复“{life.answer}”，数据仍不一致，转请{to.then}核对本单位的登记"
    return Verdict(_event(name, PASSED, "assigned", text, occasion), True, True)


def _returned(name: str, text: str, occasion: PeriodFacts) -> Verdict:
    return Verdict(_event(name, RETURNED, "reopened", text, occasion), True, True)


def _what_changed(name: str, life: FindingLife, occasion: PeriodFacts) -> str:
    before, now = occasion.told(_parts(life)), occasion.told(occasion.evidence.get(name, {}))
    return differences(before, now, occasion.say, occasion.rules)


def _parts(life: FindingLife) -> Parts:
    found: Parts = json.loads(life.evidence) if life.evidence else {}
    return found


def _unlisted(name: str, life: FindingLife, occasion: PeriodFacts) -> Verdict | None:
    """What is said of a finding that is on no list now: an open one is never lost, whatever the period can tell."""
    is_open = occasion.rules.is_open(life.state)
    if not _checkable(name, life, occasion):
        text = "它所依据的数据本期没有交来，无法核对，保持原状态"
        return Verdict(_event(name, UNCHECKED, life.state, text, occasion), False, False) if is_open else None
    if not occasion.evidence.get(name) and occasion.codes[name] not in occasion.rules.of_places:
        # No department has the child any more: that proves nothing, so nothing is closed.
        kind = STILL_UNSEEN if life.kind == UNSEEN else UNSEEN
        text = "本期有关部门的数据中都没有这名儿童，不能据此认定已解决"
        return Verdict(_event(name, kind, life.state, text, occasion), False, False) if is_open else None
    changed = _what_changed(name, life, occasion)
    because = f"：{changed}" if changed else ""
    if is_open:
        return Verdict(_event(name, SOLVED, "closed", f"本期数据中已没有这一问题{because}", occasion), False, False)
    if life.settled_by == BY_REPLY and life.kind not in (PROVEN, MERGED):
        text = f"答复“{life.answer}”后，本期数据已没有这一问题{because}"
        return Verdict(_event(name, PROVEN, life.state, text, occasion), False, False)
    return None


def _checkable(name: str, life: FindingLife, occasion: PeriodFacts) -> bool:
    """Whether the period's data can say anything of a finding: its list was computed, and every department that it rests on sent data."""
    return occasion.codes.get(name, "") in occasion.computed and occasion.told(_parts(life)) == _parts(life)


def events_of(found: Sequence[Verdict], written: Mapping[str, Event], lives: Mapping[str, FindingLife]) -> list[Event]:
    """The events to append for a period, empty when they are all written already.

    Args:
        found: the period's verdicts.
        written: finding_id -> the last event that the data of this period already made.
        lives: findings as they are now, everything counted.
    """
    said = {one.event.finding_id: one for one in found}
    news = [_news(one, written.get(name), lives.get(name)) for name, one in said.items()]
    gone = [
        replace(event, kind=WITHDRAWN, state="closed", text="数据更正后本期已没有这一问题")
        for name, event in written.items()
        if name not in said and event.kind != WITHDRAWN
    ]
    return [event for event in [*news, *gone] if event is not None]


def _news(one: Verdict, before: Event | None, life: FindingLife | None) -> Event | None:
    event = one.event
    if before is None:
        return None if event.kind in SILENT else event
    if event.kind in (UNCHECKED, STILL_UNSEEN):
        # What an earlier run of the period closed is open again when the corrected data cannot tell.
        closed = before.kind in (SOLVED, PROVEN, WITHDRAWN)
        return replace(event, kind=RESTORED, text=f"数据更正后：{event.text}") if closed else None
    if event.kind in SILENT:
        if before.kind == CHANGED and before.fingerprint != event.fingerprint:
            return replace(event, kind=CHANGED, state=life.state if life else event.state, text="数据更正后依据恢复")
        back = before.kind in (CHANGED, RESTORED)
        return None if back else replace(event, kind=RESTORED, text="数据更正后本期仍在清单上")
    if before.kind == event.kind:
        if before.fingerprint == event.fingerprint:
            return None
        kept = life.state if life else event.state
        return replace(
            event, kind=event.kind if event.kind == CHANGED else CHANGED, state=kept, text=f"数据更正后：{event.text}"
        )
    if before.kind == CHANGED and before.fingerprint == event.fingerprint:
        return None
    return replace(event, text=f"数据更正后：{event.text}")


def carried(
    lives: Mapping[str, tuple[str, str, str]],
    moves: Collection[tuple[str, str, str]],
    listed: Collection[str],
    number: Number,
) -> dict[str, str]:
    """Findings that go on under another number because children were merged or split now.

    Args:
        lives: known finding_id -> code, child_id, field.
        moves: `kind, child_id, other_id`: `merge` (child_id stays, other_id ended) and `split` (child_id stays, other_id is new).
        listed: findings on the lists now.
        number: `expectations.lists.findings.finding_id`.
    """
    by_child: dict[str, list[str]] = {}
    for name, (_, child, _) in lives.items():
        by_child.setdefault(child, []).append(name)
    on, found = set(listed), dict[str, str]()
    for kind, stays, other in sorted(moves):
        source, target = (other, stays) if kind == "merge" else (stays, other)
        for name in by_child.get(source, []):
            code, _, about = lives[name]
            to = number(code, target, about)
            # A split leaves a finding where it is as long as that part of the child is still listed; a merge without a
            # finding on the other side has solved it.
            if (kind == "merge" and (to in on or to in lives)) or (kind == "split" and name not in on and to in on):
                found[name] = to
    return found
