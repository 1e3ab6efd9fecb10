"""Field texts to values: every field read by its kind, with the functions of `matching`.

Belongs here: which reader a field's kind calls, and what it could not read. Does not belong here: rules that look at
several fields of a row (`numbers`, `judge`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assets.counties.reading import county_key
from assets.intake.context import Context
from assets.intake.contract import load_dictionary, load_fields
from matching.names.cleaning import clean_names
from matching.reading import codes, grades, identity, normalise, places
from matching.reading.regions import area_name

CHILD_ID = "id_no"
PLACE_FIELDS = ("town", "village", "hukou_addr", "live_addr")
# Days that may lie after the period's end and are no slips: a card's end, a subsidy's last month, a term that was agreed on.
FUTURE = ("card_valid_to", "pay_end", "exit_date", "suspended_until", "term_to")


Columns = dict[str, pd.Series]


@dataclass
class Remarks:
    """Issue codes per row, added mask by mask, joined once."""

    index: pd.Index
    noted: list[tuple[np.ndarray, str]] = field(default_factory=list)

    def add(self, mask: pd.Series | np.ndarray, code: str) -> None:
        """Note `code` for the rows where `mask` is true (aligned with the index)."""
        rows = np.asarray(mask, dtype=bool)
        if rows.any():
            self.noted.append((rows, code))

    def joined(self) -> pd.Series:
        """The `;`-joined codes of every row, in the order they were added."""
        text = np.full(len(self.index), "", dtype=object)
        for rows, code in self.noted:
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
    out: dict[str, pd.Series] = {}
    for name, spec in load_fields().items():
        column = rows[name]
        # Of a hundred fields a file fills some twenty: the readers are not called for the rest.
        if not any(column.tolist()):
            out[name] = column
        elif spec.kind == "name" and name != "name":
            out[name] = clean_names(column)["value"]
        elif spec.kind in {"date", "month"} and name != "birth_date":
            out[name] = _dates(column, spec.kind, name, context, remarks)
        elif spec.kind == "phone":
            out[name] = normalise.read_phones(column)
        elif name == "grade":
            out[name] = _noted(
                grades.read_grades(column, rows["school"], context.as_of, context.year_start), column, name, remarks
            )
        elif spec.kind.startswith(("code:", "set:")):
            out[name] = _coded(column, name, department, remarks)
        elif spec.kind in {"text", "address"}:
            out[name] = normalise.clean_text(column)
        elif spec.kind == "number":
            out[name] = normalise.read_numbers(column)["value"]
        else:
            out[name] = column
    # The columns stay apart until all are read: changing single columns of a wide frame copies it again and again.
    names = clean_names(out["name"])
    out["name_raw"], out["name"] = out["name"], names["value"]
    out["name_note"], out["name_unreadable"] = names["note"], names["unreadable"]
    _birth(out, context, remarks)
    _ids(out, rows, context, remarks)
    _others(out)
    _places(out, context)
    out["stated_county"] = _stated_county(out["county"], rows["county_named"], context.county)
    return pd.DataFrame(out, index=rows.index)


def _dates(column: pd.Series, kind: str, name: str, context: Context, remarks: Remarks) -> pd.Series:
    # A certificate's end of validity lies in the future: only days that must have been are held against the period.
    limit = None if name in FUTURE else context.as_of
    read = normalise.read_months if kind == "month" else normalise.read_dates
    dates: pd.Series = read(column, limit)["value"]
    remarks.add(~column.isin(load_dictionary().placeholders) & (dates == ""), f"unreadable_date:{name}")
    return dates


def _birth(out: Columns, context: Context, remarks: Remarks) -> None:
    """The date of birth with its precision (rules/dates.md#b04); what was written stays beside it."""
    raw = out["birth_date"]
    read = normalise.read_dates(raw, context.as_of)
    out["birth_date_raw"], out["birth_date"], out["birth_precision"] = raw, read["value"], read["precision"]
    remarks.add((read["value"] == "") & ~raw.isin(load_dictionary().placeholders), "unreadable_date:birth_date")


def _ids(out: Columns, rows: pd.DataFrame, context: Context, remarks: Remarks) -> None:
    """Citizen numbers: the child's with status, the adults' beside it only when they are good."""
    for name, spec in load_fields().items():
        if spec.kind == "id" and name != CHILD_ID and any(out[name].tolist()):
            numbers = identity.read_ids(out[name], _flags(rows, name), "adult", context.as_of)
            remarks.add(~numbers["status"].isin(["valid", "missing", "placeholder"]), f"bad_number:{name}")
            out[name] = numbers["value"]
    raw = out[CHILD_ID]
    flags = _flags(rows, CHILD_ID)
    numbers = identity.read_ids(raw, flags, "child", context.as_of)
    adult = rows["subject"] == "adult"
    for name in ("birth_date", "birth_date_raw", "birth_precision", "sex"):
        # Nothing needs an adult's age or sex: not kept (purpose limitation).
        out[name] = out[name].mask(adult, "") if adult.any() else out[name]
    # In rows that may be about grown people an adult's number is nothing to be doubted.
    not_child = rows["subject"] != "child"
    if not_child.any():
        harmed = None if flags is None else flags[not_child]
        numbers.loc[not_child] = identity.read_ids(raw[not_child], harmed, "adult", context.as_of)
    out[CHILD_ID], out["id_no_raw"] = numbers["value"], raw
    for name in ("status", "birth", "sex", "derived"):
        out[f"id_no_{name}"] = numbers[name]


def _flags(rows: pd.DataFrame, name: str) -> pd.Series | None:
    key = f"damaged:{name}"
    return rows[key].eq(True) if key in rows.columns else None


def _others(out: Columns) -> None:
    """Student and certificate numbers. A `G` over the row's own good number is not read twice."""
    number, written = out[CHILD_ID], out["student_no"]
    plain = (number != "") & (written == "G" + number)
    student = identity.read_student_numbers(written[~plain]).reindex(written.index, fill_value="")
    card = identity.read_disability_numbers(out["disability_no"])
    out["student_no"], out["disability_no"] = student["value"].mask(plain, written), card["value"]
    out["student_no_kind"], out["student_no_id"] = student["kind"].mask(plain, "G"), student["id"].mask(plain, number)
    out["disability_no_id"], out["card_type"], out["card_level"] = card["id"], card["type"], card["level"]


def _coded(column: pd.Series, name: str, department: str, remarks: Remarks) -> pd.Series:
    spec = load_fields()[name]
    kind, table = spec.kind.split(":", 1)
    read = codes.read_sets if kind == "set" else codes.read_codes
    coded = read(column, table, department)
    values = _noted(coded, column, name, remarks)
    return values.mask(coded["unknown"] != "", spec.unread) if spec.unread else values


def _noted(read: pd.DataFrame, column: pd.Series, name: str, remarks: Remarks) -> pd.Series:
    """The values of a coded column; words that nobody knows are noted (docs/data-shapes.md section 8)."""
    remarks.add((read["unknown"] != "") & ~column.isin(load_dictionary().placeholders), f"unknown_code:{name}")
    return read["value"]


def _places(out: Columns, context: Context) -> None:
    """Canonical towns and villages of both addresses; the columns 乡镇 and 村 fill what the address does not say."""
    county_places = context.places or places.learn_places(
        pd.DataFrame({name: out[name] for name in PLACE_FIELDS}), county=context.county
    )
    stated = places.read_addresses(out["town"] + out["village"], county_places)
    # In many files both addresses are the same column's words: those are read once.
    sides = {"hukou": places.read_addresses(out["hukou_addr"], county_places)}
    same = out["live_addr"].equals(out["hukou_addr"])
    sides["live"] = sides["hukou"] if same else places.read_addresses(out["live_addr"], county_places)
    for side, read in sides.items():
        # A village of the same name lies in another town, too: the column's fills in only where the towns agree.
        agree = (read["town"] == "") | (read["town"] == stated["town"])
        out[f"{side}_town"] = read["town"].where(read["town"] != "", stated["town"])
        out[f"{side}_village"] = read["village"].where((read["village"] != "") | ~agree, stated["village"])
    area = out["hukou_area_code"]
    if any(out["hukou_area"].tolist()):
        # A column 户籍区县 speaks where the row has no code; by its digits, for names alone are many counties'.
        named = {text: county_key(text, context.county) for text in out["hukou_area"].unique()}
        codes = out["hukou_area"].map({text: key if key.isdigit() else "" for text, key in named.items()})
        area = area.where(area != "", codes)
    out["hukou_county"] = _county(sides["hukou"], area, context, county_places)
    out["live_county"] = sides["live"]["county_code"]


def _stated_county(column: pd.Series, named: pd.Series, home: str) -> pd.Series:
    """Whose row it is by a column 县区, else by what the file is named for (rules/places-and-people.md#several-counties): six digits, or a name without code."""
    by_column = column.map({text: county_key(text, home) for text in column.unique()})
    return by_column.where(by_column != "", named)


def _county(read: pd.DataFrame, code: pd.Series, context: Context, county_places: places.Gazetteer) -> pd.Series:
    """Six digits: said by the address, by the area code, or by a town of the county with no other county named."""
    area = code.where(code.str.fullmatch(r"[1-9]\d{5}(?:\d{3}){0,2}"), "").str.slice(0, 6) if code.any() else code
    county = read["county_code"].where(read["county_code"] != "", area)
    # A township that is known as another county's is that county's where the address names none.
    other = read["town"].map(county_places.elsewhere).fillna("") if county_places.elsewhere else None
    if other is not None:
        county = county.where((county != "") | (read["county"] != ""), other)
    if not context.county:
        return county
    home = (read["county"] == area_name(context.county)) & (read["county"] != "")
    in_county = (read["county"] == "") & read["town"].isin(set(county_places.towns.values()))
    return county.mask((county == "") & (home | in_county), context.county)
