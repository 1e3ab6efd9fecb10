"""Decisions found again: what of a row may change until a decision no longer finds it, and whom a weaker key may not mean."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.decisions.clerical import content_keys, find_decisions
from matching.decisions.conflicts import SENTENCES, conflicting_decisions, decisions_report

ROW = {
    "record_id": "x",
    "department": "civil_affairs",
    "layout": "ledger",
    "name": "冯若溪",
    "birth_date": "2014-09-02",
    "father_name": "冯守田",
    "mother_name": "",
    "guardian_name": "",
    "id_no": "341221201409020221",
    "id_no_raw": "341221201409020221",
    "phone": "138",
}
BARE = ROW | {"id_no": "", "id_no_raw": ""}
OTHER = ROW | {
    "record_id": "other",
    "department": "education",
    "name": "卫一鸣",
    "id_no": "",
    "id_no_raw": "",
    "birth_date": "2011-01-01",
}


def rows(*made: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(made))


def found_again(old: dict[str, str], *now: dict[str, str]) -> list[int]:
    """Which of the rows of now a decision on the old row and OTHER speaks of."""
    keys = content_keys(rows(old, OTHER))
    judged = pd.DataFrame(
        {"record_a": ["gone"], "record_b": ["other"], "verdict": ["same"], "key_a": [keys[0]], "key_b": [keys[1]]}
    )
    records = rows(
        *(
            {"record_id": f"n{place}"} | {k: v for k, v in row.items() if k != "record_id"}
            for place, row in enumerate(now)
        ),
        OTHER,
    )
    decided = find_decisions(judged, records)
    assert (decided.right == len(now)).all()
    assert decided.unfound == int(not len(decided.left))
    return decided.left.tolist()


@pytest.mark.parametrize(
    ("old", "change", "again", "why"),
    [
        (ROW, {}, True, "nothing changed"),
        (ROW, {"phone": "139"}, True, "a telephone is no part of it"),
        (ROW, {"birth_date": "2014-09-03", "father_name": "冯大有"}, True, "the number and the name are as they were"),
        (ROW, {"layout": "payment"}, True, "another list of the department"),
        (ROW, {"name": "馮若溪"}, True, "the name in traditional characters"),
        (ROW, {"name": "冯若西"}, False, "another name"),
        (ROW, {"id_no": "", "id_no_raw": ""}, True, "the number went, name, birth and guardians stay"),
        (ROW, {"id_no": "", "id_no_raw": "", "birth_date": ""}, False, "number and birth went"),
        (
            ROW,
            {"id_no": "", "id_no_raw": "341221201409020221"},
            True,
            "the number is no longer valid, but written as it was",
        ),
        (ROW, {"department": "education"}, False, "another department's row of the child is another row"),
        (BARE, {"birth_date": "2014-09-03"}, False, "without a number the birth must stay"),
        (BARE, {"mother_name": "卫巧云"}, False, "and the guardians"),
        (BARE, {"id_no": "341221201409020221"}, True, "a number that came"),
        (BARE, {"layout": "payment"}, True, "another list"),
    ],
)
def test_until_when_a_row_is_found_again(old: dict[str, str], change: dict[str, str], again: bool, why: str) -> None:
    assert found_again(old, old | change) == ([0] if again else []), why


@pytest.mark.parametrize(
    ("old", "now", "expected", "why"),
    [
        (ROW, [ROW, ROW], [0, 1], "equal rows: the decision speaks of both"),
        (ROW, [ROW | {"phone": "1"}, ROW | {"layout": "payment"}], [0], "the full key before a weaker one"),
        (ROW, [ROW | {"layout": "a"}, ROW | {"layout": "b"}], [], "a weaker key that two rows have means neither"),
        (
            ROW,
            [ROW | {"layout": "a"}, ROW | {"layout": "b", "id_no": "", "id_no_raw": ""}],
            [0],
            "the number tells which",
        ),
        (BARE, [BARE | {"layout": "a"}, BARE | {"layout": "b"}], [], "no number, two rows"),
    ],
)
def test_whom_a_key_means(old: dict[str, str], now: list[dict[str, str]], expected: list[int], why: str) -> None:
    assert found_again(old, *now) == expected, why


def test_keys_hold_no_value_that_can_be_read() -> None:
    key = content_keys(rows(ROW))[0]
    assert len(key.split(" ")) == 4
    assert key.startswith("civil_affairs.ledger ")
    assert not any(value in key for value in ("冯若溪", "2014", "冯守田", ROW["id_no"][:6]))
    assert content_keys(rows(BARE))[0].split(" ")[1] == "-"
    assert content_keys(rows(ROW).head(0)) == []


def test_absent_columns_are_empty_ones() -> None:
    bare = {"record_id": "x", "department": "civil_affairs"}
    full = bare | dict.fromkeys(
        ["layout", "name", "birth_date", "father_name", "mother_name", "guardian_name", "id_no", "id_no_raw"], ""
    )
    assert content_keys(rows(bare)) == content_keys(rows(full))


def test_the_register_s_keys_serve_where_the_decision_has_none_of_its_own() -> None:
    key = content_keys(rows(ROW))[0]
    register = pd.DataFrame({"child_id": ["T1", "T2"], "kind": ["content", "record"], "value": [f"gone {key}", "gone"]})
    judged = pd.DataFrame({"record_a": ["gone"], "record_b": ["other"], "verdict": ["same"]})
    records = rows(ROW | {"record_id": "n"}, OTHER)
    assert find_decisions(judged, records, register).left.tolist() == [0]
    assert find_decisions(judged, records, register[register["kind"] != "content"]).unfound == 1


AUTHORS = [
    # decisions of (author, verdict) in their order, verdict, disputed, why
    ([("甲", "same")], 1, False, "one says so"),
    ([("甲", "same"), ("甲", "different")], -1, False, "one's last word"),
    ([("甲", "different"), ("甲", "unsure")], 0, False, "who takes it back has said nothing"),
    ([("甲", "same"), ("乙", "same")], 1, False, "two say the same"),
    ([("甲", "same"), ("乙", "unsure")], 1, False, "who is unsure leaves it to the others"),
    ([("甲", "same"), ("乙", "different")], 0, True, "two disagree"),
    ([("甲", "same"), ("乙", "different"), ("丙", "same")], 0, True, "no vote is taken"),
    ([("甲", "same"), ("乙", "different"), ("乙", "same")], 1, False, "until one of them decides anew"),
    ([("甲", "unsure"), ("乙", "unsure")], 0, False, "nobody knows"),
]


@pytest.mark.parametrize("case", AUTHORS, ids=[case[3] for case in AUTHORS])
def test_what_several_people_say_together(case: Any) -> None:
    words, verdict, disputed, _ = case
    records = rows(ROW, OTHER)
    judged = pd.DataFrame(
        [
            ("x", "other", word, author) if place % 2 else ("other", "x", word, author)
            for place, (author, word) in enumerate(words)
        ],
        columns=["record_a", "record_b", "verdict", "author"],
    )
    decided = find_decisions(judged, records)
    assert (decided.left.tolist(), decided.right.tolist()) == ([0], [1])
    assert (decided.verdict.tolist(), decided.conflicting.tolist()) == ([verdict], [disputed])
    report = decisions_report(judged, records)
    assert (report["given"], report["applied"], report["unsure"]) == (
        len(words),
        int(verdict != 0),
        int(verdict == 0 and not disputed),
    )
    assert [line["kind"] for line in report["conflicts"]] == ["disagree"] * disputed


def test_a_decision_on_a_record_and_itself_is_none() -> None:
    judged = pd.DataFrame({"record_a": ["x"], "record_b": ["x"], "verdict": ["different"]})
    decided = find_decisions(judged, rows(ROW, OTHER))
    assert (len(decided.left), decided.unfound) == (0, 1)


@pytest.mark.parametrize("verdict", ["Same", "", "yes", "是"])
def test_a_word_that_is_no_verdict_is_refused(verdict: str) -> None:
    with pytest.raises(ValueError, match="same、different、unsure"):
        find_decisions(pd.DataFrame({"record_a": ["x"], "record_b": ["other"], "verdict": [verdict]}), rows(ROW, OTHER))


decisions = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["same", "different"])).filter(
        lambda line: line[0] != line[1]
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda line: frozenset(line[:2]),
)


@settings(max_examples=20, deadline=None)
@given(decisions, st.randoms())
def test_contradictions_do_not_depend_on_the_order_of_decisions(lines: list[tuple[int, int, str]], random: Any) -> None:
    records = pd.DataFrame({"record_id": [f"R{place}" for place in range(5)], "department": "x"})
    judged = pd.DataFrame(
        [(f"R{a}", f"R{b}", word) for a, b, word in lines], columns=["record_a", "record_b", "verdict"]
    )
    decided = find_decisions(judged, records)
    ends = list(zip(decided.left.tolist(), decided.right.tolist(), strict=True))
    assert ends == sorted({(min(a, b), max(a, b)) for a, b, _ in lines})
    report = conflicting_decisions(decided, records)
    turned = judged.sample(frac=1, random_state=random.randrange(1000))
    pd.testing.assert_frame_equal(report, conflicting_decisions(find_decisions(turned, records), records))
    same = {frozenset((a, b)) for a, b, word in lines if word == "same"}

    def joined(a: int, b: int) -> bool:
        others = [record for record in range(5) if record not in (a, b)]
        ways = [(), *(way for size in range(1, 4) for way in permutations(others, size))]
        return any(all(frozenset(step) in same for step in zip((a, *way), (*way, b), strict=True)) for way in ways)

    expected = {tuple(sorted((f"R{a}", f"R{b}"))) for a, b, word in lines if word == "different" and joined(a, b)}
    assert set(zip(report["record_a"], report["record_b"], strict=True)) == expected
    assert set(report["reason"]) <= {SENTENCES["triangle"]}
