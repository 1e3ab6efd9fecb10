"""How many lines a list has, in every output of both quarters of the small county: the same two numbers under the same two names.

Print the table of all outputs with `pytest -s tests/pipelines/test_figures.py`.
"""

import re
import sys
from collections import Counter

import docx
import pandas as pd
import pytest
from openpyxl import load_workbook

from expectations.life.numbering import read

pytestmark = pytest.mark.slow

PERIODS = FIRST, SECOND = "2026Q2", "2026Q3"
WORDS = LISTED, ASKED, QUIET = "数据中仍有", "本期下发", "已答复不再下发"
HIDDEN = "＊"
CODE = re.compile(r"L\d\d[A-Z]?")
PRINTED = ["run", "总表", "报告内部", "报告公开", "联席会议", "compare"]


def tell(*words):
    sys.stdout.write("  ".join(words) + "\n")


def printed_rows(text):
    """Rows of the tables that a command printed, as lists of texts."""
    lines = [line for line in text.splitlines() if line.startswith(("│", "┃"))]
    return [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in lines]


def sheet_rows(path, name):
    book = load_workbook(path, read_only=True)
    rows = [["" if value is None else str(value) for value in row] for row in book[name].iter_rows(values_only=True)]
    book.close()
    return rows


def document_rows(path):
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in docx.Document(str(path)).tables
        if table.rows
    ]


def sizes_in(tables, prefix=""):
    """List -> its sizes as printed, from the tables whose heading names them; one list never has two."""
    found = {}
    for rows in tables:
        heads = next((row for row in rows if f"{prefix}{LISTED}" in row), [])
        places = {word: heads.index(f"{prefix}{word}") for word in WORDS if f"{prefix}{word}" in heads}
        for row in rows if heads else []:
            code = CODE.match(row[0])
            if code and len(row) == len(heads) and row[places[LISTED]] not in ("未计算", "无法比对", "未放行", ""):
                sizes = {word: row[place] for word, place in places.items()}
                assert found.setdefault(code.group(), sizes) == sizes
    return found


def book_counts(folder):
    """(list -> distinct lines in the workbooks, (workbook, list) -> (lines on its sheet, lines as its 说明 counts them))."""
    lines, said = {}, {}
    for path in [*folder.rglob("*_核查清单.xlsx"), *folder.rglob("*_急件.xlsx")]:
        explained = {m.group(1): row[1] for row in sheet_rows(path, "说明") if (m := re.search(r"（(L\w+)）", row[0]))}
        mine = Counter()
        for sheet in load_workbook(path, read_only=True).sheetnames:
            for row in sheet_rows(path, sheet)[3:] if CODE.match(sheet) else []:
                code = row[0].partition("-")[0]
                mine[code] += 1
                lines.setdefault(code, set()).add(read(row[0], PERIODS).finding_id)
        for code, text in explained.items():
            said[path.name, code] = (mine[code], int(text) if text.isdigit() else 0)
    return {code: len(names) for code, names in lines.items()}, said


@pytest.fixture(scope="module")
def outputs(looped, run_command):
    """(workspace, period -> output -> list -> name of the size -> number as printed)."""
    root, said = looped
    ran = {FIRST: (root / "said.txt").read_text(encoding="utf-8"), SECOND: said["run"]}
    compared = [printed_rows(run_command("compare", FIRST, SECOND, "--workspace", root))]
    found = {}
    for period in PERIODS:
        for kind in ("quarter", "pack"):
            run_command("report", "--period", period, "--kind", kind, "--no-pdf", "--workspace", root)
        written = {path.stem.partition(period)[2]: path for path in (root / "outbox" / "报告" / period).glob("*.docx")}
        exported = exported_lines(root, period)
        found[period] = {
            "findings.csv": of_export(exported),
            "run": sizes_in([printed_rows(ran[period])]),
            "总表": sizes_in([sheet_rows(root / "outbox" / period / "汇总.xlsx", "总表")]),
            "报告内部": sizes_in(document_rows(written["季度报告_内部"])),
            "报告公开": sizes_in(document_rows(written["季度报告_公开"])),
            "联席会议": sizes_in(document_rows(written["联席会议材料_内部"])),
            "compare": sizes_in(compared, f"{period} "),
        }
    return root, found


def exported_lines(root, period):
    """findings.csv, whose columns are a contract, with each line's `status` as it was published."""
    lines = pd.read_csv(root / "outbox" / period / "findings.csv", dtype=str, encoding="utf-8-sig")
    published = pd.read_parquet(root / "frames" / "edition_lines" / f"{period}.parquet").set_index("finding_id")
    assert set(lines["finding_id"]) == set(published.index)
    return lines.assign(status=lines["finding_id"].map(published["status"]))


def of_export(lines):
    counts = Counter(zip(lines["code"], lines["status"], strict=True))
    return {
        code: {
            LISTED: str(counts[code, "asked"] + counts[code, "quiet"]),
            ASKED: str(counts[code, "asked"]),
            QUIET: str(counts[code, "quiet"]),
        }
        for code in sorted(set(lines["code"]))
    }


