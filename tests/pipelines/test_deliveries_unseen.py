"""Deliveries of a made-up banner, as real files through the command line: layouts and faults that no demo file has."""

import hashlib
import io
import zipfile

import openpyxl
import pandas as pd
import pytest
import xlwt

from matching.reading.citizen import check_character
from pipelines.resources.naming import number_of

pytestmark = pytest.mark.slow

PERIOD = "2026Q3"
OUTSIDE = "file:" + "//" + "/etc" + "/hosts"  # what an entity would make the reader open


def number(birth, order):
    first = f"152221{birth}{order:03d}"
    return first + check_character(first)


NAMES = [
    "乌日娜",
    "阿拉腾其其格",
    "王一诺",
    "李梓涵",
    "张浩宇",
    "陈思雨",
    "巴图",
    "苏日娜",
    "赵俊泽",
    "孙奕辰",
    "周沐阳",
    "吴欣怡",
]
CHILDREN = [(name, number(f"201{at % 9}03{10 + at}", 120 + at)) for at, name in enumerate(NAMES)]
MOTHER = number("19870405", 222)


def born(one):
    return f"{one[6:10]}-{one[10:12]}-{one[12:14]}"


def sex(one):
    return "男" if int(one[16]) % 2 else "女"


def ledger(path):
    """One sheet per township, two-level heading, merged cells, sum and signature below."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, town in enumerate(("察尔森镇", "阿力得尔苏木")):
        page = book.create_sheet(town)
        page.append([f"{town}农村牧区留守儿童花名册"])
        page.append(["序号", "儿童姓名", "性别", "身份证号", "嘎查（社区）", "父亲情况", None, "实际照护人"])
        page.append([None, None, None, None, None, "姓名", "务工情况", None])
        for cells in ("A1:H1", "F2:G2"):
            page.merge_cells(cells)
        for line, (name, one) in enumerate(CHILDREN[at * 4 : at * 4 + 4], 1):
            page.append([line, name, sex(one), one, "联合嘎查", "父某", "外出务工", "祖母某"])
        page.append([None, "以上共计4人"])
        page.append(["填表人：某某", None, None, "审核人：某某"])
    book.save(path)


def pupils(path):
    """The template of 71 columns with a heading that says nothing."""
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    for column in range(71):
        page.write(0, column, f"字段{column + 1}")
    for row, (name, one) in enumerate(CHILDREN[:10], 1):
        for column, cell in (
            (2, name),
            (3, sex(one)),
            (4, one[6:14]),
            (6, one),
            (21, "三年级"),
            (47, "父某"),
            (48, "父亲"),
        ):
            page.write(row, column, cell)
    book.save(str(path))


def register(path):
    lines = [["户号", "户主姓名", "人员姓名", "与户主关系", "公民身份号码", "户籍住址", "是否已迁出", "是否已死亡"]]
    for at, (name, one) in enumerate(CHILDREN):
        lines.append(
            [f"1{at:08d}", "父某", name, "长女", one, "科尔沁右翼前旗察尔森镇联合嘎查", "否", "是" if at == 3 else "否"]
        )
    lines.append(
        ["100000001", "父某", "父某", "户主", number("19800102", 111), "科尔沁右翼前旗察尔森镇联合嘎查", "否", "否"]
    )
    path.write_bytes("\r\n".join("\t".join(line) for line in lines).encode("utf-16"))


def holders(path):
    page_of = openpyxl.Workbook()
    page = page_of.active
    page.append(["姓名", "身份证号", "残疾证号", "残疾类别名称", "残疾等级", "苏木镇", "状态标注"])
    for name, one in (CHILDREN[0], CHILDREN[11], ("老人", number("19600102", 113))):
        page.append([name, one, f"{one}42B1", "肢体残疾", "Ⅱ级", "察尔森镇", "6"])
    page_of.save(path)


def payments(path):
    """A roll with a grown-up and a child under its mother's number."""
    lines = ["姓名,身份证号,出生日期,儿童类别,监护人姓名,是否低保"]
    lines += [
        f"{NAMES[9]},{MOTHER},{born(CHILDREN[9][1])},困境儿童,母某,是",
        f"成年人,{MOTHER},1987-04-05,困境儿童,某某,否",
    ]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))


@pytest.fixture(scope="module")
def banner(tmp_path_factory, tongbi):
    root = tmp_path_factory.mktemp("banner")
    assert tongbi("init", "--workspace", root).returncode == 0
    files = {
        "civil_affairs/留守儿童.xlsx": ledger,
        "civil_affairs/困境儿童.csv": payments,
        "education/学籍.xls": pupils,
        "public_security/户籍.txt": register,
        "disability/持证.xlsx": holders,
    }
    for name, write in files.items():
        path = root / "inbox" / PERIOD / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    copied = root / "inbox" / PERIOD / "civil_affairs"
    (copied / "留守儿童(1).xlsx").write_bytes((copied / "留守儿童.xlsx").read_bytes())
    return root, tongbi("run", "--period", PERIOD, "--workspace", root)


def test_the_run_succeeds_and_says_what_is_odd(banner):
    _, done = banner
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout + done.stderr
    assert "内容完全相同，只采用一份" in told
    assert "内部错误" not in told
    assert "列不认识" not in told


