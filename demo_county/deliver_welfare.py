"""How civil affairs delivers: ledgers with one sheet per township and every habit of hand-kept sheets,
allowance roll, payment roll.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from demo_county.dice import Ints, Texts
from demo_county.knowledge import Scene
from demo_county.settings import places
from demo_county.sheets import Cell, Delivery, Sheet, forget, headings, numbered, records, table
from demo_county.spoil import write_dates
from demo_county.spoil_dates import STYLES

_DATE_STYLES = ["dash", "slash", "dot", "chinese", "typed", "compact", "short_slash", "comma", "typed_serial"]
_TEXT_DATES = {"visit_text": "visit", "registered_text": "registered_on", "exit_text": "exit_date"}
_CARE = ["agreement", "father_status", "mother_status", "care_reason", "study"]
OWN_FILES = 3  # so many townships send a file of their own in every second period


def deliver(books: pd.DataFrame, roll: pd.DataFrame, scene: Scene, folder: Path) -> list[Delivery]:
    """Lay ledgers and payment roll out as this period's files."""
    books["record"] = np.arange(len(books))
    for text, column in _TEXT_DATES.items():
        books[text] = write_dates(books, column, STYLES["dash"])
    left, hard, paid = (books[books["ledger"] == book] for book in ("leftbehind", "dilemma", "allowance"))
    stamp = f"{scene.day:%Y}年{(scene.day.month - 1) // 3 + 1}季度"
    deliveries, typed = _left_behind(left, scene, folder, stamp)
    deliveries.append(_dilemma(hard, scene, folder / f"困境儿童台账_{stamp}.xlsx"))
    container = "xmlss" if scene.index % 2 else "xls"
    deliveries.append(
        Delivery(
            "ca", folder / f"孤儿、事实无人抚养儿童基本生活费发放名册_{stamp}.xls", container, [_allowance(paid, scene)]
        )
    )
    _write_back(books, typed)
    deliveries.append(_subsidies(roll, folder / f"残疾人两项补贴发放表_{stamp}.xlsx"))
    forget(roll, "subsidies")
    return deliveries


def _left_behind(
    left: pd.DataFrame, scene: Scene, folder: Path, stamp: str
) -> tuple[list[Delivery], list[pd.DataFrame]]:
    numeric = set(
        np.argsort(scene.dice.uniform(np.arange(len(scene.county.towns)), "numeric"))[
            : scene.profile.numeric_townships
        ].tolist()
    )
    alone = (
        set(range(len(scene.county.towns) - OWN_FILES - 1, len(scene.county.towns) - 1)) if scene.index % 2 else set()
    )
    listed = {len(scene.county.towns) - 1} if scene.index % 2 else set()
    pages: list[Sheet] = []
    deliveries: list[Delivery] = []
    typed: list[pd.DataFrame] = []
    for number, town in enumerate(scene.county.towns):
        part = (
            left[left["town_no"] == number].sort_values(["village", "fam", "kid"], kind="stable").reset_index(drop=True)
        )
        if part.empty:
            continue  # a township without such children sends nothing
        if number in listed:
            part = part.assign(errors=_without_number_and_birth(part["errors"]))
            deliveries.append(Delivery("ca", folder / f"留守儿童查询列表_{town}.xls", "xls", [_query_list(part)]))
            unsaid = dict.fromkeys(("id_no_meant", "nation", "father_name", "mother_name", *_CARE), "")
            typed.append(part.assign(birth_meant=None, **unsaid))
            continue
        sheet, part = township_sheet(part, scene, number, number in numeric)
        typed.append(part)
        if number == 0:
            sheet_rows = part.iloc[: scene.profile.quarantined_rows]
            sheet.rows, tail = sheet.rows[:-3], sheet.rows[-3:]
            sheet.nameless(numbered(_dated(sheet_rows, "dash")), "left_behind")
            sheet.rows += tail
        if number in alone:
            sheet.name = "Sheet1"
            deliveries.append(Delivery("ca", folder / f"农村留守儿童信息台账（{town}）_{stamp}.xlsx", "xlsx", [sheet]))
        else:
            pages.append(sheet)
    return [Delivery("ca", folder / f"农村留守儿童信息台账_{stamp}.xlsx", "xlsx", pages), *deliveries], typed


def _write_back(books: pd.DataFrame, typed: list[pd.DataFrame]) -> None:
    """Let the truth know what the sheets' own habits did to the records."""
    columns = ["errors", "id_no_meant", "birth_meant", "nation", "father_name", "mother_name", *_CARE]
    after = pd.concat([part[["record", *columns]] for part in typed], ignore_index=True)
    for column in columns:
        values = books[column].to_numpy(dtype=object).copy()
        values[after["record"].to_numpy()] = after[column].to_numpy(dtype=object)
        books[column] = values


