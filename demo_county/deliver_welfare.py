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
from demo_county.sheets import Cell, DemoFile, DemoSheet, forget, headings, numbered, records, table
from demo_county.spoil import with_births, write_dates
from demo_county.spoil_dates import STYLES

_DATE_STYLES = ["dash", "slash", "dot", "chinese", "typed", "compact", "short_slash", "comma", "typed_serial"]
_TEXT_DATES = {"visit_text": "visit", "registered_text": "registered_on", "exit_text": "exit_date"}
_CARE = ["agreement", "father_status", "mother_status", "care_reason", "study"]
OWN_FILES = 3  # so many townships send a file of their own in every second period
# Excel takes 1900 for a leap year: its days count from here since March of that year.
_EPOCH = np.datetime64("1899-12-30").astype(object)


def deliver(books: pd.DataFrame, roll: pd.DataFrame, scene: Scene, folder: Path) -> list[DemoFile]:
    """Lay ledgers and payment roll out as this period's files."""
    books["record"] = np.arange(len(books))
    for text, column in _TEXT_DATES.items():
        books[text] = write_dates(books, column, STYLES["dash"])
    left, hard, paid = (books[books["ledger"] == book] for book in ("leftbehind", "dilemma", "allowance"))
    stamp = f"{scene.day:%Y}年{(scene.day.month - 1) // 3 + 1}季度"
    files, typed = _left_behind(left, scene, folder, stamp)
    files.append(_dilemma(hard, scene, folder / f"困境儿童台账_{stamp}.xlsx"))
    # One name in both periods, two formats behind it: an ending says nothing about what is inside.
    container = "xmlss" if scene.index % 2 else "xls"
    name = f"孤儿、事实无人抚养儿童基本生活费发放名册_{stamp}.xls"
    files.append(DemoFile("ca", folder / name, container, [_allowance(paid, scene)]))
    _write_back(books, typed)

    subsidies = DemoSheet("发放明细")
    subsidies.line(*headings("subsidies"))
    records(subsidies, roll, "subsidies")
    hints = _instructions("数据填在第二张表。", "补贴类型填困难残疾人生活补贴或重度残疾人护理补贴。")
    files.append(DemoFile("ca", folder / f"残疾人两项补贴发放表_{stamp}.xlsx", "xlsx_shared", [hints, subsidies]))
    forget(roll, "subsidies")
    return files


def _left_behind(
    left: pd.DataFrame, scene: Scene, folder: Path, stamp: str
) -> tuple[list[DemoFile], list[pd.DataFrame]]:
    """The ledgers of left-behind children: one workbook with a sheet per township; in every second period some townships
    send a file of their own, and the last one the query list of a system that shows neither number nor birthday.

    Returns:
        The files, and the records as they stand in them.
    """
    towns = scene.county.towns
    order = np.argsort(scene.dice.uniform(np.arange(len(towns)), "numeric"))
    numeric = set(order[: scene.profile.numeric_townships].tolist())
    alone = set(range(len(towns) - OWN_FILES - 1, len(towns) - 1)) if scene.index % 2 else set()
    listed = {len(towns) - 1} if scene.index % 2 else set()
    pages: list[DemoSheet] = []
    files: list[DemoFile] = []
    typed: list[pd.DataFrame] = []
    for number, town in enumerate(towns):
        part = left[left["town_no"] == number]
        part = part.sort_values(["village", "fam", "kid"], kind="stable").reset_index(drop=True)
        if part.empty:
            continue  # a township without such children sends nothing
        if number in listed:
            # A list that shows neither number nor birthday has none of the mistakes in them.
            shown = [
                [error for error in row.split("|") if error and not error.startswith(("id_", "birth_"))]
                for row in part["errors"]
            ]
            part = part.assign(errors=["|".join([*row, "no_number_list"]) for row in shown])
            sheet = DemoSheet("Sheet1")
            sheet.line(*headings("query_list"))
            records(sheet, numbered(part), "query_list")
            files.append(DemoFile("ca", folder / f"留守儿童查询列表_{town}.xls", "xls", [sheet]))
            unsaid = dict.fromkeys(("id_no_meant", "nation", "father_name", "mother_name", *_CARE), "")
            typed.append(part.assign(birth_meant=None, **unsaid))
            continue
        sheet, part = township_sheet(part, scene, number, number in numeric)
        typed.append(part)
        if number == 0:
            # Rows that nobody can accept stand above the three closing lines, where a clerk would insert them.
            nameless = part.iloc[: scene.profile.quarantined_rows]
            sheet.rows, tail = sheet.rows[:-3], sheet.rows[-3:]
            sheet.nameless(numbered(with_births(nameless, STYLES["dash"])), "left_behind")
            sheet.rows += tail
        if number in alone:
            sheet.name = "Sheet1"
            files.append(DemoFile("ca", folder / f"农村留守儿童信息台账（{town}）_{stamp}.xlsx", "xlsx", [sheet]))
        else:
            pages.append(sheet)
    return [DemoFile("ca", folder / f"农村留守儿童信息台账_{stamp}.xlsx", "xlsx", pages), *files], typed


