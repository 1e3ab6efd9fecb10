"""Units of a delivery and how many of their children were seen: by what the source had before, and by what other sources know.

Belongs here: who is expected where, counting, the sentence about a hole. Does not belong here: the arithmetic of shares (`shares`), what a list
makes of it. Source: rules/coverage.md#units.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.coverage.rules import coverage_rules
from expectations.coverage.shapes import (
    AGE,
    CONFIRMED,
    COUNTY,
    FILE,
    GRADE,
    HOLE,
    KEPT,
    KNOWN_ELSEWHERE,
    SCHOOL,
    SMALL,
    STAGE,
    TOWN,
    UNIT_COLUMNS,
    WHOLE,
    Past,
)
from expectations.coverage.shares import ShareBounds, Shares, UnitCounts, judge_shares
from expectations.jurisdictions.profile import Profile
from expectations.lists.ages import school_grade, years_in_words, youngest_years
from expectations.lists.files import BoolArray, ChildFiles, IntArray

REGISTERED_FROM = 1
"""Completed years from which on a birth is registered whatever the place's term for it (rules/definitions.md#register)."""
GONE_TOGETHER, TOGETHER_BY_CHANCE = 3, 1e-3
"""So many children of one unit do not leave it all at once; and how unlikely it must be that each of them left by itself."""

Labels = NDArray[np.object_]
Earlier = Mapping[tuple[str, str, str, str], float]
"""(source, basis, dimension, unit) -> the share seen there before."""


@dataclass(frozen=True)
class Population:
    """Children expected in a source, in one dimension: each child's unit ("": none), whether it was seen, its number.

    Attributes:
        source: department, or `department.layout`.
        basis: `kept` or `elsewhere`.
        dimension: one of the dimensions.
        unit: unit per child of the population.
        seen: whether the source has it now.
        child_id: the child.
    """

    source: str
    basis: str
    dimension: str
    unit: Labels
    seen: BoolArray
    child_id: Labels


@dataclass(frozen=True)
class CoverageContext:
    """What judging needs besides the records: the profile, what units had before, sources that a person confirmed to be whole, names of sources."""

    profile: Profile
    earlier: Earlier
    confirmed: frozenset[str]
    names: Mapping[str, str]

    def bounds(self) -> ShareBounds:
        """The place's thresholds."""
        settings = self.profile.coverage
        return ShareBounds(
            settings.smallest_unit.known(), settings.tail.known(), settings.below.known(), settings.spread.known()
        )

    def spoken(self, source: str) -> str:
        """A source as people call it: by its kind of file where that has a name, else by its department."""
        return self.names.get(source) or self.names.get(source.partition(".")[0], source)


def units_of(population: Population, context: CoverageContext) -> pd.DataFrame:
    """The units of one population, judged: `UNIT_COLUMNS` without rows before and now."""
    names, place = np.unique(population.unit.astype(str), return_inverse=True)
    asked = np.bincount(place, minlength=len(names)).astype(np.int64)
    seen = np.bincount(place[population.seen], minlength=len(names)).astype(np.int64)
    source, basis, dimension = population.source, population.basis, population.dimension
    past = np.array([context.earlier.get((source, basis, dimension, name), np.nan) for name in names])
    judged = judge_shares(UnitCounts(asked, seen, past), context.bounds(), _county_share(population, context))
    is_gone = judged.is_hole | _gone_together(dimension, asked, seen, judged.expected)
    state = np.where(is_gone, HOLE, np.where(judged.is_telling, WHOLE, SMALL)).astype(object)
    if source.partition(".")[0] in context.confirmed:
        state[is_gone] = CONFIRMED
    frame = pd.DataFrame(
        {
            "source": source,
            "basis": basis,
            "dimension": dimension,
            "unit": names.astype(object),
            "rows": seen,
            "rows_before": asked if basis == KEPT else 0,
            "asked": asked,
            "seen": seen,
            "share": np.where(asked > 0, seen / np.maximum(asked, 1), np.nan),
            "expected": judged.expected,
            "tail": judged.tail,
            "state": state,
        }
    )
    frame["because"] = ""
    # Without a past the whole county is held against the place's own bound.
    holes = frame[is_gone].assign(is_bound=np.isnan(past[is_gone]))
    frame.loc[is_gone, "because"] = [_sentence(row, context) for row in holes.to_dict("records")]
    # Children of whom nobody can say where they belong are no unit, except where the whole county is.
    return frame[(frame["unit"] != "") | (frame["dimension"] == COUNTY)][UNIT_COLUMNS].reset_index(drop=True)


def _gone_together(dimension: str, asked: IntArray, seen: IntArray, expected: Shares) -> BoolArray:
    """A file, a school or a township of which nobody is seen is missing, however small: who leaves, leaves one by one."""
    if dimension not in (FILE, SCHOOL, TOWN):
        return np.zeros(len(asked), dtype=np.bool_)
    by_chance = np.power(1 - np.nan_to_num(expected, nan=0.0), asked)
    return np.asarray((seen == 0) & (asked >= GONE_TOGETHER) & (by_chance <= TOGETHER_BY_CHANCE), dtype=np.bool_)


