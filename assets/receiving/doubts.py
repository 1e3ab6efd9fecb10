"""What is asked about a department's files before they are used: the content of another period, another period's dates, fewer rows than the
file says it holds (rules/bad-inputs.md#input-17, #input-18, #input-21).

Belongs here: the sentences, and that a person's confirmation turns a question into a remark. Not here: how such files are recognised
(`assets.intake.misdated`, `assets.intake.declared`, `pipelines.resources.deliveries`), who may confirm (`pipelines.resources.consents`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from assets.intake.claims import is_own
from assets.intake.contract import Contract
from assets.intake.declared import declared, is_cut
from assets.intake.misdated import OtherTime, other_time
from assets.intake.notices import Tabulated
from pipelines.partitions import Period
from pipelines.resources.deliveries import DeliveryNotice, RegisteredDelivery
from pipelines.resources.reading.shapes import ASK

SAME_ELSEWHERE, MISDATED, CUT = "same_elsewhere", "misdated", "cut"
OF_PERIOD = (SAME_ELSEWHERE, MISDATED)


@dataclass(frozen=True)
class Confirmed:
    """What people confirmed for this run: the department's files are the period's; its rows did become that few."""

    period: bool = False
    size: bool = False


@dataclass(frozen=True)
class Question:
    """What to look at.

    Attributes:
        period: the period the files were delivered for.
        contract: the department's.
        taken: its deliveries.
        earlier: delivery id -> the register's line of another period that took the same content before.
        names: department -> its Chinese name.
        confirmed: what people confirmed.
    """

    period: Period
    contract: Contract
    taken: Sequence[RegisteredDelivery]
    earlier: Mapping[str, Mapping[Any, Any]]
    names: Mapping[str, str] = field(default_factory=dict)
    confirmed: Confirmed = field(default_factory=Confirmed)


def doubts(question: Question, files: Mapping[str, Tabulated]) -> dict[str, list[DeliveryNotice]]:
    """Delivery id -> what is asked about it, or, where it was confirmed, said.

    Args:
        question: the department's files.
        files: delivery id -> the files that could be read.
    """
    by_delivery: dict[str, list[DeliveryNotice]] = {}
    # A register may come in pieces, each with the number of the whole on it.
    everything = sum(_rows(file.raw) for file in files.values())
    for delivery in question.taken:
        file = files.get(delivery.id, Tabulated(pd.DataFrame()))
        messages = [*_of_another(question, delivery, file), *_cut(question, delivery, file.raw, everything)]
        if messages:
            by_delivery[delivery.id] = messages
    return by_delivery


def day_zh(moment: str) -> str:
    """The day of a stored moment (ISO, UTC) by the calendar on the wall: 2026年7月5日."""
    # Moments are stored in UTC; a file that came at seven in the morning came, in UTC, the day before.
    stored = datetime.fromisoformat(moment)
    here = (stored if stored.tzinfo else stored.replace(tzinfo=UTC)).astimezone()
    return f"{here.year}年{here.month}月{here.day}日"


def misdated(time: OtherTime, period: Period) -> str:
    """The sentence about a file that says another time: where it says so, what, and which period that is."""
    other = Period.containing(time.last, period.monthly)
    like = f"像是{other.zh}（{other.label}）的文件" if other != period else "像是后来一期的文件"
    says = "最近的日期是" if time.place.endswith("列") else "写的是"
    return f"{time.place}{says}{time.zh}，{like}，却放在{period.zh}（{period.label}）里。"


def _of_another(question: Question, delivery: RegisteredDelivery, file: Tabulated) -> Iterator[DeliveryNotice]:
    """One sentence a file: the same content says it better than a date in it."""
    if is_own(delivery.file):
        return
    earlier, period = question.earlier.get(delivery.id), question.period
    advice = f"请核对：放错了期次的，移到正确期次的收件箱；交错了的，换成{period.label}的文件；"
    if earlier:
        other, department = Period.parse(earlier["period"]), earlier["department"]

        whose = "" if department == question.contract.department else question.names.get(department, department)
        since = day_zh(earlier["received_at"])
        same = f"内容与{other.zh}（{other.label}）{whose}的一份文件完全相同，已于{since}导入。"
        yield _as_confirmed(question, DeliveryNotice(delivery.file, SAME_ELSEWHERE, ASK, "", 0, same, advice))
        return
    time = other_time(file.raw, file.readings, delivery.file, period) if len(file.raw) else None
    if time:
        message = misdated(time, period)
        yield _as_confirmed(question, DeliveryNotice(delivery.file, MISDATED, ASK, time.sheet, 0, message, advice))


def _as_confirmed(question: Question, message: DeliveryNotice) -> DeliveryNotice:
    """A question with the way out; a remark where a person took it for this run."""
    # A roster of which nothing changed is the same file, and to ask every quarter teaches people to confirm unread.
    if message.code == SAME_ELSEWHERE and question.contract.steady:
        return replace(message, severity="warn", advice="名册没有变化的不必理会；有变化的，请换成新的名册。")
    if question.confirmed.period:
        return replace(message, severity="warn", advice="已由确认人确认是本期的文件，照常采用；确认记入审计。")
    way = f"确实是本期数据的，查看后放行，或加 --accept-period {question.contract.zh} --consent 确认人姓名 重新运行（只对这一次运行有效）。"
    return replace(message, advice=message.advice + way)


def _cut(
    question: Question, delivery: RegisteredDelivery, raw: pd.DataFrame, everything: int
) -> Iterator[DeliveryNotice]:
    stated, rows = (declared(raw) if len(raw) else None), _rows(raw)
    # The number on each piece of a register is that of all pieces together.
    if stated is None or not is_cut(stated.rows, rows) or not is_cut(stated.rows, everything):
        return
    message = f"文件自己写明共{stated.rows}，实际只有{rows}行，少{stated.rows - rows}行，可能没有导全或被截断。"
    # By a second person, not by whoever is in a hurry: half a register makes half of the county's children absent from it.
    advice = (
        "请重新导出完整的文件；确实只有这些的，查看后放行，或由另一人核对同意，"
        f"加 --accept-size {question.contract.zh} --consent 同意人姓名 重新运行。"
    )
    severity = ASK
    if question.confirmed.size:
        severity, advice = "warn", "已由另一人核对同意，照常采用。"
    yield DeliveryNotice(delivery.file, CUT, severity, stated.sheet, stated.row, message, advice)


def _rows(raw: pd.DataFrame) -> int:
    return int((raw["kind"] == "data").sum()) if len(raw) else 0
