"""L28 待遇金额不符: what is due, what was paid, what may be drawn together; must and must-not cases (rules/workflow.md#m28)."""

import re

import pytest
from town import CA, DI, ED, PS, Town

from expectations.jurisdictions.profile import load_profile
from expectations.lists.benefits import due, effective_months
from expectations.lists.findings import not_computed
from expectations.rulebook import RuleFileError

ALL = (CA, ED, PS, DI, "subsistence")
ROLL = {"layout": "payment_roll", "pay_start": "2026-03"}
STANDARDS = {"orphan_allowance": 1200.0, "minimum_living": 420.0}
STOPS = re.compile("停发|停止|取消|追回|退回|不应享受")


@pytest.fixture
def paying(town: Town) -> Town:
    """A town whose place stated its standards."""
    town.change("allowances.monthly", STANDARDS)
    return town


def grades(town: Town, delivered: tuple[str, ...] = ALL) -> dict[str, str]:
    found = town.findings("L28", delivered)
    assert not found["reason"].str.contains(STOPS).any()
    return dict(zip(found["field"], found["grade"], strict=True))


def reason(town: Town) -> str:
    return str(town.findings("L28", ALL)["reason"].item())


@pytest.mark.parametrize(
    ("paid", "expected", "says"),
    [
        ("1200", {}, ""),
        (
            "1100",
            {"amount": "很可能"},
            "每月应发1200元（全额：标准1200元），名册实发1100元，少100元；自2026-03起（到本期末7个月）",
        ),
        ("1450.50", {"amount": "很可能"}, "名册实发1450.5元，多250.5元"),
        ("3600", {"amount": "待核"}, "实发正好是应发的3倍，可能登记的是几个月合计"),
        ("", {}, ""),
        ("0", {}, ""),
    ],
)
def test_all_others_are_paid_in_full(paying: Town, paid: str, expected: dict[str, str], says: str) -> None:
    paying.add(CA, 1, category="orphan", amount=paid, **ROLL)
    paying.add(CA, 2, category="orphan", amount="1200", **ROLL)
    assert grades(paying) == expected
    assert not says or says in reason(paying)


@pytest.mark.parametrize(
    ("paid", "expected"), [("780", {}), ("1200", {"amount": "很可能"}), ("700", {"amount": "很可能"})]
)
def test_beside_low_income_support_the_difference_is_due(paying: Town, paid: str, expected: dict[str, str]) -> None:
    """By the standard of orphans in families, from the month in which the later of the two began."""
    paying.add(CA, 1, category="de_facto", amount=paid, **ROLL)
    paying.add("subsistence", 1, layout="household_members", aid="minimum_living", pay_start="2026-06")
    assert grades(paying) == expected
    if expected:
        assert "应发780元（补差：标准1200元－低保420元）" in reason(paying)
        assert "自2026-06起（到本期末4个月）" in reason(paying)


def test_a_household_s_own_amount_per_head_goes_before_the_place_s(paying: Town) -> None:
    paying.add(CA, 1, category="de_facto", amount="900", **ROLL)
    paying.add("subsistence", 1, layout="household_members", aid="minimum_living", amount="300")
    assert grades(paying) == {}


@pytest.mark.parametrize(("paid", "expected"), [("1200", {"amount": "待核"}), ("700", {})])
def test_without_the_amount_per_head_only_what_cannot_be_right_is_a_line(
    paying: Town, paid: str, expected: dict[str, str]
) -> None:
    paying.change("allowances.monthly", {"orphan_allowance": 1200.0})
    paying.add(CA, 1, category="de_facto", amount=paid, **ROLL)
    paying.add("subsistence", 1, layout="household_members", aid="destitute")
    assert grades(paying) == expected
    assert not expected or "特困的人均金额各处都没有写明" in reason(paying)


def test_several_deductions_are_asked_about(paying: Town) -> None:
    """No paper says whether several benefits are added up: such a line is never more than 待核."""
    paying.add(CA, 1, category="de_facto", amount="780", **ROLL)
    paying.add("subsistence", 1, layout="household_members", aid="minimum_living")
    paying.add(CA, 1, layout="subsidies", aid="living_allowance", amount="110")
    assert grades(paying) == {"amount": "待核"}
    assert "应发670元（补差：标准1200元－低保420元－困难残疾人生活补贴110元）" in reason(paying)


