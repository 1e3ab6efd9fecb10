"""Answers to a query as a delivery of the department that answered, and what cannot be taken. Pure.

The delivery holds what was asked and answered and nothing else; a person without an answer is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from assets.queries.rules import Query, query_rules
from assets.queries.sheets import QueryAnswer
from assets.replies.judging import choose
from expectations.life.numbering import GOOD

_YES = "是"


@dataclass
class TakenAnswers:
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


def take_answers(lines: Sequence[QueryAnswer], people: pd.DataFrame, query: Query) -> TakenAnswers:
    """Join answers to the people that were asked about.

    Args:
        lines: what came back.
        people: who was asked about (`people`).
        query: its answers and the shape of the delivery.
    """
    persons = {str(person["number"]): person for person in people.to_dict("records")}
    taken = TakenAnswers(pd.DataFrame(columns=list(query.layout), dtype=object))
    answered: dict[str, tuple[QueryAnswer, str]] = {}
    for line in lines:
        try:
            word = _word(line, persons, query)
        except _UntakenError as problem:
            taken.problems.append((line.row, problem.sentence))
            continue
        if word and line.number in answered and answered[line.number][1] != word:
            # Neither is taken: which of the two is right only the department can say.
            taken.problems.append((line.row, "同一查询编号有两种不同的答复，都没有采用。"))
            answered[line.number] = (line, "")
        elif word:
            answered.setdefault(line.number, (line, word))

    rows = []
    for number, (line, word) in sorted(answered.items()):
        if word:
            taken.counts[word] = taken.counts.get(word, 0) + 1
        kind = query.answers.get(word, "")
        # That there is no record (不存在) makes no line: the delivery would bring a person who is not there.
        if kind and kind not in query_rules().no_line:
            rows.append(_delivered(persons[number], line, kind, query))
    taken.delivery = pd.DataFrame(rows, columns=list(query.layout), dtype=object)
    taken.waiting = len(persons) - sum(taken.counts.values())
    return taken


class _UntakenError(Exception):
    """A line that cannot be taken; the Chinese sentence goes back to whoever answered."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def _word(line: QueryAnswer, persons: Mapping[str, object], query: Query) -> str:
    """The answer of a line, "" when it has none.

    Raises:
        _UntakenError: nobody was asked about under its number, it is no answer of the query, or something is missing beside it.
    """
    written = line.cells.get(query.answer_heading, "")
    if line.state != GOOD or line.number not in persons:
        raise _UntakenError("查询编号损坏，或不是这次查询的编号。")
    if not written:
        return ""
    word = choose(written, list(query.answers))
    if not word:
        raise _UntakenError(f"“{query.answer_heading}”不是下拉列表中的答复，请从列表中选择。")
    missing = [name for name in query.needs.get(query.answers[word], []) if not line.cells.get(name)]
    if missing:
        raise _UntakenError(f"答复为“{word}”，还须填写{'、'.join(missing)}。")
    return word


def _delivered(person: Mapping[object, object], line: QueryAnswer, kind: str, query: Query) -> dict[str, str]:
    """One line of the delivery: of the columns that may hold a value the first that does; marks are 是 where they apply."""
    shown = {column.zh: str(person[column.value]) for column in query.columns}
    marks = {name: _YES if name == kind else "" for name in query.answers.values()}
    # What was filled in comes last: where a grey and a yellow column have one name, the answer is the newer one.
    filled_in = {column.zh: line.cells.get(column.zh, "") for column in query.asked}
    values = {**shown, **marks, **filled_in}
    return {
        heading: next((values[name] for name in names.split("|") if values[name]), "")
        for heading, names in query.layout.items()
    }
