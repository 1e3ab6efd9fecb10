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

from assets.replies.asking import BAD_DATE, FUTURE_DATE, asks, entry_in
from assets.replies.lines import ReturnedFile, ReturnedLine, plain
from assets.replies.words import reply_words
from expectations.life.numbering import GOOD, Number, read
from expectations.life.rules import life_rules
from matching.reading.dates import read_date

DECISIONS = "conflicts"


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What was entered for a finding before; `decided`: by a person who had seen two answers; `author`: who checked it, the recipient where nobody
    was named.
    """

    answer: str
    recipient: str
    answered_on: str
    note: str = ""
    state: str = ""
    decided: bool = False
    author: str = ""


@dataclass(frozen=True)
class SentLines:
    """What lines are judged against.

    Attributes:
        period: whose workbooks are out now.
        periods: all periods for which workbooks ever went out.
        issued: recipient -> findings that it was sent in the period.
        codes: finding_id -> list.
        choices: list -> its answers.
        answers: finding_id -> what was entered for it in the period.
        entered: (first 16 of a file's hash, finding_id) of lines that were entered before.
        seen: sha256 of files that were looked at before in the period.
        today: for dates in the future.
    """

    period: str
    periods: Sequence[str]
    issued: Mapping[str, frozenset[str]]
    codes: Mapping[str, str]
    choices: Mapping[str, Sequence[str]]
    answers: Mapping[str, EarlierAnswer]
    today: date
    entered: frozenset[tuple[str, str]] = frozenset()
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line and what became of it: `result` is a key of `words.yaml`, `detail` a sentence, `other` the other answer, `asks` what is missing on a
    line that counts all the same.
    """

    line: ReturnedLine
    result: str
    finding_id: str = ""
    code: str = ""
    recipient: str = ""
    answer: str = ""
    answered_on: str = ""
    detail: str = ""
    other: str = ""
    suggestion: str = ""
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class RefusedFile:
    """A file of which nothing is taken, and why."""

    file: str
    code: str
    message: str
    advice: str = ""
    sha256: str = ""


@dataclass
class ReplyOutcome:
    """What became of all files: lines, files refused, files taken (sha256 -> recipient)."""

    lines: list[JudgedLine] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    taken: dict[str, tuple[ReturnedFile, str]] = field(default_factory=dict)

    def of(self, result: str) -> list[JudgedLine]:
        """The lines with this result."""
        return [line for line in self.lines if line.result == result]


def judge(files: Sequence[ReturnedFile], sent: SentLines) -> ReplyOutcome:
    """Judge every line of every file; the order of files and lines does not matter.

    Args:
        files: what came back and was not read before.
        sent: what went out and what is entered.
    """
    outcome = ReplyOutcome()
    # The report lists lines in this order: the same folder read twice must give the same paper.
    for file in sorted(files, key=lambda item: (item.file, item.sha256)):
        refused = _refusal(file, sent)
        if refused:
            outcome.refused.append(replace(refused, sha256=file.sha256))
            continue
        recipient = _recipient(file, sent)
        outcome.taken[file.sha256] = (file, recipient)
        outcome.lines += [_single(line, file, recipient, sent) for line in file.lines]
    decisive = {file.file for file, _ in outcome.taken.values() if file.kind == DECISIONS}
    outcome.lines = _together(outcome.lines, sent, decisive)
    outcome.lines = _answered_since(outcome, sent)
    return outcome


def _answered_since(outcome: ReplyOutcome, sent: SentLines) -> list[JudgedLine]:
    """Lines of files that were looked at before, whose sender has answered or completed them since: nobody has to do anything with them."""
    now = {(line.finding_id, plain(line.recipient)) for line in outcome.lines if line.answer and not line.asks}
    answered = now | {(name, plain(before.recipient)) for name, before in sent.answers.items()}
    seen = {file.file for sha256, (file, _) in outcome.taken.items() if sha256 in sent.seen}

    def settled(line: JudgedLine) -> JudgedLine:
        whose = (line.finding_id, plain(line.recipient))
        if line.line.file not in seen:
            return line
        if line.result in ("free_text", "no_answer") and whose in answered:
            return _with(line, "unchanged", "已在另一份表中答复")
        return replace(line, asks=()) if line.result == "unchanged" and whose in now else line

    return [settled(line) for line in outcome.lines]


def _refusal(file: ReturnedFile, sent: SentLines) -> RefusedFile | None:
    """Why nothing of a file is taken: its lines would be answers to questions that nobody asked this sender now."""
    period, recipient = file.facts.get("period", ""), _stated(file, sent)
    if file.kind == "query":
        message = "这份文件是查询表的答复，不是核查清单，没有采用。"
        return RefusedFile(file.file, "query", message, "请用 tongbi query --answer 读入。")
    if not file.lines:
        message = "这份文件里没有找到线索编号一列，整份没有采用。"
        return RefusedFile(file.file, "no_numbers", message, "请在发出的清单上填写；线索编号一列不要删除。")
    if period and period != sent.period:
        message = f"这份文件是{period}的清单，现在办理的是{sent.period}，整份没有采用。"
        return RefusedFile(file.file, "old", message, "情况已有变化，请在本期清单上答复。")
    # The sheet of conflicts is the office's own and may lie in any folder.
    if file.sender and recipient and plain(file.sender) != plain(recipient) and file.kind != DECISIONS:
        message = f"这份文件是发给{recipient}的清单，却由{file.sender}交回，整份没有采用。"
        return RefusedFile(file.file, "scope", message, "请由收到清单的单位交回，或放进该单位的文件夹。")
    return None


def _recipient(file: ReturnedFile, sent: SentLines) -> str:
    """Whose workbook it is: as it says itself, as its folder says, else whose lines most of its lines are."""
    for stated in (_stated(file, sent), file.sender):
        if stated:
            return next((name for name in sent.issued if plain(name) == plain(stated)), stated)
    lines_of = Counter[str]()
    for line in file.lines:
        number = _number(line, sent)
        lines_of.update(name for name, findings in sent.issued.items() if number.finding_id in findings)
    # A line goes to a township and to departments: the shortest list that has most of the lines is the likeliest.
    return min(lines_of, key=lambda name: (-lines_of[name], len(sent.issued[name]), name), default="")


def _stated(file: ReturnedFile, sent: SentLines) -> str:
    """The recipient that the file names itself: in its hidden sheet, or in the titles above its lists."""
    if stated := file.facts.get("recipient", ""):
        return stated
    named = {name for name in sent.issued for title in file.titles if title.endswith(plain(name))}
    return named.pop() if len(named) == 1 else ""


def _number(line: ReturnedLine, sent: SentLines) -> Number:
    return read(line.number, [sent.period, *(period for period in sent.periods if period != sent.period)])


def _single(line: ReturnedLine, file: ReturnedFile, recipient: str, sent: SentLines) -> JudgedLine:
    """A line by itself: first whether it says anything, then whether this sender was asked it, at last what the answer is."""
    number = _number(line, sent)
    code = sent.codes.get(number.finding_id, "")
    judged = JudgedLine(line, "", number.finding_id, code, recipient)
    if not (line.answer or line.note):
        return _with(judged, "empty")
    if number.state != GOOD:
        # A number with a wrong check character may be one digit away from another child's: it names no finding.
        return JudgedLine(line, "damaged", recipient=recipient)
    if number.period != sent.period:
        return _with(judged, "old", f"编号属于{number.period}")
    if not any(number.finding_id in findings for findings in sent.issued.values()):
        return _with(judged, "unknown")
    if file.kind != DECISIONS and number.finding_id not in sent.issued.get(recipient, frozenset()):
        return _with(judged, "scope", f"这条线索没有发给{recipient or '这个单位'}")

    if (file.sha256[:16], number.finding_id) in sent.entered:
        missing = _still_missing(line, sent.answers.get(number.finding_id), sent)
        return replace(_with(judged, "unchanged", "本文件这一行已登记"), asks=missing)
    if not line.answer:
        return _with(judged, "no_answer")
    choices = sent.choices.get(code, ())
    choice = choose(line.answer, choices)
    if not choice:
        suggestion = suggest(line.answer, choices)
        detail = f"最接近的选项：{suggestion}" if suggestion else ""
        return replace(judged, result="free_text", detail=detail, suggestion=suggestion)

    if entry := entry_in(line.answer, choice):
        judged = replace(judged, line=replace(line, note="，".join(part for part in (entry, line.note) if part)))
    return _dated(replace(judged, answer=choice), sent)


def _dated(judged: JudgedLine, sent: SentLines) -> JudgedLine:
    """An answer with its date, and with what is missing beside it: that costs what is missing, not the answer. Somebody went there all the same."""
    problem, day = _date_problem(judged.line, sent)
    missing = asks(judged.line, judged.answer, problem)
    return replace(judged, result=problem or "accepted", answered_on=day, asks=missing)


def _date_problem(line: ReturnedLine, sent: SentLines) -> tuple[str, str]:
    """`bad_date`, `future_date` or "", and the date where it is one (ISO)."""
    day, precision, _ = read_date(line.answered_on) if line.answered_on else ("", "day", [])
    latest = (sent.today + timedelta(days=reply_words().future_days)).isoformat()
    problem = "" if precision == "day" and day <= latest else FUTURE_DATE if precision == "day" else BAD_DATE
    return problem, "" if problem else day


def _still_missing(line: ReturnedLine, before: EarlierAnswer | None, sent: SentLines) -> tuple[str, ...]:
    """What an entered line still lacks: it is asked for until it comes, from whichever file."""
    if before is None:
        return ()
    named = before.author if before.author != before.recipient else ""
    known = replace(line, answered_by=line.answered_by or named, note=line.note or before.note)
    return asks(known, before.answer, "" if before.answered_on else _date_problem(line, sent)[0])


def _with(judged: JudgedLine, result: str, detail: str = "") -> JudgedLine:
    return replace(judged, result=result, detail=detail)


def choose(text: str, choices: Sequence[str]) -> str:
    """The choice that was meant, "" when it is none; what a choice says in brackets may be missing where no other choice begins so
    (延缓入学 alone does not say whether it was approved), and may be what it asks to be written there: 已转学（第一小学）.
    """
    by_text = {plain(choice): choice for choice in choices}
    stems = Counter(plain(choice).partition("(")[0] for choice in choices)
    for choice in choices:
        stem = plain(choice).partition("(")[0]
        if stems[stem] == 1:
            by_text.setdefault(stem, choice)
    chosen = by_text.get(plain(text), "")
    if not chosen and (meant := by_text.get(plain(text).partition("(")[0], "")):
        chosen = meant if entry_in(text, meant) else ""
    return chosen


def suggest(text: str, choices: Sequence[str]) -> str:
    """The nearest choice, "" when none is near; a person decides."""
    # The likeness of whole texts: a partial one finds 属实 complete inside 不属实.
    nearest = process.extractOne(plain(text), [plain(choice) for choice in choices], scorer=fuzz.ratio)
    return choices[nearest[2]] if nearest and nearest[1] >= reply_words().suggest_from else ""


def _together(lines: Sequence[JudgedLine], sent: SentLines, decisive: set[str]) -> list[JudgedLine]:
    """Lines on one finding beside each other, and beside what was entered before."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if line.answer:
            groups[line.finding_id].append(place)
    together = list(lines)
    for finding, places in groups.items():
        compared = _group([lines[place] for place in places], sent.answers.get(finding), decisive)
        for place, line in zip(places, compared, strict=True):
            together[place] = line
    return together


def _group(group: list[JudgedLine], before: EarlierAnswer | None, decisive: set[str]) -> list[JudgedLine]:
    """The lines on one finding: one answer is entered once; two are a question for a person."""
    ruling = [line for line in group if line.line.file in decisive]
    if before and before.decided and not ruling:
        return [_with(line, "unchanged", f"已裁定为“{before.answer}”") for line in group]
    speaking = ruling or group
    answers = sorted({line.answer for line in speaking})
    if len(answers) > 1:
        return [_conflict(line, answers) if line in speaking else _passed(line) for line in group]
    first = min(speaking, key=lambda line: (line.answered_on or "9", line.line.file, line.line.sheet, line.line.row))
    verdict = _verdict(first, before, bool(ruling))
    if verdict == "two_answers" and before:
        return [_conflict(line, [before.answer], before.recipient) for line in group]
    result = first.result if verdict == "accepted" else verdict
    return [_with(line, result, line.detail) if line is first else _passed(line) for line in group]


def _verdict(line: JudgedLine, before: EarlierAnswer | None, ruling: bool) -> str:
    """Beside what was entered: the same again is nothing new, a ruling stands above all, and the same recipient may go on from an
    open answer; anything else is a conflict.
    """
    if before is None:
        return "accepted"
    same_day = line.answered_on in ("", before.answered_on)
    # The name that was missing is news; another name under the same answer is none.
    same_name = not line.line.answered_by or not before.author or before.author != before.recipient
    if before.answer == line.answer and same_day and same_name and line.line.note in ("", before.note):
        return "unchanged"
    if ruling or before.answer == line.answer:
        return "accepted"
    goes_on = plain(before.recipient) == plain(line.recipient) and life_rules().is_open(before.state)
    # An old copy of the workbook that comes in late says less than what is entered, not more.
    later = (line.answered_on or "") >= (before.answered_on or "")
    return "accepted" if goes_on and later else "two_answers"


def _passed(line: JudgedLine) -> JudgedLine:
    return _with(line, "unchanged", "同一编号另一行已登记")


def _conflict(line: JudgedLine, answers: Sequence[str], whose: str = "") -> JudgedLine:
    other = "、".join(answer for answer in answers if answer != line.answer)
    detail = f"{whose}已答复“{other}”" if whose else f"另有答复“{other}”"
    return replace(line, result="two_answers", detail=detail, other=other)
