"""Whether a department's first delivery can be whole, by what the other departments hold: a register cut in half makes half of the county's
children absent from it (rules/bad-inputs.md#input-21, rules/lists.md#completeness).

Belongs here: counting, and the sentence. Not here: how many must be found (the place's profile), the comparison with the period before or the
edition that is replaced (`expectations.suites`), which schools or townships are missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from assets.county import profile_of
from assets.intake.contract import Model
from expectations.jurisdictions.profile import Profile
from expectations.lists.ages import completed_years
from expectations.rulebook import read_rules
from pipelines.partitions import Period
from pipelines.resources import consents, deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import Branch, DeliveryNotice
from pipelines.resources.session import Session

FILE = Path(__file__).with_name("plausibility.yaml")
CODE = "implausible"


class Counted(Model):
    """One comparison: the department, whose children it must know, at which completed years of age (both ends inside)."""

    department: str
    by: list[str]
    ages: tuple[int, int]


class Plausibility(Model):
    """All of `plausibility.yaml`."""

    least_children: int
    comparisons: list[Counted]


@dataclass(frozen=True)
class Shortfall:
    """A department in which too few children were found: persons it delivered, children asked about, those of them it has."""

    department: str
    by: tuple[str, ...]
    delivered: int
    asked: int
    found: int
    least: float


@cache
def load_plausibility() -> Plausibility:
    """The shipped comparisons.

    Raises:
        RuleFileError: the file is wrong; names file and key.
    """
    return read_rules(FILE, Plausibility)


@dataclass(frozen=True)
class Look:
    """Which run looks at which period, and what the departments are called."""

    period: str
    run_id: str
    names: Mapping[str, str]


def looked_at(county: Session, look: Look, records: pd.DataFrame) -> list[DeliveryNotice]:
    """Look at the departments that have no earlier period to be compared with, and write down what there is to ask.

    Returns:
        The sentences; those with severity `stop` hold the run back, and what came of that department is not taken. A second person's
        consent for this run makes a remark of it.
    """
    period, profile = Period.parse(look.period), profile_of(county.workspace)
    first = [name for name in look.names if not county.frames.exists(f"std_{name}", period.previous.label)]
    said = []
    for short in shortfalls(records, profile, period.last_day, first):
        ours = records.loc[records["department"] == short.department, "delivery_id"]
        said.append(_written(county, look, short, sorted(set(ours))))
    return said


def _written(county: Session, look: Look, short: Shortfall, ids: list[str]) -> DeliveryNotice:
    branch, line = Branch(look.period, short.department), sentence(short, look.names)
    with writing(county.engine) as connection:
        if consents.given(connection, look.run_id, branch.period, branch.department):
            line = replace(line, severity="warn", advice="已由另一人核对同意，照常采用。")
        else:
            deliveries.refuse_new(connection, ids)
        deliveries.replace_notices_of(connection, branch, CODE, [line])
    return line


def shortfalls(records: pd.DataFrame, profile: Profile, as_of: date, departments: Collection[str]) -> list[Shortfall]:
    """The departments that hold far too few children.

    Args:
        records: standard records about children, of all departments.
        profile: the place's.
        as_of: the period's last day.
        departments: those to look at: the ones with nothing earlier to compare with.

    Returns:
        Nothing for a department that delivered nothing, that only answers queries, or whose children too few others know.
    """
    least = profile.comparison.least_found.value or {}
    answers = {"public_security"} if profile.comparison.police_mode.value == "answer_file" else set()
    valid = records[records["id_no_status"] == "valid"]
    found = []
    for each in load_plausibility().comparisons:
        if each.department in departments and each.department in least and each.department not in answers:
            found.append(_counted(valid, each, as_of, least[each.department]))
    return [one for one in found if one and one.found < one.least * one.asked]


def sentence(short: Shortfall, names: Mapping[str, str]) -> DeliveryNotice:
    """What is said to people: both numbers, what they were compared with, what to do."""
    zh, others = names[short.department], "、".join(names[name] for name in short.by)
    message = (
        f"{zh}本期有{short.delivered}名儿童；{others}的数据里本县号码的儿童{short.asked}名，在{zh}数据中只找到{short.found}名"
        f"（{short.found / short.asked:.0%}，至少应有{short.least:.0%}），文件可能被截断或没有交齐。"
    )
    advice = (
        f"请核对后交来完整的文件；确实只有这些的，由另一人核对同意，再加 --accept-size {zh} --consent 同意人姓名 重新运行；"
        "一向如此的地方，请改地方规则里的 comparison.least_found。"
    )
    return DeliveryNotice("", CODE, "stop", "", 0, message, advice)


def _counted(valid: pd.DataFrame, each: Counted, as_of: date, least: float) -> Shortfall | None:
    ours = set(valid.loc[valid["department"] == each.department, "id_no"])
    others = valid[valid["department"].isin(each.by)]
    by = tuple(name for name in each.by if name in set(others["department"]))
    age = completed_years(others["id_no_birth"], as_of)
    asked = others.loc[(age >= each.ages[0]) & (age <= each.ages[1]) & (others["cancel_kind"] == ""), "id_no"].unique()
    areas = pd.Series(asked, dtype=object).str[:6]
    here = asked[(areas == areas.mode().iloc[0]).to_numpy()] if len(asked) else asked
    if not ours or len(here) < load_plausibility().least_children:
        return None
    return Shortfall(each.department, by, len(ours), len(here), sum(number in ours for number in here), least)
