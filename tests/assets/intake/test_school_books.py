"""Education's own working lists as they come: what a row of 控辍保学台账 says, and in what state its record is (rules/departments.md#dropout-ledger)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from assets.intake.context import Context
from assets.intake.contract import all_contracts
from assets.intake.notices import DeliveredFile
from assets.intake.standard import standardise
from assets.intake.staterules import states_by
from assets.intake.tabulate import tabulate
from matching.reading import codes
from pipelines.resources.reading.reader import read_file

AS_OF = date(2026, 9, 30)
HEADING = [
    "序号",
    "姓名",
    "身份证号",
    "学籍号",
    "学校",
    "类别",
    "失学辍学时间",
    "劝返责任人",
    "劝返结果",
    "返校时间",
    "销号时间",
]


def ledger(
    tmp_path: Path, make_number: Callable[..., str], *cells: tuple[str, str, str, str]
) -> list[tuple[str, str, str]]:
    """(study_status, persuasion, state) of the rows of a real workbook; cells are 类别, 劝返结果, 返校时间, 销号时间."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["某县控辍保学台账"])
    sheet.append(HEADING)
    for place, (kind, result, back, struck) in enumerate(cells, 1):
        number = make_number(f"201503{place:02d}")
        sheet.append(
            [
                place,
                f"张某{chr(0x4E00 + place)}",
                number,
                "",
                "第一小学",
                kind,
                "2026-03-01",
                "王老师",
                result,
                back,
                struck,
            ]
        )
    path = tmp_path / "控辍保学台账.xlsx"
    workbook.save(path)
    contract = all_contracts()["education"]
    done = tabulate(DeliveredFile(read_file(path), path.name, "1f0c9a77b2" + "0" * 54, "D1"), contract, AS_OF)
    assert done.refusal is None, done.refusal
    rows = standardise(done.raw, done.readings, contract, Context("2026Q3", AS_OF, None, "620722")).accepted
    assert set(rows["layout"]) == {"dropout_ledger"}
    return list(zip(rows["study_status"], rows["persuasion"], states_by(contract.states, rows), strict=True))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("辍学", "", "", ""), ("dropout", "", "other_leave")),
        (("失学", "劝返中", "", ""), ("dropout", "ongoing", "other_leave")),
        (("失联", "", "", ""), ("lost_contact", "", "other_leave")),
        (("疑似辍学", "", "", ""), ("suspected", "", "other_leave")),
        (("疑似", "失联", "", ""), ("suspected", "lost_contact", "other_leave")),
        (("辍学", "外出务工", "", ""), ("dropout", "working", "other_leave")),
        (("辍学", "已返校", "", ""), ("dropout", "returned", "off_register")),
        (("辍学", "送教上门", "", ""), ("dropout", "home_teaching", "off_register")),
        (("辍学", "", "2026-05-06", ""), ("dropout", "", "off_register")),
        (("辍学", "", "", "2026年6月"), ("dropout", "", "off_register")),
        (("未入学", "", "", ""), ("not_enrolled", "", "off_register")),
    ],
)
def test_a_row_of_the_drop_out_ledger(
    tmp_path: Path, make_number: Callable[..., str], cells: tuple[str, str, str, str], said: tuple[str, str, str]
) -> None:
    filler = ("辍学", "劝返中", "", "")
    assert ledger(tmp_path, make_number, cells, filler, filler)[0] == said


@pytest.mark.parametrize(
    "word",
    [
        "大学在读",
        "本科",
        "本科在读",
        "高职",
        "高职在读",
        "大专在读",
        "大学生",
        "高校在读",
        "大学本科",
        "全日制本科",
        "大学（在读）",
        "普通高校",
    ],
)
def test_words_for_a_university_are_a_school(word: str) -> None:
    assert codes.read_codes(pd.Series([word], dtype=object), "study")["value"].tolist() == ["vocational"]
