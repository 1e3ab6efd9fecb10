"""What a report is made of: the frames of the period and of earlier ones, and what the place is called.

Here: the named type and its loading from the workspace. Not here: counting (`count`) and words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from assets.county import (
    BLANK_COUNTY,
    department_names,
    list_names,
    office_name,
    official_areas,
    profile_of,
    sources_delivered,
)
from assets.coverage.owed import OwedPart
from assets.coverage.spoken import list_knowledge, owed_of
from assets.protected import protected_in
from assets.publishing.edition_lines import EditionLines, edition_lines, life_of
from assets.replies.coverage import coverage
from assets.reports.wrong import PastAnswers, past_answers
from expectations.jurisdictions.profile import Profile
from expectations.lists.agreements import states_on_roll
from expectations.lists.catalogue import load_catalogue
from expectations.lists.files import ChildFiles
from expectations.lists.findings import not_computed
from expectations.lists.knowledge import HELD, ListKnowledge
from expectations.lists.view import View
from matching.measuring.groups import WORSE
from matching.reading.regions import area_name
from pipelines.partitions import Period
from pipelines.resources import audit, deliveries, finding_events
from pipelines.resources.session import Session
from pipelines.resources.tables import life_event

PUBLISHED, BESIDE = "report_public", "child_files.beside"
LIVE, RATES = ("current",), "link_register.rates"
# A county's frames have a hundred columns; a report looks at these.
RECORD_COLUMNS = [
    *("child_id", "department", "active", "id_no", "agreement", "has_carer", "care_reason", "guardianship"),
    *("study_status", "hukou_nature", "health", "boarding", "migrant", "guardian_rel"),
    *("child", "category", "guardian_name", "hukou_class", "father_status", "mother_status", "file", "sheet"),
    *(
        "aid",
        "layout",
        "left_behind",
        "remark",
        "dilemma_type",
        "live_addr",
        "hukou_addr",
    ),  # who is in an institution, who must have an agreement
]
ACCOUNTING = ["department", "file", "rows_in", "accepted", "quarantined", "set_aside", "supersedes", "difference"]


@dataclass(frozen=True)
class Listed:
    """One list of the place: what it is, who is sent it (the first one leads), by when, and whether it cannot wait."""

    code: str
    name: str
    meaning: str
    ask: str
    recipients: tuple[str, ...]
    due: str
    clause: str
    urgent: bool

    def led_by(self, name: str) -> bool:
        """Whether a recipient answers for the list; the others help."""
        return self.recipients[:1] == (name,)


def lists_of(profile: Profile) -> tuple[Listed, ...]:
    """The active lists of a place, in the catalogue's order."""
    lists = []
    for code, info in load_catalogue().lists.items():
        rule = profile.lists.get(code)
        if rule is None or not rule.active:
            continue
        due = rule.due or (f"{rule.due_days}日内" if rule.due_days else "")
        clause = f"{info.clause}；{rule.clause}" if rule.clause else info.clause
        recipients = tuple(rule.recipients)
        lists.append(Listed(code, info.name, info.meaning, info.ask, recipients, due, clause, rule.is_urgent))
    return tuple(lists)


@dataclass(frozen=True)
class RecipientAnswers:
    """How one recipient stands with its lines: sent, answered, overdue."""

    recipient: str
    sent: int
    answered: int
    overdue: int


