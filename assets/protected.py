"""Who may see which child: the one place that every output asks (rules/law.md#protected, #case-secrecy, rules/workflow.md#m42).

Belongs here: which children a mark reaches, and frames without them or of them alone. Does not belong here: where marks are kept
(`pipelines.resources.protecting`), what a workbook or a feed does with the rest. An output that reads children from a period's frames and
does not pass them through `Protected` is a fault; `tests/pipelines/test_protected_child.py` looks into every file for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray
from matching.decisions.judged import content_keys
from pipelines.resources import protecting
from pipelines.resources.protecting import COLUMN, LIFT, Mark, Move
from pipelines.resources.session import Opened

FIELD = "protected"
FOLDER = "受保护儿童"
NOBODY = "民政局专册"
_CHILDREN = ("child_id", "other_child_id")
_RECORDS = ("record_id", "record_a", "record_b", "other_record_id")
# What says where a child lives or learns, or in whose file it stands; figures need none of it.
_PLACES = (
    *("town", "village", "live_town", "live_village", "hukou_town", "hukou_village", "hukou_addr", "live_addr"),
    *("school", "file", "sheet", "guardian_name", "phone"),
)
# Grades of pairs whose two records may be one child.
_LIKELY = ("same", "review")
_READ = [
    *("child_id", "record_id", FIELD, "department", "layout", "id_no", "id_no_raw", "name", "birth_date"),
    *("father_name", "mother_name", "guardian_name"),
]


@dataclass(frozen=True)
class Protected:
    """The protected children as one period knows them.

    Attributes:
        persons: every number that such a child has or had -> the person who alone may see it; "" = the bureau's own book.
        records: the records of these children -> the child.
        present: how many of them the period's data hold, without those who only may be one of them.
        unnamed: how many of those have no person of their own.
        fresh: marks that a delivered column sets anew; kept with the publication, so that they outlast the column.
    """

    persons: Mapping[str, str] = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)
    present: int = 0
    unnamed: int = 0
    fresh: tuple[Mark, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.persons)

    @property
    def named(self) -> list[str]:
        """The persons, in a fixed order."""
        return sorted(set(self.persons.values()))

    def hides(self, frame: pd.DataFrame) -> BoolArray:
        """Rows that speak of a protected child, by any column that names a child or a record."""
        hidden = np.zeros(len(frame), dtype=np.bool_)
        for names, known in ((_CHILDREN, self.persons), (_RECORDS, self.records)):
            for name in names:
                if known and name in frame.columns:
                    hidden |= frame[name].isin(list(known)).to_numpy(np.bool_)
        return hidden

    def without(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of everybody else; a protected child is not named as a near candidate on them either."""
        if not self or frame.empty:
            return frame
        rest = frame[~self.hides(frame)]
        return rest.assign(near=self._near(rest["near"])) if "near" in rest.columns else rest

    def only(self, frame: pd.DataFrame, person: str) -> pd.DataFrame:
        """The rows that this person alone may see; what concerns another person's child as well is nobody's."""
        own = self._kept(lambda who: who == person)
        return self.but_for(person).without(frame[own.hides(frame)])

    def but_for(self, person: str) -> Protected:
        """The same as this person sees it: the own children are open, those of others are not."""
        return self._kept(lambda who: who != person)

    def _kept(self, wanted: Callable[[str], bool]) -> Protected:
        persons = {child: who for child, who in self.persons.items() if wanted(who)}
        return replace(
            self, persons=persons, records={name: one for name, one in self.records.items() if one in persons}
        )

    def placeless(self, frame: pd.DataFrame) -> pd.DataFrame:
        """All rows, for figures: a protected child counts for the county, never for a township, a village or a school.

        A table by township beside the township's own workbook would otherwise tell the place by the difference.
        """
        if not self or frame.empty:
            return frame
        hidden = self.hides(frame)
        blank = {name: frame[name].mask(hidden, "") for name in _PLACES if name in frame.columns}
        return frame.assign(**blank) if hidden.any() else frame

    def _near(self, column: pd.Series) -> pd.Series:
        known = re.compile("|".join(map(re.escape, sorted(self.persons))))
        return column.map(lambda text: self._cleaned(text) if known.search(text) else text)

    def _cleaned(self, text: str) -> str:
        kept = [entry for entry in json.loads(text) if entry.get("child_id") not in self.persons]
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def protected_in(opened: Opened, period: str) -> Protected:
    """The protected children of a period, by people's marks and by what the departments' own columns say.

    Args:
        opened: the workspace.
        period: a period that was run, at least to its child files; else only numbers are known, no records.
    """
    frames, links = opened.frames, "link_register.events"
    with opened.engine.connect() as connection:
        marks, moves = protecting.read(connection), protecting.moves(connection)
    if frames.exists(links, period):
        now = frames.read(links, period)
        moves += [Move(period, *row) for row in now[["kind", "child_id", "other_id"]].itertuples(index=False)]
    whole = "child_files.records"
    records = frames.read(whole, period, _READ) if frames.exists(whole, period) else pd.DataFrame()
    if not set(_READ) <= set(records.columns):  # a period that was run before the column was known
        records = records.reindex(columns=_READ, fill_value="")
    veil = protected_of(records, Known(period, tuple(marks), tuple(moves)), opened.workspace.settings.protected_person)
    if not veil.records or not frames.exists("link_pairs", period):
        return veil
    return _with_doubles(veil, records, frames.read("link_pairs", period, ["record_a", "record_b", "grade"]))