def _county_share(population: Population, context: CoverageContext) -> float:
    """What is expected where there are no neighbours: the whole county by the place's own bound, else nothing."""
    if population.dimension != COUNTY:
        return np.nan
    settings, department = context.profile.coverage, population.source.partition(".")[0]
    if population.basis == KEPT:
        least = settings.least_kept.known()
    else:
        least = (context.profile.comparison.least_found.value or {}).get(department, np.nan)
    # The bound itself is the least; it lies `below` under what is expected.
    return least / (1 - settings.below.known())


def _sentence(unit: Mapping[Hashable, Any], context: CoverageContext) -> str:
    """What is said of a hole: which unit, how many of how many, what was expected."""
    source, where = context.spoken(unit["source"]), _where(unit["dimension"], unit["unit"])
    asked, seen, expected = unit["asked"], unit["seen"], unit["expected"]
    least = unit["dimension"] == COUNTY and unit["is_bound"]
    bound = expected * (1 - context.bounds().below)
    usual = "" if expected != expected else f"，至少应有{bound:.0%}" if least else f"，应在{expected:.0%}左右"
    if unit["basis"] == KEPT:
        again = f"这次只有{seen}名（{seen / asked:.0%}{usual}）" if seen else "这次一名也没有"
        return f"{source}{where}：上一次交来的{asked}名儿童，{again}"
    there = f"这里只找到{seen}名（{seen / asked:.0%}{usual}）" if seen else "这里一名也没有"
    return f"{source}{where}：其他部门知道的{asked}名儿童，{there}"


def _where(dimension: str, unit: str) -> str:
    rules = coverage_rules()
    if dimension == COUNTY:
        return "全县"
    if dimension == GRADE:
        return f"{years_in_words(int(unit))}年级" if unit.isdigit() and int(unit) > 0 else unit
    if dimension == AGE:
        return f"{unit}周岁"
    if dimension == STAGE:
        town, _, stage = unit.partition("|")
        return town + rules.stages.get(stage, stage)
    return f"「{unit}」"


def kept_populations(files: ChildFiles, past: Past, profile: Profile) -> Iterator[Population]:
    """The children whom each register had before and should have again, in every dimension.

    Args:
        files: child files of the period.
        past: what was known before.
        profile: the place's.
    """
    if past.is_empty:
        return
    rules = coverage_rules()
    columns = {"child_id", "department", "layout", *(name for how in rules.dimensions.values() for name in how.columns)}
    before = past.records[[name for name in past.records if name in columns]]
    expected = expected_again(files, past, profile)
    layouts = kinds_of(before)
    present = pd.MultiIndex.from_arrays([kinds_of(files.records), files.records["child_id"]])
    for source in sorted(set(layouts[expected]) - set(rules.unsteady)):
        mine = expected & (layouts == source).to_numpy(np.bool_)
        rows = before[mine].drop_duplicates("child_id")
        seen = pd.MultiIndex.from_arrays([np.full(len(rows), source, dtype=object), rows["child_id"]]).isin(present)
        children = rows["child_id"].to_numpy(object)
        yield Population(source, KEPT, COUNTY, np.full(len(rows), "", dtype=object), seen, children)
        for dimension, how in rules.dimensions.items():
            yield Population(source, KEPT, dimension, first_filled(rows, how.columns), seen, children)


def expected_again(files: ChildFiles, past: Past, profile: Profile) -> BoolArray:
    """The earlier records, active then, of children who are young enough to be there again and neither dead nor gone."""
    before, rules = past.records, coverage_rules()
    birth = before["birth_date"].where(before["birth_date"] != "", before["id_no_birth"])
    age = youngest_years(birth, files.as_of)
    school = profile.school
    cohort = _cohort_grade(birth, files, profile)
    in_school = (cohort >= 1) & (cohort <= (school.years.value or 9))
    gone = files.children.loc[(files.children["alive"] == "no") | (files.children["moved_out"] == "yes"), "child_id"]
    again = before["active"].to_numpy(np.bool_) & ~before["child_id"].isin(gone).to_numpy(np.bool_)
    young = np.zeros(len(before), dtype=np.bool_)
    for department in before["department"].unique():
        bounds = rules.registers.get(department)
        if bounds is None:
            continue
        mine = (before["department"] == department).to_numpy(np.bool_)
        if isinstance(bounds.ages, str):
            young |= mine & in_school
        else:
            young |= mine & (age >= bounds.ages[0]) & (age <= bounds.ages[1])
    return np.asarray(again & young, dtype=np.bool_)


def _cohort_grade(birth: "pd.Series[str]", files: ChildFiles, profile: Profile) -> IntArray:
    school = profile.school
    if school.entry_age.value is None or school.cutoff.value is None or school.year_start.value is None:
        return np.full(len(birth), -1, dtype=np.int64)
    days = (school.cutoff.value, school.year_start.value)
    return np.where(
        (birth.str.len() == 10).to_numpy(), school_grade(birth, files.as_of, school.entry_age.value, days), -1
    )


