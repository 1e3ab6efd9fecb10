"""Mistakes in YAML: which key, what is wrong, what is allowed, in Chinese; nothing of the file but its keys is repeated."""

import datetime as dt
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from matching.tables.mistakes import MistakeError, mistakes_in, parse_own_yaml

SECRET = "6207222015"


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = Field(default=3, ge=1, le=9)
    word: Literal["one", "two"] = "one"


class Tree(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=2)
    leaves: list[Leaf] = []
    by_name: dict[str, Leaf] = {}
    code: str = Field(default="AB", pattern="^[A-Z]{2}$")
    on: bool = True
    share: float = Field(default=0.5, gt=0, lt=1)
    day: dt.date | None = None
    many: list[str] = Field(default=["x"], min_length=1, max_length=2)
    source: str = Field(default="", alias="from")

    @field_validator("source")
    @classmethod
    def _ours(cls, value):
        if value == "bad":
            raise ValueError("我们自己的话")
        return value


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nmae": SECRET}, "键 nmae：没有这个键，是不是想写 name；这里可以写：name、leaves、by_name"),
        ({"leaves": [{}, {"siez": 1}]}, "键 leaves.第2项.siez：没有这个键，是不是想写 size；这里可以写：size、word"),
        ({"by_name": {"a": {"word": SECRET}}}, "键 by_name.a.word：只能写：one、two"),
        ({"name": 5}, "键 name：要写文字"),
        ({"name": None}, "键 name：要写文字"),
        ({"name": "x"}, "键 name：不能空着，至少 2 个字"),
        ({"leaves": {"a": 1}}, "键 leaves：要写成列表"),
        ({"leaves": ["a"]}, "键 leaves.第1项：要写成“键: 值”"),
        ({"leaves": [{"size": SECRET + "x"}]}, "键 leaves.第1项.size：要写整数"),
        ({"leaves": [{"size": 10}]}, "键 leaves.第1项.size：不能大于 9"),
        ({"leaves": [{"size": 0}]}, "键 leaves.第1项.size：不能小于 1"),
        ({"code": "abc"}, "键 code：格式不对，应符合 ^[A-Z]{2}$"),
        ({"on": "也许"}, "键 on：要写 true 或 false"),
        ({"share": 1}, "键 share：要小于 1"),
        ({"share": "半"}, "键 share：要写数字"),
        ({"day": "明天"}, "键 day：要写日期"),
        ({"many": []}, "键 many：至少要有 1 项"),
        ({"many": ["a", "b", "c"]}, "键 many：最多 2 项"),
        ({"from": "bad"}, "键 from：我们自己的话"),
    ],
)
def test_every_kind_of_mistake_has_its_words(change, said):
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate({"name": "ab", **change})
    told = mistakes_in(caught.value, Tree)
    assert told.startswith(said)
    assert SECRET not in told
    assert not any(word in told for word in ("Input", "should", "valid", "Field"))


def test_what_is_missing_and_how_many_more():
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate({f"x{number}": 1 for number in range(9)})
    told = mistakes_in(caught.value, Tree)
    assert "键 name：缺少这个键" in told
    assert "另有 4 处" in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [1\nb: 2\n", "第 2 行第 2 列附近"),
        (b"a:\n\tb: 1\n", "第 2 行第 1 列附近"),
        ("a: '甲\n".encode(), "附近不是合法的 YAML"),
        (b"a: 1\nb: 2\na: 3\n", "第 3 行的键“a”重复写了"),
        (b"x:\n  a: 1\n  a: 3\n", "第 3 行的键“a”重复写了"),
        (b"? [a]\n: b\n", "第 1 行第 3 列附近"),
        ("a: 县".encode("gb18030"), "不是 UTF-8 编码"),
        (b"- a\n", "内容应为“键: 值”结构"),
        (b"", "内容应为“键: 值”结构"),
        (b"\x00\x01", "附近不是合法的 YAML"),
    ],
)
def test_what_is_no_yaml_says_where(content, said):
    with pytest.raises(MistakeError, match=said):
        parse_own_yaml(content)


def test_what_is_right_is_read():
    assert parse_own_yaml("\ufeffa: 1\nb: {c: [x]}\nd: &d {e: 1}\nf:\n  <<: *d\n  g: 2\n".encode()) == {
        "a": 1,
        "b": {"c": ["x"]},
        "d": {"e": 1},
        "f": {"e": 1, "g": 2},
    }
