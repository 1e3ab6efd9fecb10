"""From the frames of a period to the folder people open: exports, workbooks, marked copies; pure file making, no
database.

What is on a workbook is `assets.workbooks`; when the folder is shown is `assets.graph.outputs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from assets.county import county_name, office_name, official_areas, profile_of
from assets.coverage.owed import OwedPart
from assets.errata.holding import held_lines
from assets.protected import Protected, printed_for
from assets.publishing.edition_lines import ASKED, status_of
from assets.receiving.filenames import FileNames, naming_of
from assets.workbooks.context import FurtherBooks, PrintedList, PublishContext, Published
from assets.workbooks.csvout import EXACT, FINDINGS_COLUMNS, LINKS_COLUMNS, write_csv
from assets.workbooks.layout import layout_for
from assets.workbooks.personbook import PersonBook, folder_of, write_person_book
from assets.workbooks.publish import publish_workbooks
from assets.workbooks.review import review_pairs, write_review
from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile
from expectations.life.states import PASSED, RETURNED
from expectations.lists.catalogue import ListInfo, load_catalogue
from expectations.lists.files import ChildFiles
from expectations.lists.findings import not_computed, part_sentences
from expectations.lists.knowledge import ListKnowledge
from expectations.lists.ledgers import books_of, extra_ledgers
from expectations.lists.owners import OWNER
from expectations.lists.view import View
from pipelines.partitions import Period
from pipelines.resources.frames import FrameStore
from pipelines.resources.workspace import Workspace

EXPORTS = {"links.csv": LINKS_COLUMNS, "findings.csv": FINDINGS_COLUMNS}
_PLACE_ORDER = ["department", "file", "sheet", "row", "record_id"]


@dataclass(frozen=True)
class EditionCoverage:
    """What an edition says besides the numbers of its lists: what can be known of each, who cannot be compared, what is owed; for what it
    waited and who released it.
    """

    known: Mapping[str, ListKnowledge] = field(default_factory=dict)
    uncompared: pd.DataFrame = field(default_factory=pd.DataFrame)
    owed: tuple[OwedPart, ...] = ()
    release: Mapping[str, str] = field(default_factory=dict)
    waited_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ingredients:
    """The frames of one period that an edition is made of.

    Attributes:
        lines: by which every output counts (`assets.publishing.edition_lines`).
        before: the same of the last period of this kind; empty for the first one.
        delivered: what the lists rested on (`assets.receiving.delivered`).
        coverage: what is said of the lists besides their numbers.
    """

    period: str
    findings: pd.DataFrame
    links: pd.DataFrame
    pairs: pd.DataFrame
    children: pd.DataFrame
    records: pd.DataFrame
    accounting: pd.DataFrame
    department_names: Mapping[str, str]
    life: pd.DataFrame = field(default_factory=pd.DataFrame)
    rates: pd.DataFrame = field(default_factory=pd.DataFrame)
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    before: pd.DataFrame = field(default_factory=pd.DataFrame)
    audit_head: str = ""
    delivered: Sequence[str] = ()
    coverage: EditionCoverage = field(default_factory=EditionCoverage)

    def through(self, see: Callable[[pd.DataFrame], pd.DataFrame]) -> Ingredients:
        """The same with every frame that names a child seen as somebody may see it."""
        # Accounting and rates name nobody; in `lines` and `before`, which are figures, every child counts.
        return replace(
            self,
            findings=see(self.findings),
            links=see(self.links),
            pairs=see(self.pairs),
            children=see(self.children),
            records=see(self.records),
            life=see(self.life),
        )


def write_exports(frames: Ingredients, names: FileNames, folder: Path) -> str:
    """Write links.csv and findings.csv; returns the hash of their bytes, which names the edition.

    Files and sheets stand there under the names that may be said: other systems read these lists, and files are named after children.
    """
    links = frames.links.sort_values(_PLACE_ORDER, kind="stable")
    # Six digits: beyond them the same data may give other bytes on another processor, and so another edition.
    links = links.assign(probability=[f"{float(value):.6f}" for value in links["probability"]])
    exported = {"links.csv": links, "findings.csv": frames.findings}
    digest = hashlib.sha256()
    for name, columns in EXPORTS.items():
        path = write_csv(names.on(exported[name])[list(columns)], folder / name, EXACT)
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_workbooks(frames: Ingredients, workspace: Workspace, folder: Path, veil: Protected) -> list[Published]:
    """Write the workbooks of departments, townships and the summary below the folder, those of persons in folders of their own."""
    # A line that a correction list asks for already is not asked a second time.
    in_corrections = held_lines(FrameStore(workspace.frames), frames.period)
    shown, seen = asked_now(frames), frames.through(veil.without)
    shown = shown.assign(held=shown["finding_id"].map(in_corrections).fillna(""))
    context = _context(seen, workspace)
    # A protected child counts for the county, never for a township: its lines are in the figures without their places.
    whole = replace(
        context,
        life=frames.life,
        lines=veil.placeless(frames.lines),
        before=frames.before,
        known=frames.coverage.known,
        uncompared=veil.placeless(frames.coverage.uncompared),
        owed=frames.coverage.owed,
        release=frames.coverage.release,
        waited_for=frames.coverage.waited_for,
    )
    written = publish_workbooks(veil.without(shown), seen.children, seen.records, whole, folder)
    for person in veil.named:
        others = veil.but_for(person)
        children, records = others.without(frames.children), others.without(frames.records)
        own = PersonBook(person, veil.only(shown, person), children, records)
        written += write_person_book(own, context, folder)
    return written


def write_review_workbooks(frames: Ingredients, workspace: Workspace, folder: Path, veil: Protected) -> int:
    """Write the pairs that wait for a person; returns how many. A pair with a protected child waits for the named person."""
    context, waiting = bare_context(workspace, frames.period), review_pairs(frames.pairs)
    count = write_review(veil.without(waiting), frames.records, context, folder)
    for person in veil.named:
        whom = printed_for(person)
        count += write_review(veil.only(waiting, person), frames.records, context, folder_of(person, folder), whom)
    return count


def asked_now(frames: Ingredients) -> pd.DataFrame:
    """The findings that somebody is asked to look at: not those that were answered and whose evidence is the same.

    Returns:
        The lists with `life` (新发现, 第2期, 复发) and, where one has come back, why, before its reason.
    """
    if frames.life.empty:
        return frames.findings.assign(life="")
    goes_out = [status == ASKED for status in status_of(frames.findings, frames.life)]
    shown = frames.findings[np.array(goes_out, dtype=np.bool_)]  # an empty list would choose columns
    past = frames.life.set_index("finding_id").reindex(shown["finding_id"])
    shown = with_asked(shown, frames.life)
    kinds, texts, answers, firsts = (
        past[name].fillna("").to_list() for name in ("kind", "text", "answer", "first_period")
    )
    return shown.assign(
        reason=[
            f"{_of_the_past(kind, text, answer)}{reason}"
            for kind, text, answer, reason in zip(kinds, texts, answers, shown["reason"], strict=True)
        ],
        life=[_age(kind, first, frames.period) for kind, first in zip(kinds, firsts, strict=True)],
    )


def with_asked(shown: pd.DataFrame, life: pd.DataFrame) -> pd.DataFrame:
    """The lines with `owner` = who is asked to check them this period, which is not the first one where that one has answered.

    Args:
        shown: lines of `findings`.
        life: the frame finding_life; one that was made before lines had an owner says nothing.
    """
    if OWNER not in life.columns or OWNER not in shown.columns:
        return shown
    now = shown["finding_id"].map(life.set_index("finding_id")[OWNER]).fillna("")
    return shown.assign(**{OWNER: now.where(now != "", shown[OWNER])})


def _of_the_past(kind: str, text: str, answer: str) -> str:
    """What a reader must know of a line's past: why it came back, or what was answered while it stays open."""
    if kind == RETURNED:
        return f"【复发】{text}。"
    if kind == PASSED:
        return f"【转核】{text}。"
    return f"【上次答复：{answer}】" if answer else ""


