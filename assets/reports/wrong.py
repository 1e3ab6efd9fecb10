"""误报率: how many of the answered lines of the period before were none, as those who went and looked said.

Belongs here: counting answers by list and what they came to, and the sentence. Not here: what an answer means (`expectations.life`), who has
answered this period (`progress`). Source: rules/law.md#correction, rules/workflow.md#answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assets.reports.figures import TOTAL, FigureGrid, Figures
from expectations.life.states import ANSWERED, Event

TABLE = "wrong"
COLUMNS = {"wrong": "答复为不属实或有合理原因", "right": "其他答复", TOTAL: "答复"}
_NONE = "rejected"


@dataclass(frozen=True)
class PastAnswers:
    """The answers to one list's lines of an earlier period.

    Attributes:
        code: the list.
        answers: lines with an answer; the last one counts.
        wrong: of them answered so that the line is none (不属实).
    """

    code: str
    answers: int
    wrong: int


def past_answers(events: Iterable[Mapping[str, str]], period: str) -> tuple[PastAnswers, ...]:
    """Count what a period's lines were answered; a line that was answered several times counts once, by the last answer.

    Args:
        events: rows of `life_event`, in the order in which they were appended.
        period: whose answers.
    """
    last = {
        event.finding_id: event.state
        for event in (Event(**row) for row in events)
        if event.kind == ANSWERED and event.period == period
    }
    every = Counter(name.partition("-")[0] for name in last)
    wrong = Counter(name.partition("-")[0] for name, state in last.items() if state == _NONE)
    return tuple(PastAnswers(code, every[code], wrong[code]) for code in sorted(every))


def count_wrong(figures: Figures, answers: Iterable[PastAnswers], names: Mapping[str, str]) -> None:
    """`wrong`: answers of the period before by list and outcome; no table where nobody has answered."""
    counted = list(answers)
    if not counted:
        return
    rows = {of_list.code: names.get(of_list.code, of_list.code) for of_list in counted}
    cells = {(of_list.code, "wrong"): of_list.wrong for of_list in counted}
    cells |= {(of_list.code, "right"): of_list.answers - of_list.wrong for of_list in counted}
    figures.add(FigureGrid(TABLE, "上期答复", {**rows, TOTAL: "合计"}, COLUMNS), cells, totals="both")


def wrong_sentence(figures: Figures, period: str, least: int) -> str:
    """What the answers of the period before say of its lines; "" where there are none.

    Args:
        figures: with the table `wrong`, or without.
        period: whose answers, as people read it.
        least: answers from which on a list has a rate of its own.
    """
    if TABLE not in figures.grids:
        return ""
    whole, wrong = (figures.say(TABLE, TOTAL, column) for column in (TOTAL, "wrong"))
    rate = figures.share(TABLE, TOTAL, ("wrong", TOTAL))
    # A rate of three answers is an anecdote: lists with few of them count in the whole alone.
    text = (
        f"误报率以核查答复为准：{period}的线索已收到答复{whole}条，其中答复为不属实或有合理原因的{wrong}条（{rate}）。"
    )
    lists = [
        f"{zh}{figures.say(TABLE, code, 'wrong')}/{figures.say(TABLE, code, TOTAL)}条（{figures.share(TABLE, code, ('wrong', TOTAL))}）"
        for code, zh in figures.grids[TABLE].rows.items()
        if code != TOTAL and (figures.number(TABLE, code, TOTAL) or 0) >= least
    ]
    return (
        f"{text}答复满{least}条的清单：{'，'.join(lists)}。"
        if lists
        else f"{text}各清单的答复都不满{least}条，不单列比例。"
    )
