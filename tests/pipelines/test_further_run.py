"""A whole run with further sources in the inbox: nothing is set up for them but the folders and the files."""

import csv
from pathlib import Path

import openpyxl
import pytest

pytestmark = pytest.mark.slow
PERIOD = "2026Q2"


def put(county: Path, source: str, rows: list[list[str]]) -> None:
    folder = county / "inbox" / PERIOD / source
    folder.mkdir(parents=True)
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(folder / "名单.xlsx")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_further_sources_come_by_their_folders_alone(fresh_county: Path, tongbi) -> None:
    kids = [kid for kid in table(fresh_county / "truth" / PERIOD / "kids.csv") if kid["id18"] and not kid["cancelled"]]
    pupils = [kid for kid in kids if kid["school"] == "county" and kid["grade"] in "123456789"][:60]
    absent, gone = pupils[0], pupils[1]
    heading = ["姓名", "身份证号", "是否在校"]
    answers = [[kid["name"], kid["id18"], "否" if kid is absent else "是"] for kid in pupils if kid is not gone]
    put(fresh_county, "attendance", [heading, *answers])
    visits = [[kid["name"], kid["id18"], f"2026-0{month}-10", "入户走访"] for kid in pupils for month in (4, 5, 6)]
    put(fresh_county, "visits", [["儿童姓名", "身份证号", "走访日期", "走访方式"], *visits])
    put(
        fresh_county,
        "workers",
        [["姓名", "乡镇", "所在村（社区）", "职务"], ["赵一", kids[0]["town"], kids[0]["village"], "儿童主任"]],
    )
    put(
        fresh_county,
        "lifted_poverty",
        [["姓名", "证件号码", "户类型"], *[[kid["name"], kid["id18"], "脱贫户"] for kid in pupils]],
    )
    done = tongbi("run", "--period", PERIOD, "--workspace", fresh_county)
    assert done.returncode == 0, done.stderr
    assert "学校在校名单" in done.stdout
    assert "三比对之三" in done.stdout
    links = table(fresh_county / "outbox" / PERIOD / "links.csv")
    assert "workers" not in {line["department"] for line in links}
    visited = [line["child_id"] for line in links if line["department"] == "visits"]
    assert len(visited) == 3 * len(pupils)
    assert len(set(visited)) == len(pupils)
    listed = {
        line["child_id"] for line in table(fresh_county / "outbox" / PERIOD / "findings.csv") if line["code"] == "L04"
    }
    truth = {
        (Path(row["file"]).name, row["sheet"], row["row"]): row["kid"]
        for row in table(fresh_county / "truth" / PERIOD / "rows.csv")
    }
    of_kid = {truth.get((Path(line["file"]).name, line["sheet"], line["row"])): line["child_id"] for line in links}
    assert {of_kid[absent["kid"]], of_kid[gone["kid"]]} <= listed
    present = {of_kid.get(kid["kid"]) for kid in pupils[2:]} - {None}
    assert len(present) > 50
    assert not present & listed
