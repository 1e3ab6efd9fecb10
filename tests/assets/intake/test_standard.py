from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.intake.accounting import AccountingError, account
from assets.intake.context import Context
from assets.intake.contract import Contract, load_contracts
from assets.intake.notices import DeliveredFile
from assets.intake.sentences import issue
from assets.intake.standard import QUARANTINE, STANDARD, Standardised, standardise
from assets.intake.tabulate import Tabulated, tabulate
from matching.model import default_model
from pipelines.resources.reading.shapes import Grid, Reading

Take = Callable[..., Standardised]
MakeGrid = Callable[..., Grid]
MakeNumber = Callable[..., str]

HEAD = ["姓名", "身份证号", "性别", "出生日期", "监护人姓名", "监护人身份证号", "户籍地址", "现住址"]


def row(name: str = "王小明", number: str = "", **more: str) -> list[str]:
    values = {
        "sex": "男",
        "birth": "2015-03-10",
        "guardian": "王大",
        "guardian_id": "",
        "hukou": "民乐县南古镇岔家堡村",
        "live": "",
    }
    values |= more
    return [name, number, *(values[key] for key in ("sex", "birth", "guardian", "guardian_id", "hukou", "live"))]


def one(done: Standardised) -> pd.Series:
    assert len(done.accepted) == 1
    return done.accepted.iloc[0]


def issues(record: pd.Series) -> set[str]:
    return set(str(record["issues"]).split(";")) - {""}


