"""Who may see which child: the one place that every output asks (rules/law.md#protected, #case-secrecy, rules/workflow.md#m42).

Belongs here: which children a mark reaches, and frames without them or of them alone. Does not belong here: where marks are kept
(`pipelines.resources.protection_marks`), what a workbook or a feed does with the rest. An output that reads children from a period's frames and
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
from matching.decisions.clerical import content_keys
from pipelines.resources import protection_marks
from pipelines.resources.protection_marks import COLUMN, LIFT, Mark, Move
from pipelines.resources.session import Session

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
        if "near" not in rest.columns:
            return rest

        # Few texts name one of these children, and reading JSON is slow: only those are read.
        names_one = re.compile("|".join(map(re.escape, sorted(self.persons))))

        def cleaned(text: str) -> str:
            if not names_one.search(text):
                return text
            others = [entry for entry in json.loads(text) if entry.get("child_id") not in self.persons]
            return json.dumps(others, ensure_ascii=False, separators=(",", ":"))

        return rest.assign(near=rest["near"].map(cleaned))

    def only(self, frame: pd.DataFrame, person: str) -> pd.DataFrame:
        """The rows that this person alone may see; what concerns another person's child as well is nobody's."""
        own = self._kept(lambda who: who == person)
        return self.but_for(person).without(frame[own.hides(frame)])

    def but_for(self, person: str) -> Protected:
        """The same as this person sees it: the own children are open, those of others are not."""
        return self._kept(lambda who: who != person)

    def _kept(self, wanted: Callable[[str], bool]) -> Protected:
        persons = {child: who for child, who in self.persons.items() if wanted(who)}
        records = {record: child for record, child in self.records.items() if child in persons}
        return replace(self, persons=persons, records=records)

    def placeless(self, frame: pd.DataFrame) -> pd.DataFrame:
        """All rows, for figures: a protected child counts for the county, never for a township, a village or a school.

        A table by township beside the township's own workbook would otherwise tell the place by the difference.
        """
        if not self or frame.empty:
            return frame
        hidden = self.hides(frame)
        blank = {name: frame[name].mask(hidden, "") for name in _PLACES if name in frame.columns}
        return frame.assign(**blank) if hidden.any() else frame


def protected_in(opened: Session, period: str) -> Protected:
    """The protected children of a period, by people's marks and by what the departments' own columns say.

    Args:
        opened: the workspace.
        period: a period that was run, at least to its child files; else only numbers are known, no records.
    """
    frames, register_events = opened.frames, "link_register.events"
    with opened.engine.connect() as connection:
        marks, moves = protection_marks.read(connection), protection_marks.moves(connection)
    # This period's own merges and splits are in the database only once it is published, and it is protected before that.
    if frames.exists(register_events, period):
        events = frames.read(register_events, period)[["kind", "child_id", "other_id"]]
        moves += [Move(period, *row) for row in events.itertuples(index=False)]
    whole = "child_files.records"
    records = frames.read(whole, period, _READ) if frames.exists(whole, period) else pd.DataFrame()
    if not set(_READ) <= set(records.columns):  # a period that was run before the column was known
        records = records.reindex(columns=_READ, fill_value="")
    history = ProtectionHistory(period, tuple(marks), tuple(moves))
    veil = protected_of(records, history, opened.workspace.settings.protected_person)
    if not veil.records or not frames.exists("link_pairs", period):
        return veil
    return with_doubles(veil, records, frames.read("link_pairs", period, ["record_a", "record_b", "grade"]))


def with_doubles(veil: Protected, records: pd.DataFrame, pairs: pd.DataFrame) -> Protected:
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
    theirs = records[records["child_id"].isin(list(doubles))]
    hidden = {**veil.records, **dict(zip(theirs["record_id"], theirs["child_id"], strict=True))}
    return replace(veil, persons={**veil.persons, **doubles}, records=hidden)


@dataclass(frozen=True)
class ProtectionHistory:
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


def protected_of(records: pd.DataFrame, history: ProtectionHistory, default: str = "") -> Protected:
    """Which children are protected, and for whom.

    A mark reaches the child under every number it had, whoever was split from it since, and whoever has a record with the
    same citizen number, or the same name, birth date and guardians: a child is rather hidden too much than shown once. A column
    that is delivered protects whatever people lifted: the department has to correct it first.

    Args:
        records: of the child files.
        history: marks and moves.
        default: the person for children without one of their own.
    """
    standing = _standing(history)
    by_number = _by_number(standing, history.moves)
    by_column = sorted(set(records.loc[records[FIELD] == "yes", "child_id"]))
    persons: dict[str, str] = {}
    # The first person who is named has it: a mark's own before one that content brings, and a column names nobody.
    for child, person in [*by_number, *_by_content(standing, records), *((child, "") for child in by_column)]:
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
        fresh=_marks_of_columns(records, set(by_column) - {child for child, _ in by_number}, history.period),
    )


def _standing(history: ProtectionHistory) -> dict[str, _Standing]:
    """The marks that nobody lifted, by the number that leads now; a column's mark does not put a named person aside."""
    leads, standing = _leads(history.moves), dict[str, _Standing]()
    for mark in history.marks:
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
        people = {(name, birth) for _, _, name, birth in (key.split(" ") for key in mark.keys) if name != "-"}
        reached += [
            (child, mark.recipient)
            for child, (_, number, name, birth), dated in zip(children, parts, born, strict=True)
            # Without a birth date it is a bare name wherever guardians are missing, too, and a bare name is anybody's.
            if number in numbers or (dated and (name, birth) in people)
        ]
    return list(dict.fromkeys(reached))


def _marks_of_columns(records: pd.DataFrame, children: Iterable[str], period: str) -> tuple[Mark, ...]:
    """A mark for every child that only a delivered column protects, signed by the departments whose column it is."""
    marks = []
    for child in sorted(children):
        own = records[records["child_id"] == child]
        sources = "、".join(sorted(set(own.loc[own[FIELD] == "yes", "department"])))
        marks.append(
            Mark(child, period, protection_marks.PROTECT, COLUMN, "", sources, "来源数据的保护标记", "", keys_of(own))
        )
    return tuple(marks)


def keys_of(records: pd.DataFrame) -> str:
    """What a mark remembers of a child's records, one a line: digests only."""
    return "\n".join(sorted(set(content_keys(records.reset_index(drop=True)))))


def book_of(person: str) -> str:
    """The folder of a person, below `受保护儿童` and in the place of a unit's name in `passwords.csv`."""
    return person or NOBODY


def printed_for(person: str) -> str:
    """The recipient as the person's workbook prints it on every page."""
    return f"{FOLDER} – 仅限 {person} 本人" if person else f"{FOLDER} – 仅限{NOBODY}"
