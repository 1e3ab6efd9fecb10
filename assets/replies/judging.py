"""Which lines of returned workbooks can be entered, and why the others cannot (rules/bad-inputs.md#input-34 to #input-39). Pure.

A line counts by its number alone. Nothing that was answered is overwritten: where two answers differ, a person decides
on the conflict sheet, and that sheet, returned, decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rapidfuzz import fuzz, process

from assets.replies.lines import Line, Returned, plain
from assets.replies.words import reply_words
from expectations.life.numbering import GOOD, Number, read
from expectations.life.rules import life_rules
from matching.reading.dates import read_date

DECISIONS = "conflicts"


@dataclass(frozen=True, slots=True)
class Answered:
    """What was entered for a finding before; `decided`: by a person who had seen two answers."""

    answer: str
    recipient: str
    answered_on: str
    note: str = ""
    state: str = ""
    decided: bool = False


@dataclass(frozen=True)
class Known:
    """What lines are judged against.

    Attributes:
        period: whose workbooks are out now.
        periods: all periods for which workbooks ever went out.
        issued: recipient -> findings that it was sent in the period.
        codes: finding_id -> list.
        choices: list -> its answers.
        answers: finding_id -> what was entered for it in the period.
        entered: (first 16 of a file's hash, finding_id) of lines that were entered before.
        today: for dates in the future.
    """

    period: str
    periods: Sequence[str]
    issued: Mapping[str, frozenset[str]]
    codes: Mapping[str, str]
    choices: Mapping[str, Sequence[str]]
    answers: Mapping[str, Answered]
    today: date
    entered: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """A line and what became of it: `result` is a key of `words.yaml`, `detail` a sentence, `other` the other answer."""

    line: Line
    result: str
    finding_id: str = ""
    code: str = ""
    recipient: str = ""
    answer: str = ""
    answered_on: str = ""
    detail: str = ""
    other: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class Refused:
    """A file of which nothing is taken, and why."""

    file: str
    code: str
    message: str
    advice: str = ""


@dataclass
class Outcome:
    """What became of all files: lines, files refused, files taken (sha256 -> recipient)."""

    lines: list[Judged] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    taken: dict[str, tuple[Returned, str]] = field(default_factory=dict)

    def of(self, result: str) -> list[Judged]:
        """The lines with this result."""
        return [one for one in self.lines if one.result == result]


def judge(files: Sequence[Returned], known: Known) -> Outcome:
    """Judge every line of every file; the order of files and lines does not matter.

    Args:
        files: what came back and was not read before.
        known: what went out and what is entered.
    """
    found = Outcome()
    for one in sorted(files, key=lambda item: (item.file, item.sha256)):
        refused = _refusal(one, known)
        if refused:
            found.refused.append(refused)
            continue
        recipient = _recipient(one, known)
        found.taken[one.sha256] = (one, recipient)
        found.lines += [_single(line, (one, recipient), known) for line in one.lines]
    found.lines = _together(found.lines, known, {one.file for one, _ in found.taken.values() if one.kind == DECISIONS})
    return found


def _refusal(one: Returned, known: Known) -> Refused | None:
    period, recipient = one.facts.get("period", ""), _stated(one, known)
    if one.kind == "query":
        message = "这份文件是查询表的答复，不是核查清单，没有采用。"
        return Refused(one.file, "query", message, "请用 tongbi query --answer 读入。")
    if not one.lines:
        message = "这份文件里没有找到线索编号一列，整份没有采用。"
        return Refused(one.file, "no_numbers", message, "请在发出的清单上填写；线索编号一列不要删除。")
    if period and period != known.period:
        message = f"这份文件是{period}的清单，现在办理的是{known.period}，整份没有采用。"
        return Refused(one.file, "old", message, "情况已有变化，请在本期清单上答复。")
    if one.sender and recipient and plain(one.sender) != plain(recipient) and one.kind != DECISIONS:
        message = f"这份文件是发给{recipient}的清单，却由{one.sender}交回，整份没有采用。"
        return Refused(one.file, "scope", message, "请由收到清单的单位交回，或放进该单位的文件夹。")
    return None


def _recipient(one: Returned, known: Known) -> str:
    """Whose workbook it is: as it says itself, as its folder says, else whose lines most of its lines are."""
    for stated in (_stated(one, known), one.sender):
        if stated:
            return next((name for name in known.issued if plain(name) == plain(stated)), stated)
    mine = Counter[str]()
    for line in one.lines:
        number = _number(line, known)
        mine.update(name for name, sent in known.issued.items() if number.finding_id in sent)
    # A line goes to a township and to departments: the shortest list that has most of the lines is the likeliest.
    return min(mine, key=lambda name: (-mine[name], len(known.issued[name]), name), default="")


def _stated(one: Returned, known: Known) -> str:
    """The recipient that the file names itself: in its hidden sheet, or in the titles above its lists."""
    if stated := one.facts.get("recipient", ""):
        return stated
    named = {name for name in known.issued for title in one.titles if title.endswith(plain(name))}
    return named.pop() if len(named) == 1 else ""


def _number(line: Line, known: Known) -> Number:
    return read(line.number, [known.period, *(one for one in known.periods if one != known.period)])


def _single(line: Line, source: tuple[Returned, str], known: Known) -> Judged:
    """A line by itself."""
    one, recipient = source
    number = _number(line, known)
    if not (line.answer or line.note):
        return Judged(line, "empty", number.finding_id, known.codes.get(number.finding_id, ""), recipient)
    if number.state != GOOD:
        return Judged(line, "damaged", recipient=recipient)
    named = Judged(line, "", number.finding_id, known.codes.get(number.finding_id, ""), recipient)
    if number.period != known.period:
        return _with(named, "old", f"编号属于{number.period}")
    if not any(number.finding_id in sent for sent in known.issued.values()):
        return _with(named, "unknown")
    if one.kind != DECISIONS and number.finding_id not in known.issued.get(recipient, frozenset()):
        return _with(named, "scope", f"这条线索没有发给{recipient or '这个单位'}")
    return _answered(named, one.sha256, known)


def _with(judged: Judged, result: str, detail: str = "") -> Judged:
    return replace(judged, result=result, detail=detail)


def _answered(named: Judged, sha256: str, known: Known) -> Judged:
    line, choices = named.line, known.choices.get(named.code, ())
    if (sha256[:16], named.finding_id) in known.entered:
        return _with(named, "unchanged", "本文件这一行已登记")
    if not line.answer:
        return _with(named, "no_answer")
    choice = choose(line.answer, choices)
    if not choice:
        suggestion = suggest(line.answer, choices)
        said = f"最接近的选项：{suggestion}" if suggestion else ""
        return replace(named, result="free_text", detail=said, suggestion=suggestion)
    day, good = _day(line.answered_on, known.today)
    return replace(named, result="accepted" if good else "bad_date", answer=choice, answered_on=day)


def choose(text: str, choices: Sequence[str]) -> str:
    """The choice that was meant, "" when it is none; what a choice says in brackets may be missing where no other choice begins so
    (延缓入学 alone does not say whether it was approved).
    """
    by_text = {plain(choice): choice for choice in choices}
    stems = Counter(plain(choice).partition("(")[0] for choice in choices)
    for choice in choices:
        stem = plain(choice).partition("(")[0]
        if stems[stem] == 1:
            by_text.setdefault(stem, choice)
    return by_text.get(plain(text), "")


def suggest(text: str, choices: Sequence[str]) -> str:
    """The nearest choice, "" when none is near; a person decides."""
    found = process.extractOne(plain(text), [plain(c) for c in choices], scorer=fuzz.ratio)
    return choices[found[2]] if found and found[1] >= reply_words().suggest_from else ""


def _day(text: str, today: date) -> tuple[str, bool]:
    if not text:
        return "", True
    value, precision, _ = read_date(text)
    limit = (today + timedelta(days=reply_words().future_days)).isoformat()
    good = precision == "day" and value <= limit
    return (value if good else ""), good


def _together(lines: Sequence[Judged], known: Known, decisive: set[str]) -> list[Judged]:
    """Lines on one finding beside each other, and beside what was entered before."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(lines):
        if one.answer:
            groups[one.finding_id].append(place)
    found = list(lines)
    for name, places in groups.items():
        for place, judged in zip(
            places, _group([lines[p] for p in places], known.answers.get(name), decisive), strict=True
        ):
            found[place] = judged
    return found


def _group(group: list[Judged], before: Answered | None, decisive: set[str]) -> list[Judged]:
    """The lines on one finding: one answer is entered once; two are a question for a person."""
    ruling = [one for one in group if one.line.file in decisive]
    if before and before.decided and not ruling:
        return [_with(one, "unchanged", f"已裁定为“{before.answer}”") for one in group]
    speaking = ruling or group
    answers = sorted({one.answer for one in speaking})
    if len(answers) > 1:
        return [_conflict(one, answers) if one in speaking else _passed(one) for one in group]
    first = min(speaking, key=lambda one: (one.answered_on or "9", one.line.file, one.line.sheet, one.line.row))
    verdict = _verdict(first, before, bool(ruling))
    if verdict == "two_answers" and before:
        return [_conflict(one, [before.answer], before.recipient) for one in group]
    kept = first.result if verdict == "accepted" else verdict
    return [_with(one, kept, one.detail) if one is first else _passed(one) for one in group]


def _verdict(one: Judged, before: Answered | None, ruling: bool) -> str:
    if before and _says_the_same(one, before):
        return "unchanged"
    return "accepted" if ruling else _beside(one, before)


def _says_the_same(one: Judged, before: Answered) -> bool:
    same_day = one.answered_on in ("", before.answered_on)
    return before.answer == one.answer and same_day and one.line.note in ("", before.note)


def _passed(one: Judged) -> Judged:
    return _with(one, "unchanged", "同一编号另一行已登记")


def _conflict(one: Judged, others: Sequence[str], whose: str = "") -> Judged:
    other = "、".join(answer for answer in others if answer != one.answer)
    said = f"{whose}已答复“{other}”" if whose else f"另有答复“{other}”"
    return replace(one, result="two_answers", detail=said, other=other)


def _beside(one: Judged, before: Answered | None) -> str:
    """Beside what was entered: the same recipient may go on from an open answer; anything else is a conflict."""
    if before is None or before.answer == one.answer:
        return "accepted"
    goes_on = plain(before.recipient) == plain(one.recipient) and life_rules().is_open(before.state)
    later = (one.answered_on or "") >= (before.answered_on or "")
    return "accepted" if goes_on and later else "two_answers"
