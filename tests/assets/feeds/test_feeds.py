"""Feeds: only what the configuration names, only whom a person has looked at leaves, changes since the last delivery."""

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.feeds import changes, forms
from assets.feeds.feed import SHIPPED, UNSEEN, Feed, FeedError, load_feeds
from assets.feeds.rows import Stock, answers_of, exits, left, rows_of
from assets.workbooks.layout import fields_of_class
from expectations.rulebook import RuleFileError

FEEDS = load_feeds()
ROLL = FEEDS["child_welfare_system"]
SECRET = "绝不外送"


def child(number, **values):
    base = {
        "child_id": f"C{number}",
        "categories": "left_behind",
        "alive": "yes",
        "here": "yes",
        "age": 10,
        "town": "甲镇",
        "village": "一村",
    }
    texts = {
        "name": f"张{number}",
        "id_no": "",
        "sex": "1",
        "hukou": "here",
        "birth_date": "2015-03-10",
        "nation": "01",
        "departments": "education",
    }
    filled = dict.fromkeys(("father_status", "mother_status", "bank", "phone2", "remark_secret"), SECRET)
    rest = dict.fromkeys(
        ("hukou_nature", "hukou_addr", "live_addr", "school", "grade", "guardian_name", "guardian_rel", "phone"), ""
    )
    return {**base, **texts, **filled, **rest, **values}  # fmt: skip


def stock(children, records=(), answers=(), findings=()):
    columns = [
        "child_id",
        "department",
        "active",
        "roll_status",
        "exit_reason",
        "exit_date",
        "dilemma_type",
        "bank_account",
    ]
    rows = [
        {name: SECRET if name in ("dilemma_type", "bank_account") else "" for name in columns} | dict(one)
        for one in records
    ]
    return Stock(
        children=pd.DataFrame(children),
        records=pd.DataFrame(rows, columns=columns),
        findings=pd.DataFrame(list(findings), columns=["code", "child_id"]),
        answers=pd.DataFrame(list(answers), columns=["child_id", "code", "state", "author", "day"]),
    )


def exited(number, reason="overage"):
    return {"child_id": f"C{number}", "department": "civil_affairs", "active": False, "roll_status": "exited", "exit_reason": reason, "exit_date": "2026-08-01"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_a_feed_carries_its_configured_columns_and_no_other(name, tmp_path):
    feed = FEEDS[name]
    lists = [(code, "C1") for code in feed.lists]
    rows = changes.full(feed, rows_of(feed, stock([child(1), child(2)], findings=lists)))
    assert list(rows.columns) == [column.name for column in feed.fields]
    assert len(rows) == (1 if feed.lists else 2)
    assert SECRET not in rows.to_csv()


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "sql"])
def test_a_smuggled_column_is_refused_in_every_form(form, tmp_path):
    feed = ROLL.model_copy(update={"form": form})
    rows = changes.full(feed, rows_of(feed, stock([child(1)]))).assign(父亲状况=SECRET)
    note = forms.Note(1, "2026Q3", pd.Timestamp("2026-09-30").date())
    with pytest.raises(FeedError):
        forms.write(feed, rows, tmp_path / "a", note)
    assert list(tmp_path.iterdir()) == []


def refused(**changes_):
    content = yaml.safe_load((SHIPPED / "child_welfare_system.yaml").read_text(encoding="utf-8"))
    return lambda: Feed.model_validate({"name": "x_feed", **content, **changes_})


WRONG = {
    "a field that nobody knows": {"fields": [{"name": "操作", "from": "action"}, {"name": "儿童编号", "from": "child_id"}, {"name": "甲", "from": "no_such"}]},
    "a field that may harm the child": {"fields": [{"name": "操作", "from": "action"}, {"name": "儿童编号", "from": "child_id"}, {"name": "甲", "from": "father_status"}]},
    "a filter on such a field": {"where": [{"field": "dilemma_type", "is": ["x"]}]},
    "no action": {"fields": [{"name": "儿童编号", "from": "child_id"}]},
    "no purpose": {"purpose": ""},
    "no legal basis": {"legal_basis": ""},
    "no term": {"term": ""},
    "two columns of one name": {"fields": [{"name": "操作", "from": "action"}, {"name": "儿童编号", "from": "child_id"}, {"name": "操作", "from": "name"}]},
    "a leaving without who looked": {"fields": [{"name": "操作", "from": "action"}, {"name": "儿童编号", "from": "child_id"}]},
    "an unknown key": {"also": ["everything"]},
}  # fmt: skip


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_wrong_configuration_does_not_load(change):
    with pytest.raises(ValueError, match=r".+"):
        refused(**change)()


