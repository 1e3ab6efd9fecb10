"""docs/pairs.md: made by the command in the repository; the pairs it chooses are right, of different kinds, ten of them."""

from __future__ import annotations

import re
from pathlib import Path

import make_pairs
import pandas as pd

ROOT = Path(__file__).parents[2]


def test_right_pairs_of_different_kinds_then_a_missed_one() -> None:
    lines = [
        ("a", "b", "same", "name=same;birth=lunar;number=same", "农历"),
        ("c", "d", "same", "name=same;birth=lunar;number=missing", "农历"),
        ("e", "f", "same", "name=same;birth=lunar;number=missing", "农历"),
        ("g", "h", "different", "name=one_character;birth=same;number=differ", "疑为双胞胎"),
        ("i", "j", "different", "name=same;birth=differ;number=missing", "疑为同名的另一儿童"),
    ]
    pairs = pd.DataFrame(lines, columns=["record_a", "record_b", "grade", "levels", "reason"])
    truth = {"a": 1, "b": 1, "c": 2, "d": 3, "e": 4, "f": 4, "g": 5, "h": 6, "i": 7, "j": 7}
    found = [(kind, row["record_a"]) for kind, row in make_pairs.chosen(pairs, truth)]
    assert found == [("农历生日，连上", "e"), ("双胞胎，分开", "g"), ("漏掉的一对（如实列出）", "i")]


def test_the_page_holds_what_it_promises() -> None:
    text = (ROOT / "docs" / "pairs.md").read_text(encoding="utf-8")
    heads = re.findall(r"^### \d+\. (.+)$", text, flags=re.MULTILINE)
    right = [head for head in heads if "漏掉" not in head]
    assert len(right) == len(set(right)) == 10
    assert {"农历生日，连上", "双胞胎，分开"} <= set(right)
    assert len(re.findall(r"^> .+。$", text, flags=re.MULTILINE)) == len(heads)
    for part in ("## 估计与实际", "## 把握与实际（校准表）", "## 各类孩子的关联率"):
        assert part in text
    assert not re.search(r"(?<!\d)\d{17}[\dX](?!\d)", text)
    assert (ROOT / "docs" / "pictures" / "explain.svg").is_file()
