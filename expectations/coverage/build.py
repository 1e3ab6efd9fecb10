"""Putting coverage together: units, fields, the children whom nobody could have seen, and what was known of them before.

Belongs here: the order of these, and which children and records a hole concerns. Does not belong here: reading what was kept
(`assets.coverage`), what lists and lives make of it. Source: rules/coverage.md#coverage.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from expectations.coverage.fields import FieldQuestion, field_coverage
from expectations.coverage.rules import coverage_rules
from expectations.coverage.shapes import (
    CONFIRMED,
    COUNTY,
    HOLE,
    KEPT,
    KNOWN_ELSEWHERE,
    SCHOOL,
    SOURCE,
    STAGE,
    TOWN,
    UNIT_COLUMNS,
    UNSEEN_COLUMNS,
    Coverage,
    Past,
)
from expectations.coverage.units import (
    CoverageContext,
    Population,
    Reference,
    first_filled,
    kept_populations,
    kinds_of,
    reference_populations,
    reference_units,
    references,
    stage_of,
    units_of,
)
from expectations.lists.files import BoolArray, ChildFiles


@dataclass(frozen=True)
class Deliveries:
    """What came: departments and `department.layout` now; the columns that came; what the place expects of every period (none: nothing is stated)."""

    now: frozenset[str]
    question: FieldQuestion
    expected: frozenset[str] = frozenset()


def build_coverage(files: ChildFiles, past: Past, came: Deliveries, context: CoverageContext) -> Coverage:
    """What this period's deliveries could have shown.

    Args:
        files: child files of the period.
        past: what was known before it.
        came: what was delivered.
        context: the place's thresholds and words.
    """
    asked = references(files, context.profile, came.now)
    kept = list(kept_populations(files, past, context.profile))
    populations = [
        *kept,
        *(each for reference in asked for each in reference_populations(files, reference, context.profile)),
    ]
    judged = _judged(populations, context)
    missing = _missing_sources(past, came, context)
    tables = [table for table in [missing, *(units for _, units in judged)] if len(table)]
    units = pd.concat(tables, ignore_index=True) if tables else Coverage.complete().units
    unseen = _unseen(files, judged, asked, context)
    fields, refilled = field_coverage(files, past, came.question, context)
    return Coverage(units, fields, unseen, carried_records(files, past, units, unseen), refilled)


def _judged(populations: list[Population], context: CoverageContext) -> list[tuple[Population, pd.DataFrame]]:
    """Every population with its units judged; the whole county last, and by the children whom no hole explains."""
    judged, lost = list[tuple[Population, pd.DataFrame]](), dict[tuple[str, str], set[str]]()
    for population in sorted(populations, key=lambda each: each.dimension == COUNTY):
        key = (population.source, population.basis)
        if population.dimension == COUNTY:
            population = _besides(population, lost.get(key, set()))
        units = units_of(population, context)
        holes = set(units.loc[units["state"] == HOLE, "unit"].astype(str))
        lost.setdefault(key, set()).update(population.child_id[np.isin(population.unit.astype(str), list(holes))])
        judged.append((population, units))
    return judged


def _besides(population: Population, lost: set[str]) -> Population:
    """The children outside the holes; all of them where holes are everywhere: then it is the whole that is missing."""
    rest = (
        ~np.isin(population.child_id.astype(str), list(lost)) if lost else np.ones(len(population.seen), dtype=np.bool_)
    )
    if rest.sum() * 2 < len(rest):
        return population
    return replace(
        population, unit=population.unit[rest], seen=population.seen[rest], child_id=population.child_id[rest]
    )


def _missing_sources(past: Past, came: Deliveries, context: CoverageContext) -> pd.DataFrame:
    """What came before, or is expected of every period, and did not come at all this time: whole departments, else kinds of files."""
    gone = sorted((past.sources | came.expected) - came.now)
    gone = [source for source in gone if source.partition(".")[0] not in gone or "." not in source]
    before = past.records
    rows: list[dict[str, object]] = []
    for source in gone:
        department, _, layout = source.partition(".")
        mine = before["department"] == department if len(before) else pd.Series(dtype=bool)
        mine = mine & (before["layout"] == layout) if layout and len(before) else mine
        number = _rows_of_latest(before[mine]) if len(before) else 0
        blank = {"expected": np.nan, "tail": np.nan}
        usual = f"上一次交来{number}行" if source in past.sources else "本地规则要求每期交来"
        because = f"{context.spoken(source)}：{usual}，这次没有交来"
        state = HOLE if department not in context.confirmed else CONFIRMED
        rows.append(
            {
                **blank,
                "source": source,
                "basis": KEPT,
                "dimension": SOURCE,
                "unit": "",
                "rows": 0,
                "rows_before": number,
                "asked": number,
                "seen": 0,
                "share": 0.0,
                "state": state,
                "because": because,
            }
        )
    return pd.DataFrame(rows, columns=UNIT_COLUMNS)


def _rows_of_latest(records: pd.DataFrame) -> int:
    """Rows of the later of two editions: of this period's that is replaced, else of the period before."""
    periods = records.get("period", pd.Series("", index=records.index))
    return int((periods == periods.max()).sum())