def _dated(frame: pd.DataFrame, style: str) -> pd.DataFrame:
    return frame.assign(
        birth_text=np.where(frame["birth_text"] == "", write_dates(frame, "birth", STYLES[style]), frame["birth_text"])
    )


def township_sheet(part: pd.DataFrame, scene: Scene, number: int, numeric: bool) -> tuple[Sheet, pd.DataFrame]:
    """Build one township's sheet; the township's number decides which habits its clerk has.

    Returns:
        The sheet, and the records as they now stand in it.
    """
    sheet, width = Sheet(scene.county.towns[number]), len(headings("left_behind"))
    sheet.line(f"{places().county}{scene.county.towns[number]}农村留守儿童信息台账", across=width)
    sheet.line(
        f"填报单位（盖章）：{scene.county.towns[number]}人民政府　　　"
        f"填报日期：{scene.day.year}年{scene.day.month}月{20 + number % 8}日",
        across=width,
    )
    sheet.line(*headings("left_behind"))
    part = _habits(part, scene, number)
    rows = _typed(table(part, "left_behind"), part, _DATE_STYLES[number % len(_DATE_STYLES)])
    if numeric:
        _numbers_as_numbers(rows, part)
    if number % 3 == 1:
        _merge_villages(sheet, rows)
    if number % 5 == 1 and len(rows) > 6:
        sheet.hidden += [len(sheet.rows) + i for i in (2, 3, 5)]
    step = 40 if number % 5 == 3 else max(1, len(rows))
    for at in range(0, len(rows), step):
        if at:
            sheet.line(*headings("left_behind"))  # printed again on every page
        sheet.block(
            rows[at : at + step],
            part["kid"].iloc[at : at + step].tolist(),
            part["errors"].iloc[at : at + step].tolist(),
        )
    for extra in range(3 if number % 2 == 0 else 0):
        sheet.line(str(len(rows) + extra + 1) if number % 4 == 0 else "")
    sheet.line("合计", "", f"{len(rows)}人")
    sheet.line()
    sheet.line("填表人：", "", "", "审核人：", "", "联系电话：")
    return sheet, part


def _habits(part: pd.DataFrame, scene: Scene, number: int) -> pd.DataFrame:
    part = _dated(
        numbered(part),
        (_DATE_STYLES[number % len(_DATE_STYLES)]).replace("typed_serial", "dash").replace("typed", "dash"),
    )
    errors = part["errors"].to_numpy(dtype=object).copy()
    name, id_no = part["name"].to_numpy(dtype=object).copy(), part["id_no"].to_numpy(dtype=object).copy()
    if number % 2:
        part["village"] = [v.replace("村", "村村民委员会") if v.endswith("村") else v for v in part["village"]]
    if number % 3 == 0:  # two-character names padded to the width of three (rules/names.md#n07)
        short = np.array([len(n) == 2 for n in name], dtype=bool)
        name[short] = [n[0] + "　" + n[1] for n in name[short]]
        _label(errors, np.flatnonzero(short), "space")
    if number % 7 == 5:
        _fill_down(id_no, errors, part)
    address = part["live_addr"].to_numpy(dtype=object).copy()
    if number % 4 == 2:
        same = np.flatnonzero((part["fam"] == part["fam"].shift()).to_numpy() & (address == np.roll(address, 1)))
        address[same] = "同上"
    return part.assign(name=name, id_no=id_no, errors=errors, live_addr=address)


