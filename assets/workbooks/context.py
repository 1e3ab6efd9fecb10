"""What publishing needs to know beside the findings, and what it hands back.

Here: the named types between the publishing asset and this room. Not here: how they are filled
(`assets/graph/outputs.py` does that from the lists registry).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd

from assets.coverage.owed import OwedPart
from assets.workbooks.layout import WorkbookLayout, default_layout
from expectations.lists.knowledge import ListKnowledge, in_town
from pipelines.resources.naming import Naming, naming

Kind = Literal["department", "township", "summary", "person"]


@dataclass(frozen=True, slots=True)
class PrintedList:
    """One list as a reader meets it: every text Chinese (rules/lists.md#lists, rules/workflow.md#answers).

    Attributes:
        code: L01, L16C, ...
        name: its full name, 疑似无户籍儿童.
        short: at most six characters, for sheet names and narrow columns.
        meaning: what it means that a child is on it.
        action: what the reader does.
        certainty: how sure it is, and what the grades mean here.
        clause: the policy that asks for it.
        guards: cases that were recognised and taken off before anybody is sent out.
        owner: who answers, in words.
        recipients: who is sent its lines, as the place's profile names them (`township`, departments); nobody else is.
        also_told: who is sent those of its lines that name it (`told` of the finding), and not the list.
        due: by when.
        answers: the dropdown of 核查结果 (rules/people.md#outcomes, rules/workflow.md#answers).
        urgent: printed first.
        comparison: the ministry's own name (四查三比对) where it has one.
    """

    code: str
    name: str
    short: str
    meaning: str = ""
    action: str = ""
    certainty: str = ""
    clause: str = ""
    guards: tuple[str, ...] = ()
    owner: str = ""
    due: str = ""
    answers: tuple[str, ...] = ()
    urgent: bool = False
    comparison: str = ""
    recipients: tuple[str, ...] = ()
    also_told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FurtherBooks:
    """The books that a place keeps besides the lists.

    Attributes:
        names: code -> Chinese name, in the place's order; none = no such books.
        members: `ledger, child_id, town, village` (`expectations.lists.ledgers.extra_ledgers`).
    """

    names: Mapping[str, str] = field(default_factory=dict)
    members: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, slots=True)
class PublishContext:
    """Everything about the period that is not a finding.

    Attributes:
        period: `2026Q3` or `2026-09`.
        as_of: last day of the period; also the date written into the workbooks.
        place: the county, 民乐县.
        office: who issues the workbooks (民乐县民政局); printed under the title.
        lists: the lists of this jurisdiction in the order of printing.
        not_computed: code -> why the list was not computed this period (not delivered, ...).
        in_part: code -> what was not compared for a list of which only a part could be computed.
        accounting: one row per file: `department, file, rows_in, accepted, quarantined, set_aside`.
        links: the frame link_children (`department, method, child_id`).
        pairs: the frame link_pairs (`method, grade`).
        rates: link rate by group (`matching.measuring.groups.link_rates`).
        towns: official townships, in official order; each gets a workbook even with nothing to verify.
        department_names: Chinese names of departments that the layout does not know (a fifth source).
        layout: how each recipient sees what it is sent.
        life: the frame finding_life (`code, kind`), empty when findings are not followed.
        further: the books that the place keeps besides.
        names_masked: whether rolls of the whole county mask the children's names.
        groups: the classes of children that the place's paper has compared, code -> Chinese name.
        lines: what every figure counts (`assets.publishing.edition_lines`), lines of protected children without their places; empty: the findings.
        before: the same of the last period; empty for the first one.
        naming: what may be said of names of files and sheets in lists for others.
        audit_head: number and hash of the audit's line for this edition, printed on the summary; "" where nothing keeps an audit.
        known: code -> what can be known of a list; a list that is not here is whole.
        uncompared: the frame of that name, protected children without their places.
        owed: what departments still owe of the period.
        release: who released an edition that waited (`by, reason, at`); empty where nothing waited.
        waited_for: the sentences for which it waited.
    """

    period: str
    as_of: date
    place: str
    lists: tuple[PrintedList, ...]
    office: str = ""
    not_computed: Mapping[str, str] = field(default_factory=dict)
    in_part: Mapping[str, str] = field(default_factory=dict)
    accounting: pd.DataFrame = field(default_factory=pd.DataFrame)
    links: pd.DataFrame = field(default_factory=pd.DataFrame)
    pairs: pd.DataFrame = field(default_factory=pd.DataFrame)
    rates: pd.DataFrame = field(default_factory=pd.DataFrame)
    towns: tuple[str, ...] = ()
    department_names: Mapping[str, str] = field(default_factory=dict)
    layout: WorkbookLayout = field(default_factory=default_layout)
    life: pd.DataFrame = field(default_factory=pd.DataFrame)
    further: FurtherBooks = field(default_factory=FurtherBooks)
    names_masked: bool = True
    groups: Mapping[str, str] = field(default_factory=dict)
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    before: pd.DataFrame = field(default_factory=pd.DataFrame)
    naming: Naming = field(default_factory=naming)
    audit_head: str = ""
    known: Mapping[str, ListKnowledge] = field(default_factory=dict)
    uncompared: pd.DataFrame = field(default_factory=pd.DataFrame)
    owed: tuple[OwedPart, ...] = ()
    release: Mapping[str, str] = field(default_factory=dict)
    waited_for: tuple[str, ...] = ()

    def knowledge(self, code: str) -> ListKnowledge:
        """What can be known of a list."""
        known = self.known.get(code) or ListKnowledge(self.not_computed.get(code, ""))
        # A list that was computed without one of its sources has a gap of which no child can be named.
        return known if known.gap else replace(known, gap=self.in_part.get(code, ""))

    def for_town(self, town: str) -> PublishContext:
        """The same for one township: of the county's children who cannot be compared only its own are counted."""
        return replace(
            self, known=in_town(self.known, self.uncompared, "" if town == self.layout.unknown_town else town)
        )

    def number(self, recipient: str) -> str:
        """The number of a recipient's workbook: 2026Q3-K7QF; the same whenever it is written again."""
        # Of whom and what, not of the bytes: the same paper printed twice is one paper, and its copies can be called back by it.
        digest = hashlib.sha256(f"{self.place}|{self.period}|{recipient}".encode()).digest()
        return f"{self.period}-{base64.b32encode(digest[:5]).decode()[:4]}"

    def info(self, code: str) -> PrintedList:
        """The list of a code; a list that nobody described keeps its code as its name."""
        return next((info for info in self.lists if info.code == code), PrintedList(code=code, name=code, short=code))

    def department(self, name: str) -> str:
        """The Chinese name of a department."""
        known = self.layout.departments.get(name)
        return self.department_names.get(name) or (known.label if known else name)

    def period_zh(self) -> str:
        """2026年第三季度 or 2026年9月."""
        if "Q" in self.period:
            year, _, quarter = self.period.partition("Q")
            return f"{year}年第{'一二三四'[int(quarter) - 1]}季度"
        year, _, month = self.period.partition("-")
        return f"{year}年{int(month)}月"


@dataclass(frozen=True, slots=True)
class Published:
    """One written workbook: where, for whom, of which kind, how many lines of findings, and which (number, list)."""

    path: Path
    recipient: str
    kind: Kind
    rows: int
    lines: tuple[tuple[str, str], ...] = ()
