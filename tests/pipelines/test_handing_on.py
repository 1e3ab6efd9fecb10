"""A line of L15 through three quarters: from the department that is to check first to the next one and the one after, and to nobody twice."""

import sqlite3
from datetime import date

import pytest

from demo_county.reply_files import Filled, books_of, write_edited
from pipelines.resources.session import Session

pytestmark = pytest.mark.slow
PERIODS = FIRST, SECOND, THIRD = "2026Q1", "2026Q2", "2026Q3"
EDUCATION, CIVIL_AFFAIRS, POLICE, FEDERATION = ASKED = "教育", "民政", "公安", "妇联"
KEEPS, CORRECTED = "维持原登记", "已更正（填写哪一方）"
REGISTERS = ("public_security", "education", "civil_affairs", "womens_federation")
# The number's first seventeen characters, and the name in each register ("" = no record of the child), the police's the right one for L15:
# one whom three write otherwise; one whom only the place's own department does; one whose first answer comes a quarter late; one that is
# said to be corrected.
THREE = ("62072220150310512", "马志远", "马志源", "马智远", "")
TWO = ("62072220140421322", "宋佳怡", "", "", "宋家怡")
LATE = ("62072220140815233", "蒋文博", "蒋文搏", "蒋闻博", "")
DONE = ("62072220140922145", "韩雨欣", "韩雨新", "", "")
CHILDREN = (THREE, TWO, LATE, DONE)
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", ("明强", "华伟", "志芳", "建娜", "国敏", "安静")


def numbered(stem):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return stem + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True)) % 11]


PROFILE = """
extends: default
name: 某县
departments: {womens_federation: {zh: 妇联}}
lists: {L15: {recipients: [civil_affairs, education, public_security, womens_federation]}}
"""
CONTRACT = """
department: womens_federation
code: WF
zh: 妇联（关爱台账）
mandatory: [[name], [id_no, birth_date]]
states: [{state: exited, when: {exit_reason: ["*"]}}]
layouts: [{name: care, zh: 妇联关爱儿童台账}]
"""
HEADINGS = {
    "public_security": ["姓名", "公民身份号码", "出生日期", "户籍地址", "与户主关系"],
    "education": ["姓名", "身份证号", "出生日期", "学校名称", "年级", "学籍状态"],
    "civil_affairs": ["儿童姓名", "身份证号", "出生日期", "儿童类别", "乡镇", "村"],
    "womens_federation": ["姓名", "身份证号", "出生日期", "乡镇", "村"],
}
REST = {
    "public_security": ["民乐县顺化镇上天乐村", "子"],
    "education": ["城关小学", "六年级", "在读"],
    "civil_affairs": ["农村留守儿童", "顺化镇", "上天乐村"],
    "womens_federation": ["顺化镇", "上天乐村"],
}


def rows(period):
    """Number and names: the four children, and thirty and some whom everybody writes alike; one more of them every quarter."""
    for number in range(30 + PERIODS.index(period)):
        name = SURNAMES[number % 10] + GIVEN[number % 6]
        yield f"6207222013{1 + number % 12:02d}{1 + number % 28:02d}{101 + 2 * number:03d}", name, name, name, name
    yield from CHILDREN


def deliver(root, period):
    """The same registers every quarter, but for one child more: nobody corrected anything."""
    tables = {department: [headings] for department, headings in HEADINGS.items()}
    for stem, *names in rows(period):
        number, born = numbered(stem), f"{stem[6:10]}-{stem[10:12]}-{stem[12:14]}"
        for department, name in zip(REGISTERS, names, strict=True):
            if name:
                tables[department].append([name, number, born, *REST[department]])
    for department, table in tables.items():
        folder = root / "inbox" / period / department
        folder.mkdir(parents=True)
        (folder / "名册.csv").write_text("\n".join(map(",".join, table)), encoding="utf-8-sig")


def settle(root):
    """The county has a department of its own."""
    (root / "own.yaml").write_text(PROFILE, encoding="utf-8")
    (root / "contracts" / "wf.yaml").write_text(CONTRACT, encoding="utf-8")
    settings = root / "tongbi.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.write_text("\n".join('profile = "own.yaml"' if line.startswith("profile = ") else line for line in lines))


def answer(root, period, lines, word):
    """Whoever has the lines in its workbook of the period writes the word on them and sends the workbook back."""
    for book in books_of(root / "outbox" / period, ASKED):
        mine = [number for number in book.numbers if number.rpartition("-")[0] in lines]
        if mine:
            day = date.today().isoformat()
            filled = {number: Filled(word, day, "某某", "户口簿已核对") for number in mine}
            write_edited(book, filled, root / "inbox" / "replies" / book.recipient / f"{period}{word[:2]}.xlsx")