@dataclass(frozen=True)
class ReportMaterial:
    """Everything that a report counts.

    Attributes:
        period: of the report.
        findings: the lines of the edition, the frame `edition_lines`: every count of lines is of them.
        children, records: data-shapes section 5.
        pairs: data-shapes section 4.
        accounting: one row per delivered file.
        earlier: label -> the lines of earlier periods of the same kind, oldest first.
        published: label -> list code -> number of lines as published then.
        lists: the lists of the place, in its order.
        missing: code -> why a list was not computed.
        towns: official townships, else those of the data.
        departments: Chinese names.
        profile: of the place.
        area_code: the six digits that the data are of.
        life: the frame finding_life: what became of every finding; empty where it was not followed.
        answers: how the recipients stand.
        rostered: (township, village) with a child worker on the roster; empty when no roster came.
        audit_head: number and hash of the audit's last line when the report was written; "" in a report that nothing keeps an audit of.
        known: code -> what can be known of a list; a list that is not here is whole.
        owed: what departments still owe of the period.
        left_behind: child_id of every left-behind child on the roll -> the state of its agreement (`expectations.lists.agreements`).
        past_answers: how the lines of the last of the earlier periods were answered.
        rates: link rate by group, as the linkage worked it out (`matching.measuring.groups.link_rates`).
    """

    period: Period
    findings: pd.DataFrame
    children: pd.DataFrame
    records: pd.DataFrame
    pairs: pd.DataFrame
    accounting: pd.DataFrame
    earlier: Mapping[str, pd.DataFrame]
    published: Mapping[str, Mapping[str, int]]
    lists: tuple[Listed, ...]
    missing: Mapping[str, str]
    towns: tuple[str, ...]
    departments: Mapping[str, str]
    profile: Profile
    area_code: str = ""
    life: pd.DataFrame = field(default_factory=pd.DataFrame)
    answers: tuple[RecipientAnswers, ...] = ()
    rostered: frozenset[tuple[str, str]] = frozenset()
    rates: pd.DataFrame = field(default_factory=pd.DataFrame)
    past_answers: tuple[PastAnswers, ...] = ()
    audit_head: str = ""
    left_behind: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, ListKnowledge] = field(default_factory=dict)
    owed: tuple[OwedPart, ...] = ()

    def knowledge(self, code: str) -> ListKnowledge:
        """What can be known of a list."""
        return self.known.get(code) or ListKnowledge(self.missing.get(code, ""))

    @property
    def lines(self) -> EditionLines:
        """The lines of the period, to be counted."""
        return EditionLines(self.findings)

    @property
    def known_place(self) -> str:
        """The county's name: as stated, else that of the area code; "" when nobody knows either."""
        stated = self.profile.place
        return stated.county_name.value or area_name(stated.area_code.value or self.area_code)

    @property
    def place(self) -> str:
        """The county's name in a document, a blank to be filled where it is not known."""
        return self.known_place or BLANK_COUNTY

    @property
    def office(self) -> str:
        """Who reports."""
        return office_name(self.known_place)

    @property
    def slow(self) -> tuple[str, ...]:
        """Groups whose records are linked clearly less often than expected: `按乡镇：丙乡`."""
        if self.rates.empty:
            return ()
        worse = self.rates[self.rates["flag"] == WORSE]
        return tuple(f"{group}：{value}" for group, value in zip(worse["group"], worse["value"], strict=True))

    @property
    def computed(self) -> tuple[Listed, ...]:
        """The lists that have figures this period."""
        return tuple(info for info in self.lists if info.code not in self.missing)


