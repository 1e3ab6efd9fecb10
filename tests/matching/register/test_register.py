"""Child numbers that last: next period, new children, merges, splits, order."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.linked import KnownChildren
from matching.linking import link_records
from matching.model import default_model
from matching.register.register import assign, identifiers, in_play


@pytest.fixture
def second(county: pd.DataFrame) -> pd.DataFrame:
    """The next quarter: other files and rows, some children gone, some values blank."""
    next_rows = county.sample(frac=0.9, random_state=3).copy()
    next_rows["record_id"] = next_rows["record_id"].str.replace("-1-", "-2-", regex=False)
    next_rows["period"] = "2026Q4"
    blank = next_rows.sample(frac=0.05, random_state=4).index
    next_rows.loc[blank, ["id_no", "id_no_raw", "phone"]] = ""
    return next_rows


def test_children_keep_their_numbers_in_the_next_period(county: pd.DataFrame, second: pd.DataFrame) -> None:
    first = link_records(county)
    later = link_records(second, known=first.known)
    before = county.merge(first.clusters, on="record_id").groupby("truth")["child_id"].agg(set)
    after = second.merge(later.clusters, on="record_id").groupby("truth")["child_id"].agg(set)
    both = before.index.intersection(after.index)
    kept = [bool(before[child] & after[child]) for child in both]
    assert sum(kept) / len(kept) >= 0.99
    assert later.report["register"]["known"] > 0.95 * len(both)


def test_the_same_delivery_again_changes_no_number(county: pd.DataFrame) -> None:
    first = link_records(county)
    again = link_records(county.sample(frac=1, random_state=1), known=first.known)
    pd.testing.assert_frame_equal(first.clusters, again.clusters)
    assert again.report["register"]["new"] == 0
    assert len(again.events) == 0


def test_new_children_get_the_period_of_first_sight(frame: Any, number: Any) -> None:
    old = frame({"name": "张伟", "birth_date": "2015-03-10", "id_no": number("2015-03-10")}).assign(period="2026Q2")
    known = link_records(old).known
    new = frame(
        {"name": "张伟", "birth_date": "2015-03-10", "id_no": number("2015-03-10")},
        {"name": "李军", "birth_date": "2016-04-11", "id_no": number("2016-04-11")},
    )
    found = link_records(new.assign(record_id=["PS-b", "PS-c"]), known=known)
    assert found.clusters["child_id"].tolist() == ["T2026Q2-000001", "T2026Q3-000001"]


def test_a_merge_keeps_the_older_number_and_is_told(frame: Any, number: Any) -> None:
    one = {"d": "PS", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10")}
    other = {"d": "CA", "name": "毛毛", "birth_date": "2014-01-01"}
    records = frame(one, other).assign(period="2026Q2")
    first = link_records(records)
    judged = pd.DataFrame({"record_a": ["CA-001"], "record_b": ["PS-000"], "verdict": ["same"]})
    merged = link_records(records.assign(period="2026Q3"), known=first.known, judgements=judged)
    assert set(merged.clusters["child_id"]) == {"T2026Q2-000001"}
    assert merged.events.to_dict("records") == [
        {"kind": "merge", "child_id": "T2026Q2-000001", "other_id": "T2026Q2-000002"}
    ]
    assert merged.known.aliases.to_dict("records") == [{"child_id": "T2026Q2-000002", "alias_of": "T2026Q2-000001"}]


def test_a_split_leaves_the_number_with_one_part_and_is_told(frame: Any, number: Any) -> None:
    same = {"name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10")}
    records = frame({"d": "PS", **same}, {"d": "ED", **same})
    first = link_records(records)
    judged = pd.DataFrame({"record_a": ["ED-001"], "record_b": ["PS-000"], "verdict": ["different"]})
    split = link_records(records, known=first.known, judgements=judged)
    assert split.clusters["child_id"].nunique() == 2
    assert "T2026Q3-000001" in set(split.clusters["child_id"])
    assert split.events.to_dict("records") == [
        {"kind": "split", "child_id": "T2026Q3-000001", "other_id": "T2026Q3-000002"}
    ]


def test_namesakes_with_other_numbers_do_not_take_each_others_child_number(frame: Any, number: Any) -> None:
    name = {"name": "王梓涵", "birth_date": "2015-03-10"}
    known = link_records(frame({**name, "id_no": number("2015-03-10", 11)}).assign(period="2026Q2")).known
    found = link_records(frame({**name, "id_no": number("2015-03-10", 301)}).assign(record_id="PS-z"), known=known)
    assert found.clusters["child_id"].tolist() == ["T2026Q3-000001"]


FAMILY = {"father_name": "王强", "mother_name": "李丽", "live_town": "豫龙镇", "live_village": "槐林村", "sex": "2"}


def two_periods(frame: Any, number: Any, **changes: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three rows of one child's looks, and the next quarter's files of the same rows (other record ids)."""
    child = {"name": "王梓涵", "birth_date": "2015-03-10", **FAMILY}
    rows = (
        {"d": "PS", **child, "id_no": number("2015-03-10", 12)},
        {"d": "CA", **child},
        {"d": "ED", "name": "丫丫", "birth_date": "2013-01-01", "school": "豫龙镇中心小学"},
    )
    first = frame(*rows).assign(period="2026Q2")
    later = frame(*({**row, **changes} if row["d"] == "CA" else row for row in rows))
    return first, later.assign(record_id=[f"{code}-next{place}" for place, code in enumerate(("PS", "CA", "ED"))])


