"""What one outgoing feed is, as configuration: to whom, why, on what ground, until when, which fields, which children, which form.

Belongs here: the model and its checks at load. Not here: rows (`rows`), deliveries (`delivering`). Shipped feeds are in
`shipped/`; a county's own stand in its workspace (`feeds/*.yaml`) and replace a shipped one of the same name.
Source: rules/law.md#sharing (依据, 用途, 范围, 期限, 审批), #exports; rules/workflow.md#m1, #m20, #m27.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from assets.feeds.meanings import UNSEEN, Leavings
from assets.workbooks.layout import field_terms, fields_of_class
from expectations.lists.catalogue import load_catalogue
from expectations.rulebook import RuleFileError, Rules, read_rules, read_yaml, validated

SHIPPED = Path(__file__).parent / "shipped"
CODES = Path(__file__).with_name("codes.yaml")
OWN = "feeds"
# Short enough for a column of PostgreSQL (63 bytes), and nothing that would have to be quoted.
HEADING = re.compile(r"[\w（）()、／/%—-]{1,20}")
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
# What a row may hold beside the fields of the child files; each is made in `rows`.
MADE = frozenset(
    {
        *("action", "child_id", "town", "village", "age", "departments", "categories", "here", "alive", "hukou"),
        *("sex_code", "hukou_code", "category_code", "exit_code", "looked_by", "looked_on", "rolled", "progress"),
    }
)
__all__ = ["UNSEEN", "Feed", "FeedColumn", "FeedCondition", "FeedError", "codes", "load_feeds"]
ActionKind = Literal["new", "changed", "ended", "full"]


class FeedColumn(Rules):
    """One column of the feed: its heading there, where its value comes from, whether another value is a change.

    An address is written differently from quarter to quarter: with `watch: false` it is delivered, and its township and
    village say whether somebody moved.
    """

    name: str
    source: str = Field(alias="from")
    watch: bool = True


class FeedCondition(Rules):
    """One condition on a child: `is` one of, a set that holds `any` of, or a number `from`..`to`, both included."""

    field: str
    values: list[str] = Field(default_factory=list, alias="is")
    any: list[str] = Field(default_factory=list)
    least: int | None = Field(default=None, alias="from")
    most: int | None = Field(default=None, alias="to")


class Feed(Rules):
    """One feed.

    Attributes:
        title: what people call it.
        recipient, purpose, legal_basis, term: the sharing ledger's 接收方, 用途, 依据, 期限.
        to: the recipient as a profile names it (`education`); of the population `lists`, whose lines go only to whom the profile names.
        form: of the delivery.
        key: heading of the column that names the child (`child_id`).
        population: the roll of civil affairs, the children of some lists, or all children.
        lists: of the population `lists`.
        where: further conditions, all of which must hold.
        fields: what is delivered, and nothing else.
        actions: words for what happened to a row since the last delivery.
        leavings: who leaves by which word; nobody does by anything that does not stand there.
        receipt: answers that the recipient may give per row; none when no receipt is asked for.
        receipt_hint: what to write beside an answer, said above the rows.
        protected: whether the recipient may be told of protected children (`assets.protected`); nobody is unless it is declared here.
    """

    name: str
    title: str
    recipient: str = Field(min_length=1)
    to: str = ""
    purpose: str = Field(min_length=1)
    legal_basis: str = Field(min_length=1)
    term: str = Field(min_length=1)
    form: Literal["csv", "parquet", "xlsx", "sql"]
    key: str
    population: Literal["roll", "lists", "children"]
    lists: list[str] = Field(default_factory=list)
    where: list[FeedCondition] = Field(default_factory=list)
    fields: list[FeedColumn] = Field(min_length=1)
    actions: Mapping[ActionKind, str]
    leavings: Leavings = Field(default_factory=Leavings)
    receipt: list[str] = Field(default_factory=list)
    receipt_hint: str = ""
    protected: bool = False

    @property
    def columns(self) -> list[str]:
        """The headings, in order: the only columns that a delivery may have."""
        return [column.name for column in self.fields]

    def heading(self, source: str) -> str:
        """The heading of the column that takes its value from a source; empty when the feed has none."""
        return next((column.name for column in self.fields if column.source == source), "")

    @model_validator(mode="after")
    def _check(self) -> Feed:
        problems = [*self._field_problems(), *self._action_problems(), *self._leaving_problems()]
        if not NAME.fullmatch(self.name):
            problems.append("文件名只能用小写字母、数字和下划线")
        if self.population == "lists" and (not self.lists or set(self.lists) - set(load_catalogue().lists)):
            problems.append("population 为 lists 时须写明存在的清单代码")
        if problems:
            raise ValueError("；".join(problems))
        return self

    def _field_problems(self) -> list[str]:
        known, hidden = MADE | set(field_terms()), fields_of_class("X")
        # The conditions, too: who is in a feed that asks for a secret field would tell the field.
        named = [*[column.source for column in self.fields], *[condition.field for condition in self.where]]
        problems = [f"字段 {name} 不存在" for name in named if name not in known]
        problems += [f"字段 {name} 属于不得外发的类别" for name in named if name in hidden]
        if len(set(self.columns)) != len(self.columns):
            problems.append("列名重复")
        problems += [f"列名 {name} 太长或含有引号、空白" for name in self.columns if not HEADING.fullmatch(name)]
        return problems

    def _action_problems(self) -> list[str]:
        problems = []
        # `ended` stood here before leavings had words of their own; a county's older file may still have it, and it says nothing.
        if set(self.actions) - {"ended"} != {"new", "changed", "full"}:
            problems.append("actions 须写明 new、changed、full")
        if not self.heading("action"):
            problems.append("fields 须有一列取自 action")
        if self.heading("child_id") != self.key:
            problems.append("key 须是取自 child_id 的那一列")
        return problems

    def _leaving_problems(self) -> list[str]:
        problems = self.leavings.problems(dict.fromkeys(self.lists, self.receipt), codes().exit_reason)
        if self.leavings.facts and not self.lists:
            problems.append("leavings.facts 只用于 population 为 lists 的推送")
        if self.leavings.marks and not self.heading("progress"):
            problems.append("leavings 写了标注（mark、lacking），fields 须有一列取自 progress")
        sources = {column.source for column in self.fields}
        lets_leave = self.population == "roll" and (self.leavings.roll or self.leavings.answers)
        # The system of the recipient acts on the word: who says so, or why, goes with it.
        if lets_leave and not {"looked_by", "exit_code"} & sources:
            problems.append("在册数据的减员须带核实人（looked_by）或减员原因（exit_code）")
        return problems


class Codes(Rules):
    """Our codes -> the national system's."""

    category: dict[str, str]
    exit_reason: dict[str, str]
    sex: dict[str, str]
    hukou: dict[str, str]


