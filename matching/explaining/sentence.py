"""The one Chinese sentence of a pair: what agrees, what differs, and what that probably means. No values, ever.

Belongs here: words. They come from `model.yaml` (`say`); the conclusions of constellations are here. Pairs of one
pattern share a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.comparing.compare import OTHER_NAMES
from matching.reading.citizen import check_character
from matching.reading.identity_repair import one_slip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matching.model import Model
    from matching.shapes import Encoded

_STRONG = ("number", "name", "birth", "people", "phone", "place", "household", "sex")
_OTHER_NAMES = ("surname_and_one", "surname_only", "different", "nickname")
_AGREE = ("same", "derived", "document")
SLIP = "身份证号仅一处不同"
"""How the sentence of a slip begins, before its place is known."""


def sentence(levels: Mapping[str, str], grade: str, note: str, model: Model) -> str:
    """One sentence for a clerk (rules/code.md#reasons).

    Args:
        levels: level name per field.
        grade: `same`, `review` or `different`.
        note: what stands above the weights: `judged_same`, `judged_different`, `oversized`, `taken`, or `""`.
        model: the words.
    """
    agree = _clauses(levels, model, ("agree", "near"))
    differ = _clauses(levels, model, ("differ",))
    ending = _conclusion(levels, grade, note)
    slip = [part for part in agree if part.startswith(SLIP)]  # a clause of its own: it ends with what it probably is
    plain = [part for part in agree if part not in slip]
    opening = ["、".join(plain)] if plain else [] if slip else ["没有一致的项目"]
    text = "，".join(opening + slip)
    if differ:
        text += ("，但" if agree and "但" not in differ[0] else "；") + "、".join(differ)
    return text + ("，" + ending if ending else "")


def _clauses(levels: Mapping[str, str], model: Model, groups: tuple[str, ...]) -> list[str]:
    """What the fields of these groups say, the strongest field first."""
    # Facts that help nobody in a sentence: equal sex; guardians of other roles, telephones or addresses that merely differ.
    if "agree" in groups:
        dull = {("sex", "same"), ("place", "town")}
    else:
        dull = {("people", "apart"), ("place", "differ"), *((name, levels[name]) for name in ("phone", "household"))}
    out = []
    for field in _STRONG:
        level = model.spec(field).levels[levels[field]]
        if level.group in groups and level.say and (field, levels[field]) not in dull:
            out.append(level.say)
    return out


def _conclusion(levels: Mapping[str, str], grade: str, note: str) -> str:
    by_person = {
        "judged_same": "人工确认为同一儿童",
        "judged_different": "人工确认不是同一儿童",
        "oversized": "关联记录过多（超大簇），请人工核对",
    }
    if note in by_person:
        return by_person[note]
    if grade == "same":
        return _why_same(levels)
    if grade == "review":
        return _why_review(levels, note)
    return _why_different(levels, note)


def _why_same(levels: Mapping[str, str]) -> str:
    if levels["number"] == "differ":
        return "疑为身份证号更正或登记错误，判为同一儿童"
    if levels["birth"] == "lunar":
        return "疑为农历生日，判为同一儿童"
    if levels["name"] in _OTHER_NAMES and levels["number"] in _AGREE:
        return "疑为小名或改名，判为同一儿童"
    if levels["name"] in _OTHER_NAMES:
        return "疑为小名或改名，没有其他孩子相符，判为同一儿童"
    return "判为同一儿童"


def _why_review(levels: Mapping[str, str], note: str) -> str:
    if levels["number"] == "borrowed":
        return "请核实号码归属"
    if note == "taken":
        return "但与另一条记录更相符，请人工核对"
    if levels["family"] == "twins":
        return "可能是双胞胎，请人工核对"
    birth_group = levels["birth"] in ("same", "lunar") and levels["people"] in ("number", "two", "one")
    if birth_group and levels["name"] in OTHER_NAMES and levels["number"] not in _AGREE:
        return "可能改过名，也可能是双胞胎中的另一个，请人工核对"
    return "证据不足，请人工核对"


def _why_different(levels: Mapping[str, str], note: str) -> str:
    name_differs = levels["name"] not in ("same", "variant", "wildcard", "missing")
    if levels["family"] != "missing" and name_differs:
        return "疑为双胞胎" if levels["number"] != "borrowed" else "疑为双胞胎并借用号码"
    if levels["number"] == "borrowed":
        return "疑为借用亲属号码，判为不同儿童"
    if levels["people"] in ("number", "two", "one") and name_differs:
        return "疑为兄弟姐妹"
    if levels["name"] in ("same", "variant", "same_sound", "fuzzy_sound"):
        return "疑为同名或同音的另一儿童" if note != "taken" else "已有更相符的记录，疑为同名的另一儿童"
    return "判为不同儿童"


def slip_reason(reason: str, named: Mapping[str, str], e: Encoded, rows: tuple[int, int]) -> str:
    """Name the place of the slip instead of 「仅一处不同」: 身份证号第15位不同，疑为录入错误."""
    if named["number"] != "slip" or SLIP not in reason:
        return reason
    bad, good = rows if e.damaged[rows[0]] and e.numbers[rows[1]].any() else (rows[1], rows[0])
    # Codes leave the check character away; the damaged text has it, and it may be the very place of the slip.
    for number in e.numbers[good]:
        if number:
            first = f"{int(number):017d}"
            slip = one_slip(str(e.damaged[bad]), first + check_character(first))
            if slip.kind not in ("same", "other"):
                return reason.replace(SLIP, slip.reason)
    return reason
