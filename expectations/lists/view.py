"""What a list sees: child files, profile and catalogue, with the few questions every list asks of them.

Belongs here: masks over records, "any" and "first" per child, drafts of findings. Not here: any list's condition.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from expectations.jurisdictions.profile import Profile
from expectations.lists.catalogue import Catalogue
from expectations.lists.columns import CodedColumns, Texts
from expectations.lists.comparable import name_keys
from expectations.lists.files import REGISTER_COUNTY, VEILED, BoolArray, ChildFiles, EarlierPeriod, IntArray

ANY_VALUE = "*"
"""Stands among codes for whatever is filled in."""


@dataclass(frozen=True)
class View:
    """Child files as a list reads them; masks over records are in record order, those over children in child order."""

    files: ChildFiles
    profile: Profile
    catalogue: Catalogue
    earlier: tuple[EarlierPeriod, ...] = ()
    """Earlier periods of the same kind that are kept, the latest first."""

    @property
    def n(self) -> int:
        """Number of children."""
        return len(self.files.children)

    @cached_property
    def child(self) -> IntArray:
        """Child row number of each record."""
        return self.files.records["child"].to_numpy(np.int64)

    @cached_property
    def active(self) -> BoolArray:
        """Records that still count on their department's roll."""
        return self.files.records["active"].to_numpy(np.bool_)

    @cached_property
    def compared(self) -> BoolArray:
        """Active records whose writing is compared with others': a visit book or a class list is no register of names."""
        return self.active & self.registers & self.own

    @cached_property
    def own(self) -> BoolArray:
        """Records of the own county's registers; another county's say where a child is, and no line is about them (rules/places-and-people.md#several-counties)."""
        if REGISTER_COUNTY not in self.files.records.columns:  # files of an earlier state
            return np.ones(len(self.child), dtype=np.bool_)
        return ~self.filled(REGISTER_COUNTY)

    @cached_property
    def registers(self) -> BoolArray:
        """Records of the books whose writing is compared, also those that have ended; no visit book, no class list."""
        return ~self.of(*self.profile.consistency.not_compared.known())

    @cached_property
    def beside(self) -> CodedColumns:
        """The records about adults as codes."""
        return CodedColumns(self.files.beside)

    @cached_property
    def roll(self) -> BoolArray:
        """Rows of civil affairs' rolls of children; a member of a 低保 household stands in no roll of children (rules/files.md#ff16)."""
        return self.of("civil_affairs") & self.active & ~self.codes("layout", ["household_members"])

    @cached_property
    def helped(self) -> BoolArray:
        """The rolls, and the members of households that are covered themselves, whichever file says so."""
        members = self.codes("layout", ["household_members"]) & self.of("civil_affairs", "subsistence") & self.active
        return self.roll | (members & self.filled("aid"))

    @cached_property
    def records(self) -> CodedColumns:
        """The records' columns as codes."""
        return CodedColumns(self.files.records)

    @cached_property
    def children(self) -> CodedColumns:
        """The children's columns as codes."""
        return CodedColumns(self.files.children)

    @cached_property
    def statements(self) -> dict[str, pd.DataFrame]:
        """What was found out about a field already, see `stated`."""
        return {}

    @cached_property
    def notes(self) -> dict[str, Any]:
        """What was worked out for all lists once, by name."""
        return {}

    @cached_property
    def _keys_of_names(self) -> dict[str, Texts]:
        return {}

    def name_keys(self, field: str) -> Texts:
        """Comparable names of a record column, see `comparable.name_keys`."""
        if field not in self._keys_of_names:
            self._keys_of_names[field] = name_keys(self.records, field, self.profile)
        return self._keys_of_names[field]

    def of(self, *departments: str) -> BoolArray:
        """Records of these departments."""
        return self.records.isin("department", departments)

    def source(self, name: str) -> BoolArray:
        """Records of a source of the catalogue: of its departments, or of its layouts of a department."""
        mask = np.zeros(len(self.child), dtype=np.bool_)
        for origin in self.catalogue.sources[name].origins:
            department, _, layout = origin.partition(".")
            mask |= self.of(department) & (self.codes("layout", [layout]) if layout else True)
        return mask

    def codes(self, field: str, wanted: Collection[str]) -> BoolArray:
        """Records whose field holds one of the codes."""
        return self.records.isin(field, wanted)

    def tokens(self, field: str, wanted: Collection[str]) -> BoolArray:
        """Records whose `;`-joined set field holds one of the codes."""
        return self.records.tokens(field, wanted)

    @cached_property
    def veiled(self) -> BoolArray:
        """Children whom only one named person may see; nobody where it was not said."""
        return self.flag(VEILED) if VEILED in self.files.children else np.zeros(self.n, dtype=np.bool_)

    def any(self, records: BoolArray) -> BoolArray:
        """Children that have a record in the mask."""
        return np.asarray(np.bincount(self.child[records], minlength=self.n) > 0, dtype=np.bool_)

    def filled(self, field: str) -> BoolArray:
        """Records that have a value in a field."""
        return self.records.filled(field)

    def words(self, field: str, wanted: Collection[str]) -> BoolArray:
        """Records whose free text holds one of the words."""
        return self.records.test(field, lambda text: any(word in text for word in wanted))

    def marked(self, marks: Mapping[str, Collection[str]]) -> BoolArray:
        """Children of whom an active record bears one of the marks: field -> codes, `*` for any value."""
        rows = np.zeros(len(self.child), dtype=np.bool_)
        for field, codes in marks.items():
            rows |= self.filled(field) if ANY_VALUE in codes else self.tokens(field, codes)
        return self.any(rows & self.active)

    def count(self, records: BoolArray) -> IntArray:
        """Number of records in the mask, per child."""
        return np.asarray(np.bincount(self.child[records], minlength=self.n), dtype=np.int64)

    def first(self, *masks: BoolArray) -> IntArray:
        """Per child the position of its first record in the first mask that has one, the own county's before another's; -1 = none."""
        position = np.full(self.n, -1, dtype=np.int64)
        if not self.own.all():
            masks = tuple(part for mask in masks for part in (mask & self.own, mask))
        # Written back to front: what is written last, the first record of the first mask, stays.
        for mask in reversed(masks):
            at = np.flatnonzero(mask)[::-1]
            position[self.child[at]] = at
        return position

    def text(self, column: str) -> pd.Series:
        """A text column of the children."""
        return self.files.children[column]

    def number(self, column: str) -> IntArray:
        """A whole-number column of the children, such as `age`."""
        return self.files.children[column].to_numpy(np.int64)

    def flag(self, column: str, value: str = "yes") -> BoolArray:
        """Children whose text column has this value."""
        return self.children.isin(column, [value])

    def truth(self, column: str) -> BoolArray:
        """A true/false column of the children."""
        return self.files.children[column].to_numpy(np.bool_)

    def record_text(self, column: str, at: IntArray) -> pd.Series:
        """Values of a record column at record positions, "" where -1."""
        return pd.Series(np.append(self.files.records[column].to_numpy(object), "")[at], dtype=object)


