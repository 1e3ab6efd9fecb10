"""From the frames of a period to the folder people open: exports, workbooks, marked copies; pure file making, no
database.

What is on a workbook is `assets.workbooks`; when the folder is shown is `assets.graph.outputs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from assets.county import official_areas, profile_of
from assets.errata.holding import held_lines
from assets.protected import Protected, printed_for
from assets.publishing.edition_lines import ASKED, status_of
from assets.receiving.delivered import delivered_sources
from assets.receiving.filenames import FileNames, naming_of
from assets.workbooks.context import FurtherBooks, ListInfo, PublishContext, Published
from assets.workbooks.csvout import EXACT, FINDINGS_COLUMNS, LINKS_COLUMNS, write_csv
from assets.workbooks.layout import layout_for
from assets.workbooks.personbook import folder_of, write_person_book
from assets.workbooks.publish import publish_workbooks
from assets.workbooks.review import review_pairs, write_review
from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile
from expectations.life.states import PASSED, RETURNED
from expectations.lists.catalogue import ListInfo as Known
from expectations.lists.catalogue import load_catalogue
from expectations.lists.files import ChildFiles
from expectations.lists.findings import not_computed
from expectations.lists.ledgers import books_of, extra_ledgers
from expectations.lists.owners import OWNER
from expectations.lists.view import View
from pipelines.partitions import Period
from pipelines.resources.frames import FrameStore
from pipelines.resources.workspace import Workspace

EXPORTS = {"links.csv": LINKS_COLUMNS, "findings.csv": FINDINGS_COLUMNS}
_PLACE_ORDER = ["department", "file", "sheet", "row", "record_id"]


@dataclass(frozen=True)
class Ingredients:
    """The frames of one period that an edition is made of.

    Attributes:
        lines: by which every output counts (`assets.publishing.edition_lines`).
        before: the same of the last period of this kind; empty for the first one.
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

    def through(self, see: Callable[[pd.DataFrame], pd.DataFrame]) -> Ingredients:
        """The same with every frame that names a child seen as somebody may see it."""
        return replace(
            self,
            findings=see(self.findings),
            links=see(self.links),
            pairs=see(self.pairs),
            children=see(self.children),
            records=see(self.records),
            life=see(self.life),
        )


def write_exports(found: Ingredients, names: FileNames, folder: Path) -> str:
    """Write links.csv and findings.csv; returns the hash of their bytes, which names the edition.

    Files and sheets stand there under the names that may be said: other systems read these lists, and files are named after children.
    """
    links = found.links.sort_values(_PLACE_ORDER, kind="stable")
    links = links.assign(probability=[f"{float(value):.6f}" for value in links["probability"]])
    frames = {"links.csv": links, "findings.csv": found.findings}
    digest = hashlib.sha256()
    for name, columns in EXPORTS.items():
        path = write_csv(names.on(frames[name])[list(columns)], folder / name, EXACT)
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_workbooks(found: Ingredients, workspace: Workspace, folder: Path, veil: Protected) -> list[Published]:
    """Write the workbooks of departments, townships and the summary below the folder, those of persons in folders of their own."""
    shown, seen = asked_now(found), found.through(veil.without)
    shown = shown.assign(
        held=shown["finding_id"].map(held_lines(FrameStore(workspace.frames), found.period)).fillna("")
    )
    context = _context(seen, workspace)
    # A protected child counts for the county, never for a township: its lines are in the figures without their places.
    whole = replace(context, life=found.life, lines=veil.placeless(found.lines), before=found.before)
    written = publish_workbooks(veil.without(shown), seen.children, seen.records, whole, folder)
    for person in veil.named:
        frames = [veil.but_for(person).without(frame) for frame in (found.children, found.records)]
        written += write_person_book(veil.only(shown, person), (frames[0], frames[1]), context, (person, folder))
    return written


def write_review_workbooks(found: Ingredients, workspace: Workspace, folder: Path, veil: Protected) -> int:
    """Write the pairs that wait for a person; returns how many. A pair with a protected child waits for the named person."""
    context, waiting = bare_context(workspace, found.period), review_pairs(found.pairs)
    count = write_review(veil.without(waiting), found.records, context, folder)
    for person in veil.named:
        whom = printed_for(person)
        count += write_review(veil.only(waiting, person), found.records, context, folder_of(person, folder), whom)
    return count


