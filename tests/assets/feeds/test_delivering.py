"""Deliveries: approved by another person, numbered, hashed, repeatable, in the ledger; receipts read back by number."""

import hashlib
import sqlite3

import openpyxl
import pandas as pd
import pytest
import yaml

from assets.feeds.delivering import FOLDER, DeliveryOrder, configuration, deliver, kept, repeat
from assets.feeds.feed import SHIPPED, FeedError, load_feeds
from assets.feeds.meanings import Leavings
from assets.feeds.receiving import UNANSWERED, UNKNOWN, number_in, read_receipt
from pipelines.cli.feeds import feeds_of, take_receipt
from pipelines.partitions import Period
from pipelines.resources import audit, finding_events, protection_marks, sharing_ledger
from pipelines.resources.database import writing
from pipelines.resources.protection_marks import PERSON, PROTECT, Mark
from pipelines.resources.session import Session
from pipelines.resources.tables import finding, life_event
from pipelines.resources.workspace import Workspace

FEEDS = load_feeds()
ENTRANTS, ROLL = FEEDS["education_entrants"], FEEDS["child_welfare_system"]
WORDS = ("name", "id_no", "birth_date", "nation", "hukou_nature", "hukou_addr", "live_addr", "school", "grade", "guardian_name", "guardian_rel", "phone", "departments")  # fmt: skip


def write_period(opened, label, numbers, categories="left_behind"):
    rows = [
        {"child_id": f"C{i}", "categories": categories, "alive": "yes", "here": "yes", "age": 6, "in_cohort": False, "cohort_grade": 0, "town": "甲镇", "village": "一村", "sex": "1", "hukou": "here", **dict.fromkeys(WORDS, "")}
        for i in numbers
    ]  # fmt: skip
    columns = ["child_id", "department", "active", "roll_status", "exit_reason", "exit_date", "father_status", "layout", "state", "grade"]  # fmt: skip
    records = [
        dict.fromkeys(columns, "") | {"child_id": f"C{i}", "department": "civil_affairs", "active": True}
        for i in numbers
    ]
    opened.frames.write("child_files.children", label, pd.DataFrame(rows))
    opened.frames.write("child_files.records", label, pd.DataFrame(records, columns=columns))
    found = [{"code": "L26", "child_id": f"C{i}", "finding_id": f"L26-{i}"} for i in numbers]
    opened.frames.write("findings", label, pd.DataFrame(found))


def protect(opened, child):
    line = Mark(child, "2026Q2", PROTECT, PERSON, "钱某", "某人", "理由")
    with writing(opened.engine) as connection:
        protection_marks.append(connection, [line], "某人")


