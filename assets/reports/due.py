"""What a place's papers ask for, and by when: its duties turned into days of the calendar, each with who acts and towards whom.

Belongs here: the days that follow from a duty's rule. Not here: the duties (the profiles, each with its clause), who has handed in
(`pipelines.resources.receipts`), whether a report was written. Source: rules/jurisdictions.md#row-1, #row-8 to #row-13, #row-17, #row-22, #row-25, #row-26, rules/workflow.md#reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from expectations.jurisdictions.duties import DutyRule, Role
from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile
from pipelines.partitions import Period

YEARLY, QUARTERLY, MONTHLY, ONCE = (
    re.compile(r"(\d\d)-(\d\d)"),
    re.compile(r"Q-(\d\d)"),
    re.compile(r"M-(\d\d)"),
    re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
)
MONTHS = {"P1M": 1, "P3M": 3, "P6M": 6, "P1Y": 12}
COMPARISON = "comparison"
# Which kind of our report answers a duty to report that comes round so often.
REPORTS = {"P1M": "month", "P3M": "quarter", "P1Y": "year"}


@dataclass(frozen=True)
class Duty:
    """One thing that is due.

    Attributes:
        name: of the duty in the profile.
        what: the work, in Chinese.
        by: who acts, in Chinese.
        towards: to whom it is handed, or on whom it is done; "" for neither.
        role: what it is to the county's bureau.
        due: the day it stands at; None when the paper gives none.
        when: the day in words: the date, or the paper's own words.
        period: the period that it is about: a label of `Period`, or a year.
        clause: what the paper says.
        tracked: whether each township owes it to the bureau.
        report: the kind of our own report that fulfils it (`report.yaml`); "" where none does.
    """

    name: str
    what: str
    by: str
    towards: str
    role: Role
    due: date | None
    when: str
    period: str
    clause: str
    tracked: bool = False
    report: str = ""

    @property
    def exact(self) -> bool:
        """Whether the paper names the day, so that days can be counted to it."""
        return self.due is not None and self.when == self.due.isoformat()


def duties(profile: Profile, since: date, until: date) -> list[Duty]:
    """Everything due between two days, both included, in the order of days; what has no day stands last."""
    rules = {COMPARISON: _comparison(profile)} | {name: rule for name, rule in profile.duties.items() if rule}
    owed = [duty for name, rule in rules.items() for duty in _occasions(name, rule, since, until)]
    dated = sorted((duty for duty in owed if duty.due), key=lambda duty: (duty.due or since, duty.role.name, duty.what))
    return [*dated, *[duty for duty in owed if duty.due is None]]


def days_of(rule: str, since: date, until: date) -> list[date]:
    """The days that a rule names between two days.

    `12-10` is a day of each year, `Q-15` the 15th of each quarter's last month, `M-05` of each month, `2024-06-30` that day.
    A day that a month does not have is its last.
    """
    return [day for day in _every_day(rule, since, until) if since <= day <= until]


def _every_day(rule: str, since: date, until: date) -> Iterator[date]:
    years = range(since.year, until.year + 1)
    if parts := ONCE.fullmatch(rule):
        yield date(*map(int, parts.groups()))
    elif parts := YEARLY.fullmatch(rule):
        yield from (_day(year, int(parts[1]), int(parts[2])) for year in years)
    elif parts := QUARTERLY.fullmatch(rule):
        yield from (_day(year, month, int(parts[1])) for year in years for month in (3, 6, 9, 12))
    elif parts := MONTHLY.fullmatch(rule):
        yield from (_day(year, month, int(parts[1])) for year in years for month in range(1, 13))


def _day(year: int, month: int, day: int) -> date:
    """A day of a month, or its last where it has none of that number."""
    clipped: date = date(year, month, 1) + relativedelta(day=day)
    return clipped


def _comparison(profile: Profile) -> DutyRule:
    """The comparison itself is the bureau's, in the rhythm of the profile; what it feeds is kept up to date with it."""
    # In the form of a duty, though no profile lists it as one: the calendar, the table and the reports then need no second case.
    setting, systems = profile.rhythm.compare_every, labels().value(profile.comparison.systems.value or [])
    fed = f"，核实更新{systems}" if systems else ""
    others = [labels().value(party) for party in profile.comparison.parties.value or [] if party != "civil_affairs"]
    return DutyRule(
        what=f"完成部门数据比对{fed}",
        by="civil_affairs",
        joined_by="、".join(others),
        every=setting.value or "",
        clause=setting.clause or "本地文件没有规定比对频次",
        source=setting.source,
    )


def _occasions(name: str, rule: DutyRule, since: date, until: date) -> Iterator[Duty]:
    """The days of a duty within a span; once without a day when its paper gives none."""
    if rule.until:
        rhythm = rule.until[0]  # M-05 is about a month, Q-15 about a quarter, any other day about its year
        for day in days_of(rule.until, since, until):
            period = Period.containing(day, monthly=rhythm == "M")
            yield _duty(name, rule, day, period.label if rhythm in "MQ" else str(day.year))
    elif rule.every in MONTHS:
        for period in _periods(rule.every, since, until):
            yield _duty(name, rule, period.last_day, str(period.year) if rule.every == "P1Y" else period.label)
    else:
        yield _duty(name, rule, None, "")


def _duty(name: str, rule: DutyRule, day: date | None, period: str) -> Duty:
    actor = labels().actor(rule.by) + (f"（{rule.joined_by}参加）" if rule.joined_by else "")
    towards = "、".join(labels().actor(party) for party in (rule.to or rule.of))
    # Without a day: how often. Each week is no list of days, and where the paper says nothing, nothing is said.
    rhythm = labels().value(rule.every) if rule.every else ""
    when = rule.when or (day.isoformat() if day else rhythm)
    report = REPORTS.get(rule.every, "") if _sent(rule) else ""
    return Duty(name, rule.what, actor, towards, rule.role, day, when, period, rule.clause, rule.tracked, report)


def _sent(rule: DutyRule) -> bool:
    """Whether the bureau hands something to somebody: then its own report is what it hands in."""
    return rule.role is Role.ACT and bool(rule.to)


def addressees(profile: Profile, kind: str) -> str:
    """To whom a kind of report goes by the place's papers, "" where they do not say."""
    to = [
        labels().actor(party)
        for rule in profile.owed()
        if _sent(rule) and REPORTS.get(rule.every) == kind
        for party in rule.to
    ]
    return "、".join(dict.fromkeys(to))


def _periods(length: str, since: date, until: date) -> Iterator[Period]:
    """The periods of a length that end within a span: by their last months, for only months and quarters have labels."""
    months = MONTHS[length]
    period = Period.containing(since, monthly=True)
    while period.last_day <= until:
        if period.number % months == 0 and period.last_day >= since:
            yield period if length == "P1M" else Period(period.year, period.number // 3)
        period = period.shifted(1)
