"""A protected child can be traced nowhere: two children alike in everything, one of them protected, through every command and every
file that leaves.

The commands are taken from the command line's own list and the files from the whole workspace: an output that is added later is
looked into, or the test fails until it is told how the command is called.
"""

import zipfile
from dataclasses import dataclass

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa

from assets.protected import FOLDER, protected_in
from pipelines.cli.commands import app
from pipelines.resources.session import Session
from pipelines.resources.tables import audit, life_event, protection_mark

pytestmark = pytest.mark.slow
PERIOD, NEXT = "2026Q3", "2026Q4"
PERSON = "钱慎之"
# Where the data of everybody lie, and what nobody is given: the books of the named persons are the only output among it.
STORES = ("inbox", "store", "frames", "tongbi.db", "tongbi.db-wal", "tongbi.db-shm")


@dataclass(frozen=True)
class Planted:
    """One child and what must not be told of it; no value is anybody else's."""

    name: str
    number: str
    old_school: str
    school: str
    village: str
    guardian: str
    phone: str

    @property
    def secrets(self):
        return (self.name, self.number, self.old_school, self.school, self.village, self.guardian, self.phone)


def numbered(stem):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return stem + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True)) % 11]


# Two by two: a child with two enrolments (L16E) and one that left school (L05); the first of each pair is protected.
MOVED = Planted(
    "尉迟璟雯", numbered("62072220150310512"), "旧柳小学", "隐泉寄宿学校", "隐泉村", "欧阳鹍鹏", "19988776655"
)
MOVED_TWIN = Planted(
    "闾丘霁月", numbered("62072220150421322"), "枯桑小学", "明溪寄宿学校", "明溪村", "司徒皓轩", "19911223344"
)
LEFT = Planted("澹台若曦", numbered("62072220140815233"), "青枫小学", "青枫中学", "藏云村", "公孙慕白", "18877665544")
LEFT_TWIN = Planted(
    "宇文知许", numbered("62072220140922145"), "丹霞小学", "丹霞中学", "露泽村", "令狐采薇", "18866554433"
)
CLOSED, OPEN = (MOVED, LEFT), (MOVED_TWIN, LEFT_TWIN)
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"


def others():
    """Forty children who are on no list or on few, so that the planted ones are no whole county."""
    for number in range(40):
        day = f"2013{1 + number % 12:02d}{1 + number % 28:02d}"
        name = NAMES[number % 20] + "明华志强建国"[number % 6] + "伟芳娜敏静"[number % 5]
        yield name, numbered(f"620722{day}{101 + 2 * number:03d}"), f"{day[:4]}-{day[4:6]}-{day[6:]}"


def birth(child):
    return f"{child.number[6:10]}-{child.number[10:12]}-{child.number[12:14]}"


def education(mark):
    yield ["姓名", "身份证号", "性别", "出生日期", "学校名称", "年级", "学籍状态", "监护人姓名", "联系电话", mark]
    for name, number, born in others():
        yield [name, number, "男", born, "城关小学", "六年级", "在读", "周某", "", "否"]
    for child, word in ((MOVED, "是"), (MOVED_TWIN, "否")):
        new = [child.name, child.number, "女", birth(child), child.school, "五年级", "在读", child.guardian]
        yield [*new, child.phone, word]
        yield [*new[:4], child.old_school, *new[5:], "", ""]
    for child in (LEFT, LEFT_TWIN):
        yield [
            child.name,
            child.number,
            "男",
            birth(child),
            child.school,
            "六年级",
            "其他离校",
            child.guardian,
            child.phone,
            "",
        ]
    yield ["周平安", numbered("62072220130909777"), "男", "2013-13-45", "城关小学", "六年级", "在读", "周某", "", "否"]
    # A row that may be the child or not: it bears no mark, is a child of its own, and waits for a judgement.
    for child in (MOVED, MOVED_TWIN):
        yield [child.name, "", "", "", child.school, "", "", child.guardian, child.phone, ""]


