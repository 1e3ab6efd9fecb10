"""Deliveries: approved by another person, numbered, hashed, repeatable, in the ledger; receipts read back by number."""

import hashlib
import sqlite3

import openpyxl
import pandas as pd
import pytest

from assets.feeds.delivering import FOLDER, Order, deliver, kept, repeat
from assets.feeds.feed import FeedError, load_feeds
from assets.feeds.receiving import UNANSWERED, UNKNOWN, number_in, read_receipt
from pipelines.partitions import Period
from pipelines.resources import audit, protecting, sharing
from pipelines.resources.database import writing
from pipelines.resources.opened import Opened
from pipelines.resources.protecting import PERSON, PROTECT, Mark
from pipelines.resources.workspace import Workspace

FEEDS = load_feeds()
ENTRANTS, ROLL = FEEDS["education_entrants"], FEEDS["child_welfare_system"]
WORDS = ("name", "id_no", "birth_date", "nation", "hukou_nature", "hukou_addr", "live_addr", "school", "grade", "guardian_name", "guardian_rel", "phone", "departments")  # fmt: skip


def write_period(opened, label, numbers, categories="left_behind"):
    rows = [
        {"child_id": f"C{i}", "categories": categories, "alive": "yes", "here": "yes", "age": 6, "town": "甲镇", "village": "一村", "sex": "1", "hukou": "here", **dict.fromkeys(WORDS, "")}
        for i in numbers
    ]  # fmt: skip
    names = ["child_id", "department", "active", "roll_status", "exit_reason", "exit_date", "father_status"]
    opened.frames.write("child_files.children", label, pd.DataFrame(rows))
    opened.frames.write(
        "child_files.records", label, pd.DataFrame(columns=names, dtype=object).astype({"active": bool})
    )
    found = [{"code": "L26", "child_id": f"C{i}", "finding_id": f"L26-{i}"} for i in numbers]
    opened.frames.write("findings", label, pd.DataFrame(found))


def protect(opened, child):
    line = Mark(child, "2026Q2", PROTECT, PERSON, "钱某", "某人", "理由")
    with writing(opened.engine) as connection:
        protecting.append(connection, [line], "某人")