def test_the_frame_has_exactly_the_promised_columns(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    done = take("civil_affairs", make_grid([HEAD, row(number=make_number("20150310"))]))
    assert list(done.accepted.columns) == STANDARD
    assert list(done.quarantine.columns) == QUARANTINE
    record = one(done)
    assert record["record_id"] == "CA-1f0c9a77b2-1-2"
    assert record["id_no"] == make_number("20150310")
    assert record["id_no_status"] == "valid"
    assert (record["period"], record["department"], record["row"]) == ("2026Q3", "civil_affairs", 2)
    assert (record["sex"], record["birth_date"], record["birth_precision"]) == ("1", "2015-03-10", "day")
    assert issues(record) == set()
    assert not done.accepted.isna().any().any()


@pytest.mark.parametrize("word", ["无", "/", "NULL", "暂无", "000000000000000000", "111111111111111111", ""])
def test_placeholders_are_missing(take: Take, make_grid: MakeGrid, word: str) -> None:
    record = one(take("civil_affairs", make_grid([HEAD, row(number=word)])))
    assert record["id_no"] == ""
    assert record["id_no_status"] in {"missing", "placeholder"}
    assert record["id_no_raw"] == word


def test_a_number_typed_number_is_damaged_and_no_number(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    good = make_number("20150310")
    record = one(take("civil_affairs", make_grid([HEAD, row(number=good)], damaged={(2, 1)})))
    assert (record["id_no"], record["id_no_status"]) == ("", "damaged")
    assert "damaged" in issues(record)


def test_a_column_cut_by_the_spreadsheet_is_damaged_as_a_whole(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    births = [f"2015{month:02d}{day:02d}" for month in (1, 2, 3, 4) for day in (3, 7, 11, 19, 23)]
    rows = [row(f"王{chr(0x4E00 + i)}", make_number(birth)[:15] + "000", birth=birth) for i, birth in enumerate(births)]
    done = take("civil_affairs", make_grid([HEAD, *rows]))
    assert set(done.accepted["id_no_status"]) == {"damaged"}
    assert set(done.accepted["id_no"]) == {""}


def test_a_parents_number_moves_to_the_guardian(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    father = make_number("19800310")
    record = one(take("civil_affairs", make_grid([HEAD, row(number=father)])))
    assert (record["id_no"], record["id_no_status"], record["guardian_id"]) == ("", "adult", father)
    assert "parent_number" in issues(record)


def test_a_siblings_number_that_is_also_the_guardians_is_cleared(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    number = make_number("20100310")
    record = one(take("civil_affairs", make_grid([HEAD, row(number=number, guardian_id=number)])))
    assert (record["id_no"], record["guardian_id"]) == ("", number)
    assert "parent_number" in issues(record)


def test_a_grown_up_on_a_payment_roll_keeps_the_own_number(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    head = ["姓名", "身份证号", "出生日期", "起领年月", "末领年月", "保障金额"]
    number = make_number("20040310")
    done = take("civil_affairs", make_grid([head, ["王小明", number, "2004-03-10", "202001", "202203", "1,350.00元"]]))
    record = one(done)
    assert (record["layout"], record["id_no"], record["id_no_status"]) == ("payment_roll", number, "valid")
    assert issues(record) == {"adult"}
    assert (record["pay_start"], record["pay_end"]) == ("2020-01", "2022-03")
    assert float(record["amount"]) == 1350


def test_one_number_under_many_names_says_nothing(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    number = make_number("20150310")
    done = take("civil_affairs", make_grid([HEAD, *[row(name, number) for name in ("王小明", "李小红", "张子轩")]]))
    assert set(done.accepted["id_no_status"]) == {"placeholder"}
    assert all("shared_number" in text for text in done.accepted["issues"])


def test_one_number_under_two_names_is_kept_for_the_list(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    number = make_number("20150310")
    done = take("civil_affairs", make_grid([HEAD, row("王小明", number), row("李小红", number)]))
    assert set(done.accepted["id_no"]) == {number}


def test_student_and_certificate_numbers_go_home(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    number = make_number("20150310")
    done = take("civil_affairs", make_grid([HEAD, row("王小明", "G" + number), row("李小红", number + "42B1")]))
    first, second = done.accepted.iloc[0], done.accepted.iloc[1]
    assert (first["id_no"], first["student_no_id"], first["student_no_kind"]) == ("", number, "G")
    assert "student_no_as_id" in issues(first)
    assert (second["id_no"], second["disability_no_id"]) == ("", number)
    assert "disability_no_as_id" in issues(second)


def test_a_temporary_student_number_is_never_a_citizen_number(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    head = ["姓名", "身份证件号", "学籍号", "年级", "学校名称"]
    done = take("education", make_grid([head, ["王小明", "", "L" + make_number("20150310"), "三年级", "南古小学"]]))
    record = one(done)
    assert (record["student_no_kind"], record["student_no_id"], record["id_no"]) == ("L", "", "")
    assert record["grade"] == "3"


@pytest.mark.parametrize(
    ("line", "how"),
    [
        (["", "王小明", "{n}", "男", "2015-03-10", "王大", "", "民乐县"], "realigned"),
        (["{n}", "王小明", "男", "2015-03-10", "王大", "", "民乐县", ""], "realigned"),
        (["{n}", "男", "2015-03-10", "王大", "", "民乐县南古镇", "", ""], "shifted"),
    ],
)
def test_slipped_rows(take: Take, make_grid: MakeGrid, make_number: MakeNumber, line: list[str], how: str) -> None:
    number = make_number("20150310")
    good = [row(f"李{chr(0x4E00 + i)}", make_number("20150311", 200 + i)) for i in range(3)]
    done = take("civil_affairs", make_grid([HEAD, *good, [cell.replace("{n}", number) for cell in line]]))
    if how == "realigned":
        record = done.accepted[done.accepted["row"] == 5].iloc[0]
        assert (record["name"], record["id_no"], record["sex"]) == ("王小明", number, "1")
        assert "realigned" in issues(record)
    else:
        record = done.accepted[done.accepted["row"] == 5]
        assert len(record) + len(done.quarantine) == 1
        if len(record):
            assert record.iloc[0]["name"] != number


def test_name_and_number_in_each_others_column(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    number = make_number("20150310")
    line = row()
    line[0], line[1] = number, "王小明"
    record = one(take("civil_affairs", make_grid([HEAD, line])))
    assert (record["name"], record["id_no"]) == ("王小明", number)


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [("", "", "no_name_no_number"), ("/", "无", "no_name_no_number"), ("kjh#@", "", "unreadable_name")],
)
def test_rows_of_nobody_are_quarantined(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber, name: str, number: str, code: str
) -> None:
    done = take("civil_affairs", make_grid([HEAD, row(number=make_number("20150310")), row(name, number)]))
    assert len(done.accepted) == 1
    refused = done.quarantine.iloc[0]
    assert (refused["code"], refused["row"], refused["column"]) == (code, 3, 1)
    assert "第3行" in refused["message"]
    assert "“姓名”列" in refused["message"]
    assert refused["advice"]


def test_a_child_without_number_is_accepted(take: Take, make_grid: MakeGrid) -> None:
    assert one(take("civil_affairs", make_grid([HEAD, row()])))["id_no_status"] == "missing"


def test_adults_of_a_register_of_all_ages_are_set_aside(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    head = ["公民身份号码", "姓名", "性别", "出生日期", "户号", "与户主关系"]
    rows = [
        [make_number("20150310"), "王小明", "男", "20150310", "123456789", "子"],
        [make_number("19800310"), "王大", "男", "19800310", "123456789", "户主"],
        [make_number("20070910"), "王中", "男", "20070910", "123456789", "子"],
    ]
    done = take("public_security", make_grid([head, *rows], ""))
    assert list(done.accepted["name"]) == ["王小明", "王中"]
    assert list(done.set_aside["row"]) == [3]
    assert issues(done.accepted.iloc[1]) == {"adult"}


def test_both_values_are_kept_when_birth_or_sex_disagree(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    record = one(
        take("civil_affairs", make_grid([HEAD, row(number=make_number("20150310"), birth="2015-03-11", sex="女")]))
    )
    assert issues(record) == {"birth_conflict", "sex_conflict"}
    assert (record["birth_date"], record["id_no_birth"]) == ("2015-03-11", "2015-03-10")
    assert (record["sex"], record["id_no_sex"]) == ("2", "1")


def test_a_coarse_date_does_not_contradict_the_number(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    record = one(take("civil_affairs", make_grid([HEAD, row(number=make_number("20150310"), birth="2015年3月")])))
    assert (record["birth_date"], record["birth_precision"], issues(record)) == ("2015-03", "month", set())


def test_ditto_in_addresses(take: Take, make_grid: MakeGrid) -> None:
    rows = [
        row("王小明", live="同上"),
        row("李小红", hukou="〃", live="〃"),
        row("张子轩", hukou="同现住址", live="民乐县洪水镇单庄村"),
    ]
    done = take("civil_affairs", make_grid([HEAD, *rows])).accepted
    assert list(done["live_addr"]) == ["民乐县南古镇岔家堡村", "民乐县南古镇岔家堡村", "民乐县洪水镇单庄村"]
    assert list(done["hukou_addr"]) == ["民乐县南古镇岔家堡村", "民乐县南古镇岔家堡村", "民乐县洪水镇单庄村"]


def test_whole_duplicates_are_kept_and_flagged(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    line = row(number=make_number("20150310"))
    done = take("civil_affairs", make_grid([["序号", *HEAD], ["1", *line], ["2", *line], ["3", *row("李小红")]]))
    assert ["duplicate_row" in text for text in done.accepted["issues"]] == [False, True, False]


@pytest.mark.parametrize("sheets", [1, 2])
def test_many_identical_rows_without_a_number_are_a_question(sheets: int, take: Take, make_grid: MakeGrid) -> None:
    """rules/bad-inputs.md#input-33: twenty-five times the same child, or twenty-five children: nobody can tell, and nothing is lost."""
    many = default_model().decide.cluster_limit + 5
    lines = [[str(number), *row("王小明", number="")] for number in range(many)]
    parts = [lines[place::sheets] for place in range(sheets)]
    done = take(
        "civil_affairs", *[make_grid([["序号", *HEAD], *part, ["99", *row("李小红", number="")]]) for part in parts]
    )
    assert set(done.accepted["name"]) == {"李小红"}
    assert list(done.quarantine["code"]) == ["many_alike"] * many
    assert "完全相同" in done.quarantine["message"].iloc[0]
    assert "王小明" not in done.quarantine["message"].str.cat()


def test_fewer_identical_rows_or_a_number_are_no_question(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    most = default_model().decide.cluster_limit
    few = take("civil_affairs", make_grid([HEAD, *[row(number="")] * most]))
    numbered = take("civil_affairs", make_grid([HEAD, *[row(number=make_number("20150310"))] * (most + 5)]))
    assert (len(few.accepted), len(few.quarantine)) == (most, 0)
    assert (len(numbered.accepted), len(numbered.quarantine)) == (most + 5, 0)


def test_family_members_by_their_relation(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    head = [
        "姓名",
        "身份证件号",
        "年级",
        "成员1.姓名",
        "成员1.关系",
        "成员1.身份证件号",
        "成员1.联系电话",
        "成员1.是否监护人",
    ]
    head += ["成员2.姓名", "成员2.关系", "成员2.身份证件号"]
    mother, granny = make_number("19820310", 124), make_number("19550310", 124)
    line = [
        "王小明",
        make_number("20150310"),
        "三年级",
        "赵某",
        "母亲",
        mother,
        "13912345678",
        "是",
        "钱某",
        "祖母",
        granny,
    ]
    record = one(take("education", make_grid([head, line])))
    assert (record["mother_name"], record["mother_id"], record["mother_phone"]) == ("赵某", mother, "13912345678")
    assert (record["guardian_name"], record["guardian_id"]) == ("赵某", mother)
    assert record["father_name"] == ""


@pytest.mark.parametrize(
    ("sheet", "file", "title", "category"),
    [
        ("Sheet1", "农村留守儿童信息台账.xlsx", "台账", "left_behind"),
        ("Sheet1", "台账.xlsx", "民乐县困境儿童台账", "dilemma"),
        ("孤儿", "农村留守儿童.xlsx", "台账", "orphan"),
        ("Sheet1", "困境儿童及孤儿台账.xlsx", "台账", ""),
    ],
)
def test_category_from_file_sheet_or_title(
    take: Take, make_grid: MakeGrid, sheet: str, file: str, title: str, category: str
) -> None:
    done = take("civil_affairs", make_grid([[title], HEAD, row()], sheet), file=file)
    assert one(done)["category"] == category


def test_town_from_sheet_name_and_section_titles(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    head = ["姓名", "身份证号", "儿童类别"]
    rows = [
        ["民乐县儿童台账"], head, ["南古镇"], ["王小明", make_number("20150310"), "留守儿童"],
        ["洪水镇"], ["李小红", make_number("20150311"), "留守儿童"],
    ]  # fmt: skip
    done = take("civil_affairs", make_grid(rows))
    assert list(done.accepted["town"]) == ["南古镇", "洪水镇"]
    named = take("civil_affairs", make_grid([head, ["王小明", make_number("20150310"), "留守儿童"]], "民乐县三堡镇"))
    assert one(named)["town"] == "三堡镇"
    filed = take(
        "civil_affairs", make_grid([head, ["王小明", make_number("20150310"), "留守儿童"]]), file="六坝镇留守儿童.xlsx"
    )
    assert one(filed)["town"] == "六坝镇"


def test_two_subsidies_are_not_the_ledger(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    head = [
        "乡镇",
        "姓名",
        "身份证号码",
        "残疾人证号",
        "补贴类型",
        "补贴对象类型",
        "补贴金额",
        "享受补贴起始月份",
        "续发月份",
        "性别",
        "出生年月",
        "残疾等级",
        "残疾类别",
    ]
    number = make_number("20150310")
    child = [
        "南古镇",
        "王小明",
        number,
        number + "41",
        "重度护理补贴",
        "一级",
        "120",
        "202401",
        "",
        "男",
        "201503",
        "一级",
        "肢体",
    ]
    old = [
        "南古镇",
        "王大",
        make_number("19600310"),
        make_number("19600310") + "41",
        *child[4:9],
        "男",
        "196003",
        "一级",
        "肢体",
    ]
    done = take("civil_affairs", make_grid([head, child, old]))
    record = one(done)
    assert (record["layout"], record["aid"], record["category"]) == ("subsidies", "care_allowance", "")
    assert (record["disability_no_id"], record["disability_level"], record["disability_type"]) == (number, "1", "4")
    assert len(done.set_aside) == 1


def test_pinyin_dump_of_the_register(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    head = [
        "rkbm",
        "gmsfhm",
        "xm",
        "x",
        "m",
        "hh",
        "yhzgx",
        "xb",
        "mz",
        "csrq",
        "hjdxz",
        "fqxm",
        "fqgmsfhm",
        "swrq",
        "rkglzxlbdm",
        "zxsj",
        "rkzt",
    ]
    number, father = make_number("20150310"), make_number("19800310")
    line = [
        "1",
        number,
        "王小明",
        "王",
        "小明",
        "198823278",
        "子",
        "1",
        "01",
        "20150310",
        "甘肃省民乐县南古镇",
        "王大",
        father,
        "20260102",
        "死亡",
        "20260301",
        "注销",
    ]
    record = one(take("public_security", make_grid([head, line], "")))
    assert (record["id_no"], record["father_id"], record["household_no"]) == (number, father, "198823278")
    assert (record["death_date"], record["cancel_kind"], record["cancel_date"]) == ("2026-01-02", "death", "2026-03-01")
    assert (record["sex"], record["nation"]) == ("1", "01")


def test_an_unknown_word_is_never_guessed(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    head = ["姓名", "身份证号", "儿童类别", "就学情况"]
    record = one(take("civil_affairs", make_grid([head, ["王小明", make_number("20150310"), "留守儿童", "魔法学院"]])))
    assert record["study_status"] == ""
    assert "unknown_code:study_status" in issues(record)
    assert issue("unknown_code:study_status").field == "study_status"


def test_a_fifth_department_goes_all_the_way(
    tmp_path: Path, make_grid: MakeGrid, make_number: MakeNumber, context: Context
) -> None:
    (tmp_path / "health.yaml").write_text(
        """
department: health
code: HE
zh: 卫健
headings: {name: [筛查儿童], disability_type: [筛查结果], report_date: [筛查日期]}
ignore: [筛查机构]
mandatory: [[name], [id_no, birth_cert_no]]
layouts: [{name: screening, zh: 新生儿筛查名册}]
""",
        encoding="utf-8",
    )
    contract = load_contracts(tmp_path)["health"]
    rows = [["卫健局0-6岁筛查名册"], ["筛查儿童", "身份证号", "出生医学证明编号", "筛查结果", "筛查机构", "筛查日期"]]
    rows.append(["王小明", make_number("20220310"), "X320101001", "听力", "县医院", "2026.8.1"])
    done = tabulate(
        DeliveredFile(Reading("xlsx", "", [make_grid(rows)]), "筛查.xlsx", "ab" * 32, "D9"), contract, date(2026, 9, 30)
    )
    assert done.refusal is None
    record = one(standardise(done.raw, done.readings, contract, context))
    assert record["record_id"] == "HE-ababababab-1-3"
    assert (record["department"], record["name"], record["id_no"]) == ("health", "王小明", make_number("20220310"))
    assert (record["disability_type"], record["report_date"], record["birth_cert_no"]) == (
        "2",
        "2026-08-01",
        "X320101001",
    )


def test_the_accounting_adds_up_and_a_lost_row_is_an_error(
    read: Callable[..., Tabulated],
    contracts: dict[str, Contract],
    context: Context,
    make_grid: MakeGrid,
    make_number: MakeNumber,
) -> None:
    rows = [["标题"], [], HEAD, row(number=make_number("20150310")), row("", ""), HEAD, ["合计", "2"], ["填表人：王某"]]
    other = make_grid([["说明"], ["请按要求填写。"]], "说明", 2)
    tabulated = read("civil_affairs", make_grid(rows), other)
    raw = tabulated.raw
    done = standardise(raw, tabulated.readings, contracts["civil_affairs"], context)
    counts = account(raw, done).iloc[0]
    assert counts["rows_in"] == 10
    assert (counts["accepted"], counts["quarantined"], counts["set_aside"]) == (1, 1, 8)
    lost = Standardised(done.accepted.iloc[:0], done.quarantine, done.set_aside)
    with pytest.raises(AccountingError, match="台账"):
        account(raw, lost)
    twice = Standardised(pd.concat([done.accepted, done.accepted]), done.quarantine.iloc[:0], done.set_aside)
    with pytest.raises(AccountingError):
        account(raw, twice)


def test_the_order_of_files_changes_nothing(
    read: Callable[..., Tabulated],
    contracts: dict[str, Contract],
    context: Context,
    make_grid: MakeGrid,
    make_number: MakeNumber,
) -> None:
    one_file = read("civil_affairs", make_grid([HEAD, row(number=make_number("20150310"))]), file="甲.xlsx")
    other = read("civil_affairs", make_grid([HEAD[::-1], row("李小红")[::-1]]), file="乙.xlsx")
    other.raw["record_id"] += "-2"
    both = [
        standardise(
            pd.concat([done.raw for done in order], ignore_index=True),
            [reading for done in order for reading in done.readings],
            contracts["civil_affairs"],
            context,
        ).accepted
        for order in ([one_file, other], [other, one_file])
    ]
    first, second = (frame.sort_values("record_id").reset_index(drop=True) for frame in both)
    pd.testing.assert_frame_equal(first, second)


def test_every_issue_code_has_a_sentence() -> None:
    for code in ("bad_number:father_id", "unknown_code:sex", "unreadable_date:visit_date", "shared_number", "over_age"):
        assert issue(code).zh
        assert issue(code).advice
