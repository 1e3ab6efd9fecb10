"""Field texts to values: every field read by its kind, with the functions of `matching`.

Belongs here: which reader a field's kind calls, and what it could not read. Does not belong here: rules that look at several
fields of a row (`numbers`, `judge`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assets.intake.context import Context
from assets.intake.contract import load_dictionary, load_fields
from matching import codes, grades, identity, normalise, places
from matching.name_cleaning import clean_names

CHILD_ID = "id_no"
FUTURE = ("card_valid_to", "pay_end", "exit_date")


@dataclass
class Remarks:
    """Issue codes per row, added mask by mask, joined once."""

    index: pd.Index
    found: list[tuple[np.ndarray, str]] = field(default_factory=list)

    def add(self, mask: pd.Series | np.ndarray, code: str) -> None:
        """Note `code` for the rows where `mask` is true (aligned with the index)."""
        rows = np.asarray(mask, dtype=bool)
        if rows.any():
            self.found.append((rows, code))

    def joined(self) -> pd.Series:
        """The `;`-joined codes of every row, in the order they were added."""
        text = np.full(len(self.index), "", dtype=object)
        for rows, code in self.found:
            before = text[rows]
            text[rows] = np.where(before == "", code, before + (";" + code))
        return pd.Series(text, index=self.index, dtype=object)


def read_values(rows: pd.DataFrame, department: str, context: Context, remarks: Remarks) -> pd.DataFrame:
    """All fields and the extra columns of docs/data-shapes.md section 3.

    Args:
        rows: gathered texts (`gather.gather`), one row per data row.
        department: key of the department, for its own code tables.
        context: period and places.
        remarks: takes the codes of what could not be read.

    Returns:
        Frame on the index of `rows`: every field, then the extra columns except `issues`.
    """
    texts = rows[list(load_fields())]
    out: dict[str, pd.Series] = {}
    for name, spec in load_fields().items():
        column = texts[name]
        if not column.any():
            out[name] = column
        elif spec.kind == "name" and name != "name":
            out[name] = clean_names(column)["value"]
        elif spec.kind in {"date", "month"} and name != "birth_date":
            out[name] = _dates(column, spec.kind, name, context, remarks)
        elif spec.kind == "phone":
            out[name] = normalise.read_phones(column)
        elif name == "grade":
            out[name] = _noted(grades.read_grades(column, texts["school"], context.as_of), column, name, remarks)
        elif spec.kind.startswith(("code:", "set:")):
            out[name] = _coded(column, name, department, remarks)
        elif spec.kind in {"text", "address"}:
            out[name] = normalise.clean_text(column)
        elif spec.kind == "number":
            out[name] = normalise.read_numbers(column)["value"]
        else:
            out[name] = column
    frame = pd.DataFrame(out, index=rows.index)
    extras = [_name(frame), _birth(frame, context, remarks), _ids(frame, rows, context, remarks), _others(frame)]
    return pd.concat([frame, *extras, _places(frame, context)], axis=1)


def _name(frame: pd.DataFrame) -> pd.DataFrame:
    raw = frame["name"].copy()
    found = clean_names(raw)
    frame["name"] = found["value"]
    unreadable = found["unreadable"].isin(["1", "True", True]).map({True: "1", False: ""})
    return pd.DataFrame({"name_raw": raw, "name_note": found["note"], "name_unreadable": unreadable}, index=frame.index)


def _dates(column: pd.Series, kind: str, name: str, context: Context, remarks: Remarks) -> pd.Series:
    # A certificate's end of validity lies in the future: only days that must have been are held against the period.
    limit = None if name in FUTURE else context.as_of
    read = normalise.read_months if kind == "month" else normalise.read_dates
    found = read(column, limit)["value"]
    remarks.add(~column.isin(load_dictionary().placeholders) & (found == ""), f"unreadable_date:{name}")
    return found


def _birth(frame: pd.DataFrame, context: Context, remarks: Remarks) -> pd.DataFrame:
    raw = frame["birth_date"].copy()
    found = normalise.read_dates(raw, context.as_of)
    frame["birth_date"] = found["value"]
    given = ~raw.isin(load_dictionary().placeholders)
    remarks.add(given & (found["value"] == ""), "unreadable_date:birth_date")
    return pd.DataFrame({"birth_date_raw": raw, "birth_precision": found["precision"]}, index=frame.index)


def _ids(frame: pd.DataFrame, rows: pd.DataFrame, context: Context, remarks: Remarks) -> pd.DataFrame:
    """Citizen numbers: the child's with status, the adults' beside it only when they are good."""
    for name, spec in load_fields().items():
        if spec.kind == "id" and name != CHILD_ID and frame[name].any():
            found = identity.read_ids(frame[name], _flags(rows, name), "adult", context.as_of)
            bad = ~found["status"].isin(["valid", "missing", "placeholder"])
            remarks.add(bad, f"bad_number:{name}")
            frame[name] = found["value"]
    raw = frame[CHILD_ID].copy()
    found = identity.read_ids(raw, _flags(rows, CHILD_ID), "child", context.as_of)
    frame[CHILD_ID] = found["value"]
    columns = {
        "id_no_raw": raw,
        "id_no_status": found["status"],
        "id_no_birth": found["birth"],
        "id_no_sex": found["sex"],
    }
    columns |= {"id_no_note": found["note"], "id_no_derived": found["derived"]}
    return pd.DataFrame(columns, index=frame.index)


def _flags(rows: pd.DataFrame, name: str) -> pd.Series | None:
    key = f"damaged:{name}"
    return rows[key].eq(True) if key in rows.columns else None


def _others(frame: pd.DataFrame) -> pd.DataFrame:
    """Student and certificate numbers. A `G` number over the row's own good number needs no second reading (most rows)."""
    number, written = frame[CHILD_ID], frame["student_no"]
    plain = (number != "") & (written == "G" + number)
    student = identity.read_student_numbers(written[~plain]).reindex(frame.index, fill_value="")
    card = identity.read_disability_numbers(frame["disability_no"])
    frame["student_no"] = student["value"].mask(plain, written)
    frame["disability_no"] = card["value"]
    columns = {
        "student_no_kind": student["kind"].mask(plain, "G"),
        "student_no_id": student["id"].mask(plain, number),
        "disability_no_id": card["id"],
        "card_type": card["type"],
        "card_level": card["level"],
    }
    return pd.DataFrame(columns, index=frame.index)