def civil_affairs():
    yield [
        "儿童姓名",
        "身份证号",
        "性别",
        "出生日期",
        "儿童类别",
        "乡镇",
        "村",
        "现住址",
        "监护人姓名",
        "联系电话",
        "就读学校",
    ]
    for name, number, born in others():
        yield [
            name,
            number,
            "男",
            born,
            "农村留守儿童",
            "顺化镇",
            "上天乐村",
            "顺化镇上天乐村1社",
            "周某",
            "",
            "城关小学",
        ]
    for child in (*CLOSED, *OPEN):
        home = f"顺化镇{child.village}3社"
        yield [
            *(
                child.name,
                child.number,
                "女" if child in (MOVED, MOVED_TWIN) else "男",
                birth(child),
                "困境儿童",
                "顺化镇",
            ),
            *(child.village, home, child.guardian, child.phone, child.school),
        ]
    for child in (MOVED, MOVED_TWIN):  # rows that nobody can use
        yield ["", "", "", "", "困境儿童", "顺化镇", child.village, "", child.guardian, child.phone, child.school]


def police():
    yield ["姓名", "公民身份号码", "性别", "出生日期", "户籍地址", "与户主关系", "户号"]
    for place, (name, number, born) in enumerate(others()):
        yield [name, number, "男", born, "民乐县顺化镇上天乐村", "子", str(place)]


def put(root, department, rows, name, period=PERIOD):
    folder = root / "inbox" / period / department
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(",".join(row) for row in rows), encoding="utf-8-sig")


@pytest.fixture(scope="module")
def county(tmp_path_factory, tongbi):
    """The county with one child protected by education's column and one by a person, run before and after."""
    root = tmp_path_factory.mktemp("protected") / "workspace"
    assert tongbi("init", "--workspace", root).returncode == 0
    put(root, "education", education("转学保护"), "学籍.csv")
    put(root, "civil_affairs", civil_affairs(), "台账.csv")
    put(root, "public_security", police(), "户籍.csv")
    (root / "feeds").mkdir()
    for name, form, more in (
        ("own_csv", "csv", ""),
        ("own_sql", "sql", ""),
        ("own_allowed", "csv", "protected: true\n"),
    ):
        (root / "feeds" / f"{name}.yaml").write_text(
            FEED.replace("form: csv", f"form: {form}") + more, encoding="utf-8"
        )
    done = tongbi("run", "--period", PERIOD, "--workspace", root)
    assert done.returncode == 0, done.stderr
    number = child_of(root, LEFT)
    words = ["--for", PERSON, "--by", "张局长", "--reason", "遭受侵害后转学"]
    said = [done, tongbi("protect", number, *words, "--workspace", root)]
    assert said[1].returncode == 0, said[1].stderr
    said.append(tongbi("run", "--period", PERIOD, "--workspace", root))
    assert said[-1].returncode == 0, said[-1].stderr
    return root, said


FEED = """
title: 自定推送
recipient: 某系统
purpose: 测试
legal_basis: 测试
term: 一年
form: csv
key: 编号
population: children
actions: {new: 新增, changed: 变更, ended: 退出, full: 全量}
fields:
  - {name: 操作, from: action}
  - {name: 编号, from: child_id}
  - {name: 姓名, from: name}
  - {name: 学校, from: school}
  - {name: 村, from: village}
  - {name: 监护人, from: guardian_name}
  - {name: 电话, from: phone}
"""


def child_of(root, planted, period=PERIOD):
    children = Session.at(root).frames.read("child_files.children", period)
    return children.loc[children["id_no"] == planted.number, "child_id"].iloc[0]


def records_of(root, planted):
    records = Session.at(root).frames.read("child_files.records", PERIOD)
    return records.loc[records["id_no"] == planted.number, "record_id"].tolist()