def _write_back(books: pd.DataFrame, typed: list[pd.DataFrame]) -> None:
    """Let the truth know what the sheets' own habits did to the records."""
    columns = ["errors", "id_no_meant", "birth_meant", "nation", "father_name", "mother_name", *_CARE]
    after = pd.concat([part[["record", *columns]] for part in typed], ignore_index=True)
    for column in columns:
        values = books[column].to_numpy(dtype=object).copy()
        values[after["record"].to_numpy()] = after[column].to_numpy(dtype=object)
        books[column] = values


def township_sheet(part: pd.DataFrame, scene: Scene, number: int, numeric: bool) -> tuple[DemoSheet, pd.DataFrame]:
    """Build one township's sheet; the township's number decides which habits its clerk has.

    Returns:
        The sheet, and the records as they now stand in it.
    """
    sheet, width = DemoSheet(scene.county.towns[number]), len(headings("left_behind"))
    sheet.line(f"{places().county}{scene.county.towns[number]}农村留守儿童信息台账", across=width)
    sheet.line(
        f"填报单位（盖章）：{scene.county.towns[number]}人民政府　　　"
        f"填报日期：{scene.day.year}年{scene.day.month}月{20 + number % 8}日",
        across=width,
    )
    sheet.line(*headings("left_behind"))
    part = _habits(part, scene, number)
    rows = _typed(table(part, "left_behind"), part, _DATE_STYLES[number % len(_DATE_STYLES)])
    # By different remainders of the township's number, so that habits meet in many combinations.
    if numeric:
        _numbers_as_numbers(rows, part)
    if number % 3 == 1:
        _merge_runs(sheet, rows, 1)
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
    """What this township's clerk does to texts."""
    style = _DATE_STYLES[number % len(_DATE_STYLES)]
    # Typed days are cells of their own kind (`_typed`); a text stands there only where a mistake has written one.
    part = with_births(numbered(part), STYLES["dash" if style.startswith("typed") else style])
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


def _merge_runs(sheet: DemoSheet, rows: list[list[Cell]], column: int) -> None:
    """Merge the cells of a column that say the same below each other; only the first keeps its text, as in a real file."""
    first, start = len(sheet.rows), 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or rows[i][column] != rows[start][column]:
            if i - start > 1:
                sheet.merges.append((first + start, column, first + i - 1, column))
                for below in rows[start + 1 : i]:
                    below[column] = ""
            start = i


def _instructions(*lines: str) -> DemoSheet:
    sheet = DemoSheet("填表说明")
    sheet.line("填表说明")
    for i, line in enumerate(lines):
        sheet.line(f"{i + 1}. {line}")
    return sheet


def _dilemma(part: pd.DataFrame, scene: Scene, path: Path) -> DemoFile:
    """Instructions on the first sheet (rules/files.md#ff7); township typed once and left empty below."""
    part = part.sort_values(["town_no", "village", "fam", "kid"], kind="stable")
    part = with_births(numbered(part), STYLES["slash"]).reset_index(drop=True)
    sheet = DemoSheet("困境儿童")
    sheet.line(f"{places().county}困境儿童信息台账", across=len(headings("dilemma")))
    sheet.line(f"填报单位（盖章）：{places().county}民政局　　　填报时间：{scene.day}")
    sheet.line(*headings("dilemma"))
    rows = table(part, "dilemma")
    _merge_runs(sheet, rows, headings("dilemma").index("所属乡镇"))
    sheet.block(rows, part["kid"].tolist(), part["errors"].tolist())
    sheet.line("合计", "", f"{len(part)}人")
    sheet.line("制表人：", "", "", "审核人：")
    hints = _instructions(
        "本表由乡镇（街道）填报，县民政局汇总。",
        "身份证号必须以文本格式填写。",
        "一名儿童只填一行，兼有多种类别的用顿号隔开。",
    )
    return DemoFile("ca", path, "xlsx_shared", [hints, sheet])


def _allowance(part: pd.DataFrame, scene: Scene) -> DemoSheet:
    part = with_births(numbered(part.sort_values(["town_no", "fam", "kid"], kind="stable")), STYLES["compact"])
    sheet = DemoSheet("发放名册")
    sheet.line(f"{places().county}孤儿、事实无人抚养儿童基本生活费发放名册")
    sheet.line(
        f"发放单位：{places().county}民政局", "", "", "", f"{scene.day.year}年{scene.day.month}月", "", "单位：元"
    )
    sheet.line(*headings("allowance"))
    sheet.block(table(part, "allowance"), part["kid"].tolist(), part["errors"].tolist())
    sheet.line("合计", "", f"{len(part)}人")
    return sheet
