"""rules/people.md#nobody-loses: the product only adds leads. No sentence of any list says that somebody's help should end unseen."""

import re
from pathlib import Path

import pytest

import expectations
from expectations.jurisdictions.profile import load_profile, places
from expectations.lists.catalogue import load_catalogue

FOLDER = Path(expectations.__file__).parent
# An order to end: 应停发, 立即取消保障, 予以清退 ... A request to look, or a plain 不作为停发依据, is none.
ORDER = re.compile(
    r"(?:应当?|须|请|予以|立即|及时|尽快|直接|建议|可以?|自动)(?:停发|停止|停保|终止|取消|清退|追回|追缴|退出|注销|核减|减员|除名)"
)
ENDING = re.compile(r"停发|停保|清退|追回|追缴|除名|取消资格|取消保障|终止保障")
LEAVING = ("L12", "L13", "L14")


def sentences() -> list[tuple[str, str]]:
    found = []
    for code, info in load_catalogue().lists.items():
        found += [(code, text) for text in (info.name, info.meaning, info.ask, info.clause, *info.answers)]
    for place in places():
        for code, rule in load_profile(place).lists.items():
            found += [(code, text) for text in (rule.due, rule.clause)]
    for path in [*FOLDER.glob("lists/*.py"), *FOLDER.glob("lists/*.yaml"), *FOLDER.glob("life/*.yaml")]:
        found += [
            (path.name, text)
            for text in re.findall(r"[^\"\n，。；]*[\u4e00-\u9fff][^\"\n，。；]*", path.read_text("utf-8"))
        ]
    return found  # fmt: skip


def test_no_sentence_orders_an_end() -> None:
    told = sentences()
    assert len(told) > 500
    assert [(where, text) for where, text in told if ORDER.search(text)] == []


def test_an_end_is_named_only_to_say_that_it_does_not_follow() -> None:
    for where, text in sentences():
        if where in load_catalogue().lists and ENDING.search(text):
            assert re.search(r"不作为停发依据|不影响|不得", text), (where, text)


@pytest.mark.parametrize("code", LEAVING)
def test_the_lists_of_people_who_seem_to_have_left_ask_first(code: str) -> None:
    info = load_catalogue().lists[code]
    assert info.name.endswith("（待核实）")
    assert info.ask.startswith(("请先核实", "请核实"))
    assert "只请求核实，不作为停发依据" in info.ask
    assert any("不是同一人" in answer or "身份混淆" in answer for answer in info.answers)


def test_reasons_of_the_leaving_lists_ask_to_verify() -> None:
    text = (FOLDER / "lists" / "leaving.py").read_text("utf-8")
    told = [
        sentence for sentence in re.findall(r"\"([^\"]*仍在[^\"]*)\"", text) if "请" in sentence or "，" in sentence
    ]
    assert len(told) >= 4
    assert all("核实" in sentence for sentence in told)