def test_every_child_and_nobody_else_is_linked_under_its_row(banner):
    root, _ = banner
    links = pd.read_csv(root / "outbox" / PERIOD / "links.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    rows = {(line.department, line.sheet, int(line.row)): line.child_id for line in links.itertuples()}
    expected = {("education", "Sheet1", row) for row in range(2, 12)}
    # No address and no list of areas knows the second sheet's township: the export counts the sheet instead of quoting its name.
    expected |= {("civil_affairs", sheet, row) for sheet in ("察尔森镇", "第2张表") for row in range(4, 8)}
    expected |= {("civil_affairs", "", 2), ("disability", "Sheet", 2), ("disability", "Sheet", 3)}
    expected |= {("public_security", "", row) for row in range(2, 14)}
    assert set(rows) == expected
    assert len(set(rows.values())) == 12
    for at in range(12):
        child = rows["public_security", "", at + 2]
        assert at >= 10 or rows["education", "Sheet1", at + 2] == child
    assert rows["civil_affairs", "", 2] == rows["public_security", "", 11]


def test_the_standard_records_hold_what_the_files_say(banner):
    root, _ = banner
    read = {
        name: pd.read_parquet(root / "frames" / f"std_{name}" / f"{PERIOD}.parquet")
        for name in ("civil_affairs", "disability", "public_security")
    }
    sheets = read["civil_affairs"][read["civil_affairs"]["sheet"] != ""]
    assert set(sheets["father_status"]) == {"away"}
    assert set(sheets["town"]) == {"察尔森镇", "阿力得尔苏木"}
    assert set(sheets["guardian_name"]) == {"祖母某"}
    assert list(read["civil_affairs"].loc[read["civil_affairs"]["sheet"] == "", "aid"]) == ["minimum_living"]
    assert set(read["disability"]["card_status"]) == {"normal"}
    assert list(read["public_security"]["cancel_kind"]).count("death") == 1


def test_trying_a_file_with_a_grown_up_says_so(banner, tongbi):
    root, _ = banner
    done = tongbi(
        "check", root / "inbox" / PERIOD / "civil_affairs" / "困境儿童.csv", "--period", PERIOD, "--workspace", root
    )
    assert done.returncode == 0, done.stderr
    assert "已满25周岁" in done.stdout


def spoilt(content, name, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            after.writestr(part, change(before.read(part)) if part == name else before.read(part))
    return out.getvalue()


SENTENCES = {
    "空.xlsx": "文件是空的",
    "截断.xlsx": "文件不完整，请重新导出",
    "炸弹.xlsx": "不像正常的表格",
    "实体.xlsx": "请用Excel或WPS打开",
    "混合.csv": "混有两种文字编码",
    "扫描.pdf": "PDF",
    "缺列.csv": "缺少必需的列",
    "放错.csv": "表头像是教育的文件",
}


def test_each_bad_file_of_a_department_is_named_with_what_to_do(tmp_path, tongbi):
    assert tongbi("init", "--workspace", tmp_path).returncode == 0
    folder = tmp_path / "inbox" / PERIOD / "civil_affairs"
    folder.mkdir(parents=True)
    ledger(tmp_path / "good.xlsx")
    good = (tmp_path / "good.xlsx").read_bytes()
    page, bomb = "xl/worksheets/sheet1.xml", b" " * 300_000_000
    line = f"{NAMES[0]},{CHILDREN[0][1]},女\r\n"
    contents = {
        "空.xlsx": b"",
        "截断.xlsx": good[: len(good) * 2 // 3],
        "炸弹.xlsx": spoilt(good, page, lambda part: part + bomb),
        "实体.xlsx": spoilt(
            good,
            page,
            lambda part: part.replace(
                b"<worksheet", f'<!DOCTYPE x [<!ENTITY e SYSTEM "{OUTSIDE}">]><worksheet'.encode(), 1
            ),
        ),
        "混合.csv": f"姓名,身份证号,性别\r\n{line * 3}".encode("gb18030") + (line * 3).encode(),
        "扫描.pdf": b"%PDF-1.4 x",
        "缺列.csv": "姓名,性别,乡镇\r\n王一,女,甲镇\r\n".encode(),
        "放错.csv": f"姓名,身份证号,学籍号,学校名称,年级,班级,学籍状态\r\n王一,{CHILDREN[0][1]},,一小,三年级,1,在读\r\n".encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    done = tongbi("run", "--period", PERIOD, "--workspace", tmp_path)
    told = [text for text in (done.stdout + done.stderr).splitlines() if text.startswith("[民政·")]
    assert done.returncode == 1
    assert "内部错误" not in done.stdout + done.stderr
    for name, sentence in SENTENCES.items():
        called = number_of("CA", hashlib.sha256(contents[name]).hexdigest())
        place = f"第{sorted(contents).index(name) + 1}个文件"
        mine = [text for text in told if text.startswith(f"[民政·{place} {called}")]
        assert len(mine) == 1, (name, mine)
        assert sentence in mine[0]
    assert not list((tmp_path / "outbox").rglob("*.csv"))