def test_every_output_prints_the_same_sizes(outputs):
    _, found = outputs
    nothing = dict.fromkeys(WORDS, "0")
    for period, by_output in found.items():
        truth = by_output["findings.csv"]
        tell(f"\n{period}  {LISTED}/{ASKED}/{QUIET}：findings.csv", *PRINTED)
        for code, sizes in truth.items():
            shown = [by_output[name].get(code, {}) for name in PRINTED]
            tell(code, *["/".join(one.values()) or "—" for one in (sizes, *shown)])
        for name in PRINTED:
            assert set(truth) <= set(by_output[name]), (period, name)
            for code, sizes in by_output[name].items():
                known = truth.get(code, nothing)
                assert {k: v for k, v in sizes.items() if v != HIDDEN} == {
                    word: known[word] for word, text in sizes.items() if text != HIDDEN
                }, (period, name, code)
        assert any(QUIET in sizes for sizes in by_output["报告公开"].values())


def test_some_lines_were_answered_so_that_the_sizes_differ(outputs):
    _, found = outputs
    assert sum(int(sizes[QUIET]) for sizes in found[SECOND]["findings.csv"].values()) > 0
    assert sum(int(sizes[QUIET]) for sizes in found[FIRST]["findings.csv"].values()) == 0


@pytest.mark.parametrize("period", PERIODS)
def test_the_workbooks_hold_what_goes_out(outputs, period):
    root, found = outputs
    lines, said = book_counts(root / "outbox" / period)
    tell(f"\n{period} 各册合并去重", *[f"{code}={number}" for code, number in sorted(lines.items())])
    assert lines == {code: int(s[ASKED]) for code, s in found[period]["findings.csv"].items() if s[ASKED] != "0"}
    assert all(on_sheet == counted for on_sheet, counted in said.values())


@pytest.mark.parametrize("period", PERIODS)
def test_the_parts_of_the_summary_add_up(outputs, period):
    root, found = outputs
    book = root / "outbox" / period / "汇总.xlsx"
    heads, *rows = sheet_rows(book, "线索去向")[2:]
    for row in rows:
        line = dict(zip(heads, row, strict=True))
        number = {name: int(text) for name, text in line.items() if text.isdigit()}
        assert number[LISTED] == number["新发现"] + number["仍在办"] + number["复发"] + number[QUIET]
        start = heads.index("本期不再出现")
        assert number["本期不再出现"] == sum(number[name] for name in heads[start + 1 : start + 7])
        sizes = found[period]["findings.csv"].get(line["代码"], dict.fromkeys(WORDS, "0"))
        if line["代码"]:
            assert (line[LISTED], line[QUIET]) == (sizes[LISTED], sizes[QUIET])
    graded = Counter()
    for row in sheet_rows(book, "分级明细")[3:]:
        graded[row[0]] += int(row[3])
    assert graded == Counter({code: int(s[ASKED]) for code, s in found[period]["findings.csv"].items()})


def test_every_line_of_last_quarter_is_somewhere(outputs):
    """Last quarter's lines = those still in the data + those of one of the parts: in the summary and in the report alike."""
    root, _ = outputs
    heads, *rows = sheet_rows(root / "outbox" / SECOND / "汇总.xlsx", "线索去向")[2:]
    gone = {row[0]: int(row[heads.index("本期不再出现")]) for row in rows}
    exports = [exported_lines(root, period) for period in PERIODS]
    lost = exports[0][~exports[0]["finding_id"].isin(exports[1]["finding_id"])]
    assert {code: number for code, number in gone.items() if number and code} == lost["code"].value_counts().to_dict()
    report = next((root / "outbox" / "报告" / SECOND).glob("*季度报告_内部.docx"))
    table = next(rows for rows in document_rows(report) if "本期不再出现" in rows[0])
    assert {row[0]: int(row[2]) for row in table[1:]} == {code: number for code, number in gone.items() if number}
    assert all(int(row[2]) == sum(map(int, row[3:9])) for row in table[1:])


def test_the_comparison_comes_to_what_goes_out(outputs, run_command):
    root, found = outputs
    tables = printed_rows(run_command("compare", FIRST, SECOND, "--workspace", root))
    start = next(place for place, row in enumerate(tables) if "新发现" in row)
    end = next(place for place, row in enumerate(tables) if place > start and row[0] == "合计")
    sent = {row[0].split()[0]: sum(map(int, row[1:4])) for row in tables[start + 1 : end]}
    sizes = found[SECOND]["findings.csv"]
    assert sent == {code: int(sizes.get(code, {ASKED: 0})[ASKED]) for code in sent}
    assert {code for code, one in sizes.items() if one[ASKED] != "0"} <= set(sent)


def test_a_childs_story_begins_with_the_same_sizes(outputs, run_command):
    root, _ = outputs
    lines = exported_lines(root, SECOND)
    answered = lines.loc[lines["status"] == "quiet", "child_id"].iloc[0]
    sent = lines.loc[lines["status"] == "asked", "child_id"].iloc[0]
    for child in dict.fromkeys((answered, sent)):
        mine = lines.loc[lines["child_id"] == child, "status"]
        quiet = (mine == "quiet").sum()
        said = run_command("timeline", child, "--workspace", root)
        assert f"{LISTED} {len(mine)} 条，其中{ASKED} {len(mine) - quiet} 条，{QUIET} {quiet} 条" in said


def test_a_period_that_an_earlier_state_published_has_the_same_sizes(outputs, run_command):
    root, found = outputs
    for period in PERIODS:
        (root / "frames" / "edition_lines" / f"{period}.parquet").unlink()
    compared = [printed_rows(run_command("compare", FIRST, SECOND, "--workspace", root))]
    for period in PERIODS:
        assert sizes_in(compared, f"{period} ") == found[period]["compare"]