def findings_of(root, period):
    """Child -> its line of L15 in a period."""
    frames = Session.at(root).frames
    findings, children = frames.read("findings", period), frames.read("child_files.children", period)
    lines = findings[findings["code"] == "L15"].set_index("child_id")["finding_id"]
    of_number = children.set_index("id_no")["child_id"]
    return {child[0]: lines[of_number[numbered(child[0])]] for child in CHILDREN}


def asked(root, period):
    """Line -> who has it in the workbook of a period, and what stands in its row."""
    found = {}
    for book in books_of(root / "outbox" / period, ASKED):
        for row in (row for table in book.tables.values() for row in table[1:]):
            found.setdefault(row[0].rpartition("-")[0], []).append((book.recipient, " ".join(row)))
    return found


@pytest.fixture(scope="module")
def story(tmp_path_factory, run_command):
    """Three quarters with the answers between them: the workspace, and the children's lines."""
    root = tmp_path_factory.mktemp("handing") / "workspace"
    run_command("init", "--workspace", root)
    settle(root)
    answers = {FIRST: [((THREE, TWO), KEEPS), ((DONE,), CORRECTED)], SECOND: [((THREE, TWO, LATE), KEEPS)]}
    for period in PERIODS:
        deliver(root, period)
        run_command("run", "--period", period, "--workspace", root)
        numbers = findings_of(root, period)
        for children, word in answers.get(period, ()):
            answer(root, period, {numbers[child[0]] for child in children}, word)
        if period in answers:
            run_command("replies", "--workspace", root)
    return root, numbers


RECEIVED = {
    FIRST: {THREE: EDUCATION, TWO: FEDERATION, LATE: EDUCATION, DONE: EDUCATION},
    SECOND: {THREE: CIVIL_AFFAIRS, TWO: POLICE, LATE: EDUCATION, DONE: EDUCATION},
    # TWO has been answered by everybody whose record differs: it goes to nobody.
    THIRD: {THREE: POLICE, LATE: CIVIL_AFFAIRS, DONE: EDUCATION},
}


@pytest.mark.parametrize("period", PERIODS)
def test_every_line_is_in_one_workbook_that_of_whose_turn_it_is(story, period):
    root, numbers = story
    received = {name: [recipient for recipient, _ in rows] for name, rows in asked(root, period).items()}
    lines = {name: who for name, who in received.items() if name.startswith("L15")}
    assert lines == {numbers[child[0]]: [who] for child, who in RECEIVED[period].items()}
    with sqlite3.connect(root / "tongbi.db") as connection:
        sent = connection.execute("SELECT finding_id, recipient FROM issue WHERE period = ?", [period]).fetchall()
    assert {name: [who] for name, who in sent if name.startswith("L15")} == lines


def test_a_line_keeps_its_number_and_nobody_is_asked_twice_what_was_answered(story):
    root, numbers = story
    assert {period: findings_of(root, period) for period in PERIODS} == dict.fromkeys(PERIODS, numbers)
    for child in (THREE, TWO):
        received = [who for period in PERIODS for who, _ in asked(root, period).get(numbers[child[0]], [])]
        assert len(received) == len(set(received))


def test_the_line_says_who_answered_before_and_who_is_asked_now(story):
    root, numbers = story
    ((_, second),), ((_, third),) = (asked(root, period)[numbers[THREE[0]]] for period in (SECOND, THIRD))
    assert "【转核】教育已答复“维持原登记”，数据仍不一致，转请民政核对本单位的登记。" in second
    assert "【转核】民政已答复“维持原登记”，数据仍不一致，转请公安核对本单位的登记。" in third
    ((_, federation),) = asked(root, SECOND)[numbers[TWO[0]]]
    assert "【转核】妇联已答复“维持原登记”" in federation


def test_where_nobody_is_left_to_ask_the_line_is_settled_and_the_bureau_still_has_it(story):
    root, numbers = story
    line = numbers[TWO[0]]
    life = Session.at(root).frames.read("finding_life", THIRD).set_index("finding_id").loc[line]
    assert (life["kind"], life["state"], life["listed"], life["shown"]) == ("kept", "rejected", "yes", "no")
    exported = (root / "outbox" / THIRD / "findings.csv").read_text(encoding="utf-8-sig")
    assert line in exported
    assert line not in asked(root, THIRD)