def asked_now(found: Ingredients) -> pd.DataFrame:
    """The findings that somebody is asked to look at: not those that were answered and whose evidence is the same.

    Returns:
        The lists with `life` (新发现, 第2期, 复发) and, where one has come back, why, before its reason.
    """
    if found.life.empty:
        return found.findings.assign(life="")
    life = found.life.set_index("finding_id")
    goes_out = [status == ASKED for status in status_of(found.findings, found.life)]
    shown = found.findings[np.array(goes_out, dtype=np.bool_)]  # an empty list would choose columns
    mine = life.reindex(shown["finding_id"])
    shown = with_asked(shown, found.life)
    past = zip(*(mine[name].fillna("") for name in ("kind", "text", "answer")), strict=True)
    return shown.assign(
        reason=[f"{_before(*one)}{reason}" for one, reason in zip(past, shown["reason"], strict=True)],
        life=[_age(*row, found.period) for row in _ages(mine)],
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


def _before(kind: str, text: str, answer: str) -> str:
    """What a reader must know of a line's past: why it came back, or what was answered while it stays open."""
    if kind == RETURNED:
        return f"【复发】{text}。"
    if kind == PASSED:
        return f"【转核】{text}。"
    return f"【上次答复：{answer}】" if answer else ""


def _ages(mine: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(mine["kind"].fillna(""), mine["first_period"].fillna(""), strict=True))


def _age(kind: str, first: str, period: str) -> str:
    if kind == RETURNED:
        return "复发"
    if not first or first == period:
        return "新发现"
    return f"第{Period.parse(first).steps_to(Period.parse(period)) + 1}期"


def bare_context(workspace: Workspace, label: str) -> PublishContext:
    """What every workbook of a period says about itself: place, office, lists; no data."""
    profile, period = profile_of(workspace), Period.parse(label)
    place = profile.place.county_name.value or ""
    office = f"{place}民政局" if place else ""
    return PublishContext(
        period.label,
        period.last_day,
        place,
        _lists(profile),
        office,
        layout=layout_for(profile),
        names_masked=profile.masking.name_masked_in_summary.known(),
        naming=naming_of(workspace, period.label),
        groups={code: labels().value(code) for code in profile.comparison.groups.known()},
    )


def _context(found: Ingredients, workspace: Workspace) -> PublishContext:
    came = delivered_sources(found.accounting.to_dict("records"), FrameStore(workspace.frames), found.period)
    missing = not_computed(profile_of(workspace), came)
    return replace(
        bare_context(workspace, found.period),
        not_computed=dict(zip(missing["code"], missing["sentence"], strict=True)),
        accounting=found.accounting,
        life=found.life,
        links=found.links,
        pairs=found.pairs,
        rates=found.rates,
        towns=tuple(dict.fromkeys(town for town, _ in official_areas(workspace))),
        department_names=found.department_names,
        further=_further(found, profile_of(workspace)),
        audit_head=found.audit_head,
    )


def _further(found: Ingredients, profile: Profile) -> FurtherBooks:
    nobody, period = pd.DataFrame(), Period.parse(found.period)
    files = ChildFiles(found.children, found.records, nobody, period.last_day, period.label, "")
    return FurtherBooks(books_of(profile), extra_ledgers(View(files, profile, profile.catalogue)))


def _lists(profile: Profile) -> tuple[ListInfo, ...]:
    known = load_catalogue().lists
    return tuple(
        _list_info(code, info, profile)
        for code, info in known.items()
        if code in profile.lists and profile.lists[code].active
    )


def _list_info(code: str, info: Known, profile: Profile) -> ListInfo:
    catalogue, rule = profile.catalogue, profile.lists[code]
    due = rule.due or (f"{rule.due_days} 日内" if rule.due_days else "")
    return ListInfo(
        code=code,
        name=info.name,
        short=info.name[:6],
        meaning=info.meaning,
        action=info.ask,
        clause=f"{info.clause}；{rule.clause}" if rule.clause else info.clause,
        owner=catalogue.recipients[rule.lead],
        recipients=tuple(rule.recipients),
        due=due,
        answers=tuple(info.answers),
        urgent=rule.is_urgent,
        comparison=info.comparison,
    )
