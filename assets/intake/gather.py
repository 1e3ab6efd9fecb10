"""From the raw rows of one sheet to one text column per field, nothing interpreted yet.

Belongs here: taking cells by the mapping, family members, what file and titles carry, 同上.
Does not belong here: reading names, numbers, dates (`reading`), judging rows (`judge`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.counties.reading import county_in
from assets.intake import align
from assets.intake.contract import Contract, Flag, load_dictionary, load_fields
from assets.intake.headings import FLAG, normalise_heading
from assets.intake.mapping import Mapping, Surroundings, map_columns
from assets.intake.sheetreading import SheetReading
from matching.reading import codes

Cells = npt.NDArray[np.object_]
BASE = ["record_id", "delivery_id", "file", "sheet", "sheet_no", "row"]
_ADDRESSES = ("hukou_addr", "live_addr")
_REPEATABLE = ("town", "village", "village_group", "school", "guardian_name", "father_name", "mother_name", "phone")
# As people write a member's relation to the child, and as GB/T 4761 numbers it.
_FATHER = {"父亲", "父", "爸爸", "生父", "父子", "父女", "51"}
_MOTHER = {"母亲", "母", "妈妈", "生母", "母子", "母女", "52"}
_NO_TOWN = re.compile(r"^(?:各|全|本|所|城|乡|村|集|建制)*(?:乡|镇|街道)+$")
_ABOVE = re.compile(r"^.*(?:省|自治区|市|县|区|旗|州)(?=.{2,})")


@dataclass(frozen=True)
class SheetRows:
    """One sheet of the raw frame: headings, mapping, data rows as an array, and their places."""

    mapping: Mapping
    data: pd.DataFrame
    cells: Cells
    around: Surroundings
    sections: pd.Series


def sheets(raw: pd.DataFrame, readings: Iterable[SheetReading]) -> Iterator[SheetRows]:
    """Every sheet of `raw` that has a heading, in the order of the frame, by what was understood of its columns.

    Raises:
        KeyError: a sheet has no reading.
    """
    columns = cell_columns(raw)
    reading_of = {(reading.around.file, reading.sheet_no): reading for reading in readings}
    for _key, rows in raw.groupby(["file", "sheet_no"], sort=False):
        headings = rows[rows["kind"] == "heading"]
        if headings.empty:
            continue
        heading, data = headings.iloc[-1], rows[rows["kind"] == "data"]
        reading = reading_of[str(heading["file"]), int(heading["sheet_no"])]
        cells, sections = data[columns].to_numpy(dtype=object), _sections(rows, data, heading, columns)
        yield SheetRows(reading.mapping, data, cells, reading.around, sections)


def unread_sheets(
    raw: pd.DataFrame, known: Iterable[SheetReading], contract: Contract, as_of: date
) -> list[SheetReading]:
    """Readings of the sheets of `raw` that none of `known` is of; derived from the same rows and titles as when the file was read.

    Args:
        raw: raw rows of one department.
        known: readings that may be used.
        contract: the department's.
        as_of: last day of the period.
    """
    columns = cell_columns(raw)
    places = {(reading.around.file, reading.sheet_no): reading for reading in known}
    anew = []
    # By the heading rows alone: mostly every sheet has its reading, and the rows of a large county are not gone through for that.
    for _at, heading in raw[raw["kind"] == "heading"].drop_duplicates(["file", "sheet_no"], keep="last").iterrows():
        names = [str(heading[column]) for column in columns]
        file, sheet_no, delivery_id = str(heading["file"]), int(heading["sheet_no"]), str(heading["delivery_id"])
        reading = places.get((file, sheet_no))
        if reading is not None and reading.is_of(delivery_id, names):
            continue
        rows = raw[(raw["file"] == heading["file"]) & (raw["sheet_no"] == heading["sheet_no"])]
        titles = rows[(rows["kind"] == "title") & (rows["row"] < heading["row"])]
        text = " ".join(cell for cell in titles[columns].to_numpy(dtype=object).ravel() if cell)[:400]
        around = Surroundings(file, str(heading["sheet"]), text, as_of)
        mapping = map_columns(names, rows.loc[rows["kind"] == "data", columns], contract, around)
        anew.append(SheetReading(delivery_id, sheet_no, around, mapping))
    return anew


def _sections(rows: pd.DataFrame, data: pd.DataFrame, heading: pd.Series, columns: list[str]) -> pd.Series:
    """The section title (a township's name between the rows) above each data row, "" when none."""
    sections = pd.Series("", index=rows.index, dtype=object)
    titles = rows[(rows["kind"] == "title") & (rows["row"] > heading["row"])]
    if titles.empty:
        return sections.loc[data.index]
    texts = titles[columns].agg("".join, axis=1)
    sections.loc[titles.index] = texts
    return sections.where(sections != "").ffill().fillna("").loc[data.index]


def cell_columns(raw: pd.DataFrame) -> list[str]:
    """The raw frame's cell columns `c000 …` in order."""
    return [column for column in raw.columns if re.fullmatch(r"c\d{3,}", column)]


def gather(sheet: SheetRows, contract: Contract) -> pd.DataFrame:
    """One row per data row: its place, every field as raw text, `layout`, `subject`, `damaged:<field>` flags, `shift`.

    Args:
        sheet: the rows of one sheet.
        contract: the department's contract.

    Returns:
        Frame on the index of the sheet's data rows; all fields of `fields.yaml`, missing is "".
    """
    cells, shift = align.realign(sheet.cells, sheet.mapping)
    frame = sheet.data[BASE].copy()
    texts: dict[str, Cells] = {}
    for column in sheet.mapping.columns:
        if not column.field:
            continue
        values = _stripped(cells[:, column.position], column.target.role)
        earlier = texts.get(column.field)
        if earlier is None:
            texts[column.field] = values
        elif load_fields()[column.field].kind.startswith("set:"):
            # A set takes what both columns say: 救助措施 and 是否低保.
            both = (earlier != "") & (values != "") & ~_among(earlier, load_dictionary().placeholders)
            texts[column.field] = np.where(both, earlier + "、" + values, np.where(values == "", earlier, values))
        else:
            texts[column.field] = np.where(earlier == "", values, earlier)
    _lead(texts, cells, sheet.mapping, {**contract.flags, **sheet.mapping.layout.flags})
    # In this order each fills only what the row itself left empty; a row's own no is heard last, over all that was said for it.
    _members(texts, cells, sheet.mapping)
    _same(texts)
    _lookups(texts, contract, sheet)
    _carry(texts, contract, sheet)
    _veto(texts, cells, sheet.mapping)
    blank = np.full(len(frame), "", dtype=object)
    fields = pd.DataFrame({name: texts.get(name, blank) for name in load_fields()}, index=frame.index)
    frame["layout"], frame["shift"] = sheet.mapping.layout.name, shift
    frame["subject"] = sheet.mapping.layout.subject
    frame["county_named"] = _county_named(sheet.around)
    return pd.concat([frame, fields, _damaged(sheet)], axis=1)


def _among(texts: Cells, words: Iterable[str]) -> npt.NDArray[np.bool_]:
    # Not numpy.isin: it goes through the texts once for every word.
    return pd.Index(texts, dtype=object).isin(list(words))


def _stripped(values: Cells, role: str = "") -> Cells:
    texts = np.array([value.strip() for value in values], dtype=object)
    if role.startswith(FLAG):
        yes = codes.read_codes(pd.Series(texts, dtype=object), "flag")["value"].to_numpy(dtype=object) == "yes"
        return np.where(yes, role.removeprefix(FLAG), "").astype(object)
    if role == "away":
        words = load_dictionary().away_words
        return np.array([words.get(text, text) for text in texts], dtype=object)
    return texts


def _damaged(sheet: SheetRows) -> pd.DataFrame:
    """`damaged:<field>` columns, only for fields with a number-typed cell of 16 and more digits."""
    marked = sheet.data["damaged"]
    touched = {int(part) for text in marked[marked != ""] for part in str(text).split(";")}
    flagged: dict[str, pd.Series] = {}
    for column in sheet.mapping.columns:
        if column.position in touched and column.field:
            flags = marked.map(lambda text, at=str(column.position): at in str(text).split(";"))
            name = f"damaged:{column.field}"
            flagged[name] = flags | flagged[name] if name in flagged else flags
    return pd.DataFrame(flagged, index=sheet.data.index)


def _members(texts: dict[str, Cells], cells: Cells, mapping: Mapping) -> None:
    """Numbered family members by their relation: father and mother to their fields, others to the guardian."""
    words = {"father": _FATHER, "mother": _MOTHER}
    for roles in mapping.member_columns().values():
        parts = {role: _stripped(cells[:, position]) for role, position in roles.items()}
        blank = np.full(len(cells), "", dtype=object)
        relation = parts.get("relation", blank)
        for person, relations in words.items():
            of_person = {f"{person}_{role}": parts.get(role, blank) for role in ("name", "id", "phone")}
            _put(texts, _among(relation, relations), of_person)
        # A parent who is the guardian stands in both places: who is asked about the child need not look at relations.
        guardian = _among(parts.get("is_guardian", blank), ["是", "1", "有"])
        other = ~_among(relation, _FATHER | _MOTHER)
        of_guardian = {
            "guardian_name": parts.get("name", blank),
            "guardian_id": parts.get("id", blank),
            "guardian_rel": relation,
            "phone": parts.get("phone", blank),
        }
        _put(texts, other | guardian, of_guardian)


def _put(texts: dict[str, Cells], rows: npt.NDArray[np.bool_], values: dict[str, Cells]) -> None:
    for field, cells in values.items():
        current = texts.get(field, np.full(len(rows), "", dtype=object))
        texts[field] = np.where(rows & (current == ""), cells, current)


def _same(texts: dict[str, Cells]) -> None:
    """同上 and its like: the other address of the row, else the row above (rules/identifiers.md#placeholders, sheet order)."""
    words = load_dictionary()
    same = [*words.same_words, *words.same_address]
    present = [field for field in _ADDRESSES if field in texts]
    pointing = {field: _among(texts[field], same) for field in present}
    for field in present:
        others = [other for other in present if other != field]
        for other in others:
            usable = pointing[field] & ~pointing[other] & (texts[other] != "")
            texts[field] = np.where(usable, texts[other], texts[field])
            pointing[field] = pointing[field] & ~usable
    # Only what neighbours share: 同上 under a number or a birth would give one child another's.
    for field in (*present, *(name for name in _REPEATABLE if name in texts)):
        rows = _among(texts[field], same)
        if rows.any():
            series = pd.Series(texts[field], dtype=object).mask(pd.Series(rows)).ffill().fillna("")
            texts[field] = series.to_numpy(dtype=object)


def _lookups(texts: dict[str, Cells], contract: Contract, sheet: SheetRows) -> None:
    layout = sheet.mapping.layout
    for field, table in [*contract.lookups.items(), *layout.lookups.items()]:
        if field in texts:
            texts[field] = np.array([table.get(text, text) for text in texts[field]], dtype=object)
    for field, value in {**contract.defaults, **layout.defaults}.items():
        current = texts.get(field, np.full(len(sheet.data), "", dtype=object))
        texts[field] = np.where(current == "", value, current)


def _lead(texts: dict[str, Cells], cells: Cells, mapping: Mapping, flags: dict[str, Flag]) -> None:
    """Fields in which a plain yes of the row outweighs another column of it (是否失学辍学)."""
    leading = {normalise_heading(heading): flag for heading, flag in flags.items() if flag.leads}
    for column in mapping.columns:
        flag = leading.get(normalise_heading(column.heading))
        if flag is not None and flag.field in texts:
            answers = _stripped(cells[:, column.position], FLAG + flag.value)
            texts[flag.field] = np.where(answers != "", answers, texts[flag.field])


def _veto(texts: dict[str, Cells], cells: Cells, mapping: Mapping) -> None:
    """Fields that a plain no of the row takes back, whatever the household or the sheet said (是否保障)."""
    vetoes = {normalise_heading(heading): flag.field for heading, flag in mapping.layout.flags.items() if flag.veto}
    for column in mapping.columns:
        field = vetoes.get(normalise_heading(column.heading))
        if field in texts:
            answers = pd.Series([cell.strip() for cell in cells[:, column.position]], dtype=object)
            denied = codes.read_codes(answers, "flag")["value"].to_numpy(dtype=object) == "no"
            texts[field] = np.where(denied, "", texts[field])


def _carry(texts: dict[str, Cells], contract: Contract, sheet: SheetRows) -> None:
    """What section titles, sheet name, titles and file name say about every row (rules/files.md#ff8)."""
    around = sheet.around
    for field, carries in {**contract.carried, **sheet.mapping.layout.carried}.items():
        current = texts.get(field, np.full(len(sheet.data), "", dtype=object))
        # The nearest speaks: a sheet of a book is of one kind, whatever the file is called after.
        for text in (around.sheet, around.titles, around.file):
            values = {carry.value for carry in carries if re.search(carry.pattern, text)}
            if values:
                # 农村留守和困境儿童台账 names both kinds and tells neither.
                value = values.pop() if len(values) == 1 else ""
                texts[field] = np.where(current == "", value, current)
                break
    if "town" not in texts or not (texts["town"] != "").any():
        places = (around.sheet, around.titles, re.sub(r"\.\w+$", "", around.file))
        fixed = next((town for text in places if (town := town_in(text))), "")
        texts["town"] = np.array([town_in(str(text)) or fixed for text in sheet.sections], dtype=object)


def _county_named(around: Surroundings) -> str:
    """The county that sheet, titles or the file with its folders are named for, the nearest first; "" for none (rules/places-and-people.md#several-counties)."""
    return next((county for text in (around.sheet, around.titles, around.file) if (county := county_in(text))), "")


def town_in(text: str) -> str:
    """The township a title, sheet or file name speaks of, without province, prefecture and county; "" when none."""
    for match in re.finditer(load_dictionary().carried["town"], text):
        town = _ABOVE.sub("", match[1])
        # 各乡镇 and 全镇 name no place.
        if len(town) >= 2 and not _NO_TOWN.match(town):
            return town
    return ""
