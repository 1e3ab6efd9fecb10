"""What a place has to report, check or hold, and by when: the profile's rhythms turned into days of the calendar.

Belongs here: reading `report_due` and the other rhythms, and the days that follow from them. Not here: the values (the
profiles, each with its clause) and whether something was done. Source: domain.md 5.2 rows 1, 8-13, 22; 6.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile, Setting
from pipelines.partitions import Period

YEARLY, QUARTERLY, MONTHLY, ONCE = (
    re.compile(r"(\d\d)-(\d\d)"),
    re.compile(r"Q-(\d\d)"),
    re.compile(r"M-(\d\d)"),
    re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
)
MONTHS = {"P1M": 1, "P3M": 3, "P6M": 6, "P1Y": 12}
UNDECIDED = "本地文件没有规定期限"


@dataclass(frozen=True)
class Duty:
    """One thing that is due.

    Attributes:
        what: in Chinese.
        due: the day; None when the paper sets none, which the bureau must decide.
        period: the period that it is about.
        clause: what the paper says.
    """

    what: str
    due: date | None
    period: str
    clause: str


def duties(profile: Profile, since: date, until: date) -> list[Duty]:
    """Everything due between two days, both included, in the order of days; what has no day stands last."""
    found = [*_reports(profile, since, until), *_others(profile, since, until)]
    dated = sorted((one for one in found if one.due), key=lambda one: (one.due or since, one.what))
    return [*dated, *[one for one in found if one.due is None]]


def days_of(rule: str, since: date, until: date) -> list[date]:
    """The days that a rule names between two days.

    `12-10` is a day of each year, `Q-15` the 15th of each quarter's last month, `M-05` of each month, `2024-06-30` that day.
    A day that a month does not have is its last.
    """
    return [day for day in _every_day(rule, since, until) if since <= day <= until]


def _every_day(rule: str, since: date, until: date) -> Iterator[date]:
    years = range(since.year, until.year + 1)
    if found := ONCE.fullmatch(rule):
        yield date(*map(int, found.groups()))
    elif found := YEARLY.fullmatch(rule):
        yield from (_day(year, int(found[1]), int(found[2])) for year in years)
    elif found := QUARTERLY.fullmatch(rule):
        yield from (_day(year, month, int(found[1])) for year in years for month in (3, 6, 9, 12))
    elif found := MONTHLY.fullmatch(rule):
        yield from (_day(year, month, int(found[1])) for year in years for month in range(1, 13))


def _day(year: int, month: int, day: int) -> date:
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day, last))


def _reports(profile: Profile, since: date, until: date) -> Iterator[Duty]:
    rhythm = profile.rhythm
    to = _addressed(profile)
    rule = rhythm.report_due
    yearly = bool(rule.value and YEARLY.fullmatch(rule.value))
    for day in days_of(rule.value or "", since, until):
        kind = "年度报告" if yearly else ("月度核实情况" if rule.value and rule.value[0] == "M" else "季度报告")
        label = str(day.year) if yearly else Period.containing(day, monthly=kind.startswith("月")).label
        yield Duty(f"上报{kind}{f'（{to}）' if to else ''}", day, label, rule.clause)
    every = getattr(rhythm, "report_every", None)
    for length in (every.value or []) if every else []:
        if not (yearly and length == "P1Y") and (rule.value is None or yearly):
            yield from _after_periods((length, f"上报{_kind(length)}{f'（{to}）' if to else ''}", every), since, until)
    if rule.value is None and not (every and every.value):
        yield Duty("向上级报告", None, "", rule.clause or UNDECIDED)


def _addressed(profile: Profile) -> str:
    """To whom, and by which steps, a report goes up (domain.md 5.2 rows 10, 11)."""
    ladder = [labels().value(step) for step in profile.rhythm.report_ladder.value or []]
    steps = f"逐级：{'→'.join(ladder)}" if ladder else ""
    return "；".join(part for part in (profile.rhythm.report_to.value or "", steps) if part)


def _kind(length: str) -> str:
    return {"P1M": "月度核实情况", "P3M": "季度报告", "P6M": "半年报告", "P1Y": "年度报告"}.get(length, "报告")


def _after_periods(
    rule: tuple[str, str, Setting[list[str]] | Setting[str] | None], since: date, until: date
) -> Iterator[Duty]:
    """A rhythm without a day: due on the last day of each period, the earliest that fits it."""
    length, what, setting = rule
    clause = setting.clause if setting else ""
    for period in _periods(length, since, until):
        yield Duty(what, period.last_day, str(period.year) if length == "P1Y" else period.label, clause)


def _periods(length: str, since: date, until: date) -> Iterator[Period]:
    months = MONTHS.get(length, 0)
    period = Period.containing(since, monthly=True)
    while months and period.last_day <= until:
        if period.number % months == 0 and period.last_day >= since:
            yield period if length == "P1M" else Period(period.year, period.number // 3)
        period = period.shifted(1)


def _others(profile: Profile, since: date, until: date) -> Iterator[Duty]:
    rhythm = profile.rhythm
    systems = labels().value(profile.comparison.systems.value or [])
    fed = f"，核实更新{systems}" if systems else ""
    compared = (_text(rhythm.compare_every), f"完成部门数据比对{fed}", rhythm.compare_every)
    yield from _after_periods(compared, since, until)
    yield from _file_audits(profile, since, until)
    named = {
        "worker_training": "儿童主任培训",
        "staff_query": "密切接触未成年人从业人员犯罪记录查询",
        "meeting_every": "召开联席会议",
    }
    for name, what in named.items():
        setting = getattr(rhythm, name, None)
        yield from _after_periods((_text(setting), what, setting), since, until)
    census, month = rhythm.census_due, rhythm.inspection_month
    for day in days_of(census.value or "", since, until):
        yield Duty(f"摸底排查截止{fed}", day, str(day.year), census.clause)
    for year in range(since.year, until.year + 1) if month.value else ():
        day = _day(year, month.value or 1, 31)
        if since <= day <= until:
            yield Duty("年度督查（抽查儿童档案：tongbi sample）", day, str(year), month.clause)


def _file_audits(profile: Profile, since: date, until: date) -> Iterator[Duty]:
    """How often each level checks files (row 8); a yearly inspection with a month of its own is told by that."""
    rhythm = profile.rhythm
    for level, rule in (rhythm.file_audit.value or {}).items():
        length, _, kind = rule.partition("_")
        if kind == "inspection" and rhythm.inspection_month.value:
            continue
        what = f"检查儿童档案（{labels().value(level)}：{labels().value(rule)}；tongbi sample）"
        for one in _after_periods((length, what, None), since, until):
            yield replace(one, clause=rhythm.file_audit.clause)


def _text(setting: Setting[str] | None) -> str:
    return (setting.value or "") if setting else ""
