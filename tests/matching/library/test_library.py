"""`from matching import link`: anybody's frames, any index, any order, decisions, refusals in Chinese; and no framework needed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import make_library
import numpy as np
import pandas as pd
import pytest

from matching import link
from matching.library.columns import fields, gather, standard_records
from matching.measuring.evaluate import quality

ROOT = Path(__file__).parents[3]
TITLES = {name: titles for name, (_, titles) in fields().items()}


def police() -> pd.DataFrame:
    rows = [
        ("张梓轩", "341221201503101237", "2015-03-10", "张建国", "十里店村"),
        ("王雨桐", "", "2016-01-09", "王磊", "马场村"),
        ("王雨欣", "", "2016-01-09", "王磊", "马场村"),
        ("赵一鸣", "", "2012-07-30", "赵刚", "马场村"),
    ]
    return pd.DataFrame(
        rows, columns=["姓名", "身份证号", "出生日期", "父亲姓名", "村"], index=["P1", "P2", "P3", "P4"]
    )


def school() -> pd.DataFrame:
    rows = [
        ("张子轩", "341221201503101237", "20150310", "张建国", "十里店村"),
        ("王雨桐", None, "2016.1.9", "王磊", "马场村委会"),
    ]
    return pd.DataFrame(rows, columns=["姓名", "身份证号", "出生日期", "监护人", "村"], index=[11, 12])


def test_headings_are_known_by_their_chinese_titles() -> None:
    found = link({"police": police(), "school": school()})
    same = found.pairs.query("grade == 'same'")
    assert {(line.index_a, line.index_b) for line in same.itertuples()} == {("P1", 11), ("P2", 12)}
    assert found.report["unused_columns"] == {"police": [], "school": []}
    assert (found.children("police")["P1"], found.children("police")["P2"]) == (
        found.children("school")[11],
        found.children("school")[12],
    )


def test_twins_stay_two_and_every_row_has_a_child() -> None:
    found = link([police(), school()])
    assert found.clusters["index"].tolist() == ["P1", "P2", "P3", "P4", 11, 12]
    assert found.clusters["child"].nunique() == 4
    assert "双胞胎" in found.explain("P2", "P3").reason


def test_the_order_of_rows_and_of_frames_changes_nothing() -> None:
    a, b = police(), school()
    one = link({"police": a, "school": b})
    other = link({"school": b.iloc[::-1], "police": a.iloc[[2, 0, 3, 1]]})

    def groups(found: Any) -> set[frozenset[object]]:
        return {frozenset(part["index"]) for _, part in found.clusters.groupby("child")}

    assert groups(one) == groups(other)
    columns = ["record_a", "record_b", "probability", "grade", "reason"]
    pd.testing.assert_frame_equal(one.pairs[columns], other.pairs[columns])


def test_a_remembered_call_compares_only_what_changed() -> None:
    first = link({"police": police(), "school": school()}, period="2026Q2", remember=True)
    later = link({"police": police(), "school": school()}, known=first.known, period="2026Q3", remember=True)
    assert first.report["changes"]["compared"] == "all"
    assert later.report["changes"]["compared"] == 0
    assert later.children("school").tolist() == first.children("school").tolist()
    same = ["index_a", "index_b", "grade", "reason"]
    pd.testing.assert_frame_equal(later.pairs[same], first.pairs[same])


def test_one_frame_with_a_column_that_names_the_source() -> None:
    both = pd.concat([police(), school().rename(columns={"监护人": "父亲姓名"})]).assign(
        来源=["公安"] * 4 + ["学校"] * 2
    )
    columns = {
        "姓名": "name",
        "身份证号": "id_no",
        "出生日期": "birth_date",
        "父亲姓名": "father_name",
        "来源": "source",
    }
    found = link(both, columns)
    assert set(found.clusters["source"]) == {"公安", "学校"}
    assert found.children("公安")["P1"] == found.children("学校")[11]
    assert found.report["unused_columns"] == {"1": ["村"]}


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_people_decide(verdict: str) -> None:
    pair = ("P1", 11) if verdict == "different" else ("P4", 12)
    decided = pd.DataFrame(
        {
            "source_a": ["police"],
            "index_a": [pair[0]],
            "source_b": ["school"],
            "index_b": [pair[1]],
            "verdict": [verdict],
        }
    )
    found = link({"police": police(), "school": school()}, judgements=decided)
    together = found.children("police")[pair[0]] == found.children("school")[pair[1]]
    assert together == (verdict == "same")
    assert "人工确认" in found.explain(("police", pair[0]), ("school", pair[1])).reason


def test_every_engine_gives_the_same() -> None:
    one, other = (link({"police": police(), "school": school()}, engine=name) for name in ("numpy", "duckdb"))
    pd.testing.assert_frame_equal(one.pairs, other.pairs)
    with pytest.raises(ValueError, match="没有这种比对引擎"):
        link(police(), engine="abacus")  # type: ignore[typeddict-item]


def test_known_children_keep_their_ids() -> None:
    first = link({"police": police(), "school": school()}, period="2026Q2")
    second = link({"police": police(), "school": school().head(1)}, known=first.known, period="2026Q3")
    assert second.children("police").to_dict() == first.children("police").to_dict()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"姓名": "nmae"}, "未知的字段：nmae"),
        ({"名字": "name"}, "找不到：名字"),
        ({"姓名": "name", "村": "name"}, "同一字段：name"),
        ({"police": {"名字": "name"}}, "找不到：名字"),
        ({"村": "source"}, "没有可比对的列"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(columns: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        link({"police": police()}, columns)


def test_other_refusals() -> None:
    with pytest.raises(ValueError, match="没有数据"):
        link([])
    with pytest.raises(ValueError, match="没有名为 klingon 的模型"):
        link(police(), model="klingon")
    with pytest.raises(ValueError, match="人工结论"):
        link(police(), judgements=pd.DataFrame({"verdict": ["same"]}))
    with pytest.raises(ValueError, match="不在数据中"):
        link(police(), judgements=pd.DataFrame({"index_a": ["P1"], "index_b": ["P9"], "verdict": ["same"]}))
    with pytest.raises(KeyError, match="没有这一行"):
        link(police()).explain("P1", "nobody")


def test_empty_frames_and_single_rows_are_defined() -> None:
    assert len(link(police().head(0)).clusters) == 0
    assert link(police().head(1)).clusters["method"].tolist() == ["single"]
    assert len(link({"a": police(), "b": police().head(0)}).clusters) == 4


def test_raw_cells_are_cleaned_unless_they_are_clean() -> None:
    raw = pd.DataFrame(
        {
            "姓名": ["张 三(残)", "李四"],
            "身份证号": ["３４１２２１２０１５０３１０１２３７", "无"],
            "出生日期": [pd.Timestamp("2015-03-10"), pd.NaT],
            "电话": [13955550001.0, np.nan],
            "村": ["十里店村委会", None],
        }
    )
    clean = standard_records(gather(raw, None, TITLES), clean=True)
    assert clean["name"].tolist() == ["张三", "李四"]
    assert clean["id_no"].tolist() == ["341221201503101237", ""]
    assert clean["id_no_status"].tolist() == ["valid", "placeholder"]
    assert (clean["birth_date"][0], clean["birth_precision"][0], clean["sex"][0]) == ("2015-03-10", "day", "1")
    assert clean["phone"].tolist() == ["13955550001", ""]
    assert clean["village"].tolist() == ["十里店村", ""]
    assert standard_records(gather(raw, None, TITLES), clean=False)["name"][0] == "张 三(残)"


def test_ids_of_rows_are_their_content() -> None:
    twice = pd.concat([police().head(1), police().head(1)])
    records = gather({"a": twice}, None, TITLES).record
    assert len(set(records)) == 2
    assert records[0].rsplit("-", 1)[0] == records[1].rsplit("-", 1)[0]
    assert gather({"a": police()}, None, TITLES).record[0] == records[0]


def test_many_rows_learn_from_their_own_numbers(county: pd.DataFrame) -> None:
    frames = {str(name): part for name, part in county.groupby("department")}
    wanted = {name: name for name in fields() if name in county.columns}
    found = link(frames, wanted, clean=False)
    assert found.report["learning"]["mode"] == "labels"
    truth = pd.concat([part["truth"] for part in frames.values()])
    assert quality(truth.tolist(), found.clusters["child"].tolist()).f1 >= 0.995


def test_the_page_shows_what_its_code_prints() -> None:
    """Words exactly; figures with decimals within half a unit of what they weigh, so that a machine's rounding is no failure."""
    pieces = make_library.outputs((ROOT / "docs" / "library.md").read_text(encoding="utf-8"))
    assert len(pieces) >= 6
    decimal = re.compile(r"[-+]?\d+\.\d+")
    for shown, printed in pieces:
        assert decimal.sub("#", shown) == decimal.sub("#", printed), "run: python docs/make_library.py"
        pairs = zip(decimal.findall(shown), decimal.findall(printed), strict=True)
        assert all(abs(float(a) - float(b)) <= 0.5 for a, b in pairs), "run: python docs/make_library.py"
    febrl = re.search(r"F1 ([\d.]+)", pieces[-1][1])
    assert febrl is not None
    assert float(febrl[1]) >= 0.9994


_ALONE = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"dagster", "sqlalchemy", "great_expectations", "alembic", "typer", "rich", "pipelines", "assets", "expectations"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
import matching
loaded = {"pandas", "numpy", "recordlinkage", "scipy", "duckdb", "pydantic"} & set(sys.modules)
assert not loaded, loaded
from matching import link
import pandas as pd
rows = pd.DataFrame({"姓名": ["张梓轩", "张子轩"], "身份证号": ["341221201503101237"] * 2, "出生日期": ["2015-03-10"] * 2, "来源": ["a", "b"]})
found = link(rows, {"姓名": "name", "身份证号": "id_no", "出生日期": "birth_date", "来源": "source"})
print(found.clusters["child"].nunique(), "matching.linking" in sys.modules)
"""


def test_it_works_with_no_framework_and_import_alone_loads_nothing() -> None:
    ran = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.stdout.split() == ["1", "True"], ran.stderr[-2000:]
