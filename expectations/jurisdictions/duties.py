"""What a place's paper asks to be done again and again: who acts, towards whom, how often, until when.

Belongs here: the shape of one duty and whose it is. Not here: the duties themselves (the YAML files beside this one), the days that follow
from them (`assets.reports.due`). Source: rules/jurisdictions.md#row-8 to #row-13, #row-17, #row-22, #row-25, #row-26, rules/workflow.md#reports.
"""

import re
from enum import Enum

from pydantic import field_validator

from expectations.rulebook import Rules

# `12-10` a day of each year, `Q-15` of each quarter's last month, `M-05` of each month, `2024-06-30` that day.
DAY_RULE = re.compile(r"(?!.*-00)(?:\d\d-\d\d|Q-\d\d|M-\d\d|\d{4}-\d\d-\d\d)")
LENGTHS = ("P1W", "P1M", "P3M", "P6M", "P1Y")
# Whom this workspace works for: the county's bureau of civil affairs, which also acts where a paper says "each county".
OWN = frozenset({"civil_affairs", "county"})


class Role(Enum):
    """What a duty is to the county's bureau of civil affairs: the same day means another thing to it in each."""

    ACT = "我方办理"
    RECEIVE = "我方接收"
    INSPECTED = "迎接检查"
    OTHERS = "他方办理"


class DutyRule(Rules):
    """One duty of a paper.

    Attributes:
        what: the work, as people say it: `报送年度工作情况`.
        by: who acts: a code of `labels.yaml` (`township`, `civil_affairs`, `county`, ...) or the paper's own words.
        joined_by: who takes part.
        to: to whom it is handed; "" when it is handed to nobody.
        of: on whom or what it is done: the inspected.
        every: how often; "" when the paper says it once or gives no rhythm.
        until: the day rule; "" = by the end of each `every`.
        when: the paper's words where it gives a time that is no day (`年初`): they are shown, and `until` only places them in the year.
        clause, source: what the paper says and where.
    """

    what: str
    by: str
    joined_by: str = ""
    to: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    every: str = ""
    until: str = ""
    when: str = ""
    clause: str
    source: str = ""

    @field_validator("every")
    @classmethod
    def _length(cls, every: str) -> str:
        if every and every not in LENGTHS:
            raise ValueError(f"频次应为 {'、'.join(LENGTHS)} 之一")
        return every

    @field_validator("until")
    @classmethod
    def _rule(cls, until: str) -> str:
        if until and not DAY_RULE.fullmatch(until):
            raise ValueError("日期写成 12-10（每年）、Q-15（每季末月）、M-05（每月）或 2024-06-30")
        return until

    @property
    def role(self) -> Role:
        """What it is to the bureau. Townships that report to it make a day on which it receives, not one on which it sends."""
        if self.by in OWN:
            return Role.ACT
        if OWN & set(self.to):
            return Role.RECEIVE
        return Role.INSPECTED if OWN & set(self.of) else Role.OTHERS

    @property
    def tracked(self) -> bool:
        """Whether it is followed sender by sender: each township owes it to the bureau."""
        return self.by == "township" and self.role is Role.RECEIVE