@pytest.fixture
def county(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    opened = Opened(Workspace.create(tmp_path / "county"))
    write_period(opened, "2026Q2", [1, 2, 3])
    write_period(opened, "2026Q3", [2, 3, 4])
    yield opened
    opened.engine.dispose()


def order(label="2026Q2", kind="full", approved_by="王科长"):
    return Order(Period.parse(label), kind, approved_by)


def test_the_second_delivery_holds_what_changed(county):
    first = deliver(county, ROLL, order())
    second = deliver(county, ROLL, order("2026Q3", "changes"))
    assert (first.line.number, first.line.since, first.line.rows) == (1, 0, 3)
    assert (second.line.number, second.line.since, second.line.rows) == (2, 1, 2)
    sheet = openpyxl.load_workbook(second.path).active
    rows = {row[1]: row[0] for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert rows == {"C1": "待核实", "C4": "增员"}
    assert not deliver(county, ROLL, order("2026Q3", "changes")).fresh


def test_the_ledger_says_who_what_why_until_when_and_by_whom(county):
    made = deliver(county, ROLL, order())
    with county.engine.connect() as connection:
        (line,) = sharing.ledger(connection)
        assert audit.broken_line(connection) is None
    assert (line.recipient, line.purpose, line.legal_basis, line.term) == (
        ROLL.recipient,
        ROLL.purpose,
        ROLL.legal_basis,
        ROLL.term,
    )
    assert line.approved_by == "王科长"
    assert all(name in line.scope for name in ROLL.columns)
    assert line.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert made.path.parent == county.workspace.outbox / FOLDER / ROLL.name
    assert "C1" not in made.path.name


@pytest.mark.parametrize("name", ["", "  ", "operator"])
def test_nothing_goes_out_without_another_person_s_approval(county, name):
    approved_by = county.workspace.operator if name == "operator" else name
    with pytest.raises(FeedError):
        deliver(county, ROLL, order(approved_by=approved_by))
    assert not (county.workspace.outbox / FOLDER).exists()
    with county.engine.connect() as connection:
        assert sharing.ledger(connection) == []


def test_changes_need_a_full_delivery_of_the_same_configuration(county):
    with pytest.raises(FeedError, match="全量"):
        deliver(county, ROLL, order(kind="changes"))
    deliver(county, ROLL, order())
    other = ROLL.model_copy(update={"purpose": "别的用途"})
    with pytest.raises(FeedError, match="配置"):
        deliver(county, other, order("2026Q3", "changes"))


def test_the_same_full_delivery_twice_is_one(county):
    assert deliver(county, ROLL, order()).fresh
    assert not deliver(county, ROLL, order()).fresh


def test_a_delivery_can_be_made_again_byte_by_byte(county):
    made = deliver(county, ROLL, order())
    before = made.path.read_bytes()
    made.path.unlink()
    write_period(county, "2026Q2", [7, 8, 9])
    assert repeat(county, ROLL, 1).path.read_bytes() == before
    with pytest.raises(FeedError, match="第2次"):
        repeat(county, ROLL, 2)
    with pytest.raises(FeedError, match="配置"):
        repeat(county, ROLL.model_copy(update={"term": "永久"}), 1)


def test_kept_rows_that_were_changed_are_noticed(county):
    deliver(county, ROLL, order())
    rows = county.frames.read(kept(ROLL), "0001")
    county.frames.write(kept(ROLL), "0001", rows.assign(儿童姓名="别人"))
    with pytest.raises(FeedError, match="摘要"):
        repeat(county, ROLL, 1)


def test_a_table_has_the_feed_s_columns_and_follows_the_changes(county):
    feed = ROLL.model_copy(update={"form": "sql"})
    deliver(county, feed, order())
    deliver(county, feed, order("2026Q3", "changes"))
    with sqlite3.connect(county.workspace.root / "tongbi.db") as database:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info(feed_{feed.name})")]
        rows = dict(database.execute(f'SELECT "儿童编号", "操作" FROM feed_{feed.name}'))
    assert columns == feed.columns
    assert rows == {"C1": "待核实", "C2": "在册", "C3": "在册", "C4": "增员"}


def returned(path, answers):
    """The delivery as the recipient sends it back: answered, sorted otherwise, with a column more."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.insert_cols(1)
    heads = [cell.value for cell in sheet[4]]
    key, answer = heads.index("儿童编号") + 1, heads.index("接收结果") + 1
    for row in range(5, sheet.max_row + 1):
        sheet.cell(row, answer).value = answers.get(sheet.cell(row, key).value)
    sheet.append([None, "名单", "C99", *[None] * (len(heads) - 4), "已入学"])
    target = path.with_name("回执.xlsx")
    book.save(target)
    return target


def test_a_receipt_is_counted_against_what_was_delivered(county):
    made = deliver(county, ENTRANTS, order())
    path = returned(made.path, {"C1": "已入学", "C2": "随便写的"})
    feed, number = number_in(path, FEEDS)
    assert (feed.name, number) == (ENTRANTS.name, 1)
    receipt = read_receipt(path, feed, (number, county.frames.read(kept(feed), "0001")))
    assert receipt.counts["已入学"] == 1
    assert receipt.counts["不是选项中的文字"] == 1
    assert receipt.counts[UNANSWERED] == 1
    assert receipt.counts.get(UNKNOWN, 0) <= 1
    with writing(county.engine) as connection:
        assert sharing.register_receipt(connection, made.line, (receipt.sha256, "我", receipt.counts))
        assert not sharing.register_receipt(connection, made.line, (receipt.sha256, "我", receipt.counts))
        assert sharing.receipts(connection) == {(ENTRANTS.name, 1): receipt.counts}


def test_a_file_without_a_delivery_s_number_is_refused(county, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["儿童编号", "接收结果"])
    book.active.append(["C1", "已入学"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(FeedError, match="交付编号"):
        number_in(tmp_path / "a.xlsx", FEEDS)


def test_a_child_that_became_protected_is_passed_over_in_silence(county):
    """C1 is gone and C2 has moved: of neither is anything said, and when the mark is lifted the comparison goes on."""
    deliver(county, ROLL, order())
    for child in ("C1", "C2", "C4"):
        protect(county, child)
    rows = county.frames.read("child_files.children", "2026Q3")
    county.frames.write("child_files.children", "2026Q3", rows.assign(village="新村"))
    second = deliver(county, ROLL, order("2026Q3", "changes"))
    said = {row[1]: row[0] for row in openpyxl.load_workbook(second.path).active.iter_rows(min_row=5, values_only=True)}
    assert said == {"C3": "变更"}
    with writing(county.engine) as connection:
        lifted = [Mark(child, "2026Q3", "lift", PERSON, "", "某人", "理由") for child in ("C1", "C2", "C4")]
        protecting.append(connection, lifted, "某人")
    third = deliver(county, ROLL, order("2026Q3", "changes"))
    said = {row[1]: row[0] for row in openpyxl.load_workbook(third.path).active.iter_rows(min_row=5, values_only=True)}
    assert said == {"C1": "待核实", "C2": "变更", "C4": "增员"}


def test_a_delivery_with_a_protected_child_is_not_made_again(county):
    deliver(county, ROLL, order())
    protect(county, "C1")
    with pytest.raises(FeedError, match="受保护"):
        repeat(county, ROLL, 1)
    assert deliver(county, ROLL, order()).line.rows == 2
