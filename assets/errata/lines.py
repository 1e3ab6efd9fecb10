"""Which errors stand in whose file, and what became of those that a department was asked to correct before. Pure.

An error is fixed when the department's own value has changed and the finding is gone; a finding that is gone although the
department's value is the same was solved by somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("errata.yaml")

FIXED, OTHER, CHANGED, STANDING, ANSWERED, UNKNOWN = "fixed", "other", "changed", "standing", "answered", "unknown"


class Letter(Rules):
    """The sentences of the letter."""

    title: str
    opening: str
    ask: str
    tracking: str
    first: str
    care: str
    due_days: int


class ErrataRules(Rules):
    """Model of `errata.yaml`."""

    lists: list[str]
    results: dict[str, str]
    letter: Letter


@cache
def errata_rules() -> ErrataRules:
    """The checked rules."""
    return read_rules(FILE, ErrataRules)


def errors_of(findings: pd.DataFrame, department: str, sent: Collection[str]) -> pd.DataFrame:
    """The findings that are errors in this department's own rows, of the lists whose lines the place has sent to it.

    Args:
        findings: of a period.
        department: whose rows.
        sent: its lists (`Profile.lists_for`).
    """
    lists = set(errata_rules().lists) & set(sent)
    own = findings["code"].isin(lists) & (findings["department"] == department)
    if "owner" in findings.columns:
        # A line that somebody else is asked to check now is no error of this department's any more: it answered that its entry is right.
        own &= findings["owner"].isin(["", department])
    return findings[own].reset_index(drop=True)


@dataclass(frozen=True)
class EarlierErrors:
    """What a department was asked in the period before: the findings, and the evidence of each then."""

    findings: pd.DataFrame
    evidence: Mapping[str, str]


def outcome(asked: EarlierErrors, life: pd.DataFrame, delivered: Collection[str]) -> pd.DataFrame:
    """What became of earlier errors in the light of this period's delivery.

    Args:
        asked: the errors of the period before.
        life: this period's finding_life (`finding_id, listed, shown, evidence`).
        delivered: departments whose data came.

    Returns:
        The earlier findings with `result`: `fixed, other, changed, standing, answered` or `unknown` (the department sent nothing).
    """
    now = life.set_index("finding_id")
    results = [
        _result(name, department, asked.evidence.get(name, ""), now) if department in delivered else UNKNOWN
        for name, department in zip(asked.findings["finding_id"], asked.findings["department"], strict=True)
    ]
    return asked.findings.assign(result=results)


def _result(name: str, department: str, before: str, now: pd.DataFrame) -> str:
    """What the department's own value and the list say together; the other departments' values change without its doing."""
    listed = name in now.index and now.at[name, "listed"] == "yes"
    after = str(now.at[name, "evidence"]) if name in now.index else ""
    changed = _own_values(before, department) != _own_values(after, department)
    # Before what has changed: whoever has answered that its entry is right has left nothing undone.
    if listed and now.at[name, "shown"] == "no":
        return ANSWERED
    if listed:
        return CHANGED if changed else STANDING
    # A finding that is gone without a word said of it: its child is known under other numbers now.
    return FIXED if changed or not after else OTHER


def _own_values(evidence: str, department: str) -> dict[str, str]:
    """Of the evidence (`department.field`: value) what stands in this department's rows."""
    parts = json.loads(evidence) if evidence else {}
    return {key: value for key, value in parts.items() if key.partition(".")[0] == department}