@pytest.mark.parametrize("changes", [{}, {"phone": "13800001111"}, {"birth_date": "2015-03-10", "layout": "ledger"}])
def test_decisions_hold_in_the_next_period(frame: Any, number: Any, changes: dict[str, str]) -> None:
    first, later = two_periods(frame, number, **changes)
    judged = pd.DataFrame(
        {"record_a": ["CA-001", "CA-001"], "record_b": ["PS-000", "ED-002"], "verdict": ["different", "same"]}
    )
    before = link_records(first, judgements=judged)
    assert link_records(first).clusters["child_id"].nunique() == 2, "without the decision the two are one child"
    after = link_records(later, known=before.known, judgements=judged)
    child = dict(zip(after.clusters["record_id"], after.clusters["child_id"], strict=True))
    assert child["CA-next1"] == child["ED-next2"] != child["PS-next0"]
    assert after.pairs["reason"].str.contains("人工确认").sum() == 2
    old = dict(zip(before.clusters["record_id"], before.clusters["child_id"], strict=True))
    assert child["CA-next1"] == old["CA-001"]
    assert child["PS-next0"] == old["PS-000"]


def test_a_decision_that_carries_its_keys_needs_no_register(frame: Any, number: Any) -> None:
    from matching.decisions.clerical import content_keys

    first, later = two_periods(frame, number)
    keys = dict(zip(first["record_id"], content_keys(first), strict=True))
    judged = pd.DataFrame({"record_a": ["CA-001"], "record_b": ["PS-000"], "verdict": ["different"]})
    judged = judged.assign(key_a=judged["record_a"].map(keys), key_b=judged["record_b"].map(keys))
    assert link_records(later, judgements=judged).clusters["child_id"].nunique() == 3
    assert not any(name in " ".join(keys.values()) for name in first["name"])


def test_a_decision_is_not_carried_to_a_namesake(frame: Any, number: Any) -> None:
    first, later = two_periods(frame, number, father_name="赵刚", birth_date="2014-07-01", name="王子涵")
    judged = pd.DataFrame({"record_a": ["CA-001"], "record_b": ["ED-002"], "verdict": ["same"]})
    known = link_records(first, judgements=judged).known
    after = link_records(later, known=known, judgements=judged)
    assert not after.pairs["reason"].str.contains("人工确认").any()


# Who gets which number, by hand: a cluster is what its one record is known by.
Known = dict[str, list[tuple[str, str]]]
SPEC = default_model().known_by