def _unseen(
    files: ChildFiles,
    judged: list[tuple[Population, pd.DataFrame]],
    asked: list[Reference],
    context: CoverageContext,
) -> pd.DataFrame:
    """The children who are not in a source and could not have been seen there, each with the first reason."""
    parts = [pd.DataFrame(columns=UNSEEN_COLUMNS)]
    references_by = {reference.source: reference for reference in asked}
    for population, units in judged:
        holes = units[units["state"] == HOLE]
        if not len(holes):
            continue
        reasons = dict(zip(holes["unit"].astype(str), holes["because"], strict=True))
        if population.dimension == COUNTY:
            parts.append(_whole_county(files, population, str(holes["because"].iloc[0])))
            continue
        unit, seen, numbers = population.unit, population.seen, population.child_id
        if population.basis == KNOWN_ELSEWHERE:
            # Not only of those who were looked for: whoever lives in such a place, whatever else is said of it, is as hidden there.
            unit = reference_units(files, population.source, population.dimension, context.profile)
            seen, numbers = references_by[population.source].seen, files.children["child_id"].to_numpy(object)
            if population.dimension in (TOWN, STAGE):
                # Of whom nobody can say where it lives may live there.
                reasons |= {"": "；".join(dict.fromkeys(reasons.values()))}
        inside = ~seen & np.isin(unit.astype(str), list(reasons))
        because = [reasons[str(name)] for name in unit[inside]]
        parts.append(pd.DataFrame({"child_id": numbers[inside], "source": population.source, "because": because}))
    parts += list(_catchments(files, judged, asked, context))
    together = pd.concat(parts, ignore_index=True)
    return together.drop_duplicates(["child_id", "source"]).reset_index(drop=True)[UNSEEN_COLUMNS]


def _whole_county(files: ChildFiles, population: Population, because: str) -> pd.DataFrame:
    """Of a source that is a hole everywhere nobody's absence says anything."""
    department, _, layout = population.source.partition(".")
    records = files.records
    mine = (records["department"] == department) & ((records["layout"] == layout) if layout else True)
    absent = files.children.loc[~files.children["child_id"].isin(records.loc[mine, "child_id"]), "child_id"]
    return pd.DataFrame({"child_id": absent, "source": population.source, "because": because})


def _catchments(
    files: ChildFiles,
    judged: list[tuple[Population, pd.DataFrame]],
    asked: list[Reference],
    context: CoverageContext,
) -> Iterator[pd.DataFrame]:
    """A school that did not come also hides its pupils whom nobody else places there: those of its townships and stage who are not found."""
    reference = next((each for each in asked if each.source == "education"), None)
    if reference is None:
        return
    children = files.children
    missing = children.index[reference.asked & ~reference.seen]
    stages = pd.Series(stage_of(children["cohort_grade"].to_numpy(np.int64), context.profile), index=children.index)
    keys = children["town"] + "|" + stages
    for population, units in judged:
        if population.dimension != SCHOOL or not population.source.startswith("education"):
            continue
        holes = units[units["state"] == HOLE]
        for unit, because in zip(holes["unit"], holes["because"], strict=True):
            pupils = children["child_id"].isin(population.child_id[population.unit.astype(str) == unit])
            places = keys[pupils & (children["town"] != "")].value_counts(normalize=True)
            near = set(places.index[places >= CATCHMENT])
            inside = missing[keys.loc[missing].isin(near)]
            yield pd.DataFrame(
                {"child_id": children.loc[inside, "child_id"], "source": "education", "because": because}
            )