@pytest.fixture
def county(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    opened = Session(Workspace.create(tmp_path / "county"))
    write_period(opened, "2026Q2", [1, 2, 3])
    write_period(opened, "2026Q3", [2, 3, 4])
    yield opened
    opened.engine.dispose()


def order(label="2026Q2", kind="full", approved_by="王科长"):
    return DeliveryOrder(Period.parse(label), kind, approved_by)


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
        (line,) = sharing_ledger.ledger(connection)
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
        assert sharing_ledger.ledger(connection) == []


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
        said = answers.get(sheet.cell(row, key).value)
        word, note = said if isinstance(said, tuple) else (said, None)
        sheet.cell(row, answer).value, sheet.cell(row, answer + 1).value = word, note
    sheet.append([None, "名单", "C99", *[None] * (len(heads) - 4), "已入学"])
    target = path.with_name("回执.xlsx")
    book.save(target)
    return target


def test_a_receipt_is_counted_against_what_was_delivered(county):
    made = deliver(county, ENTRANTS, order())
    path = returned(made.path, {"C1": "已入学", "C2": "随便写的"})
    feed, number = number_in(path, FEEDS)
    assert (feed.name, number) == (ENTRANTS.name, 1)
    receipt = read_receipt(path, feed, number, county.frames.read(kept(feed), "0001"))
    assert receipt.counts["已入学"] == 1
    assert receipt.counts["不是选项中的文字"] == 1
    assert receipt.counts[UNANSWERED] == 1
    assert receipt.counts.get(UNKNOWN, 0) <= 1
    with writing(county.engine) as connection:
        assert sharing_ledger.register_receipt(connection, made.line, receipt.sha256, "我", receipt.counts)
        assert not sharing_ledger.register_receipt(connection, made.line, receipt.sha256, "我", receipt.counts)
        assert sharing_ledger.receipts(connection) == {(ENTRANTS.name, 1): receipt.counts}


def listed(opened, label, numbers):
    """The lines as publishing leaves them: known, appeared, sent."""
    with writing(opened.engine) as connection:
        rows = [
            {"finding_id": f"L26-{i}", "code": "L26", "child_id": f"C{i}", "field": "", "first_period": label}
            for i in numbers
        ]
        connection.execute(finding.insert(), rows)
        news = [
            {"finding_id": f"L26-{i}", "period": label, "kind": "appeared", "state": "new", "source": "data"}
            for i in numbers
        ]
        finding_events.append(connection, news)


def events(opened):
    with opened.engine.connect() as connection:
        rows = finding_events.events(connection, life_event.c.kind == "answered")
    return {row["finding_id"]: (row["answer"], row["state"], row["period"], row["author"]) for row in rows}


def test_what_a_receipt_says_is_known_to_the_line_and_to_the_next_delivery(county, capsys):
    listed(county, "2026Q2", [1, 2, 3])
    made = deliver(county, ENTRANTS, order())
    take_receipt(
        county, returned(made.path, {"C1": "已登记待入学", "C2": "查无此人", "C3": ("外地入学", "广东省某市一小")})
    )
    assert events(county) == {
        "L26-1": ("已登记待入学", "acting", "2026Q2", "县教育局"),
        "L26-2": ("查无此人", "verifying", "2026Q2", "县教育局"),
        "L26-3": ("外地入学", "rejected", "2026Q2", "县教育局"),
    }
    assert "登记为答复：3" in capsys.readouterr().out
    write_period(county, "2026Q3", [1, 2, 3])
    second = deliver(county, ENTRANTS, order("2026Q3", "changes"))
    rows = {
        row[1]: (row[0], row[11])
        for row in openpyxl.load_workbook(second.path).active.iter_rows(min_row=5, values_only=True)
    }
    assert rows["C1"] == ("信息变更", "已登记待入学")
    assert rows["C3"][0] == "外地入学"
    assert set(rows) == {"C1", "C3"}  # 查无此人 changes nothing: the child stays


def test_a_receipt_read_twice_answers_once_and_one_that_differs_is_told(county, capsys):
    listed(county, "2026Q2", [1, 2, 3])
    made = deliver(county, ENTRANTS, order())
    path = returned(made.path, {"C1": "查无此人"})
    take_receipt(county, path)
    take_receipt(county, path)
    with county.engine.connect() as connection:
        assert len(finding_events.events(connection, life_event.c.kind == "answered")) == 1
        assert audit.broken_line(connection) is None
    take_receipt(county, returned(made.path, {"C1": "已入学"}))
    assert "与已登记的答复不同" in capsys.readouterr().out
    assert events(county)["L26-1"][0] == "已入学"


def test_a_receipt_opens_nothing_that_the_data_have_solved_since(county, capsys):
    listed(county, "2026Q2", [1, 2, 3])
    made = deliver(county, ENTRANTS, order())
    with writing(county.engine) as connection:
        solved = {"finding_id": "L26-1", "period": "2026Q3", "kind": "solved", "state": "closed", "source": "data"}
        finding_events.append(connection, [solved])
    take_receipt(county, returned(made.path, {"C1": "已登记待入学", "C2": "已登记待入学"}))
    assert {name: row[2] for name, row in events(county).items()} == {"L26-2": "2026Q3"}
    assert "已不在清单上，没有登记：1" in capsys.readouterr().out


def test_two_answers_for_one_child_count_as_none(county):
    made = deliver(county, ENTRANTS, order())
    book = openpyxl.load_workbook(returned(made.path, {"C1": "已入学"}))
    heads = [cell.value for cell in book.active[4]]
    row = [None] * len(heads)
    row[heads.index("儿童编号")], row[heads.index("接收结果")] = "C1", "外地入学"
    book.active.append(row)
    book.save(made.path.with_name("两种.xlsx"))
    rows = county.frames.read(kept(ENTRANTS), "0001")
    receipt = read_receipt(made.path.with_name("两种.xlsx"), ENTRANTS, 1, rows)
    assert receipt.counts["同一儿童填了两种结果"] == 1
    assert "C1" not in receipt.words


def test_after_the_configuration_changed_a_full_delivery_says_whom_it_no_longer_names(county, capsys):
    """A workspace whose last delivery was made when every answer told a child away."""
    old = ENTRANTS.model_copy(update={"leavings": Leavings()})
    deliver(county, old, order())
    with pytest.raises(FeedError, match="谁算离开") as refused:
        deliver(county, ENTRANTS, order("2026Q3", "changes"))
    assert "--full" in refused.value.advice
    made = deliver(county, ENTRANTS, order("2026Q3"))
    assert made.unnamed == 1
    rows = [row[:2] for row in openpyxl.load_workbook(made.path).active.iter_rows(min_row=5, values_only=True)]
    assert rows == [("名单", "C2"), ("名单", "C3"), ("名单", "C4")]


def test_a_delivery_of_earlier_leavings_is_made_again_as_it_was(county):
    """Leavings and words decide who is in a delivery, not how it looks."""
    made = deliver(county, ROLL.model_copy(update={"leavings": Leavings()}), order())
    before = made.path.read_bytes()
    made.path.unlink()
    assert repeat(county, ROLL, 1).path.read_bytes() == before


FEDERATION = """
department: womens_federation
code: WF
zh: 妇联（关爱台账）
mandatory: [[name], [id_no, birth_date]]
states: [{state: exited, when: {exit_reason: ["*"]}}]
layouts: [{name: care, zh: 妇联关爱儿童台账}]
"""
OWN_LISTS = ", L15: {recipients: [civil_affairs, womens_federation]}, L20: {recipients: [womens_federation]}"


def placed(county, recipients, departments="", more=""):
    """The county has its own profile, which sends L26 to these."""
    (county.workspace.root / "own.yaml").write_text(
        f"extends: default\nname: 某县\n{departments}lists: {{L26: {{recipients: [{recipients}]}}{more}}}\n",
        encoding="utf-8",
    )
    settings = county.workspace.root / "tongbi.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('profile = ""', 'profile = "own.yaml"'), "utf-8")
    return Session(Workspace.open(county.workspace.root))


def test_lines_of_a_list_are_fed_only_to_whom_the_place_names_for_it(county):
    made = deliver(county, ENTRANTS, order())
    before = made.path.read_bytes()
    made.path.unlink()
    refusing = placed(county, "township")
    for hand_out in (lambda: deliver(refusing, ENTRANTS, order("2026Q3")), lambda: repeat(refusing, ENTRANTS, 1)):
        with pytest.raises(FeedError) as refused:
            hand_out()
        assert "没有把清单 L26（应推送入学） 发给教育" in refused.value.message
        assert "lists.L26.recipients" in refused.value.advice
    assert not list(made.path.parent.iterdir())
    # The roll hands out no list's lines: the profile's recipients are not asked.
    assert deliver(refusing, ROLL, order()).fresh
    refusing.engine.dispose()
    allowing = placed(county, "township, education")
    assert repeat(allowing, ENTRANTS, 1).path.read_bytes() == before
    allowing.engine.dispose()


def test_a_feed_of_lines_says_whose_it_is(county):
    nameless = ENTRANTS.model_copy(update={"to": ""})
    with pytest.raises(FeedError, match="没有写明接收方是哪个单位") as refused:
        deliver(county, nameless, order())
    assert "township、civil_affairs、education" in refused.value.advice


def test_a_department_that_only_the_place_has_is_fed_the_lines_that_it_is_sent(county):
    root = county.workspace.root
    (root / "contracts" / "wf.yaml").write_text(FEDERATION, encoding="utf-8")
    shipped = yaml.safe_load((SHIPPED / "education_entrants.yaml").read_text(encoding="utf-8"))
    (root / "feeds").mkdir()
    for name, code in (("own_l20", "L20"), ("own_l26", "L26")):
        own = {**shipped, "to": "womens_federation", "lists": [code], "leavings": {}}
        (root / "feeds" / f"{name}.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), encoding="utf-8")
    found = pd.DataFrame([{"code": "L20", "child_id": "C1", "finding_id": "L20-1"}])
    county.frames.write("findings", "2026Q2", found)
    naming = placed(county, "education", "departments: {womens_federation: {zh: 妇联}}\n", OWN_LISTS)
    feeds = feeds_of(naming)
    assert deliver(naming, feeds["own_l20"], order()).line.rows == 1
    with pytest.raises(FeedError, match="没有把清单 L26（应推送入学） 发给妇联"):
        deliver(naming, feeds["own_l26"], order())
    naming.engine.dispose()


def test_stating_whose_a_feed_is_changes_no_delivery():
    assert configuration(ENTRANTS) == configuration(ENTRANTS.model_copy(update={"to": ""}))


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
        protection_marks.append(connection, lifted, "某人")
    third = deliver(county, ROLL, order("2026Q3", "changes"))
    said = {row[1]: row[0] for row in openpyxl.load_workbook(third.path).active.iter_rows(min_row=5, values_only=True)}
    assert said == {"C1": "待核实", "C2": "变更", "C4": "增员"}


def test_a_delivery_with_a_protected_child_is_not_made_again(county):
    deliver(county, ROLL, order())
    protect(county, "C1")
    with pytest.raises(FeedError, match="受保护"):
        repeat(county, ROLL, 1)
    assert deliver(county, ROLL, order()).line.rows == 2
