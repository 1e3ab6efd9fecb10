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
    BY_DATA,
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
        unverifiable: finding_id -> why what it rests on could not be seen this time (rules/coverage.md#closing).
        outgrown: finding_id -> why its child is too old for the list now (`expectations.life.outgrown`).
        merged: finding_id -> the child into which its own was merged, of lines that go on nowhere (`merged_away`); like `carried` also of lines
            that only an earlier run of this period knew.
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
    unverifiable: Mapping[str, str] = field(default_factory=dict)
    outgrown: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)

    def changeable(self, parts: Parts) -> Parts:
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


def verdicts(lives: Mapping[str, FindingLife], facts: PeriodFacts) -> list[Verdict]:
    """What the period says of every finding that is listed or known, in the order of their numbers.

    Args:
        lives: findings as they were before the period.
        facts: the period.
    """
    before = _carried_over(lives, facts)
    # What an earlier run of this period said of a number that its corrected data do not know any more is in no history before it.
    names = sorted({*facts.listed, *lives, *facts.carried, *facts.merged})
    judged = (_verdict(name, before.get(name), name in lives, facts) for name in names)
    return [verdict for verdict in judged if verdict is not None]


def _carried_over(lives: Mapping[str, FindingLife], facts: PeriodFacts) -> dict[str, FindingLife]:
    """Lives by the number under which they go on: that of the older child leads; it keeps its own history if it has one."""
    before = {name: life for name, life in lives.items() if name not in facts.carried}
    for old in sorted(set(facts.carried) & set(lives)):
        before.setdefault(facts.carried[old], replace(lives[old], kind=INHERITED))
    return before


def _verdict(name: str, life: FindingLife | None, known: bool, facts: PeriodFacts) -> Verdict | None:
    """The verdict on one number: `known` when it has a history of its own, `life` what it goes on from."""
    if name in facts.carried:
        text = f"儿童编号合并或拆分，线索转为 {facts.carried[name]}"
        return Verdict(Event(name, facts.period, MERGED, "closed", text=text), False, False)
    listed = name in facts.listed
    if life is None:
        if not listed:
            return _ended_with_merge(name, facts) if name in facts.merged else None
        return Verdict(_event(name, APPEARED, "new", "本期比对新发现", facts), True, True)
    if not known and listed:
        # It goes on under another number in the state that it had: nobody is asked again for what was answered.
        text = f"儿童编号合并或拆分，承接 {life.finding_id} 的办理情况（{facts.rules.say(life.state)}）"
        event = _event(name, INHERITED, life.state, text, facts)
        event = replace(event, source=life.settled_by or event.source, answer=life.answer)
        return Verdict(event, True, facts.rules.is_open(life.state))
    return _listed(name, life, facts) if listed else _unlisted(name, life, facts)


def _event(name: str, kind: str, state: str, text: str, facts: PeriodFacts) -> Event:
    parts = facts.evidence.get(name, {})
    town = facts.listed.get(name, "")
    return Event(
        name, facts.period, kind, state, text=text, town=town, fingerprint=fingerprint(parts), evidence=dumped(parts)
    )


def _listed(name: str, life: FindingLife, facts: PeriodFacts) -> Verdict:
    same = facts.changeable(_parts(life)) == facts.changeable(facts.evidence.get(name, {}))
    if facts.rules.is_open(life.state):
        text = f"仍在清单上，上次答复“{life.answer}”" if life.answer else "仍在清单上"
        text += "" if same else f"，依据有变化：{_what_changed(name, life, facts)}"
        kind = LASTING if same else CHANGED
        return Verdict(replace(_event(name, kind, life.state, text, facts), answer=life.answer), True, True)
    return _settled_listed(name, life, same, facts)


def _settled_listed(name: str, life: FindingLife, same: bool, facts: PeriodFacts) -> Verdict:
    """What is said of a settled finding that the data still show: whether its answer holds, as long as the evidence is the `same`."""
    changed = _what_changed(name, life, facts)
    if life.settled_by in ("data", ""):
        return _returned(name, f"曾于{life.period}由数据消除，本期又出现", facts)
    if life.state == "closed":
        # Somebody said that it was done: a claim is not a fact, the next data have to show it.
        tail = f"；{changed}" if changed else ""
        return _returned(name, f"上次答复“{life.answer}”，本期数据仍未显示{tail}", facts)
    code = name.partition("-")[0]
    if facts.as_of and facts.rules.ended(code, life.answer, life.note, facts.as_of):
        return _returned(name, f"上次答复“{life.answer}”，写明的日期已过", facts)
    if same and name in facts.passing and facts.rules.stands_by(code, life.answer):
        # Its own entry is right, it says: then the next one's is asked about (rules/lists.md#own-entry).
        to = facts.passing[name]
        text = f"{to.before}已答复“{life.answer}”，数据仍不一致，转请{to.then}核对本单位的登记"
        return Verdict(_event(name, PASSED, "assigned", text, facts), True, True)
    if same:
        return Verdict(_event(name, KEPT, life.state, f"已答复“{life.answer}”，依据没有变化", facts), True, False)
    return _returned(name, f"上次答复“{life.answer}”，之后依据有变化：{changed}", facts)


def _returned(name: str, text: str, facts: PeriodFacts) -> Verdict:
    return Verdict(_event(name, RETURNED, "reopened", text, facts), True, True)