def calls(root):
    """Every command of the command line with all that it can show or write; a command that is not here fails the test."""
    at, out = ("--period", PERIOD), root / "written"
    out.mkdir(exist_ok=True)
    (moved, left), (open_moved, open_left) = ([child_of(root, child) for child in two] for two in (CLOSED, OPEN))
    feeds = ("child_welfare_system", "education_entrants", "exchange_register", "own_csv", "own_sql")
    return {
        "check": [[root / "inbox" / PERIOD / "education" / "学籍.csv"]],
        "run": [],  # has been run
        "status": [[], ["--files"], [*at]],
        "review-edition": [[*at, "--out", out / "waiting.xlsx"]],
        "release": [[*at, "--by", "李主任", "--reason", "已核对"]],
        "quarantine": [[*at], [*at, "--out", out / "quarantine.csv"]],
        "explain": [
            *([child, *at, "--values", "full"] for child in (moved, left, open_moved, open_left)),
            [records_of(root, MOVED)[0], records_of(root, MOVED_TWIN)[0], *at, "--values", "full"],
            [open_moved, *at, "--values", "full", "--json"],
        ],
        "replies": [["--dry-run"], []],
        "timeline": [[child] for child in (moved, left, open_moved, open_left)],
        "compare": [],  # when there is a second period
        "linkage": [[*at], [*at, "--json"], [*at, "--sample", out / "sample.xlsx", "--size", "500"]],
        "decide": [[*records_of(root, MOVED_TWIN)[:2], *at, "--verdict", "same"]],
        "protect": [[]],
        "errata": [[*at]],
        "query": [[*at, "--to", "police"], [*at, "--to", "justice"]],
        "links": [[*at, "--out", out / "links.csv"]],
        "findings": [[*at, "--out", out / "findings.csv"]],
        "report": [[*at, "--no-pdf", "--kind", kind] for kind in ("quarter", "year", "pack")],
        "templates": [[]],
        "due": [[]],
        "file": [[child, *at, "--approved-by", "某局长"] for child in (moved, left, open_moved)],
        "sample": [["--files", "--size", "200", *at]],
        "feed": [[], *([name, *at, "--approved-by", "某局长", "--full"] for name in feeds)],
        "sharing": [[]],
    }


# Commands that read no period's data; what they write is looked through in the workspace all the same.
WITHOUT_CHILDREN = {"init", "demo", "dev"}


def texts_of(path):
    """Every text of a file, whatever its kind; a kind that cannot be read is no kind to give away."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if path.suffix == ".pdf":
        assert path.with_suffix(".docx").is_file(), "a PDF is made of a document that is looked into"
        return ""
    content = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as inside:
            content = b"\n".join(inside.read(name) for name in inside.namelist())
    return content.decode("utf-8", "replace") + content.decode("gb18030", "replace")


def told(words, text):
    """The words that stand in a text, plainly or escaped as JSON and program texts are."""
    return [word for word in words if word in text or word.encode("unicode_escape").decode() in text]


def leaving(root):
    """Every file that is no store, with its place; the error copies are looked at apart."""
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        if path.is_file() and place.parts[0] not in STORES:
            yield place, texts_of(path) + place.as_posix()


def is_own(place):
    return FOLDER in place.parts


def is_returned(place):
    return "问题数据" in place.parts


@pytest.fixture(scope="module")
def used(county, tongbi):
    """Every command used on the county: name -> what it said."""
    root, before = county
    answer(root)
    said = {"run": "".join(done.stdout + done.stderr for done in before)}
    for name, ways in calls(root).items():
        for words in ways:
            done = tongbi(name, *words, "--workspace", root)
            said[name] = said.get(name, "") + done.stdout + done.stderr
            assert "程序内部错误" not in done.stderr, (name, words, done.stderr)
    return root, said


def answer(root):
    """Both a named person and the township answer a line, with a remark that tells everything."""
    shown = root / "outbox" / PERIOD
    own = next((shown / FOLDER / PERSON).glob("*核查清单.xlsx"))
    for path, child in ((own, LEFT), (shown / "乡镇" / f"顺化镇_{PERIOD}_核查清单.xlsx", LEFT_TWIN)):
        book = openpyxl.load_workbook(path)
        sheet = next(sheet for sheet in book if "辍学" in sheet.title)
        head = next(row for row in sheet.iter_rows() if "核查结果" in [cell.value for cell in row])
        at = {cell.value: cell.column for cell in head if cell.value}
        row = next(
            row[0].row for row in sheet.iter_rows(min_row=head[0].row + 1) if child.name in [c.value for c in row]
        )
        for heading, value in (("核查结果", "已返校"), ("核查人", "某人"), ("说明", "现在" + child.school)):
            sheet.cell(row, at[heading]).value = value
        (root / "inbox" / "replies").mkdir(exist_ok=True)
        book.save(root / "inbox" / "replies" / f"{len(child.school)}{child.number[-2:]}.xlsx")


def test_every_command_is_looked_at(used):
    root, _ = used
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert names == set(calls(root)) | WITHOUT_CHILDREN
    assert [group.typer_instance.info.name for group in app.registered_groups] == ["profile", "audit"]


def test_no_command_tells_where_a_protected_child_is(used):
    _, said = used
    for name, text in said.items():
        assert [found for child in CLOSED for found in told(child.secrets, text)] == [], name


def test_no_file_tells_where_a_protected_child_is(used):
    root, _ = used
    secrets = [word for child in CLOSED for word in child.secrets]
    allowed = f"own_allowed-0001-{PERIOD}-全量.csv"
    looked = {place.as_posix(): text for place, text in leaving(root) if not is_own(place) and not is_returned(place)}
    assert len(looked) > 30
    assert allowed not in looked
    assert {place: found for place, text in looked.items() if (found := told(secrets, text))} == {}


def test_what_the_unprotected_twin_shows(used):
    """The tests above would be worth nothing if nobody's values left at all."""
    root, said = used
    texts = [text for place, text in leaving(root) if not is_own(place) and not is_returned(place)]
    for child in OPEN:
        assert [word for word in child.secrets[3:] if not any(word in text for text in texts)] == []
        assert child.school in said["explain"]
    where = {
        place.parts[1] for place, text in leaving(root) if place.parts[0] == "outbox" and MOVED_TWIN.school in text
    }
    assert {PERIOD, "推送", "一人一档"} <= where


