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

import numpy as np
import pandas as pd

from assets.counties.own import comparably_frequent, second_county
from assets.county import profile_of
from assets.intake.contract import StrictModel
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


class RegisterComparison(StrictModel):
    """One comparison: the department, whose children it must know, at which completed years of age (both ends inside)."""

    department: str
    by: list[str]
    ages: tuple[int, int]


class Plausibility(StrictModel):
    """All of `plausibility.yaml`."""

    least_children: int
    comparisons: list[RegisterComparison]


@dataclass(frozen=True)
class Shortfall:
    """A department in which too few children were found: persons it delivered, children asked about, those of them it has."""

    department: str
    by: tuple[str, ...]
    delivered: int
    asked: int
    found: int
    least: float


@dataclass(frozen=True)
class Bounds:
    """The place's numbers for one comparison: the least share to be found, and from which share of the commonest area code on numbers are own ones."""

    least: float
    comparable: float


@cache
def load_plausibility() -> Plausibility:
    """The shipped comparisons.

    Raises:
        RuleFileError: the file is wrong; names file and key.
    """
    return read_rules(FILE, Plausibility)


@dataclass(frozen=True)
class PlausibilityCheck:
    """Which run looks at which period, and what the departments are called."""

    period: str
    run_id: str
    names: Mapping[str, str]


def question_shortfalls(county: Session, check: PlausibilityCheck, records: pd.DataFrame) -> list[DeliveryNotice]:
    """Look at the departments that have no earlier period to be compared with, and write down what there is to ask.

    Returns:
        The sentences; those with severity `stop` hold the run back, and what came of that department is not taken. A second person's
        consent for this run makes a remark of it.
    """
    period, profile = Period.parse(check.period), profile_of(county.workspace)
    # With a period before it a department is compared with itself, which knows better what it usually brings.
    first = [name for name in check.names if not county.frames.exists(f"std_{name}", period.previous.label)]
    messages = []
    for short in shortfalls(records, profile, period.last_day, first):
        branch, message = Branch(check.period, short.department), sentence(short, check.names)
        with writing(county.engine) as connection:
            if consents.given(connection, check.run_id, branch.period, branch.department):
                message = replace(message, severity="warn", advice="已由另一人核对同意，照常采用。")
            else:
                # Standardising took them already: what would be current at the next start is refused together with the sentence.
                ids = records.loc[records["department"] == short.department, "delivery_id"]
                deliveries.refuse_new(connection, sorted(set(ids)))
            deliveries.replace_notices_of(connection, branch, CODE, [message])
        messages.append(message)
    return messages


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
    # Answers to queries name those who were asked about, and no county's children.
    answers = {"public_security"} if profile.comparison.police_mode.value == "answer_file" else set()
    valid = records[records["id_no_status"] == "valid"]
    counted = [
        _counted(valid, each, as_of, Bounds(least[each.department], second_county(profile.place, "comparable")))
        for each in load_plausibility().comparisons
        if each.department in departments and each.department in least and each.department not in answers
    ]
    return [short for short in counted if short and short.found < short.least * short.asked]


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


def _counted(valid: pd.DataFrame, each: RegisterComparison, as_of: date, bounds: Bounds) -> Shortfall | None:
    numbers = set(valid.loc[valid["department"] == each.department, "id_no"])
    elsewhere = valid[valid["department"].isin(each.by)]
    by = tuple(name for name in each.by if name in set(elsewhere["department"]))
    age = completed_years(elsewhere["id_no_birth"], as_of)
    children = elsewhere.loc[
        (age >= each.ages[0]) & (age <= each.ages[1]) & (elsewhere["cancel_kind"] == ""), "id_no"
    ].unique()
    areas = pd.Series(children, dtype=object).str[:6]
    counted = {str(code): int(count) for code, count in areas.value_counts().items()}
    # Of two counties of a size none is chosen: a whole register knows the children of one of them, a cut one those of neither.
    leading = comparably_frequent(counted, bounds.comparable)
    by_code = [children[(areas == code).to_numpy(np.bool_)] for code in leading] or [children]
    here = max(by_code, key=lambda own: sum(number in numbers for number in own) / max(len(own), 1))
    # A share of few children says nothing.
    if not numbers or len(here) < load_plausibility().least_children:
        return None
    return Shortfall(
        each.department, by, len(numbers), len(here), sum(number in numbers for number in here), bounds.least
    )
