"""The picture of an explanation: well-formed, self-contained, bars that add up, texts that cannot break out."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from matching.explaining.explain import Explanation, WaterfallStep
from matching.explaining.picture import (
    SMALLEST,
    WIDTH,
    Panel,
    Sides,
    clipped,
    draw,
    gathered,
    label,
    percent,
    thresholds,
    width,
    wrapped,
)
from matching.model import default_model

SVG = "{http://www.w3.org/2000/svg}"
STEPS = (
    WaterfallStep("prior", "起点", "prior", "随意两条候选记录是同一儿童的可能", -12.0),
    WaterfallStep("name", "姓名", "same", "姓名相同", 9.5),
    WaterfallStep("birth", "出生日期", "same", "出生日期相同", 10.5),
    WaterfallStep("sex", "性别", "same", "性别相同", 0.1),
    WaterfallStep("people", "父母或监护人", "differ", "父母姓名不同", -3.0),
    WaterfallStep("name*people", "姓名与父母或监护人", "differ", "一并衡量（…）", 0.2),
)


def explanation(reason: str = "姓名相同、出生日期相同", grade: str = "same") -> Explanation:
    return Explanation("A", "B", STEPS, sum(step.bits for step in STEPS), 0.97, grade, reason, {})


def test_it_is_svg_that_asks_nobody_for_anything() -> None:
    text = draw([Panel(explanation()), Panel(explanation(grade="review"))], "为什么")
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|<image|@import|href", text)
    assert int(root.attrib["width"]) == WIDTH
    assert {"待人工判断", "同一儿童"} <= {item.text for item in root.iter(f"{SVG}text")}


def test_values_cannot_break_out_and_stay_inside() -> None:
    sides = Sides("甲表 第 1 行", "乙表 第 2 行", [("姓名", '<b>&"王', "王" * 200, "differ")])
    root = ElementTree.fromstring(draw([Panel(explanation("长" * 300), sides)], 'a"<b'))
    texts = [
        (float(item.attrib["x"]), item.text or "", float(item.attrib["font-size"])) for item in root.iter(f"{SVG}text")
    ]
    assert any(text.startswith("<b>&") for _, text, _ in texts)
    anchored = [item for item in root.iter(f"{SVG}text") if "text-anchor" not in item.attrib]
    for item in anchored:
        assert float(item.attrib["x"]) + width(item.text or "", float(item.attrib["font-size"])) <= WIDTH


def test_without_values_none_are_drawn() -> None:
    assert "王梓涵" not in draw([Panel(explanation(), Sides("甲", "乙"))], "x")


def test_bars_add_up_and_small_ones_are_one() -> None:
    bars = gathered(STEPS)
    assert sum(bar.bits for bar in bars) == pytest.approx(sum(step.bits for step in STEPS))
    assert [bar.field for bar in bars] == ["prior", "birth", "name", "people", "rest"]
    assert all(abs(bar.bits) >= SMALLEST for bar in bars)


def test_words() -> None:
    assert label(STEPS[1]) == "姓名相同"
    assert label(STEPS[4]) == "父母或监护人　父母姓名不同"
    assert label(STEPS[5]) == "姓名与父母或监护人（一并衡量）"
    assert (percent(1.0), percent(0.0), percent(0.5)) == ("> 99.99%", "< 0.01%", "50.00%")
    assert clipped("王梓涵", 10, 25) == "王…"
    lines = wrapped("姓名相同，出生日期相同。", 10, 45)
    assert "".join(lines) == "姓名相同，出生日期相同。"
    assert not any(line[0] in "，。" for line in lines)
    assert [name for name, _ in thresholds(default_model())] == ["判为相同", "待人工判断"]
