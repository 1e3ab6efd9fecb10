"""What a name or a title says of its period: which of it is asked about, and that ordinary names never are."""

import pytest

from assets.intake.claims import contradiction, is_own, load_claims, spans
from pipelines.partitions import Period

ASKED = [
    ("2026Q3", "教体局-学籍信息导出20260618", "2026年6月18日"),
    ("2026Q2", "农村留守儿童信息台账（东坝乡）_2026年3季度", "2026年第三季度"),
    ("2026Q3", "截至2026年6月30日", "2026年6月30日"),
    ("2026Q3", "截至 2026 年 6 月 30 日", "2026年6月30日"),
    ("2026Q3", "二〇二六年六月三十日", "2026年6月30日"),
    ("2026Q3", "２０２６年６月学生花名册", "2026年6月"),
    ("2026Q3", "2026.6.30残联", "2026年6月30日"),
    ("2026Q3", "导出20260621153000", "2026年6月21日"),
    ("2026Q3", "2026Q2_hj", "2026年第二季度"),
    ("2026Q1", "2025年四季度", "2025年第四季度"),
    ("2026Q3", "二季度台账", "第二季度"),
    ("2026Q3", "6月份走访", "6月"),
    ("2026Q3", "2026年上半年", "2026年上半年"),
    ("2026Q3", "2026年1-6月", "2026年1月至6月"),
    ("2026Q3", "2025年留守儿童", "2025年"),
    ("2026Q4", "2025-2026学年学生名单", "2025—2026学年"),
    ("2026Q2", "学籍_202608", "2026年8月"),
    ("2026-09", "2026年10月台账", "2026年10月"),
    ("2026-09", "czrk_20261015", "2026年10月15日"),
    ("2026-10", "2026年三季度", "2026年第三季度"),
    # The quarter names the period; the day beside it is only when it was printed.
    ("2026Q3", "2026年二季度台账（20260705导出）", "2026年第二季度"),
]
SILENT = [
    ("2026Q2", "教体局-学籍信息导出20260618"),
    ("2026Q2", "截至2026年6月30日"),
    ("2026Q2", "2026年7月3日导出"),
    ("2026Q2", "学籍_202607"),
    ("2026Q4", "常住人口_20270115"),
    ("2026Q3", "公安局_常住人口(0-17周岁)_2026年三季度"),
    ("2026Q3", "常住人口信息（0-17周岁）_20260930_1"),
    ("2026-09", "czrk_20261005"),
    ("2026-09", "2026年三季度"),
    ("2026Q1", "2025-2026学年学生名单"),
    ("2026Q2", "2025-2026学年度第二学期学籍"),
    ("2026Q3", "2025-2026学年学生名单"),
    ("2026Q4", "2026年秋季学期"),
    ("2026Q2", "2026年春季学期学生"),
    ("2026Q3", "2026年秋季入学新生"),
    ("2026Q3", "2019年9月1日—2020年8月31日适龄儿童"),
    ("2026Q3", "2020年9月1日至2026年6月30日出生儿童"),
    ("2026Q3", "2014年建档立卡脱贫户"),
    ("2026Q3", "民发〔2019〕62号"),
    ("2026Q3", "自2026年4月1日起施行"),
    ("2026Q3", "2025级学生学籍"),
    ("2026Q3", "学籍信息模板（2025年版）"),
    ("2026Q3", "三年级四班花名册"),
    ("2026Q3", "四季青镇留守儿童"),
    ("2026Q3", "困境儿童及孤儿、事实无人抚养儿童台账"),
    ("2026Q3", "620722_20261231001"),
]


@pytest.mark.parametrize(("period", "text", "says"), ASKED)
def test_another_periods_name_is_understood(period, text, says):
    near = Period.parse(period)
    span = contradiction(spans(text, near), near)
    assert span is not None
    assert span.zh == says


@pytest.mark.parametrize(("period", "text"), SILENT)
def test_an_ordinary_name_is_not_asked_about(period, text):
    near = Period.parse(period)
    assert contradiction(spans(text, near), near) is None


def test_every_kind_has_its_strength():
    strong = {kind for kinds in load_claims().strength for kind in kinds}
    assert {pattern.kind for pattern in load_claims().patterns} - {"spring"} == strong


def test_only_what_the_product_names_itself_is_its_own():
    assert is_own("查询答复_2026-11-30_0a1b2c3d.csv")
    assert not is_own("查询答复_2026-11-30.csv")
