"""Feeds: only what the configuration names, only whom a person has looked at leaves, changes since the last delivery."""

import pandas as pd
import pytest
import yaml
from feed_children import SECRET, child, exited, on_roll, stock
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.feeds import changes, forms
from assets.feeds.feed import SHIPPED, UNSEEN, Feed, FeedError, load_feeds
from assets.feeds.leaving import left
from assets.feeds.rows import rows_of
from assets.feeds.stock import answers_of
from assets.workbooks.layout import fields_of_class
from expectations.lists.catalogue import load_catalogue
from expectations.rulebook import RuleFileError

FEEDS = load_feeds()
ROLL = FEEDS["child_welfare_system"]
ENTRANTS = FEEDS["education_entrants"]


def whole(feed, now):
    """The first delivery."""
    nothing = pd.DataFrame(columns=feed.columns, dtype=object)
    return changes.full(feed, nothing, now, left(feed, stock([])))


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_a_feed_carries_its_configured_columns_and_no_other(name, tmp_path):
    feed = FEEDS[name]
    lists = [(code, "C1") for code in feed.lists]
    now = rows_of(feed, stock([child(1), child(2)], [on_roll(1), on_roll(2)], findings=lists))
    rows = whole(feed, now)
    assert list(rows.columns) == [column.name for column in feed.fields]
    assert len(rows) == (1 if feed.lists else 2)
    assert SECRET not in rows.to_csv()


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "sql"])
def test_a_smuggled_column_is_refused_in_every_form(form, tmp_path):
    feed = ROLL.model_copy(update={"form": form})
    rows = whole(feed, rows_of(feed, stock([child(1)]))).assign(父亲状况=SECRET)
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


def entrants(change):
    """The shipped feed after one change of its file."""
    content = yaml.safe_load((SHIPPED / "education_entrants.yaml").read_text(encoding="utf-8"))
    change(content["leavings"])
    return Feed.model_validate({"name": "x_feed", **content})


MEANINGS = {
    "an answer that no list has": (lambda all_: all_["answers"]["L26"].update({"已核实不需入学": "stays"}), "不是这个清单的答复"),
    "an answer left out": (lambda all_: all_["answers"]["L26"].pop("残疾评估中"), "没有写明答复“残疾评估中”"),
    "a receipt's answer left out": (lambda all_: all_["answers"]["L03"].pop("不在本县"), "没有写明答复“不在本县”"),
    "a list that is none": (lambda all_: all_["answers"].update({"L99": {}}), "没有这个清单"),
    "a leaving called to be checked": (lambda all_: all_["roll"].update({"dead": UNSEEN}), "不能用作离开"),
    "an exit that is none": (lambda all_: all_["roll"].update({"grown": "离开"}), "不存在"),
    "a day that nobody has to write": (lambda all_: all_["answers"]["L26"].update({"其他": {"leaves": "到{until}"}}), "needs"),
    "an effect that is none": (lambda all_: all_["answers"]["L26"].update({"其他": "goes"}), "其他"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "told"), MEANINGS.values(), ids=MEANINGS)
def test_a_meaning_that_is_wrong_or_missing_does_not_load(change, told):
    with pytest.raises(ValueError, match=told):
        entrants(change)


def test_a_county_s_older_file_loads_and_lets_nobody_leave():
    content = yaml.safe_load((SHIPPED / "education_entrants.yaml").read_text(encoding="utf-8"))
    del content["leavings"], content["receipt_hint"]
    content["actions"]["ended"] = "已核实不需入学"
    feed = Feed.model_validate({"name": "x_feed", **content})
    said = [
        ("C1", "L26", word, "closed", "甲", "2026-06-20", "某省一小，至2027-08-31")
        for word in load_catalogue().lists["L26"].answers
    ]
    assert all(left(feed, stock([child(1)], [exited(1, "dead")], [row])).empty for row in said)


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


def test_a_feed_may_go_to_a_department_of_the_place_and_to_nobody_else(tmp_path):
    (tmp_path / "feeds").mkdir()
    shipped = (SHIPPED / "education_entrants.yaml").read_text(encoding="utf-8")
    own = tmp_path / "feeds" / "own_entrants.yaml"
    own.write_text(shipped.replace("to: education", "to: womens_federation"), encoding="utf-8")
    place = load_catalogue().with_departments({"womens_federation": "妇联"}).recipients
    assert load_feeds(tmp_path, place)["own_entrants"].to == "womens_federation"
    with pytest.raises(
        RuleFileError, match=r"own_entrants\.yaml 有误：to 写的“womens_federation”不是接收单位"
    ) as refused:
        load_feeds(tmp_path)
    assert "education＝教育" in str(refused.value)


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


