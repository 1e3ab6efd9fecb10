"""How the police hand over the register: GB18030 CSV in pieces of 10,000 rows, or a GBK text of the database
dump named .xls.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from demo_county.knowledge import Scene
from demo_county.settings import words
from demo_county.sheets import DemoFile, DemoSheet, headings, records
from demo_county.spoil import with_births, write_dates
from demo_county.spoil_dates import STYLES

PIECE = 10_000


def deliver(frame: pd.DataFrame, scene: Scene, folder: Path) -> list[DemoFile]:
    """Lay the register out as this period's files."""
    compact = STYLES["compact"]
    frame["birth_text"] = with_births(frame, compact)["birth_text"]
    for text, column in (("cancel_text", "cancel_date"), ("death_text", "death_date")):
        frame[text] = write_dates(frame, column, compact)
    # The police change their export between periods: nothing may rest on last quarter's headings.
    if scene.index % 2:
        return [_dump(frame, scene, folder)]
    pieces = []
    for at in range(0, len(frame), PIECE):
        sheet = DemoSheet("")
        sheet.line(*headings("police_business"))
        records(sheet, frame.iloc[at : at + PIECE], "police_business")
        name = f"常住人口信息（0-17周岁）_{scene.day:%Y%m%d}_{at // PIECE + 1}.csv"
        pieces.append(DemoFile("psb", folder / name, "csv", [sheet], "gb18030"))
    return pieces


def _dump(frame: pd.DataFrame, scene: Scene, folder: Path) -> DemoFile:
    frame["sex_code"] = np.where(frame["sex"] == "男", "1", "2")
    frame["nation_code"] = frame["nation"].map(words().nation_codes)
    frame["seq_code"] = [f"RK{n:0>10}" for n in frame["seq"]]
    # GBK has no room for some characters; the exporter writes a question mark (rules/names.md#n04, #encodings)
    for i, name in zip(frame.index, frame["name"], strict=True):
        if name.encode("gbk", errors="replace").decode("gbk") != name:
            frame.loc[i, "errors"] = "|".join(filter(None, [frame.loc[i, "errors"], "unknown_char"]))
    sheet = DemoSheet("")
    sheet.line(*headings("police_pinyin"))
    records(sheet, frame, "police_pinyin")
    return DemoFile("psb", folder / f"czrk_0_17_{scene.day:%Y%m}.xls", "tabs", [sheet], "gbk")
