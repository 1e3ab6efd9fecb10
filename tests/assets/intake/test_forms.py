"""A page for each child is no list: it is recognised, refused as what it is, and nothing of it is said."""

import pytest

from assets.intake.contract import load_contracts
from assets.intake.forms import is_form
from assets.intake.headings import compile_aliases

NAME, PARENT, NUMBER, PHONE = "欧阳鹍鹏", "尉迟璟雯", "620722201503105115", "19988776655"
ACROSS = [
    ["农村留守儿童基本情况登记表", "", "", "", "", ""],
    ["姓名", NAME, "性别", "女", "民族", "汉族"],
    ["出生日期", "2015-03-10", "身份证号", NUMBER, "是否登记户口", "是"],
    ["父亲姓名", PARENT, "父亲身份证号", NUMBER, "联系电话", PHONE],
    ["监护人姓名", PARENT, "与儿童关系", "祖父", "家庭住址", "某村"],
]
DOWN = [
    ["姓名", NAME],
    ["性别", "女"],
    ["出生日期", "2015-03-10"],
    ["身份证号", NUMBER],
    ["学校名称", "一小"],
    ["监护人姓名", PARENT],
]
COLONS = [[f"{label}：{value}"] for label, value in DOWN]
TURNED = [[label, value, value, value] for label, value in DOWN]
FAMILY = [
    *ACROSS[:3],
    ["家庭成员", "姓名", "身份证号", "关系", "联系电话", ""],
    ["1", PARENT, NUMBER, "父亲", PHONE, ""],
    *ACROSS[3:],
]
FORMS = {"across": ACROSS, "down": DOWN, "colons": COLONS, "turned": TURNED, "family": FAMILY, "several": ACROSS * 4}


@pytest.mark.parametrize("department", ["civil_affairs", "education", "public_security", "disability"])
@pytest.mark.parametrize("kind", FORMS)
def test_a_form_is_refused_as_a_form_and_holds_its_tongue(read, make_grid, kind, department):
    done = read(department, make_grid(FORMS[kind], sheet=NAME))
    assert done.refusal is not None
    assert done.refusal.code == "form"
    said = repr([done.refusal, *done.notices])
    assert "一人一表" in said
    assert "名册" in done.refusal.advice
    assert not [word for word in (NAME, PARENT, NUMBER, PHONE, "某村") if word in said]


HEAD = ["姓名", "身份证号", "性别", "出生日期", "监护人姓名", "与儿童关系", "备注"]
ROW = [NAME, NUMBER, "女", "2015-03-10", PARENT, "父亲", "学生"]


@pytest.mark.parametrize(
    "lines",
    [
        [HEAD, *[ROW] * 5],
        [["名册", *[""] * 6], ["学校", "一小", "班级", "二班", "联系电话", PHONE, ""], HEAD, *[ROW] * 5],
        [
            HEAD,
            *[[*ROW[:5], kin, kind] for kin in ("父亲", "母亲", "祖父", "监护人") for kind in ("孤儿", "儿童", "学生")],
        ],
        [[*HEAD[:2], "陌生", *HEAD[2:6]], *[ROW] * 3, [*HEAD[:2], "陌生", *HEAD[2:6]], *[ROW] * 3],
    ],
)
def test_a_list_is_no_form(read, make_grid, lines):
    assert read("civil_affairs", make_grid(lines)).refusal is None


def test_a_form_beside_a_list_is_left_and_said(read, make_grid):
    grids = [make_grid([HEAD, *[ROW] * 5]), make_grid(ACROSS, sheet=NAME, at=2)]
    done = read("civil_affairs", *grids)
    assert done.refusal is None
    said = next(notice for notice in done.notices if notice.code == "form")
    assert said.message.startswith("第2张表")
    assert NAME not in said.message


def test_few_fields_are_no_form(make_grid):
    aliases = compile_aliases(load_contracts()["civil_affairs"])
    assert not is_form(make_grid([["姓名", NAME], ["性别", "女"], ["其他", "无"]]).cells, aliases)
