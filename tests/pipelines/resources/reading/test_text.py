"""Delimited text: the right characters, the right fields, the right row numbers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.resources.reading import Reading, Refusal, load_settings, read_file
from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.cells import map_private
from pipelines.resources.reading.decode import decode
from pipelines.resources.reading.delimited import parse_delimited

Make = Callable[..., Path]
BOUNDS = ParserBounds(**load_settings().limits.model_dump())
TEXT = "姓名,民族,住址\n张䶮,汉族,南古镇·七组\n李晴,回族,民联镇\n王喆,藏族,三堡镇\n"
BIG5 = "姓名,性別,出生日期\n張小明,男,20150307\n陳美麗,女,20160102\n"


def rows(reading: Reading) -> list[list[str]]:
    cells: list[list[str]] = reading.grids[0].cells.to_numpy().tolist()
    return cells


def codes(reading: Reading) -> list[str]:
    return [notice.code for notice in reading.notices]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_encoding_gives_the_same_text(data: bytes, encoding: str, ending: str, write_text: Make) -> None:
    if ending == "\r\n":
        codec = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
        data = data.replace("\n".encode(codec), ending.encode(codec))
    reading = read_file(write_text(data))
    assert (reading.container, reading.encoding) == ("csv", encoding)
    assert rows(reading) == [line.split(",") for line in TEXT.splitlines()]
    assert codes(reading) == []


def test_the_legacy_bytes_of_gb18030_become_assigned_characters(write_text: Make) -> None:
    data = "姓名,性别\n".encode("gb18030") + b"\xfe\x59\xfe\x9f,\xc4\xd0\n"
    assert rows(read_file(write_text(data)))[1] == ["龴䶮", "男"]
    assert [map_private(chr(code)) for code in (0xE81E, 0xE826, 0xE843, 0xE864)] == ["龴", "龵", "龹", "龻"]


def test_big5_is_told_from_gb18030_by_its_heading(write_text: Make) -> None:
    reading = read_file(write_text(BIG5, "big5"))
    assert (reading.encoding, codes(reading)) == ("big5", ["big5"])
    assert rows(reading)[1] == ["張小明", "男", "20150307"]


def test_without_heading_words_big5_passes_as_gb18030() -> None:
    assert decode(BIG5.encode("big5")).encoding == "gb18030"


@pytest.mark.parametrize("most", ["gb18030", "utf-8"])
def test_mixed_encodings_are_refused_with_the_line_numbers(most: str, write_text: Make) -> None:
    other = {"gb18030": "utf-8", "utf-8": "gb18030"}[most]
    lines = [f"赵晴晴,汉族,第{number}组,民联镇" for number in range(1, 21)]
    data = b"\n".join(line.encode(other if number in (7, 13) else most) for number, line in enumerate(lines, 1))
    with pytest.raises(Refusal) as caught:
        read_file(write_text(data))
    assert caught.value.code == "mixed_encoding"
    assert "第7、13行" in caught.value.message
    assert "赵" not in str(caught.value)


def test_bytes_of_no_encoding_are_refused_with_the_line_number(write_text: Make) -> None:
    data = "姓名,民族\n张三,汉族\n".encode("gb18030") + b"\xff\xff\xff,x\n" + "李四,汉族\n".encode("gb18030")
    with pytest.raises(Refusal, match="第3行") as caught:
        read_file(write_text(data))
    assert caught.value.code == "mixed_encoding"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_a_file_cut_inside_a_character_is_incomplete(encoding: str, write_text: Make) -> None:
    with pytest.raises(Refusal) as caught:
        read_file(write_text("姓名,住址\n张三,民联镇".encode(encoding)[:-1]))
    assert caught.value.code == "truncated"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_most_lines_agree_on(delimiter: str, write_text: Make) -> None:
    title = "民乐县2026年三季度，孤儿、困境儿童；一览表|内部,"
    table = [["姓名", "住址", "备注"], ["甲", "一村；二组", "a,b;c|d".replace(delimiter, " ")], ["乙", "三村", ""]]
    reading = read_file(write_text("\n".join([title, *map(delimiter.join, table)]) + "\n"))
    assert reading.container == ("tsv" if delimiter == "\t" else "csv")
    assert [row[:3] for row in rows(reading)[1:]] == table


def test_quoted_commas_line_breaks_and_quotes_are_one_field(write_text: Make) -> None:
    text = '姓名,住址,备注\n甲,"一村,二组","有一个""小""名"\n乙,"三村\n四组",\n丙,五村,完\n'
    reading = read_file(write_text(text))
    assert rows(reading)[1:] == [["甲", "一村,二组", '有一个"小"名'], ["乙", "三村\n四组", ""], ["丙", "五村", "完"]]
    assert codes(reading) == []


def test_records_that_nearly_all_hold_line_breaks_keep_their_width(write_text: Make) -> None:
    """A list whose address and source columns have two lines each, as a spreadsheet program saves it."""
    body = [
        [f"L01-{number}", "户籍：一村，3号\n现住：县城", "民政·表,1\n公安·表", "已登记", ""] for number in range(30)
    ]
    text = "编号,住址,依据,核查结果,说明\r\n"
    text += "".join(",".join(f'"{cell}"' if "\n" in cell else cell for cell in row) + "\r\n" for row in body)
    reading = read_file(write_text(text))
    assert rows(reading)[1:] == body
    assert codes(reading) == []


def test_row_numbers_count_records_and_blank_lines(write_text: Make) -> None:
    reading = read_file(write_text('姓名,住址\n\n甲,"一村\n二组"\n\n\n乙,三村\n\n\n'))
    cells = reading.grids[0].cells
    assert list(cells.index) == [1, 2, 3, 4, 5, 6]
    assert (cells.at[3, 0], cells.at[6, 0]) == ("甲", "乙")


@pytest.mark.parametrize(
    "bad",
    ['"甲,一村,x', '甲,"一村,x', '甲,一村,"x', '"甲"乙,一村,x', '甲,"一村"二组,x', '甲,5"管,x', '",,'],
)
def test_a_stray_quote_spoils_its_own_line_only(bad: str, write_text: Make) -> None:
    others = [f"乙{number},二村,y" for number in range(200)]
    reading = read_file(write_text("\n".join(["姓名,住址,备注", *others[:100], bad, *others[100:]]) + "\n"))
    found = rows(reading)
    assert len(found) == 202
    assert found[101] == bad.split(",")
    assert found[102:] == [line.split(",") for line in others[100:]]
    assert codes(reading) == ([] if bad == '甲,5"管,x' else ["stray_quote"])
    if codes(reading):
        assert reading.notices[0].row == 102


def test_two_stray_quotes_do_not_swallow_what_lies_between(write_text: Make) -> None:
    lines = ["姓名,住址", '"甲,一村', "乙,二村", '丙",三村', "丁,四村"]
    reading = read_file(write_text("\n".join(lines) + "\n"))
    assert rows(reading) == [line.split(",") for line in lines]
    assert codes(reading) == ["stray_quote"]


def test_nul_bytes_go_with_a_notice(write_text: Make) -> None:
    reading = read_file(write_text("姓名,住址\n甲\0,一村\n".encode("gb18030")))
    assert rows(reading)[1] == ["甲", "一村"]
    assert [(notice.code, notice.row) for notice in reading.notices] == [("nul", 2)]


def test_tab_separated_gbk_named_xls(write_text: Make) -> None:
    text = (
        "姓名\t身份证号\t学籍号\t备注\r\n某\t'110101201503070011\t'G110101201503070011\tNULL\r\n某某\tNULL\t'12\t'x\r\n"
    )
    reading = read_file(write_text(text, "gbk", "学生.xls"))
    assert (reading.container, reading.encoding) == ("tsv", "gb18030")
    assert rows(reading)[1:] == [["某", "110101201503070011", "'G110101201503070011", ""], ["某某", "", "'12", "'x"]]
    assert codes(reading) == ["extension", "null_words", "text_marks"]


def test_numbers_wrapped_as_formulas_come_out_whole(write_text: Make) -> None:
    reading = read_file(write_text('姓名,号码\n甲,="0012345678"\n乙,"=""110101201503070011"""\n'))
    assert [row[1] for row in rows(reading)[1:]] == ["0012345678", "110101201503070011"]


def test_a_last_line_that_breaks_off_is_told(write_text: Make) -> None:
    reading = read_file(write_text("姓名,住址,电话\n甲,一村,1\n乙,二村,2\n丙,三"))
    assert [(notice.code, notice.row) for notice in reading.notices] == [("cut_line", 4)]


FIELD = st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=8)


@given(st.lists(st.lists(FIELD, min_size=4, max_size=4), min_size=3, max_size=8))
def test_what_a_csv_writer_writes_comes_back(table: list[list[str]]) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    sheet = parse_delimited(out.getvalue(), BOUNDS).sheets[0]
    assert [list(row) for row in zip(*sheet.columns, strict=True)] == table