def test_the_county_s_own_feed_replaces_the_shipped_one_and_a_wrong_one_names_its_file(tmp_path):
    own = tmp_path / "feeds"
    own.mkdir()
    content = (
        (SHIPPED / "exchange_register.yaml").read_text(encoding="utf-8").replace("县数据共享交换平台", "市大数据局")
    )
    (own / "exchange_register.yaml").write_text(content, encoding="utf-8")
    assert load_feeds(tmp_path)["exchange_register"].recipient == "市大数据局"
    (own / "broken.yaml").write_text("title: x\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"broken\.yaml"):
        load_feeds(tmp_path)


def test_no_shipped_feed_names_a_field_of_class_x():
    named = {column.source for feed in FEEDS.values() for column in feed.fields}
    assert not named & fields_of_class("X")


def actions(before, now, gone):
    found = changes.since(ROLL, before, now, gone)
    return dict(zip(found["儿童编号"], found["操作"], strict=True))


def test_added_changed_left_and_unseen():
    first = stock([child(1), child(2), child(3), child(4)])
    before = rows_of(ROLL, first)
    second = stock([child(1), child(2, phone="13900000000"), child(5)], [exited(3)])
    now, gone = rows_of(ROLL, second), left(ROLL, second)
    assert actions(before, now, gone) == {"C2": "变更", "C3": "减员", "C4": UNSEEN, "C5": "增员"}
    row = changes.since(ROLL, before, now, gone).set_index("儿童编号").loc["C3"]
    assert (row["减员原因代码"], row["核实人"], row["核实日期"]) == ("09", "民政台账", "2026-08-01")


def test_an_unseen_child_is_said_once_and_is_a_change_when_it_comes_back():
    before, empty = rows_of(ROLL, stock([child(1)])), stock([child(2, categories="")])
    now, gone = rows_of(ROLL, empty), left(ROLL, empty)
    assert actions(before, now, gone) == {"C1": UNSEEN}
    held = changes.state_after(ROLL, before, now, gone)
    assert actions(held, now, gone) == {}
    back = rows_of(ROLL, stock([child(1)]))
    assert actions(held, back, gone) == {"C1": "变更"}


def test_an_address_written_differently_is_no_change():
    before = rows_of(ROLL, stock([child(1, hukou_addr="某县甲镇一村")]))
    now = rows_of(ROLL, stock([child(1, hukou_addr="甲镇一村")]))
    assert actions(before, now, left(ROLL, stock([child(1)]))) == {}


@settings(max_examples=60, deadline=None)
@given(
    state=st.sampled_from(["new", "assigned", "verifying", "confirmed", "rejected", "acting", "closed", "reopened"]),
    source=st.sampled_from(["data", "reply", "office"]),
    code=st.sampled_from(["L12", "L13", "L14", "L15", "L03"]),
)
def test_nobody_leaves_without_a_person_having_looked(state, source, code):
    """R1: whatever the data say, only a person's confirming answer on L12-L14 ends anything."""
    event = {"finding_id": "F", "source": source, "answer": "有" if source != "data" else "", "state": state}
    answers = answers_of([{**event, "author": "甲镇", "answered_on": "2026-08-02", "at": ""}], {"F": (code, "C1")})
    here = stock([child(2)], answers=answers.itertuples(index=False, name=None))
    said = actions(rows_of(ROLL, stock([child(1), child(2)])), rows_of(ROLL, here), left(ROLL, here))
    confirmed = source != "data" and code in ("L12", "L13", "L14") and state in ("confirmed", "acting", "closed")
    assert said == {"C1": "减员" if confirmed else UNSEEN}


def test_what_the_data_say_later_does_not_take_a_person_s_word_away():
    said = {
        "finding_id": "F",
        "source": "reply",
        "answer": "查无此人",
        "state": "rejected",
        "author": "甲镇",
        "answered_on": "",
        "at": "2026-08-01",
    }
    later = {**said, "source": "data", "answer": "", "state": "closed"}
    found = answers_of([said, later], {"F": ("L13", "C1")})
    assert found["state"].tolist() == ["rejected"]
    assert exits(stock([child(1)], answers=found.itertuples(index=False, name=None))).empty


def test_who_has_an_active_file_beside_the_ended_one_stays():
    records = [exited(1), {**exited(1), "active": True, "roll_status": "active"}]
    assert exits(stock([child(1)], records)).empty


def test_the_entrants_that_were_answered_are_not_pushed_again():
    feed = FEEDS["education_entrants"]
    listed = [("L26", "C1"), ("L26", "C2"), ("L03", "C3")]
    answered = [("C1", "L26", "closed", "教育局", "2026-08-20")]
    rows = rows_of(feed, stock([child(1), child(2), child(3)], answers=answered, findings=listed))
    assert rows["儿童编号"].tolist() == ["C2"]


def test_categories_are_the_national_system_s_codes_and_hiv_is_never_said():
    found = rows_of(ROLL, stock([child(1, categories="dilemma;hiv;left_behind"), child(2, categories="orphan")]))
    assert found["儿童类别代码"].tolist() == ["8;9", "3"]
    assert rows_of(ROLL, stock([child(1, categories="hiv")])).empty


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_the_same_rows_give_the_same_bytes(form, tmp_path):
    feed = ROLL.model_copy(update={"form": form})
    note = forms.Note(1, "2026Q3", pd.Timestamp("2026-09-30").date())
    children = [child(number, name="=1+1") for number in range(5)]
    one = changes.full(feed, rows_of(feed, stock(children)))
    other = changes.full(feed, rows_of(feed, stock(children[::-1])))
    assert forms.write(feed, one, tmp_path / "a", note) == forms.write(feed, other, tmp_path / "b", note)
    if form == "csv":
        assert "'=1+1" in (tmp_path / "a").read_text(encoding="utf-8-sig")