def kinds_of(records: pd.DataFrame) -> "pd.Series[str]":
    """The kind of file that each record comes from, `department.layout`."""
    return records["department"] + "." + records["layout"]


def first_filled(records: pd.DataFrame, columns: Collection[str]) -> Labels:
    """Per record the first of the columns that holds something, "" where none does."""
    unit = np.full(len(records), "", dtype=object)
    for name in columns:
        if name in records.columns:
            values = records[name].to_numpy(object)
            unit = np.where(unit == "", values, unit)
    return unit


@dataclass(frozen=True)
class Reference:
    """The children whom a register must know because others do, by position in the child files, and whether it does."""

    source: str
    asked: BoolArray
    seen: BoolArray


def references(files: ChildFiles, profile: Profile, delivered: Collection[str]) -> list[Reference]:
    """For the household register and the school register, whom they should know; none of a department that brought nothing."""
    children, records = files.children, files.records
    n = len(children)
    child = records["child"].to_numpy(np.int64)
    department, active = records["department"].to_numpy(object), records["active"].to_numpy(np.bool_)

    def any_of(mask: BoolArray) -> BoolArray:
        return np.bincount(child[mask], minlength=n) > 0

    living = ((children["alive"] != "no") & (children["moved_out"] != "yes")).to_numpy(np.bool_)
    age = children["age"].to_numpy(np.int64)
    grown = profile.difficulty.below_age.value or 18
    household, outside = children["hukou"].to_numpy(object), profile.household
    foreign = any_of(
        records["overseas"].isin(outside.outside_marks.value or []).to_numpy(np.bool_)
        | records["id_type"].isin(outside.outside_documents.value or []).to_numpy(np.bool_)
        | (records["migrant"] == "yes").to_numpy(np.bool_)
    )
    named = ((children["id_no"] != "") | (children["birth_date"] != "")).to_numpy(np.bool_)
    here = living & named & (household != "elsewhere") & ~children["said_elsewhere"].to_numpy(np.bool_)
    others = any_of(active & np.isin(department, ["civil_affairs", "education", "disability"]))
    parts = []
    if "public_security" in delivered and profile.comparison.police_mode.value != "answer_file":
        seen = any_of(department == "public_security")
        parts.append(
            Reference("public_security", here & others & ~foreign & (age >= REGISTERED_FROM) & (age < grown), seen)
        )
    if "education" in delivered:
        school = profile.school
        away = [
            *(school.studies_elsewhere.value or []),
            *(school.taught_at_home.value or []),
            *(school.delayed.value or []),
        ]
        excused = any_of(records["study_status"].isin(away).to_numpy(np.bool_) & (department != "education"))
        registered = any_of(active & (department == "public_security")) & (household == "here")
        enrolled = any_of((department == "education") & (records["state"] != "off_register").to_numpy(np.bool_))
        asked = children["in_cohort"].to_numpy(np.bool_) & living & registered & ~excused
        parts.append(Reference("education", asked, enrolled))
    return parts


def reference_populations(files: ChildFiles, reference: Reference, profile: Profile) -> Iterator[Population]:
    """A register's reference population in every dimension of `coverage.yaml`."""
    at = np.flatnonzero(reference.asked)
    seen, numbers = reference.seen[at], files.children["child_id"].to_numpy(object)[at]
    for dimension in (COUNTY, *coverage_rules().reference[reference.source].dimensions):
        unit = reference_units(files, reference.source, dimension, profile)[at]
        yield Population(reference.source, KNOWN_ELSEWHERE, dimension, unit, seen, numbers)


def reference_units(files: ChildFiles, source: str, dimension: str, profile: Profile) -> Labels:
    """The unit of every child in a dimension, also of those whom nobody looks for, "" where nobody can say."""
    if dimension == COUNTY:
        return np.full(len(files.children), "", dtype=object)
    if dimension == SCHOOL:
        return _named_schools(files, source)
    return _child_unit(files.children, dimension, profile)


def _child_unit(children: pd.DataFrame, dimension: str, profile: Profile) -> Labels:
    town = children["town"].to_numpy(object)
    if dimension == TOWN:
        return town
    if dimension == AGE:
        return children["age"].astype(str).to_numpy(object)
    grade = children["cohort_grade"].to_numpy(np.int64)
    if dimension == GRADE:
        return grade.astype(str).astype(object)
    return np.where(town == "", "", town + "|" + stage_of(grade, profile))


def stage_of(grade: IntArray, profile: Profile) -> Labels:
    """`primary` or `junior` per grade."""
    return np.where(grade <= (profile.school.primary_years.value or 6), "primary", "junior").astype(object)


def _named_schools(files: ChildFiles, source: str) -> Labels:
    """Per child the school that another department names for it, "" where none does."""
    records = files.records
    others = ((records["department"] != source) & (records["school"] != "") & records["active"]).to_numpy(np.bool_)
    first = records[others].drop_duplicates("child")
    named = np.full(len(files.children), "", dtype=object)
    named[first["child"].to_numpy(np.int64)] = first["school"].to_numpy(object)
    return named