@cache
def codes() -> Codes:
    """The validated code tables."""
    return read_rules(CODES, Codes)


class FeedError(Exception):
    """A feed is unknown or wrong, or may not be delivered; a Chinese sentence with what to do."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message, self.advice = message, advice


def load_feeds(workspace: Path | None = None, recipients: Mapping[str, str] | None = None) -> dict[str, Feed]:
    """Every feed by name: the shipped ones, then the workspace's own.

    Args:
        workspace: whose own feeds are read, too.
        recipients: code -> name of everybody whom the place may name for a list, the departments that it adds among them
            (`Profile.catalogue`); None: those of every county.

    Raises:
        RuleFileError: a file is wrong, or goes to nobody whom the place knows; names file and key.
    """
    known = load_catalogue().recipients if recipients is None else recipients
    folders = [SHIPPED, workspace / OWN] if workspace else [SHIPPED]
    # The later folder wins: a county's own file of the same name replaces the shipped one whole, nothing is mixed.
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}
    return {name: _read(path, known) for name, path in sorted(paths.items())}


def _read(path: Path, known: Mapping[str, str]) -> Feed:
    feed = validated({"name": path.stem, **read_yaml(path)}, Feed, path)
    # Not the model's to check: which departments there are is the place's to say, not the file's.
    if feed.to and feed.to not in known:
        allowed = "、".join(f"{code}＝{name}" for code, name in known.items())
        raise RuleFileError(f"规则文件 {path.name} 有误：to 写的“{feed.to}”不是接收单位，可写：{allowed}。")
    return feed
