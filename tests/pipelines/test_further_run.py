"""A whole run with further sources in the inbox: for known ones nothing is set up but the folders and the files, for one that nobody
has thought of a YAML file."""

import csv
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.resources.naming import number_in

pytestmark = pytest.mark.slow
PERIOD = "2026Q2"
# Headings that any department has: a source of one's own is no copy of the police register.
EVERYBODY = ("姓名", "公民身份号码", "身份证号", "性别", "出生日期", "民族", "户籍地址", "现住址")
MEDICAL = """
department: medical
code: YB
zh: 医保
mandatory: [[name], [id_no, birth_date]]
marks: []
layouts:
  - {name: register, zh: 参保名册}
"""


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


def pupils_of(county: Path) -> list[dict[str, str]]:
    """Sixty of the county's own pupils; the first does not come to school, the second is on no list of the schools."""
    kids = [kid for kid in table(county / "truth" / PERIOD / "kids.csv") if kid["id18"] and not kid["cancelled"]]
    return [kid for kid in kids if kid["school"] == "county" and kid["grade"] in "123456789"][:60]


def put_known(county: Path) -> None:
    pupils = pupils_of(county)
    absent, gone = pupils[0], pupils[1]
    heading = ["姓名", "身份证号", "是否在校"]
    answers = [[kid["name"], kid["id18"], "否" if kid is absent else "是"] for kid in pupils if kid is not gone]
    put(county, "attendance", [heading, *answers])
    visits = [[kid["name"], kid["id18"], f"2026-0{month}-10", "入户走访"] for kid in pupils for month in (4, 5, 6)]
    put(county, "visits", [["儿童姓名", "身份证号", "走访日期", "走访方式"], *visits])
    director = ["赵一", pupils[0]["town"], pupils[0]["village"], "儿童主任"]
    put(county, "workers", [["姓名", "乡镇", "所在村（社区）", "职务"], director])
    out_of_poverty = [[kid["name"], kid["id18"], "脱贫户"] for kid in pupils]
    put(county, "lifted_poverty", [["姓名", "证件号码", "户类型"], *out_of_poverty])


def put_own(county: Path) -> None:
    (county / "contracts" / "medical.yaml").write_text(MEDICAL, encoding="utf-8")
    police = next((county / "inbox" / PERIOD / "public_security").glob("*.csv"))
    folder = county / "inbox" / PERIOD / "medical"
    folder.mkdir()
    rows = pd.read_csv(police, encoding="gb18030", dtype=str, keep_default_na=False)
    insured = rows[[name for name in rows.columns if name in EVERYBODY]]
    assert len(insured.columns) >= 4
    insured.to_csv(folder / "参保.csv", index=False, encoding="gb18030")


@pytest.fixture(scope="module")
def further(small_county, tmp_path_factory, tongbi):
    """(workspace after the run, what the run said, the links)."""
    county = shutil.copytree(small_county, tmp_path_factory.mktemp("further") / "workspace")
    put_known(county)
    put_own(county)
    done = tongbi("run", "--period", PERIOD, "--workspace", county)
    assert done.returncode == 0, done.stderr
    return county, done.stdout, table(county / "outbox" / PERIOD / "links.csv")


def test_further_sources_come_by_their_folders_alone(further, delivered) -> None:
    county, said, links = further
    pupils = pupils_of(county)
    assert "学校在校名单" in said
    assert "三比对之三" in said
    assert "workers" not in {line["department"] for line in links}
    visited = [line["child_id"] for line in links if line["department"] == "visits"]
    assert len(visited) == 3 * len(pupils)
    assert len(set(visited)) == len(pupils)
    listed = {line["child_id"] for line in table(county / "outbox" / PERIOD / "findings.csv") if line["code"] == "L04"}
    truth = {
        (Path(row["file"]).name, row["sheet"], row["row"]): row["kid"]
        for row in table(county / "truth" / PERIOD / "rows.csv")
    }
    files = delivered(county, PERIOD)
    of_kid = {
        truth.get((files[number_in(line["record_id"])], line["sheet"], line["row"])): line["child_id"] for line in links
    }
    assert {of_kid[pupils[0]["kid"]], of_kid[pupils[1]["kid"]]} <= listed
    present = {of_kid.get(kid["kid"]) for kid in pupils[2:]} - {None}
    assert len(present) > 50
    assert not present & listed


def test_a_source_of_one_s_own_is_linked_by_a_yaml_file_alone(further) -> None:
    county, said, links = further
    assert len(table(county / "truth" / PERIOD / "kids.csv")) > 100
    assert "医保" in said
    theirs, ours = (
        {line["child_id"] for line in links if line["department"] == name} for name in ("medical", "public_security")
    )
    assert theirs
    assert theirs == ours
