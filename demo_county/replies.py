"""Answers to the demo's workbooks: what townships and the education bureau would have sent back, some of it wrong.

Belongs here: who answers what, in the light of what the next quarter's truth will show, and the mistakes. Not here: how
the files are written (`reply_files`). Nothing is drawn from anything but the seed and the finding's number.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from demo_county.dice import Dice
from demo_county.reply_files import Filled, SentWorkbook, books_of, write_csv_copy, write_edited, write_xls_copy
from demo_county.scoring import kids_of_findings
from expectations.life.rules import life_rules
from expectations.lists.catalogue import load_catalogue

# Shares of lines by what the next quarter will show: acted on and solved; explained; still being worked on; not answered.
_SOLVED = (("done", 0.62), ("explained", 0.03), ("open", 0.15), ("", 0.20))
_STANDING = (("done", 0.07), ("explained", 0.45), ("open", 0.28), ("", 0.20))
_DAMAGED, _FREE_TEXT, _FOREIGN, _BAD_DATE = 0.01, 0.02, 0.006, 0.01
_PHRASES = ("已经核实过了", "情况属实，正在联系", "家里没人，邻居说在外地", "同上")
_NOTES = ("", "", "", "已电话联系监护人", "入户核实", "村干部已核对户口簿")
_ANSWERING = ("教育",)


@dataclass
class Replies:
    """What was written, in counts: files, lines answered, mistakes by kind."""

    files: int = 0
    answered: int = 0
    mistakes: Counter[str] = field(default_factory=Counter)


def generate_replies(root: Path, period: str, following: str, seed: int) -> Replies:
    """Write the returned workbooks of a published period into `inbox/replies/`; the same seed gives the same answers.

    Args:
        root: the demo's workspace.
        period: whose workbooks are answered.
        following: whose truth says what was really solved meanwhile.
        seed: of all chance.
    """
    solved = _solved(root, period, following)
    books = books_of(root / "outbox" / period, _ANSWERING)
    folder, written = root / "inbox" / "replies", Replies()
    clerk = _Clerk(Dice(seed), solved, dt.date.today(), written)
    for place, book in enumerate(books):
        answers = ((number, clerk.answer(number, book)) for number in book.numbers)
        filled = {number: cells for number, cells in answers if cells is not None}
        _send(folder, place, book, clerk.spoilt(filled, books, place))
        written.files += 1
    _strays(folder, books, written)
    return written


def _solved(root: Path, period: str, following: str) -> dict[str, bool]:
    """finding_id -> whether the next quarter's truth no longer has the child on that list."""
    kids = kids_of_findings(root / "truth" / period, root / "outbox" / period / "findings.csv")
    with (root / "truth" / following / "findings.csv").open(encoding="utf-8", newline="") as source:
        standing = {(line["rule"], line["kid"]) for line in csv.DictReader(source)}
    return {name: (code, kid) not in standing for name, (code, kid) in kids.items()}