def test_the_named_person_sees_everything(used):
    root, _ = used
    books = {PERSON: LEFT, "民政局专册": MOVED}
    for person, child in books.items():
        text = "".join(text for place, text in leaving(root) if FOLDER in place.parts and person in place.parts)
        assert [
            word for word in (child.name, child.school, child.village, child.guardian, child.phone) if word not in text
        ] == []
        other = MOVED if child is LEFT else LEFT
        assert [word for word in other.secrets if word in text] == []
        assert f"仅限 {PERSON} 本人" in text or person != PERSON


def test_a_department_gets_back_its_own_file_and_nothing_of_others(used):
    root, _ = used
    returned = {place.parts[3]: text for place, text in leaving(root) if is_returned(place)}
    assert MOVED.village not in returned["教育"]
    assert MOVED.old_school not in returned["民政"]
    assert MOVED_TWIN.phone in returned["民政"]
    assert set(returned) == {"教育", "民政"}


def test_the_feed_s_table_holds_no_protected_child(used):
    root, _ = used
    with Session.at(root).engine.connect() as connection:
        rows = str(connection.execute(sa.text("SELECT * FROM feed_own_sql")).all())
    assert MOVED_TWIN.school in rows
    assert [word for child in CLOSED for word in child.secrets if word in rows] == []


def test_a_feed_that_declares_it_carries_protected_children(used, tongbi):
    root, _ = used
    done = tongbi("feed", "own_allowed", "--period", PERIOD, "--approved-by", "某局长", "--full", "--workspace", root)
    assert done.returncode == 0, done.stderr
    path = next((root / "outbox" / "推送" / "own_allowed").glob("*.csv"))
    assert MOVED.school in path.read_text(encoding="utf-8-sig")
    path.unlink()


def test_only_who_is_named_is_let_in_and_it_is_written_down(used, tongbi):
    root, _ = used
    number = child_of(root, LEFT)
    asked = ("file", number, "--period", PERIOD, "--workspace", root)
    assert tongbi(*asked).returncode == 1
    assert tongbi(*asked, "--for", "别人").returncode == 1
    assert tongbi(*asked, "--for", PERSON).returncode == 0
    assert list((root / "outbox" / FOLDER / PERSON / PERIOD).glob("*.docx"))
    with Session.at(root).engine.connect() as connection:
        looks = connection.execute(sa.select(audit.c.subject, audit.c.detail).where(audit.c.action == "look")).all()
    assert [(subject, PERSON in detail) for subject, detail in looks] == [(number, True)]