def _coded(column: pd.Series, name: str, department: str, remarks: Remarks) -> pd.Series:
    kind, table = load_fields()[name].kind.split(":", 1)
    read = codes.read_sets if kind == "set" else codes.read_codes
    return _noted(read(column, table, department), column, name, remarks)


def _noted(found: pd.DataFrame, column: pd.Series, name: str, remarks: Remarks) -> pd.Series:
    """The values of a coded column; words that nobody knows are noted (docs/data-shapes.md section 8)."""
    remarks.add((found["unknown"] != "") & ~column.isin(load_dictionary().placeholders), f"unknown_code:{name}")
    return found["value"]


def _places(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Canonical towns and villages of both addresses; the columns 乡镇 and 村 fill what the address does not say."""
    known = context.places or places.learn_places(frame[list(places_columns())], county=context.county)
    stated = places.read_addresses(frame["town"] + frame["village"], known)
    found: dict[str, pd.Series] = {}
    sides = {"hukou": places.read_addresses(frame["hukou_addr"], known)}
    same = frame["live_addr"].equals(frame["hukou_addr"])
    sides["live"] = sides["hukou"] if same else places.read_addresses(frame["live_addr"], known)
    for side, read in sides.items():
        agree = (read["town"] == "") | (read["town"] == stated["town"])
        found[f"{side}_town"] = read["town"].where(read["town"] != "", stated["town"])
        found[f"{side}_village"] = read["village"].where((read["village"] != "") | ~agree, stated["village"])
    code = frame["hukou_area_code"]
    area = code.where(code.str.fullmatch(r"[1-9]\d{5}(?:\d{3}){0,2}"), "").str.slice(0, 6)
    county = sides["hukou"]["county_code"]
    found["hukou_county"] = county.where(county != "", area)
    return pd.DataFrame(found, index=frame.index)


def places_columns() -> tuple[str, ...]:
    """The fields from which a county's places can be learned."""
    return ("town", "village", "hukou_addr", "live_addr")