def sentences(view: View, text: str) -> Texts:
    """The same sentence for every child, to which notes are then added."""
    return np.full(view.n, text, dtype=object)


def with_note(reason: Texts, where: BoolArray, note: str) -> Texts:
    """Add a clause to the sentence of some children."""
    noted = reason.copy()
    noted[where] += "；" + note
    return noted


def no_drafts(view: View) -> pd.DataFrame:
    """The drafts of a list that found nobody."""
    nobody, zeros = np.zeros(view.n, dtype=np.bool_), np.zeros(view.n, dtype=np.int64)
    return draft(nobody, zeros, zeros, sentences(view, ""))


TO_JUDGE = "to_judge"


def to_be_judged(drafts: pd.DataFrame, where: BoolArray) -> pd.DataFrame:
    """Mark the drafts of some children as lines that wait for the judge whom the catalogue names for the list (`ListInfo.judged_by`): nobody walks for them."""
    return drafts.assign(**{TO_JUDGE: where[drafts["child"].to_numpy(np.int64)]})


def draft(listed: BoolArray, record: IntArray, grade: IntArray, reason: Texts, field: str = "") -> pd.DataFrame:
    """Draft findings: `child, record, field, grade, reason`, one row per listed child that has a record to name.

    Args:
        listed: children on the list.
        record: position of the record that the finding names, per child.
        grade: 0, 1 or 2 per child (place in the catalogue's `grades`).
        reason: sentence per child, without full stop and without personal values.
        field: the field concerned, for lists that may have several findings per child.
    """
    at = np.flatnonzero(listed & (record >= 0))
    return pd.DataFrame(
        {"child": at, "record": record[at], "field": field, "grade": grade[at], "reason": reason[at] + "。"}
    )