def gather(opened: Session, period: Period) -> ReportMaterial:
    """Read everything of a period.

    Raises:
        FrameError: the period was not run yet.
    """
    frames, label, profile = opened.frames, period.label, profile_of(opened.workspace)
    before = _before(opened, period)
    # A protected child is counted for the county and for no township: a village with one such child names it.
    veil = protected_in(opened, label)
    children = veil.placeless(frames.read("child_files.children", label))
    records = veil.placeless(frames.read("child_files.records", label, RECORD_COLUMNS))
    files = ChildFiles(children, records, pd.DataFrame(), period.last_day, label, "")
    with opened.engine.connect() as connection:
        files_in = deliveries.of_period(connection, label, LIVE)
        covered = coverage(connection, label, date.today())
        audit_head = audit.head(connection).printed
        past: tuple[PastAnswers, ...] = ()
        if before:
            events = finding_events.events(connection, life_event.c.period == before[-1])
            past = past_answers(events, before[-1])
    accounting = pd.DataFrame([{name: line[name] for name in ACCOUNTING} for line in files_in], columns=ACCOUNTING)
    known = list_knowledge(opened, label)
    lines = edition_lines(opened, label).frame
    missing = not_computed(profile, sources_delivered(opened, label), set(lines["code"]))
    # The settings' names in the file are for whoever fills them in, not for those who read the report.
    missing["sentence"] = missing["sentence"].str.replace(r"（[a-z_.]+）", "", regex=True)
    return ReportMaterial(
        period=period,
        findings=veil.placeless(lines),
        children=children,
        records=records,
        pairs=frames.read("link_pairs", label, ["grade", "method"]),
        accounting=accounting,
        earlier={earlier: veil.placeless(edition_lines(opened, earlier).frame) for earlier in before},
        published=_published(opened),
        lists=lists_of(profile),
        missing={**dict(zip(missing["code"], missing["sentence"], strict=True)), **_held_back(opened, known)},
        known=known,
        owed=owed_of(opened, label),
        towns=townships_of(opened, children),
        departments=department_names(opened.workspace),
        profile=profile,
        area_code=str(frames.read("child_files.facts", label)["county"].iloc[0]),
        life=veil.placeless(life_of(opened, label)),
        # The one person who alone sees a protected child is no line of a report.
        answers=tuple(
            RecipientAnswers(row.recipient, row.issued, row.own + row.others, row.overdue)
            for row in covered
            if row.kind != "person"
        ),
        rostered=_rostered(opened, label, profile),
        # The linkage's own rates; a period that was linked before they were kept has none.
        rates=frames.read(RATES, label) if frames.exists(RATES, label) else pd.DataFrame(),
        past_answers=past,
        audit_head=audit_head,
        left_behind=states_on_roll(View(files, profile, profile.catalogue)),
    )


def _held_back(opened: Session, known: Mapping[str, ListKnowledge]) -> dict[str, str]:
    """Code -> one sentence for all lists that the release left behind: they have no figures either."""
    names = list_names(opened.workspace)
    behind = [code for code, knows in known.items() if knows.word(0) == HELD]
    named = "、".join(f"“{names[code]}”" for code in behind)
    return dict.fromkeys(behind, f"清单{named}本期没有放行，未列入，不表示没有这类情况。")


def _rostered(opened: Session, label: str, profile: Profile) -> frozenset[tuple[str, str]]:
    if not opened.frames.exists(BESIDE, label):
        return frozenset()
    adults = opened.frames.read(BESIDE, label)
    posts = profile.workers.posts.value or []
    # A supervisor of the township is no village's worker.
    is_worker = adults["post"].map(lambda post: any(word == post or (word and word in post) for word in posts))
    workers = adults[(adults["layout"] == "workers") & is_worker]
    town = workers["live_town"].where(workers["live_town"] != "", workers["town"])
    village = workers["live_village"].where(workers["live_village"] != "", workers["village"])
    return frozenset(zip(town.astype(str), village.astype(str), strict=True))


def remember(opened: Session, period: Period, shown: Mapping[str, int]) -> None:
    """Keep what a public report said about the lists: later reports may repeat it, and nothing else of that period."""
    frame = pd.DataFrame({"code": list(shown), "value": list(shown.values())}).astype({"value": "int64"})
    opened.frames.write(PUBLISHED, period.label, frame)


def _before(opened: Session, period: Period) -> list[str]:
    """The last seven periods before this one of its kind: a county that also compares by months has two series."""
    labels = [label for label in opened.frames.periods("findings") if ("Q" in label) != period.monthly]
    # With this one eight: two years of quarters.
    return [label for label in labels if label < period.label][-7:]


def _published(opened: Session) -> dict[str, dict[str, int]]:
    totals = {}
    for label in opened.frames.periods(PUBLISHED):
        frame = opened.frames.read(PUBLISHED, label)
        totals[label] = dict(zip(frame["code"].astype(str), frame["value"].astype(int), strict=True))
    return totals


def townships_of(opened: Session, children: pd.DataFrame) -> tuple[str, ...]:
    """The county's own list of townships, in its order, else those that its children's files name."""
    official = tuple(dict.fromkeys(town for town, _ in official_areas(opened.workspace)))
    return official or tuple(sorted(set(children["town"]) - {""}))