@dataclass
class _Clerk:
    """Whoever fills in the yellow cells."""

    dice: Dice
    solved: Mapping[str, bool]
    today: dt.date
    written: Replies

    def answer(self, number: str, book: SentWorkbook) -> Filled | None:
        """What is written on a line, None when nothing is."""
        finding, key = number[: number.rindex("-")], _key(number)
        code = finding.partition("-")[0]
        shares = _SOLVED if self.solved.get(finding) else _STANDING
        kind = str(self.dice.pick(key, "reply", [name for name, _ in shares], [share for _, share in shares])[0])
        choices = _choices(code, kind)
        if not kind or not choices:
            return None
        word = str(self.dice.pick(key, "answer", choices)[0])
        day = self.today - dt.timedelta(days=int(self.dice.whole(key, "day", 0, 20)[0]))
        note = self._proof(code, word) or str(self.dice.pick(key, "note", _NOTES)[0])
        self.written.answered += 1
        return self._careless(Filled(word, day.isoformat(), f"{book.recipient[0]}某", note), key)

    def _proof(self, code: str, word: str) -> str:
        """What an answer that settles nothing by itself needs beside it."""
        if word in life_rules().until.get(code, ()):
            return f"乡政府已批准，延缓至{self.today.year + 1}-08-31"
        return "外省某市某小学" if word in life_rules().places.get(code, ()) else ""

    def _careless(self, filled: Filled, key: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Filled:
        if self.dice.happens(key, "free", _FREE_TEXT)[0]:
            self.written.mistakes["free_text"] += 1
            return filled.with_answer(str(self.dice.pick(key, "phrase", _PHRASES)[0]))
        if self.dice.happens(key, "date", _BAD_DATE)[0]:
            self.written.mistakes["bad_date"] += 1
            return filled.with_day("上月底")
        return filled

    def spoilt(self, filled: Mapping[str, Filled], books: Sequence[SentWorkbook], place: int) -> dict[str, Filled]:
        """Some numbers mistyped, some copied from the neighbour's list."""
        other = books[(place + 1) % len(books)].numbers
        spoilt: dict[str, Filled] = {}
        for number, cells in filled.items():
            key = _key(number)
            if self.dice.happens(key, "damage", _DAMAGED)[0]:
                self.written.mistakes["damaged"] += 1
                # One letter of the number: its check characters must tell.
                spoilt[number] = cells.with_number(number[:5] + ("Q" if number[5] != "Q" else "W") + number[6:])
            elif other and self.dice.happens(key, "foreign", _FOREIGN)[0]:
                self.written.mistakes["foreign"] += 1
                spoilt[number] = cells.with_number(other[0])
            else:
                spoilt[number] = cells
        return spoilt


def _choices(code: str, kind: str) -> list[str]:
    """The list's answers of a kind; `open` is everything that settles nothing."""
    info = load_catalogue().lists.get(code)
    if info is None:
        return []
    # By what the answer does to a finding: a list whose answers change keeps its shares.
    outcomes = {"done", "explained"} & {kind} or {"acting", "confirmed", "verifying"}
    return [answer for answer in info.answers if life_rules().outcome(code, answer) in outcomes]


def _key(number: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    digest = hashlib.blake2b(number.encode(), digest_size=7).digest()
    return np.array([int.from_bytes(digest, "big")], dtype=np.int64)


def _send(folder: Path, place: int, book: SentWorkbook, filled: Mapping[str, Filled]) -> None:
    """Save it as this township does: filled in and sent back; under another name; as CSV; as an old workbook."""
    match place % 4:
        case 0:
            write_edited(book, filled, folder / book.recipient / book.path.name)
        case 1:
            write_edited(book, filled, folder / f"{book.recipient}核查结果（改）.xlsx")
        case 2:
            write_csv_copy(book, filled, folder / f"{book.recipient}回复.csv")
        case _:
            write_xls_copy(book, filled, folder / book.recipient / "核查清单.xls")


def _strays(folder: Path, books: Sequence[SentWorkbook], written: Replies) -> None:
    """A list that is no list; a workbook in the wrong township's folder; a colleague who answers differently."""
    # Whoever collects files collects this, too; it must be refused by name and stop nothing.
    notes = folder / "通讯录.csv"
    notes.parent.mkdir(parents=True, exist_ok=True)
    notes.write_text("乡镇,联系人\r\n某镇,甲\r\n某乡,乙\r\n", encoding="utf-8")
    towns = [book for book in books if book.numbers]
    if len(towns) > 1:
        write_edited(towns[0], {}, folder / towns[1].recipient / "放错了的表.xlsx")
        lists = load_catalogue().lists
        contrary = {
            number: Filled(lists[number.partition("-")[0]].answers[-1], "", "他某", "")
            for number in towns[-1].numbers[:3]
        }
        write_edited(towns[-1], contrary, folder / f"{towns[-1].recipient}_另一人.xlsx")
        written.files += 2
    written.files += 1
    written.mistakes["stray"] += 2