def test_figures_count_the_child_for_the_county_and_for_no_township(used):
    root, _ = used
    book = openpyxl.load_workbook(root / "outbox" / PERIOD / "汇总.xlsx")
    rows = [[cell.value for cell in row] for row in book["总表"].iter_rows()]
    head = next(row for row in rows if "顺化镇" in row)
    line = next(row for row in rows if row[0] == "L05")
    at = dict(zip(head, line, strict=True))
    assert (at["数据中仍有"], at["本期下发"], at["顺化镇"]) == (2, 2, 1)
    township = openpyxl.load_workbook(root / "outbox" / PERIOD / "乡镇" / f"顺化镇_{PERIOD}_核查清单.xlsx")
    listed = next(row for row in township["说明"].iter_rows(values_only=True) if str(row[0]).startswith("辍学"))
    assert listed[1] == "1"


def test_what_the_run_says(used):
    _, said = used
    assert "受保护儿童 2 名" in said["run"]
    assert "其中 1 名没有指定接收人" in said["run"]


def test_answers_of_the_named_person_count_like_everybody_s(used):
    root, _ = used
    with Session.at(root).engine.connect() as connection:
        answered = connection.execute(
            sa.select(life_event.c.finding_id).where(life_event.c.answer == "已返校")
        ).scalars()
        assert len(set(answered)) == 2
    report = root / "outbox" / f"{PERIOD}-回收"
    assert told([LEFT_TWIN.school], texts_of(report / "回收情况.xlsx"))
    assert told([LEFT.school], texts_of(report / FOLDER / PERSON / "回收情况.xlsx"))


def test_marks_are_kept_and_can_only_be_added_to(used):
    root, _ = used
    opened = Session.at(root)
    with opened.engine.connect() as connection:
        rows = connection.execute(sa.select(protection_mark.c.source, protection_mark.c.recipient)).all()
    assert sorted(map(tuple, rows)) == [("column", ""), ("person", PERSON)]
    for statement in ("DELETE FROM protection_mark", "UPDATE protection_mark SET recipient = ''"):
        with pytest.raises(sa.exc.DBAPIError), opened.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_the_mark_outlasts_the_column_and_the_period_until_a_person_lifts_it(used, tongbi):
    """Next quarter education delivers the file without the column: nothing is told all the same, until somebody lifts the mark."""
    root, _ = used
    # One pupil more who has left school: no file is the last period's once more, and the period has something to tell.
    late = ["周新来", numbered("62072220130517931"), "男", "2013-05-17"]
    pupil = [*late, "城关小学", "六年级", "其他离校", "周某", ""]
    resident = [*late, "民乐县顺化镇上天乐村", "子", "99"]
    put(root, "education", [*(row[:-1] for row in education("转学保护")), pupil], "学籍四季度.csv", NEXT)
    put(root, "civil_affairs", list(civil_affairs())[:-1], "台账四季度.csv", NEXT)
    put(root, "public_security", [*police(), resident], "户籍四季度.csv", NEXT)
    at = ("--workspace", root)
    said = [
        tongbi("run", "--period", NEXT, *at),
        tongbi("compare", PERIOD, NEXT, *at),
        tongbi("feed", "own_csv", "--period", NEXT, "--approved-by", "某局长", *at),
    ]
    assert [done.returncode for done in said] == [0, 0, 0], said[0].stderr
    secrets = [word for child in CLOSED for word in child.secrets]
    assert told(secrets, "".join(done.stdout + done.stderr for done in said)) == []
    looked = {place: text for place, text in leaving(root) if not is_own(place) and not is_returned(place)}
    assert {place: found for place, text in looked.items() if (found := told(secrets, text))} == {}
    assert any(place.parts[:2] == ("outbox", NEXT) and MOVED_TWIN.school in text for place, text in looked.items())
    number = child_of(root, MOVED, NEXT)
    words = ["--by", "张局长", "--reason", "案件终结", "--lift"]
    assert tongbi("protect", number, *words, *at).returncode == 0
    veil = protected_in(Session.at(root), NEXT)
    assert number not in veil.persons
    assert child_of(root, LEFT, NEXT) in veil.persons