def _what_changed(name: str, life: FindingLife, facts: PeriodFacts) -> str:
    before, now = facts.changeable(_parts(life)), facts.changeable(facts.evidence.get(name, {}))
    return differences(before, now, facts.say, facts.rules)


def _parts(life: FindingLife) -> Parts:
    parts: Parts = json.loads(life.evidence) if life.evidence else {}
    return parts


def _unlisted(name: str, life: FindingLife, facts: PeriodFacts) -> Verdict | None:
    """What is said of a finding that is on no list now: an open one is never lost, whatever the period can tell."""
    is_open = facts.rules.is_open(life.state)
    if name in facts.outgrown:
        # Time says so, whatever came: no answer was proven and no trouble solved.
        event = _event(name, SOLVED, "closed", facts.outgrown[name], facts)
        return Verdict(event, False, False) if is_open else None
    # The data can say something only if its list was computed, and every department that it rests on sent data.
    checkable = facts.codes.get(name, "") in facts.computed and facts.changeable(_parts(life)) == _parts(life)
    because = facts.unverifiable.get(name, "")
    if because or not checkable:
        text = (
            f"本期无法核对（{because}），保持原状态" if because else "它所依据的数据本期没有交来，无法核对，保持原状态"
        )
        return Verdict(_event(name, UNCHECKED, life.state, text, facts), False, False) if is_open else None
    if name in facts.merged and facts.codes[name] not in facts.rules.of_places:
        settled = life.kind in (MERGED, PROVEN) or life.settled_by == BY_DATA
        return None if settled else _ended_with_merge(name, facts)
    if not facts.evidence.get(name) and facts.codes[name] not in facts.rules.of_places:
        # No department has the child any more: that proves nothing, so nothing is closed.
        kind = STILL_UNSEEN if life.kind == UNSEEN else UNSEEN
        text = "本期有关部门的数据中都没有这名儿童，不能据此认定已解决"
        return Verdict(_event(name, kind, life.state, text, facts), False, False) if is_open else None
    changed = _what_changed(name, life, facts)
    news = f"：{changed}" if changed else ""
    if is_open:
        return Verdict(_event(name, SOLVED, "closed", f"本期数据中已没有这一问题{news}", facts), False, False)
    if life.settled_by == BY_REPLY and life.kind not in (PROVEN, MERGED):
        text = f"答复“{life.answer}”后，本期数据已没有这一问题{news}"
        return Verdict(_event(name, PROVEN, life.state, text, facts), False, False)
    return None


def _ended_with_merge(name: str, facts: PeriodFacts) -> Verdict:
    """The line of a number that ended, when the child that has its records is not on the list: it ends with its number, nothing was solved."""
    text = f"儿童编号已并入 {facts.merged[name]}，合并后的儿童不在本清单上，线索随编号合并结束"
    return Verdict(Event(name, facts.period, MERGED, "closed", text=text), False, False)


def events_of(judged: Sequence[Verdict], written: Mapping[str, Event], lives: Mapping[str, FindingLife]) -> list[Event]:
    """The events to append for a period, empty when they are all written already.

    Args:
        judged: the period's verdicts.
        written: finding_id -> the last event that the data of this period already made.
        lives: findings as they are now, everything counted.
    """
    events = {verdict.event.finding_id: verdict.event for verdict in judged}
    news = [_news(event, written.get(name), lives.get(name)) for name, event in events.items()]
    gone = [
        replace(event, kind=WITHDRAWN, state="closed", text="数据更正后本期已没有这一问题")
        for name, event in written.items()
        if name not in events and event.kind not in (WITHDRAWN, MERGED)
    ]
    return [event for event in [*news, *gone] if event is not None]


def _news(event: Event, before: Event | None, life: FindingLife | None) -> Event | None:
    """What is new beside the event that an earlier run of the period wrote: nothing is taken back, a corrected delivery adds what it corrects."""
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
        # People may have answered between the two runs: their state stays.
        state = life.state if life else event.state
        return replace(event, kind=CHANGED, state=state, text=f"数据更正后：{event.text}")
    if before.kind == CHANGED and before.fingerprint == event.fingerprint:
        return None
    return replace(event, text=f"数据更正后：{event.text}")


def merged_away(
    lives: Mapping[str, tuple[str, str, str]], leads: Mapping[str, str], heirs: Mapping[str, str]
) -> dict[str, str]:
    """finding_id -> the child that has the records now, of the findings of ended numbers that go on under no other number.

    Args:
        lives: known finding_id -> code, child_id, field.
        leads: ended child number -> the one that leads, of merges up to and with this period.
        heirs: `carried`.
    """
    return {name: leads[child] for name, (_, child, _) in lives.items() if child in leads and name not in heirs}


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
    on, heirs = set(listed), dict[str, str]()
    for kind, stays, other in sorted(moves):
        source, target = (other, stays) if kind == "merge" else (stays, other)
        for name in by_child.get(source, []):
            code, _, about = lives[name]
            to = number(code, target, about)
            # A split leaves a finding where it is as long as that part of the child is still listed; a merge without a
            # finding on the other side has solved it.
            if (kind == "merge" and (to in on or to in lives)) or (kind == "split" and name not in on and to in on):
                heirs[name] = to
    return heirs
