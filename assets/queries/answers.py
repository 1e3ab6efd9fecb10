"""Answers to a query as a delivery of the department that answered, and what cannot be taken. Pure.

The delivery holds what was asked and answered and nothing else; a person without an answer is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from assets.queries.rules import Query, query_rules
from assets.queries.sheets import Answer
from assets.replies.judging import choose
from expectations.life.numbering import GOOD

_YES = "是"


@dataclass
class Taken:
    """What came of an answer file.

    Attributes:
        delivery: the lines for the department's contract, in the order of the numbers.
        counts: answers by word.
        problems: (row, sentence) of lines that were not taken.
        waiting: people without an answer.
    """

    delivery: pd.DataFrame
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    waiting: int = 0


def take_answers(lines: Sequence[Answer], people: pd.DataFrame, query: Query) -> Taken:
    """Join answers to the people that were asked about.

    Args:
        lines: what came back.
        people: who was asked about (`people`).
        query: its answers and the shape of the delivery.
    """
    asked = {str(one["number"]): one for one in people.to_dict("records")}
    taken = Taken(pd.DataFrame(columns=list(query.layout), dtype=object))
    said: dict[str, tuple[Answer, str]] = {}
    for line in lines:
        word = _word(line, asked, (query, taken))
        if word and line.number in said and said[line.number][1] != word:
            taken.problems.append((line.row, "同一查询编号有两种不同的答复，都没有采用。"))
            said[line.number] = (line, "")
        elif word:
            said.setdefault(line.number, (line, word))
    rows = []
    for number, (line, word) in sorted(said.items()):
        if word:
            taken.counts[word] = taken.counts.get(word, 0) + 1
        kind = query.answers.get(word, "")
        if kind and kind not in query_rules().no_line:
            rows.append(_row(asked[number], line, (kind, query)))
    taken.delivery = pd.DataFrame(rows, columns=list(query.layout), dtype=object)
    taken.waiting = len(asked) - sum(taken.counts.values())
    return taken


def _word(line: Answer, asked: Mapping[str, object], what: tuple[Query, Taken]) -> str:
    """The answer of a line, "" when it has none or cannot be taken (then the reason is noted)."""
    query, taken = what
    written = line.cells.get(query.answer_heading, "")
    if line.state != GOOD or line.number not in asked:
        taken.problems.append((line.row, "查询编号损坏，或不是这次查询的编号。"))
        return ""
    if not written:
        return ""
    word = choose(written, list(query.answers))
    if not word:
        taken.problems.append((line.row, f"“{query.answer_heading}”不是下拉列表中的答复，请从列表中选择。"))
        return ""
    missing = [name for name in query.needs.get(query.answers[word], []) if not line.cells.get(name)]
    if missing:
        taken.problems.append((line.row, f"答复为“{word}”，还须填写{'、'.join(missing)}。"))
        return ""
    return word


def _row(person: Mapping[object, object], line: Answer, what: tuple[str, Query]) -> dict[str, str]:
    """One line of the delivery: of the columns that may hold a value the first that does; marks are 是 where they apply."""
    kind, query = what
    shown = {column.zh: str(person[column.value]) for column in query.columns}
    marks = {name: _YES if name == kind else "" for name in query.answers.values()}
    yellow = {one.zh: line.cells.get(one.zh, "") for one in query.asked}
    values = {**shown, **marks, **yellow}
    return {
        heading: next((values[name] for name in names.split("|") if values[name]), "")
        for heading, names in query.layout.items()
    }