CATCHMENT = 0.1
"""A township and stage that holds so much of a school's known pupils sends children to it."""


def carried_records(files: ChildFiles, past: Past, units: pd.DataFrame, unseen: pd.DataFrame) -> pd.DataFrame:
    """The earlier records that this period's deliveries do not cover: of sources, units and children that could not be seen; and what lasts.

    Args:
        files: child files of the period.
        past: what was known before.
        units: the judged units.
        unseen: the children who could not have been seen.
    """
    before = past.records
    if past.is_empty:
        return before
    source = kinds_of(before).to_numpy(object)
    department = before["department"].to_numpy(object)
    holes = units[(units["state"] == HOLE) & (units["basis"] == KEPT)]
    whole = set(holes.loc[holes["dimension"] == SOURCE, "source"])
    carried: BoolArray = np.isin(source, list(whole)) | np.isin(department, list(whole))
    for dimension, how in coverage_rules().dimensions.items():
        lost = holes[holes["dimension"] == dimension]
        if len(lost):
            carried |= _of_lost_units(files, before, how.columns, lost) & ~_there_again(files, before, how.columns)
    county = set(holes.loc[holes["dimension"] == COUNTY, "source"])
    hidden = pd.MultiIndex.from_frame(unseen[["child_id", "source"]].astype(object))
    by_kind = pd.MultiIndex.from_arrays([before["child_id"], source]).isin(hidden)
    by_department = pd.MultiIndex.from_arrays([before["child_id"], department]).isin(hidden)
    carried |= (by_kind | by_department | np.isin(source, list(county))) & ~_there_again(files, before, [])
    carried |= _lasting(files, before)
    return before[carried].reset_index(drop=True)


def _of_lost_units(files: ChildFiles, before: pd.DataFrame, columns: Collection[str], lost: pd.DataFrame) -> BoolArray:
    names = pd.MultiIndex.from_frame(lost[["source", "unit"]].astype(object))
    units = pd.MultiIndex.from_arrays([kinds_of(before), first_filled(before, columns)])
    return np.asarray(units.isin(names), dtype=np.bool_)


def _there_again(files: ChildFiles, before: pd.DataFrame, columns: Collection[str]) -> BoolArray:
    """Earlier records whose child has a record in the same kind of file, and the same unit of it, now."""
    now = files.records

    def keys(records: pd.DataFrame) -> pd.MultiIndex:
        return pd.MultiIndex.from_arrays([kinds_of(records), records["child_id"], first_filled(records, columns)])

    return np.asarray(keys(before).isin(keys(now)), dtype=np.bool_)


def _lasting(files: ChildFiles, before: pd.DataFrame) -> BoolArray:
    """What such a source said of a person of whom it says nothing new."""
    lasting = before["department"].isin(coverage_rules().lasting).to_numpy(np.bool_)
    if not lasting.any():
        return lasting
    children = set(files.records.loc[files.records["department"].isin(coverage_rules().lasting), "child_id"])
    adults = set(person_keys(files.beside)) if len(files.beside) else set()
    mine = before["child_id"].isin(children).to_numpy(np.bool_) & (before["child_id"] != "").to_numpy(np.bool_)
    again = mine | np.isin(person_keys(before), list(adults))
    return np.asarray(lasting & ~again, dtype=np.bool_)


def person_keys(records: pd.DataFrame) -> "pd.Series[str]":
    """Who a row is about, within its department: the number, else the name."""
    person = records["id_no"].where(records["id_no"] != "", records["name"])
    return records["department"] + "|" + person
