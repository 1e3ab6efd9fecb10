"""Numbers across a row and across rows: whose number it is, borrowed, shared and pasted numbers (rules/identifiers.md#c14, #c15, #c20, #c21).

Belongs here: moving a number to the field it belongs to, with an issue. Does not belong here: reading one cell.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assets.intake.context import Context
from assets.intake.values import Remarks
from matching.reading import identity

GUARDIANS = ("father_id", "mother_id", "guardian_id", "payee_id")
STATUS_ISSUES = ("bad_check", "bad_length", "bad_date", "damaged", "masked", "legacy15", "garbage", "placeholder")
# Under more children than these a number is a placeholder (rules/bad-inputs.md#input-26).
MOST_CHILDREN = 3
# A child who came of age and is still on a roll is younger than this; older numbers are a parent's.
OVERAGE_UNTIL = 26


def settle(
    frame: pd.DataFrame, all_ages: pd.Series, context: Context, remarks: Remarks, child: pd.Series | None = None
) -> None:
    """Settle the child's number in place: status, value, and where a stranger's number goes.

    Args:
        frame: what `read_values` read; changed in place.
        all_ages: True for rows of a roll that holds people of every age (the register, certificate holders).
        context: period.
        remarks: takes the issues.
        child: rows that are about a child; a row about an adult keeps its number, and of an adult nothing else is kept.
    """
    if child is None or child.all():
        _settle_rows(frame, all_ages, context, remarks)
    else:
        # Without the adults' rows: whether a number stands under several names is asked of children's numbers.
        own, of_children = frame[child].copy(), Remarks(frame.index[child])
        _settle_rows(own, all_ages[child], context, of_children)
        for rows, code in of_children.noted:
            mask = np.zeros(len(frame), dtype=np.bool_)
            mask[np.flatnonzero(child)[rows]] = True
            remarks.add(mask, code)
        for column in own.columns[(own != frame.loc[child]).any()]:
            frame.loc[child, column] = own[column]
    for status in STATUS_ISSUES:
        remarks.add(frame["id_no_status"] == status, status)


def _settle_rows(frame: pd.DataFrame, all_ages: pd.Series, context: Context, remarks: Remarks) -> None:
    # Who is grown up keeps the number before adults' numbers are given to parents; what is left is looked at for several children.
    _pasted(frame, remarks)
    _grown(frame, all_ages, context)
    _parents(frame, remarks)
    _shared(frame, remarks)


def tell_birth_and_sex(frame: pd.DataFrame) -> None:
    """Fill birth and sex that nobody wrote from the row's own good number, in place: only where the number is the truth."""
    numbered = frame["id_no"] != ""
    silent = numbered & (frame["birth_date_raw"] == "")
    frame.loc[silent, "birth_date"] = frame.loc[silent, "id_no_birth"]
    frame.loc[silent, "birth_precision"] = "day"
    unsaid = numbered & (frame["sex"] == "")
    frame.loc[unsaid, "sex"] = frame.loc[unsaid, "id_no_sex"]


def _pasted(frame: pd.DataFrame, remarks: Remarks) -> None:
    """Student and certificate numbers in the column of the citizen number go home (rules/identifiers.md#c20, #c21)."""
    student = frame["id_no_status"] == "student_no"
    if student.any():
        read = identity.read_student_numbers(frame.loc[student, "id_no_raw"])
        # Only where its own column says nothing: a number that was written there was written on purpose.
        empty = read.index[frame.loc[read.index, "student_no"] == ""]
        for target, source in (("student_no", "value"), ("student_no_kind", "kind"), ("student_no_id", "id")):
            frame.loc[empty, target] = read.loc[empty, source]
        remarks.add(student, "student_no_as_id")
    card = frame["id_no_status"] == "disability_no"
    if card.any():
        read = identity.read_disability_numbers(frame.loc[card, "id_no_raw"])
        empty = read.index[frame.loc[read.index, "disability_no"] == ""]
        for target, source in (("disability_no", "value"), ("disability_no_id", "id"), ("card_type", "type")):
            frame.loc[empty, target] = read.loc[empty, source]
        frame.loc[empty, "card_level"] = read.loc[empty, "level"]
        remarks.add(card, "disability_no_as_id")


def _grown(frame: pd.DataFrame, all_ages: pd.Series, context: Context) -> None:
    """An adult's number is the person's own when the date of birth agrees, or is missing and the age may be.

    Where no date of birth stands beside it, the row's own certificate says whose it is, and a register's row is about
    the person it names, of whatever age.
    """
    adult = (frame["id_no_status"] == "adult") & (frame["id_no_derived"].str.len() == 18)
    if not adult.any():
        return
    declared, inside = frame["birth_date"].str.slice(0, 4), frame["id_no_birth"].str.slice(0, 4)
    young = inside > f"{context.as_of.year - OVERAGE_UNTIL:04d}"
    of_a_parent = pd.concat([frame[name] == frame["id_no_derived"] for name in GUARDIANS], axis=1).any(axis=1)
    card = frame["disability_no_id"]
    register = all_ages & (card == "") & ((frame["rel_head"] != "") | (frame["household_no"] != ""))
    named = (card == frame["id_no_derived"]) | register | young
    own = adult & ~of_a_parent & ((declared == inside) | ((declared == "") & named))
    frame.loc[own, "id_no"] = frame.loc[own, "id_no_derived"]
    frame.loc[own, "id_no_status"] = "valid"


def _parents(frame: pd.DataFrame, remarks: Remarks) -> None:
    """A number that also stands in a parent's column, or an adult's number, is not the child's (rules/identifiers.md#c14)."""
    # Not beside the payee's: that may be the child.
    borrowed = identity.borrowed(frame["id_no"], [frame[name] for name in GUARDIANS if name != "payee_id"])
    adult = frame["id_no_status"] == "adult"
    number = frame["id_no"].where(frame["id_no"] != "", frame["id_no_derived"])
    present = pd.concat([frame[name] == number for name in GUARDIANS], axis=1).any(axis=1)
    # A grown person's number without a column of its own is most likely the guardian's, whom the form asks for.
    move = adult & ~present & (frame["guardian_id"] == "") & (frame["id_no_derived"].str.len() == 18)
    frame.loc[move, "guardian_id"] = frame.loc[move, "id_no_derived"]
    frame.loc[borrowed, "id_no_status"] = "adult"
    frame.loc[borrowed | adult, ["id_no", "id_no_birth", "id_no_sex"]] = ""
    remarks.add(borrowed | adult, "parent_number")


def _shared(frame: pd.DataFrame, remarks: Remarks) -> None:
    """A number under more than two names or more than three children says nothing (rules/identifiers.md#placeholders)."""
    numbered = frame["id_no"] != ""
    names = identity.shared_by_names(frame["id_no"], frame["name"])
    repeated = numbered & frame["id_no"].duplicated(keep=False)
    children = (frame["name"] + "|" + frame["birth_date"])[repeated].groupby(frame["id_no"][repeated]).nunique()
    many = frame["id_no"].isin(children.index[children > MOST_CHILDREN])
    shared = (names | many) & numbered
    frame.loc[shared, "id_no_status"] = "placeholder"
    frame.loc[shared, ["id_no", "id_no_birth", "id_no_sex"]] = ""
    remarks.add(shared, "shared_number")