def _fill_down(id_no: Texts, errors: Texts, part: pd.DataFrame) -> None:
    """Let the fill handle count on over four rows below the first plain number (rules/identifiers.md#c15)."""
    plain = [i for i, number in enumerate(id_no[:-4]) if len(number) == 18 and number.isascii() and number.isdigit()]
    if not plain:
        return
    at = plain[len(plain) // 2]
    below = np.arange(at + 1, at + 5)
    id_no[below] = [str(int(id_no[at]) + k + 1) for k in range(4)]
    part.loc[below, "id_no_meant"] = ""
    _label(errors, below, "id_sequence")


def _label(errors: Texts, rows: Ints, error: str) -> None:
    for i in rows.tolist():
        errors[i] = f"{errors[i]}|{error}" if errors[i] else error


def _typed(rows: list[list[Cell]], part: pd.DataFrame, style: str) -> list[list[Cell]]:
    """Type birth dates as real dates or as serial numbers where the clerk's cells are formatted so."""
    if not style.startswith("typed"):
        return rows
    at = headings("left_behind").index("出生日期")
    days = part["birth"].to_numpy(dtype="datetime64[D]").astype(object)
    plain = ~part["errors"].str.contains("birth_").to_numpy(dtype=bool)
    for i in np.flatnonzero(plain).tolist():
        rows[i][at] = days[i] if style == "typed" else (days[i] - _EPOCH).days
    return rows


_EPOCH = np.datetime64("1899-12-30").astype(object)


def _numbers_as_numbers(rows: list[list[Cell]], part: pd.DataFrame) -> None:
    """Cells formatted as numbers keep 15 digits; numbers ending in X stay text (rules/identifiers.md#c05)."""
    at = headings("left_behind").index("身份证号码")
    errors = part["errors"].to_numpy(dtype=object)
    for i, row in enumerate(rows):
        text = str(row[at])
        if len(text) == 18 and text.isdigit() and text.isascii():
            row[at] = float(text[:15] + "000")
            _label(errors, np.array([i]), "id_excel15")
    part["errors"] = errors
    part["id_no_meant"] = ""


def _merge_villages(sheet: Sheet, rows: list[list[Cell]]) -> None:
    first, start = len(sheet.rows), 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or rows[i][1] != rows[start][1]:
            if i - start > 1:
                sheet.merges.append((first + start, 1, first + i - 1, 1))
                for below in rows[start + 1 : i]:
                    below[1] = ""
            start = i


def _query_list(part: pd.DataFrame) -> Sheet:
    sheet = Sheet("Sheet1")
    sheet.line(*headings("query_list"))
    records(sheet, numbered(part), "query_list")
    return sheet


def _without_number_and_birth(errors: pd.Series) -> list[str]:
    """What is left of the rows' errors on a list that shows neither."""
    kept = [[error for error in row.split("|") if error and not error.startswith(("id_", "birth_"))] for row in errors]
    return ["|".join([*row, "no_number_list"]) for row in kept]


def _told(*lines: str) -> Sheet:
    sheet = Sheet("填表说明")
    sheet.line("填表说明")
    for i, line in enumerate(lines):
        sheet.line(f"{i + 1}. {line}")
    return sheet


def _dilemma(part: pd.DataFrame, scene: Scene, path: Path) -> Delivery:
    """Instructions on the first sheet (rules/files.md#ff7); township typed once and left empty below."""
    part = _dated(numbered(part.sort_values(["town_no", "village", "fam", "kid"], kind="stable")), "slash").reset_index(
        drop=True
    )
    sheet = Sheet("困境儿童")
    sheet.line(f"{places().county}困境儿童信息台账", across=len(headings("dilemma")))
    sheet.line(f"填报单位（盖章）：{places().county}民政局　　　填报时间：{scene.day}")
    sheet.line(*headings("dilemma"))
    rows = table(part, "dilemma")
    at = headings("dilemma").index("所属乡镇")
    first, start = len(sheet.rows), 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or rows[i][at] != rows[start][at]:
            if i - start > 1:
                sheet.merges.append((first + start, at, first + i - 1, at))
                for below in rows[start + 1 : i]:
                    below[at] = ""
            start = i
    sheet.block(rows, part["kid"].tolist(), part["errors"].tolist())
    sheet.line("合计", "", f"{len(part)}人")
    sheet.line("制表人：", "", "", "审核人：")
    return Delivery(
        "ca",
        path,
        "xlsx_shared",
        [
            _told(
                "本表由乡镇（街道）填报，县民政局汇总。",
                "身份证号必须以文本格式填写。",
                "一名儿童只填一行，兼有多种类别的用顿号隔开。",
            ),
            sheet,
        ],
    )


def _allowance(part: pd.DataFrame, scene: Scene) -> Sheet:
    part = _dated(numbered(part.sort_values(["town_no", "fam", "kid"], kind="stable")), "compact")
    sheet = Sheet("发放名册")
    sheet.line(f"{places().county}孤儿、事实无人抚养儿童基本生活费发放名册")
    sheet.line(
        f"发放单位：{places().county}民政局", "", "", "", f"{scene.day.year}年{scene.day.month}月", "", "单位：元"
    )
    sheet.line(*headings("allowance"))
    sheet.block(table(part, "allowance"), part["kid"].tolist(), part["errors"].tolist())
    sheet.line("合计", "", f"{len(part)}人")
    return sheet


def _subsidies(part: pd.DataFrame, path: Path) -> Delivery:
    sheet = Sheet("发放明细")
    sheet.line(*headings("subsidies"))
    sheet.block(table(part, "subsidies"), part["kid"].tolist(), part["errors"].tolist())
    return Delivery(
        "ca",
        path,
        "xlsx_shared",
        [_told("数据填在第二张表。", "补贴类型填困难残疾人生活补贴或重度残疾人护理补贴。"), sheet],
    )