LEAVE = {
    "child_welfare_system": {"L12": {"已核实毕业并办理减员"}, "L13": {"已核实死亡并办理减员"}, "L14": {"已转出并由迁入地接续"}},
    "exchange_register": {"L12": {"已核实毕业并办理减员"}, "L13": {"已核实死亡并办理减员"}, "L14": {"已转出并由迁入地接续"}},
    "education_entrants": {
        "L26": {"延缓入学（已批准）", "外地入学"},
        "L03": {"延缓入学（已批准）", "外地入学", "省外就读"},
        "L13": {"已核实死亡并办理减员"},
    },
}  # fmt: skip
STATES = ["new", "assigned", "verifying", "confirmed", "rejected", "acting", "closed", "reopened"]


def every_answer(feed):
    """Every word that anybody can say on any list, with the recipient's own beside them."""
    lists = load_catalogue().lists
    return [(code, word) for code, info in lists.items() for word in dict.fromkeys([*info.answers, *feed.receipt])]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", sorted(FEEDS))
def test_only_the_answers_that_say_so_let_anybody_leave_whatever_the_state(name, state):
    """Every answer of every list, with everything that could be written beside it: rules/people.md#nobody-loses and rules/lists.md#entrants."""
    feed = FEEDS[name]
    said = [
        (f"C{place}", *pair, state, "甲镇", "2026-08-02", "县教育局批准，至2027-08-31，某省某校")
        for place, pair in enumerate(every_answer(feed))
    ]
    leaving = set(left(feed, stock([], answers=said)).index)
    assert {pair for pair, row in zip(every_answer(feed), said, strict=True) if row[0] in leaving} == {
        (code, word) for code, words in LEAVE[name].items() for word in words
    }


@settings(max_examples=25, deadline=None)
@given(
    source=st.sampled_from(["data", "reply", "office"]),
    code=st.sampled_from(sorted(load_catalogue().lists)),
    text=st.text(max_size=12),
)
def test_a_word_that_no_list_knows_lets_nobody_leave(source, code, text):
    """Words of older lists, of a county's own: whoever leaves by them was told away by nobody."""
    event = {
        "finding_id": "F",
        "source": source,
        "answer": text,
        "state": "closed",
        "author": "甲镇",
        "answered_on": "",
        "at": "2026-08-02",
    }
    answers = answers_of([event], {"F": (code, "C1")})
    known = {word for feed in FEEDS.values() for named in LEAVE[feed.name].values() for word in named}
    gone = [
        left(feed, stock([child(1)], answers=answers.itertuples(index=False, name=None))) for feed in FEEDS.values()
    ]
    assert text in known or all(frame.empty for frame in gone)


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
    assert left(ROLL, stock([child(1)], answers=found.itertuples(index=False, name=None))).empty


def test_who_has_an_active_file_beside_the_ended_one_stays():
    records = [exited(1), {**exited(1), "active": True, "roll_status": "active"}]
    assert left(ROLL, stock([child(1)], records)).empty


def test_categories_are_the_national_system_s_codes_and_hiv_is_never_said():
    found = rows_of(ROLL, stock([child(1, categories="dilemma;hiv;left_behind"), child(2, categories="orphan")]))
    assert found["儿童类别代码"].tolist() == ["8;9", "3"]
    assert rows_of(ROLL, stock([child(1, categories="hiv")])).empty


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_the_same_rows_give_the_same_bytes(form, tmp_path):
    feed = ROLL.model_copy(update={"form": form})
    note = forms.Note(1, "2026Q3", pd.Timestamp("2026-09-30").date())
    children = [child(number, name="=1+1") for number in range(5)]
    one = whole(feed, rows_of(feed, stock(children)))
    other = whole(feed, rows_of(feed, stock(children[::-1])))
    assert forms.write(feed, one, tmp_path / "a", note) == forms.write(feed, other, tmp_path / "b", note)
    if form == "csv":
        assert "'=1+1" in (tmp_path / "a").read_text(encoding="utf-8-sig")