def settled(
    known: Known,
    *clusters: list[tuple[str, str]],
    aliases: dict[str, str] | None = None,
    taken: frozenset[str] = frozenset(),
) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Number of each cluster, and the events."""
    rows = [(child, kind, value) for child, values in known.items() for kind, value in values]
    register = KnownChildren(
        pd.DataFrame(rows, columns=["child_id", "kind", "value"], dtype=object),
        pd.DataFrame(list((aliases or {}).items()), columns=["child_id", "alias_of"], dtype=object),
        taken=taken,
    )
    records = pd.DataFrame({"record_id": [f"R{place}" for place in range(len(clusters))], "period": "2026Q3"})
    lines = [(place, kind, value) for place, values in enumerate(clusters) for kind, value in values]
    identified = pd.DataFrame(lines, columns=["position", "kind", "value"]).astype({"position": "int64"})
    assigned = assign(pd.Series(range(len(clusters)), dtype="int64"), records, identified, register, SPEC)
    events = [tuple(row) for row in assigned.events.to_numpy().tolist()]
    counts = assigned.counts
    assert counts["known"] + counts["new"] == len(clusters)
    assert counts["merge"] + counts["split"] == len(events)
    return assigned.child_id.tolist(), events


A, B, C, NEW, NEXT = "T2026Q1-000001", "T2026Q1-000002", "T2026Q2-000001", "T2026Q3-000001", "T2026Q3-000002"
SETTLED = [
    # known children, clusters, numbers, events, why
    ({}, [[("id_no", "1")], [("id_no", "2")]], [NEW, NEXT], [], "nobody is known: new numbers in the order of the records"),
    ({A: [("id_no", "1")]}, [[("id_no", "1")]], [A], [], "by the citizen number"),
    ({A: [("record", "R0")]}, [[("record", "R0")]], [A], [], "by the record itself"),
    ({A: [("name_birth", "x")]}, [[("name_birth", "x")]], [A], [], "by name and birth, where nothing contradicts"),
    ({A: [("name_birth", "x"), ("id_no", "1")]}, [[("name_birth", "x")]], [A], [], "the one has a number, the other none"),
    (
        {A: [("name_birth", "x"), ("id_no", "1")]},
        [[("name_birth", "x"), ("id_no", "2")]],
        [NEW],
        [],
        "two numbers: a namesake of the same day",
    ),
    (
        {A: [("student_no", "s"), ("id_no", "1")]},
        [[("student_no", "s"), ("id_no", "2")]],
        [NEW],
        [],
        "a student number does not outweigh two numbers",
    ),
    (
        {A: [("name_birth", "x"), ("name_birth_guardian", "xg"), ("id_no", "1")]},
        [[("name_birth", "x"), ("name_birth_guardian", "xg"), ("id_no", "2")]],
        [A],
        [],
        "name, birth and guardian do: the number was replaced",
    ),
    ({A: [("birth_cert_no", "1")]}, [[("id_no", "1")]], [NEW], [], "a value is found under its own kind only"),
    ({A: [("content", "k")]}, [[("content", "k")]], [NEW], [], "the keys of decisions are no identifier"),
    (
        {A: [("id_no", "1"), ("name_birth", "x")]},
        [[("name_birth", "x")], [("id_no", "1")]],
        [NEW, A],
        [],
        "who has the number has the better claim",
    ),
    (
        {A: [("id_no", "1"), ("record", "R0")]},
        [[("id_no", "1")], [("record", "R0")]],
        [NEW, A],
        [("split", A, NEW)],
        "both claim it strongly: the heavier part keeps it, the other is told of",
    ),
    (
        {A: [("id_no", "1")], C: [("id_no", "2")]},
        [[("id_no", "1"), ("id_no", "2")]],
        [A],
        [("merge", A, C)],
        "two children turn out to be one: the older number stays",
    ),
    (
        {A: [("id_no", "1")], C: [("id_no", "2"), ("student_no", "s"), ("record", "R0")]},
        [[("id_no", "1"), ("id_no", "2"), ("student_no", "s"), ("record", "R0")]],
        [A],
        [("merge", A, C)],
        "though the younger is known better",
    ),
    (
        {A: [("id_no", "1")], B: [("name_birth", "x")]},
        [[("id_no", "1"), ("name_birth", "x")]],
        [A],
        [],
        "a weak likeness merges nobody",
    ),
    (
        {A: [("name_birth", "x")], B: [("name_birth", "x")]},
        [[("name_birth", "x")]],
        [NEW],
        [],
        "two known children of that name and day: it says nothing",
    ),
    (
        {A: [("id_no", "1")], B: [("id_no", "1")]},
        [[("id_no", "1")]],
        [A],
        [("merge", A, B)],
        "two known children of one number",
    ),
    (
        {A: [("id_no", "1")], B: [("id_no", "2")], C: [("id_no", "3")]},
        [[("id_no", "3"), ("id_no", "2"), ("id_no", "1")]],
        [A],
        [("merge", A, B), ("merge", A, C)],
        "three become one",
    ),
    (
        {A: [("id_no", "1"), ("id_no", "2")], B: [("id_no", "3")]},
        [[("id_no", "1")], [("id_no", "2"), ("id_no", "3")]],
        [A, B],
        [],
        "each gets a number of its own: nothing to tell of",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", SETTLED, ids=[case[4] for case in SETTLED])
def test_who_gets_which_number(case: Any) -> None:
    known, clusters, numbers, events, _ = case
    assert settled(known, *clusters) == (numbers, events)


@pytest.mark.parametrize(
    ("known", "aliases", "taken", "number"),
    [
        ({}, {}, frozenset(), "T2026Q3-000001"),
        ({"T2026Q3-000007": [("id_no", "9")]}, {}, frozenset(), "T2026Q3-000008"),
        ({"T2026Q2-000007": [("id_no", "9")]}, {}, frozenset(), "T2026Q3-000001"),
        ({A: [("id_no", "9")]}, {"T2026Q3-000011": A}, frozenset(), "T2026Q3-000012"),
        ({}, {}, frozenset({"T2026Q3-000020", A}), "T2026Q3-000021"),
        ({"T2026Q3-1000000": [("id_no", "9")]}, {}, frozenset(), "T2026Q3-1000001"),
    ],
)
def test_no_number_is_given_twice(known: Known, aliases: dict[str, str], taken: frozenset[str], number: str) -> None:
    """Not even one that was merged away, or one of a child whose records are settled."""
    assert settled(known, [("id_no", "1")], aliases=aliases, taken=taken) == ([number], [])


def test_a_merged_number_is_never_given_back() -> None:
    known = {A: [("id_no", "1")], B: [("name_birth", "x")]}
    assert settled(known, [("name_birth", "x")])[0] == [B]
    assert settled(known, [("name_birth", "x")], aliases={B: A})[0] == [NEW]


def test_a_serial_of_more_digits_is_younger() -> None:
    old, young = "T2026Q1-999999", "T2026Q1-1000000"
    assert settled({young: [("id_no", "1")], old: [("id_no", "2")]}, [("id_no", "1"), ("id_no", "2")]) == (
        [old],
        [("merge", old, young)],
    )


values = st.tuples(st.sampled_from(["id_no", "record", "student_no", "name_birth"]), st.sampled_from("1234"))


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from([A, B, C]), st.lists(values, unique=True, max_size=4)),
    st.lists(st.lists(values, unique=True, max_size=4), max_size=4),
)
def test_laws_of_the_register(known: Known, clusters: list[list[tuple[str, str]]]) -> None:
    numbers, events = settled(known, *clusters)
    assert len(set(numbers)) == len(numbers), "no two clusters have one number"
    for number, mine in zip(numbers, clusters, strict=True):
        assert number not in known or set(known[number]) & set(mine), (
            "nobody is taken for a child of whom he has nothing"
        )
    for kind, child, other in events:
        assert child != other
        if kind == "merge":
            assert child < other, "the older number stays"
            assert other not in numbers
        else:
            assert other in numbers
            assert child in numbers
    again, again_events = settled(dict(reversed(known.items())), *clusters)
    assert (again, again_events) == (numbers, events), "the order of the register does not matter"


def test_what_a_record_is_known_by(number: Any) -> None:
    row = {
        "record_id": "R1",
        "department": "x",
        "name": "馮若溪",
        "birth_date": "2014-09-02",
        "mother_name": "卫巧云",
        "guardian_name": "冯老三",
        "id_no": number("2014-09-02", 22),
        "student_no": "G1",
        "student_no_id": number("2014-09-02", 24),
    }
    identified = identifiers(pd.DataFrame([row]))
    known = {
        (kind, value) for kind, value in zip(identified["kind"], identified["value"], strict=True) if kind != "content"
    }
    assert known == {
        ("record", "R1"),
        ("id_no", row["id_no"]),
        ("id_no", row["student_no_id"]),
        ("student_no", "G1"),
        ("name_birth", "冯若溪|2014-09-02"),
        ("name_birth_guardian", "冯若溪|2014-09-02|卫巧云"),
    }


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({}, {"name_birth", "name_birth_guardian"}),
        ({"birth_date": "2014-09"}, set()),
        ({"birth_date": ""}, set()),
        ({"name": ""}, set()),
        ({"father_name": ""}, {"name_birth"}),
    ],
)
def test_name_and_birth_identify_only_when_both_are_whole(change: dict[str, str], kinds: set[str]) -> None:
    row = {
        "record_id": "R1",
        "department": "x",
        "name": "冯若溪",
        "birth_date": "2014-09-02",
        "father_name": "冯守田",
    } | change
    identified = identifiers(pd.DataFrame([row]))
    assert set(identified["kind"]) - {"record", "content"} == kinds


def test_of_a_period_s_register_only_what_concerns_these_records_is_in_play() -> None:
    """Children: A shares a number, B only a name that C has too, C is settled, D shares nothing."""
    rows = [
        (A, "id_no", "1"),
        (A, "student_no", "s"),
        (B, "name_birth", "x"),
        (B, "id_no", "2"),
        (C, "name_birth", "x"),
        ("D", "id_no", "9"),
    ]
    known = KnownChildren(
        pd.DataFrame(rows, columns=["child_id", "kind", "value"], dtype=object), KnownChildren.none().aliases
    )
    identified = pd.DataFrame([(0, "id_no", "1"), (1, "name_birth", "x")], columns=["position", "kind", "value"])
    wanted = in_play(known, identified, frozenset({C}), SPEC)
    assert [row for row, mine in zip(rows, wanted, strict=True) if mine] == [rows[0], rows[1], rows[3]]
    assert in_play(known, identified, frozenset({A, B, C}), SPEC).tolist() == [False] * 6