def _with_doubles(veil: Protected, records: pd.DataFrame, pairs: pd.DataFrame) -> Protected:
    """The same with whoever may be one of these children: a pair that waits for a judgement, or was kept apart although alike.

    An unlinked row of the new school is no child's but its own, and bears no mark.
    """
    likely = pairs[pairs["grade"].isin(_LIKELY)]
    touching = likely[veil.hides(likely)]
    owners = records.set_index("record_id")["child_id"]
    doubles = dict[str, str]()
    for a, b in touching[["record_a", "record_b"]].itertuples(index=False):
        for own, other in ((a, b), (b, a)):
            child = str(owners.get(other, ""))
            if own in veil.records and child and child not in veil.persons:
                doubles.setdefault(child, veil.persons[veil.records[own]])
    mine = records[records["child_id"].isin(list(doubles))]
    known = {**veil.records, **dict(zip(mine["record_id"], mine["child_id"], strict=True))}
    return replace(veil, persons={**veil.persons, **doubles}, records=known)


@dataclass(frozen=True)
class Known:
    """What is known beside the records: the period, all marks, all merges and splits of numbers, each in its order."""

    period: str
    marks: tuple[Mark, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass
class _Standing:
    """A mark that stands: for whom, since which period, and the content by which the child is known again."""

    recipient: str
    since: str
    keys: set[str]


def protected_of(records: pd.DataFrame, known: Known, default: str = "") -> Protected:
    """Which children are protected, and for whom.

    A mark reaches the child under every number it had, whoever was split from it since, and whoever has a record with the
    same citizen number, or the same name, birth date and guardians: a child is rather hidden too much than shown once. A column
    that is delivered protects whatever people lifted: the department has to correct it first.

    Args:
        records: of the child files.
        known: marks and moves.
        default: the person for children without one of their own.
    """
    standing = _standing(known)
    reached = [*_by_number(standing, known.moves), *_by_content(standing, records), *_by_column(records)]
    persons: dict[str, str] = {}
    for child, person in reached:
        persons[child] = persons.get(child, "") or person
    if not persons:
        return Protected()
    here = records[records["child_id"].isin(list(persons))]
    present = set(here["child_id"])
    return Protected(
        persons={child: person or default for child, person in persons.items()},
        records=dict(zip(here["record_id"], here["child_id"], strict=True)),
        present=len(present),
        unnamed=sum(not persons[child] for child in present),
        fresh=tuple(_fresh(records, standing, known)),
    )


def _standing(known: Known) -> dict[str, _Standing]:
    """The marks that nobody lifted, by the number that leads now; a column's mark does not put a named person aside."""
    leads, standing = _leads(known.moves), dict[str, _Standing]()
    for mark in known.marks:
        child = leads.get(mark.child_id, mark.child_id)
        if mark.kind == LIFT:
            standing.pop(child, None)
            continue
        before = standing.get(child, _Standing("", mark.period, set()))
        keys = before.keys | set(filter(None, mark.keys.split("\n")))
        standing[child] = _Standing(mark.recipient or before.recipient, min(before.since, mark.period), keys)
    return standing


def _leads(moves: Iterable[Move]) -> dict[str, str]:
    """Ended number -> the one that leads; chains are followed to their end."""
    step = {move.other_id: move.child_id for move in moves if move.kind == "merge"}
    leads = {}
    for ended in step:
        name, seen = ended, {ended}
        while name in step and step[name] not in seen:
            name = step[name]
            seen.add(name)
        leads[ended] = name
    return leads


def _by_number(standing: Mapping[str, _Standing], moves: Sequence[Move]) -> list[tuple[str, str]]:
    leads = _leads(moves)
    reached = []
    for child, mark in standing.items():
        numbers = {child, *(ended for ended, lead in leads.items() if lead == child)}
        # In the order of the periods, so that what was split from a split-off is reached, too.
        for move in moves:
            if move.kind == "split" and move.child_id in numbers and move.period >= mark.since:
                numbers |= {move.other_id, leads.get(move.other_id, move.other_id)}
        reached += [(number, mark.recipient) for number in sorted(numbers)]
    return reached


def _by_content(standing: Mapping[str, _Standing], records: pd.DataFrame) -> list[tuple[str, str]]:
    """Children with a record that a mark remembers: a number made anew in the same period may be another child's."""
    if not any(mark.keys for mark in standing.values()) or records.empty:
        return []
    parts = [key.split(" ") for key in content_keys(records)]
    children, born = records["child_id"].tolist(), (records["birth_date"] != "").tolist()
    reached = []
    for mark in standing.values():
        numbers = {number for _, number, _, _ in (key.split(" ") for key in mark.keys)} - {"-"}
        people = {(name, cradle) for _, _, name, cradle in (key.split(" ") for key in mark.keys) if name != "-"}
        reached += [
            (child, mark.recipient)
            for child, (_, number, name, cradle), dated in zip(children, parts, born, strict=True)
            if number in numbers or (dated and (name, cradle) in people)
        ]
    return list(dict.fromkeys(reached))


def _by_column(records: pd.DataFrame) -> list[tuple[str, str]]:
    return [(child, "") for child in sorted(set(records.loc[records[FIELD] == "yes", "child_id"]))]


def _fresh(records: pd.DataFrame, standing: Mapping[str, _Standing], known: Known) -> Iterable[Mark]:
    marked = {child for child, _ in _by_number(standing, known.moves)}
    for child, _ in _by_column(records):
        if child not in marked:
            mine = records[records["child_id"] == child]
            sources = "、".join(sorted(set(mine.loc[mine[FIELD] == "yes", "department"])))
            yield Mark(
                child, known.period, protecting.PROTECT, COLUMN, "", sources, "来源数据的保护标记", "", keys_of(mine)
            )


def keys_of(records: pd.DataFrame) -> str:
    """What a mark remembers of a child's records, one a line: digests only."""
    return "\n".join(sorted(set(content_keys(records.reset_index(drop=True)))))


def book_of(person: str) -> str:
    """The folder of a person, below `受保护儿童` and in the place of a unit's name in `passwords.csv`."""
    return person or NOBODY


def printed_for(person: str) -> str:
    """The recipient as the person's workbook prints it on every page."""
    return f"{FOLDER} – 仅限 {person} 本人" if person else f"{FOLDER} – 仅限{NOBODY}"