def test_care_allowance_and_rehabilitation_are_never_taken_off(paying: Town) -> None:
    for child, category in enumerate(("orphan", "de_facto"), 1):
        paying.add(CA, child, category=category, amount="1200", **ROLL)
        paying.add(CA, child, layout="subsidies", aid="care_allowance", amount="110")
        paying.add(DI, child, care_allowance="yes", rehab="yes")
    assert grades(paying) == {}
    paying.records[0]["amount"] = "1090"
    assert "另领护理补贴，可以同时享受，不扣减" in reason(paying)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"category": "orphan", "amount": "1200"}, {"living_allowance": "很可能"}),
        ({"category": "hiv", "amount": "1200"}, {"living_allowance": "很可能"}),
        ({"category": "dilemma", "aid": "destitute"}, {"living_allowance": "很可能"}),
        ({"category": "dilemma", "aid": "minimum_living"}, {}),
        ({"category": "orphan"}, {}),  # a class on a ledger is no payment
        ({"category": "de_facto", "amount": "1090"}, {}),  # the difference is what is paid there
    ],
)
def test_what_excludes_the_living_allowance(paying: Town, own: dict[str, str], expected: dict[str, str]) -> None:
    paying.add(CA, 1, **ROLL, **own)
    paying.add(CA, 1, layout="subsidies", aid="living_allowance", amount="110")
    assert grades(paying) == expected


def test_rows_that_pay_nothing_now_are_no_lines(paying: Town) -> None:
    paying.add(CA, 1, category="orphan", amount="1", pay_end="2026-05", **ROLL)
    paying.add(CA, 2, category="orphan", amount="1", roll_status="exited", **ROLL)
    paying.add(CA, 3, category="dilemma", amount="1", **ROLL)
    paying.add(CA, 4, category="orphan", amount="1", hukou_class="institution", **ROLL)  # their standard is another one
    paying.add(CA, 5, category="orphan", aid="minimum_living", amount="1")  # a ledger: whose amount is it?
    paying.add(CA, 6, category="orphan", amount="1", **ROLL)
    paying.add(PS, 6, cancel_kind="death", cancel_date="2026-01-01")
    assert grades(paying) == {}
    paying.change("allowances.monthly", {**STANDARDS, "orphan_in_institution": 1700.0})
    assert "标准1700元" in reason(paying)


def test_without_the_households_nothing_is_more_than_likely(paying: Town) -> None:
    paying.add(CA, 1, category="orphan", amount="1000", **ROLL)
    found = paying.findings("L28", (CA, ED, PS, DI))
    assert "低保和特困家庭成员名册本期没有数据" in found["reason"].item()


@pytest.mark.parametrize("stated", ["null", "{}"])
def test_without_a_standard_the_list_is_not_computed_and_says_so(tmp_path, stated: str) -> None:
    """`{}` is what files of an earlier state hold."""
    path = tmp_path / "own.yaml"
    path.write_text(f"extends: default\nallowances: {{monthly: {{value: {stated}}}}}\n", encoding="utf-8")
    sentence = not_computed(load_profile(path), (*ALL, "#amount")).set_index("code").loc["L28", "sentence"]
    assert sentence.startswith("本地文件没有规定待遇每月标准，清单“待遇金额不符（待核实）”未计算")


def test_a_standard_of_no_known_benefit_is_refused(tmp_path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("extends: default\nallowances: {monthly: {value: {orphans: 1200}}}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"allowances\.monthly"):
        load_profile(path)


def test_a_difference_is_never_below_nothing(paying: Town) -> None:
    owed = due(paying.profile.allowances, "de_facto_allowance", {"destitute": 1500.0})
    assert owed is not None
    assert (owed.kind, owed.monthly) == ("补差", 0.0)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [("2026-03", "2026-03", 1), ("2025-11", "2026-02", 4), ("2026-03", "2026-02", 0), ("2025-01", "2026-12", 24)],
)
def test_effective_months(first: str, last: str, months: int) -> None:
    assert effective_months(first, last) == months
