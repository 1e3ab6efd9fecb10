"""How the disabled persons' federation delivers: an ods in one period, UTF-8 CSV with BOM in the other, with
other headings.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from demo_county.knowledge import Scene
from demo_county.settings import places
from demo_county.sheets import DemoFile, DemoSheet, forget, headings, records
from demo_county.spoil import with_births, write_dates
from demo_county.spoil_dates import STYLES

_LEVEL_WORDS = {"一级": "1级", "二级": "2", "三级": "Ⅲ级", "四级": "四级"}


def deliver(frame: pd.DataFrame, scene: Scene, folder: Path) -> list[DemoFile]:
    """Lay the certificate holders out as this period's file."""
    style = STYLES["compact" if scene.index % 2 else "short_slash"]
    frame["birth_text"] = with_births(frame, style)["birth_text"]
    for text, column in (("issued_text", "issued"), ("valid_text", "valid_to")):
        frame[text] = write_dates(frame, column, style)
    if scene.index % 2:
        sheet = DemoSheet("")
        frame["dis_level"], frame["dis_type"] = frame["dis_level"].map(_LEVEL_WORDS), frame["dis_type"] + "残疾"
        frame["errors"] = [
            "|".join(e for e in row.split("|") if e and not e.startswith("id_")) for row in frame["errors"]
        ]
        frame["id_no_meant"] = ""  # this layout has the certificate number only
        sheet.line(*headings("holders_other"))
        records(sheet, frame, "holders_other")
        forget(frame, "holders_other")
        frame["rehab"] = ""  # this layout asks for the need, not for what was received
        return [DemoFile("dpf", folder / f"持证残疾儿童{scene.day:%Y%m}.csv", "csv", [sheet], "utf-8-sig")]
    sheet = DemoSheet("持证人员")
    sheet.line(f"{places().county}持证残疾儿童花名册（0-17岁）")
    sheet.line(*headings("holders"))
    records(sheet, frame, "holders")
    forget(frame, "holders")
    sheet.line()
    sheet.line("填表人：", "", "审核人：")
    return [DemoFile("dpf", folder / f"残联持证残疾儿童花名册{scene.day:%Y%m}.ods", "ods", [sheet])]