def _age(kind: str, first: str, period: str) -> str:
    """How long a line has been open. One that came back is not counted from its beginning: it was closed in between."""
    if kind == RETURNED:
        return "复发"
    if not first or first == period:
        return "新发现"
    return f"第{Period.parse(first).steps_to(Period.parse(period)) + 1}期"


def bare_context(workspace: Workspace, label: str) -> PublishContext:
    """What every workbook of a period says about itself: place, office, lists; no data."""
    profile, period = profile_of(workspace), Period.parse(label)
    place = county_name(workspace, label)
    active = [code for code in load_catalogue().lists if code in profile.lists and profile.lists[code].active]
    return PublishContext(
        period.label,
        period.last_day,
        place,
        tuple(_printed_list(code, load_catalogue().lists[code], profile) for code in active),
        office_name(place),
        layout=layout_for(profile),
        names_masked=profile.masking.covers_names_in_summary,
        naming=naming_of(workspace, period.label),
        groups={code: labels().value(code) for code in (profile.comparison.groups.value or [])},
    )


def _context(frames: Ingredients, workspace: Workspace) -> PublishContext:
    """The same with the period's data, as far as everybody may see them."""
    profile, period = profile_of(workspace), Period.parse(frames.period)
    missing = not_computed(profile, frames.delivered, set(frames.findings["code"]))
    # The further books are kept by conditions like the lists' own, but over the child files alone: no pairs, no area code.
    files = ChildFiles(frames.children, frames.records, pd.DataFrame(), period.last_day, period.label, "")
    return replace(
        bare_context(workspace, frames.period),
        not_computed=dict(zip(missing["code"], missing["sentence"], strict=True)),
        in_part=part_sentences(profile, frames.delivered),
        accounting=frames.accounting,
        life=frames.life,
        links=frames.links,
        pairs=frames.pairs,
        rates=frames.rates,
        towns=tuple(dict.fromkeys(town for town, _ in official_areas(workspace))),
        department_names=frames.department_names,
        further=FurtherBooks(books_of(profile), extra_ledgers(View(files, profile, profile.catalogue))),
        audit_head=frames.audit_head,
    )


def _printed_list(code: str, info: ListInfo, profile: Profile) -> PrintedList:
    """A list as this place has it: what the catalogue says, then whom the profile names, by when, and its own paper."""
    rule = profile.lists[code]
    due = rule.due or (f"{rule.due_days} 日内" if rule.due_days else "")
    return PrintedList(
        code=code,
        name=info.name,
        short=info.name[:6],
        meaning=info.meaning,
        action=info.ask,
        clause=f"{info.clause}；{rule.clause}" if rule.clause else info.clause,
        owner=profile.catalogue.recipients[rule.lead],
        recipients=tuple(rule.recipients),
        also_told=tuple(rule.also),
        due=due,
        answers=tuple(info.answers),
        urgent=rule.is_urgent,
        comparison=info.comparison,
    )
