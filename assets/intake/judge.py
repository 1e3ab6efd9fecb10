"""Which rows cannot be used, which are no child's, and what is odd about the rest (rules/bad-inputs.md#input-22 to #input-33).

Belongs here: rules over the fields of one row, and duplicates. Does not belong here: rules between departments.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from assets.intake.context import Context
from assets.intake.contract import Contract, load_dictionary
from assets.intake.values import Remarks
from expectations.lists.ages import youngest_years
from matching.reading.citizen import OF_AGE

NUMBERS = ("id_no", "student_no", "disability_no", "birth_cert_no", "child_no")


def unusable(frame: pd.DataFrame, shift: pd.Series) -> pd.Series:
    """The quarantine code of every row, "" for rows that can be used.

    A row is unusable only when nobody can be recognised in it: no name and no number, a garbled name and nothing else,
    slipped cells that could not be put right.
    """
    code = pd.Series("", index=frame.index, dtype=object)
    number = _numbered(frame)
    bare = frame.loc[~number, ["name", "name_raw", "name_note"]]
    named = ~bare["name_raw"].isin(load_dictionary().placeholders) & (bare["name_note"] != "placeholder_name")
    # Latin letters may be a name that nobody could type (rules/names.md#n04); letters mixed with digits and signs are none.
    nobody = ~bare["name"].str.contains(r"[^\W\d_]")
    garbled = ~bare["name"].str.fullmatch(r"[^\W\d_]+(?:[·\s][^\W\d_]+)*|.*[\u3400-\U0003ffff].*")
    code[bare.index[nobody]] = "no_name_no_number"
    code[bare.index[(nobody & named) | (garbled & ~nobody)]] = "unreadable_name"
    code[shift == "shifted_row"] = "shifted_row"
    return code


def too_many_alike(frame: pd.DataFrame, copies: pd.Series, most: int) -> pd.Series:
    """True for rows of which there are more than `most` and in which nothing tells one child from another (rules/bad-inputs.md#input-33).

    Args:
        frame: the rows' fields.
        copies: how many rows hold the same cells, the row itself counted.
        most: records that may be one child.
    """
    return (copies > most) & ~_numbered(frame)


def _numbered(frame: pd.DataFrame) -> pd.Series:
    """True for rows with a number, or with a damaged one that still tells whose it is."""
    number: pd.Series = pd.concat([frame[name] != "" for name in NUMBERS], axis=1).any(axis=1)
    return number | (frame["id_no_status"].isin(["damaged", "masked", "bad_check"]) & (frame["id_no_birth"] != ""))


def age_code(frame: pd.DataFrame, limits: pd.Series) -> pd.Series:
    """True where a row is certainly no child's: from `limits` (completed years at the period's end, NaN = none) on.

    A row whose number and date of birth disagree about it is kept.
    """
    limit = limits.notna()
    declared, inside = frame["age_declared"], frame["age_inside"]
    old_declared, old_inside = declared >= limits, inside >= limits
    return limit & (old_declared | old_inside) & ~((declared < limits) | (inside < limits))


def ages(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Completed years at `as_of` by the date of birth column and by the number, NaN when unknown.

    A roll of certificates without any other number (rules/departments.md#holders) tells the birth by the first 18 characters of it.
    """
    card = frame["disability_no_id"].str.slice(6, 14)
    by_card = card.str.slice(0, 4) + "-" + card.str.slice(4, 6) + "-" + card.str.slice(6, 8)
    inside = frame["id_no_birth"].where((frame["id_no_birth"] != "") | (card == ""), by_card)
    declared = _age(frame["birth_date"], as_of)
    return pd.DataFrame({"age_declared": declared, "age_inside": _age(inside, as_of)}, index=frame.index)


def _age(values: pd.Series, as_of: date) -> pd.Series:
    """Completed years, NaN where no year is known; of a month or a year alone the youngest, so that nobody is set aside by guess."""
    # A hundred thousand rows have some six thousand days of birth between them.
    codes, distinct = pd.factorize(values.to_numpy(object))
    texts = pd.Series(distinct, dtype=object)
    years = np.where(texts.str[:4].str.isdigit().eq(True), youngest_years(texts, as_of), np.nan)
    return pd.Series(years[codes], index=values.index, dtype=float)


def oddities(frame: pd.DataFrame, contract: Contract, context: Context, remarks: Remarks) -> None:
    """Note what disagrees inside a row; nothing is corrected."""
    valid = frame["id_no"] != ""
    born = frame["birth_date"]
    # Compared at the coarser precision: 2015-03 does not contradict 2015-03-10 (rules/dates.md#b04).
    inside = pd.Series(
        [full[: len(part)] for full, part in zip(frame["id_no_birth"], born, strict=True)], index=frame.index
    )
    remarks.add(valid & (born != "") & (born != inside), "birth_conflict")
    remarks.add(valid & (frame["sex"] != "") & (frame["id_no_sex"] != frame["sex"]), "sex_conflict")
    remarks.add(_differ(frame["student_no_id"], frame["id_no"]), "student_no_conflict")
    remarks.add(_differ(frame["disability_no_id"], frame["id_no"]), "disability_no_conflict")
    # Of several kinds the certificate names one only, 7 for all of them together.
    single = frame["disability_type"].str.len() == 1
    remarks.add(single & _differ(frame["card_type"], frame["disability_type"]), "disability_type_conflict")
    remarks.add(_differ(frame["card_level"], frame["disability_level"]), "disability_level_conflict")
    remarks.add((born != "") & (born > context.as_of.isoformat()), "future_birth")
    grown = (frame["age_declared"] >= OF_AGE) | (frame["age_declared"].isna() & (frame["age_inside"] >= OF_AGE))
    remarks.add(grown, "adult")
    remarks.add((frame["name"] != "") & (frame["name_unreadable"] == "1"), "name_unreadable")
    remarks.add(frame["name"] == "", "no_name")
    if context.county:
        remarks.add((frame["hukou_county"] != "") & (frame["hukou_county"] != context.county), "other_county")


def _differ(left: pd.Series, right: pd.Series) -> pd.Series:
    return (left != "") & (right != "") & (left != right)
