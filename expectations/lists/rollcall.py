"""What the class lists say of the pupils: who is there, who is not, who is called by a name that only sounds like the pupil's.

Belongs here: reading 学校在校名单 beside the register (rules/definitions.md#four-checks, rules/files.md#ff17). Not here: which pupil stands on a list for it
(`attendance`, `schooling`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from expectations.lists.columns import Texts
from expectations.lists.files import BoolArray
from expectations.lists.view import View
from expectations.lists.wording import name_levels, wording
from matching.reading.regions import area_name

# School, grade and name as they stand in a class list; a list of the whole school has no grades.
_Place = tuple[str, str]


@dataclass(frozen=True)
class RollCall:
    """The class lists of a period, read beside the register.

    Attributes:
        pupils: records of the register that are 在读.
        roll: records of class lists.
        covered: records of pupils whose school and grade sent a list.
        named: children whom a row of theirs calls absent.
        called: children whom a row without a number calls absent, by school, grade and name.
        present: children whom a list shows at school.
        missing: children who should stand on a list and do not, whatever sounds like them.
        heard: children of `missing` for whom a row of the same class stands that can only be theirs, written as it is spoken.
        perhaps_heard: children of `missing` for whom such a row may be another child's.
    """

    pupils: BoolArray
    roll: BoolArray
    covered: BoolArray
    named: BoolArray
    called: BoolArray
    present: BoolArray
    missing: BoolArray
    heard: BoolArray
    perhaps_heard: BoolArray


def roll_call(view: View) -> RollCall:
    """The class lists of the period, read once for all lists."""
    if "roll_call" not in view.notes:
        view.notes["roll_call"] = _read(view)
    calls: RollCall = view.notes["roll_call"]
    return calls


def _read(view: View) -> RollCall:
    school = view.profile.school
    pupils = view.of("education") & view.codes("state", ["active", "in"])
    roll = view.source("attendance")
    # A row that gives 辍学 or 失联 as where the pupil is shows nobody at school, though it has no column 是否在校.
    gone = view.codes("study_status", school.said_left.known()) & ~view.codes("present", ["yes"])
    absent = roll & (view.codes("present", ["no"]) | gone)
    there = roll & ~absent
    covered = pupils & _covered(view, roll)

    # Class lists often carry no number: a row that belongs to no pupil may still call one by name.
    loose = roll & ~view.any(pupils)[view.child]
    excused = loose & view.codes("study_status", school.absence_excused.known())
    called = view.any(_called(view, pupils, loose & absent & ~excused))
    present = view.any(there) | view.any(_called(view, pupils, excused | (loose & there)))
    # Nobody has to be in kindergarten.
    missing = view.any(pupils & ~view.codes("grade", ["K"])) & view.any(covered) & ~view.any(roll) & ~present & ~called
    heard, perhaps_heard = _heard(view, covered & missing[view.child], loose & there)
    return RollCall(pupils, roll, covered, view.any(absent), called, present, missing, heard, perhaps_heard)


def _called(view: View, pupils: BoolArray, rows: BoolArray) -> BoolArray:
    """Pupils whom a list of their school and grade calls by a name of theirs, without a number: such a row finds no child (rules/files.md#ff17)."""
    school, grade, name = _plain(view, "school"), view.files.records["grade"].to_numpy(object), view.name_keys("name")
    listed_at = np.flatnonzero(rows & (school != "") & (name != ""))
    entries = {(school[i], grade[i], name[i]) for i in listed_at.tolist()}
    pupils_at = np.flatnonzero(pupils & np.isin(school.astype(str), school[listed_at].astype(str)))

    # Whatever any department calls the child: a class list may have been written before its name was changed.
    names: dict[int, set[str]] = {}
    own_at = np.flatnonzero(np.isin(view.child, view.child[pupils_at]))
    for field in ("name", "former_name"):
        keys = view.name_keys(field)
        for i in own_at[keys[own_at] != ""].tolist():
            names.setdefault(int(view.child[i]), set()).add(str(keys[i]))

    called = np.zeros(len(view.child), dtype=np.bool_)
    for i in pupils_at.tolist():
        own_names = names.get(int(view.child[i]), set())
        # A list of the whole school has no grades.
        called[i] = any((school[i], of_grade, key) in entries for key in own_names for of_grade in (grade[i], ""))
    return called


def _covered(view: View, roll: BoolArray) -> BoolArray:
    """Pupils of schools and grades that the attendance lists cover; a school that sent none says nothing."""
    schools, grades = _plain(view, "school"), view.files.records["grade"].to_numpy(object)
    # Where no list came, nobody is missing on one.
    if not roll.any():
        return np.zeros(len(schools), dtype=np.bool_)
    # Lists without schools are one list of the whole county.
    if not (schools[roll] != "").any():
        return np.ones(len(schools), dtype=np.bool_)
    classes = {(str(school), str(grade)) for school, grade in zip(schools[roll], grades[roll], strict=True)}
    whole = {school for school, grade in classes if not grade}
    covered = [school in whole or (school, grade) in classes for school, grade in zip(schools, grades, strict=True)]
    return np.array(covered, dtype=np.bool_)


def _heard(view: View, missing: BoolArray, rows: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Children of the `missing` records for whom a row sounds like them in their class: surely theirs, perhaps theirs.

    A homophone is how a teacher writes a name by ear (rules/names.md#names). It can only be the child's own where the class is the same, the row has no number and no
    other birth date, belongs to no other pupil by its very name, and sounds like nobody else who is missing.
    """
    pairs = np.array(list(_pairs(view, missing, rows)), dtype=np.int64).reshape(-1, 2)
    columns = view.files.records
    names = columns["name"].to_numpy(object)
    alike = np.isin(name_levels(names[pairs[:, 0]], names[pairs[:, 1]]), wording().heard_names)
    pupil, row = pairs[alike, 0], pairs[alike, 1]

    births, classes = columns["birth_date"].to_numpy(object), _classes(view)
    nameless = (columns["id_no"].to_numpy(object)[row] == "") & (columns["student_no"].to_numpy(object)[row] == "")
    same_day = (births[row] == "") | (births[row] == births[pupil])
    owners: dict[int, set[int]] = {}
    for child, at in zip(view.child[pupil].tolist(), row.tolist(), strict=True):
        owners.setdefault(at, set()).add(child)
    alone = np.array([len(owners[at]) == 1 for at in row.tolist()], dtype=np.bool_)
    sure = nameless & same_day & alone & (classes[pupil] != "") & (classes[pupil] == classes[row])

    heard, perhaps = np.zeros(view.n, dtype=np.bool_), np.zeros(view.n, dtype=np.bool_)
    heard[view.child[pupil[sure]]] = True
    perhaps[view.child[pupil]] = True
    return heard, perhaps & ~heard


def _pairs(view: View, missing: BoolArray, rows: BoolArray) -> Iterator[tuple[int, int]]:
    """Missing pupils and the rows of their school, grade and class (a row or pupil without a class fits any), as record positions."""
    school, grade = _plain(view, "school"), view.files.records["grade"].to_numpy(object)
    names, classes = view.name_keys("name"), _classes(view)
    # A row that is another pupil by its very name is that pupil's.
    register = np.flatnonzero(view.of("education") & view.codes("state", ["active", "in"]) & (names != ""))
    taken = {(school[i], grade[i], names[i]) for i in register.tolist()}
    whole = {(school_name, name) for school_name, _, name in taken}
    by_place: dict[_Place, list[int]] = {}
    for i in np.flatnonzero(rows & (school != "") & view.filled("name")).tolist():
        own = (school[i], grade[i], names[i]) in taken if grade[i] else (school[i], names[i]) in whole
        if not own:
            by_place.setdefault((school[i], grade[i]), []).append(i)
    for i in np.flatnonzero(missing & view.filled("name")).tolist():
        for of_grade in dict.fromkeys((grade[i], "")):
            for j in by_place.get((school[i], of_grade), []):
                if "" in (classes[i], classes[j]) or classes[i] == classes[j]:
                    yield i, j


def _classes(view: View) -> Texts:
    """Classes by their number where they have one: 01, 1班 and (1) are one."""
    return view.records.mapped("class_no", _class_key)


def _class_key(text: str) -> str:
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits or text.replace(" ", "").removesuffix("班")


def _plain(view: View, field: str) -> Texts:
    """Names of schools without county and blanks before the rest: 某县实验小学 and 实验小学 are one."""
    place = view.profile.place
    county = place.county_name.value or area_name(place.area_code.value or view.files.county)
    return view.records.mapped(field, lambda text: text.replace(" ", "").removeprefix(county))
