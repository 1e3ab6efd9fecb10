"""Two numbers side by side, and what a wrong number may have been: proposals with evidence, never silent replacements.

Reading a cell is in `identity_reading`; what a proposal is worth is for the linkage to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from matching.reading.citizen import birth_of, check_character, check_passes, sex_of

_DIGITS = "0123456789"
_LETTERS = {
    "O": "0",
    "Q": "0",
    "D": "0",
    "U": "0",
    "I": "1",
    "L": "1",
    "|": "1",
    "Z": "2",
    "S": "5",
    "B": "8",
    "G": "6",
    "T": "7",
}


@dataclass(frozen=True, slots=True)
class Repair:
    """A number that a wrong one may have been.

    Attributes:
        value: 18 characters that pass the check.
        how: `truncated`, `substitution`, `swap`, `missing`, `doubled` or `letter`.
        evidence: one Chinese sentence for the clerk, without the value.
    """

    value: str
    how: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Slip:
    """How two numbers differ.

    Attributes:
        kind: `same`, `substitution`, `swap`, `missing` (the second lacks one), `doubled` (the second has one more), `truncated`,
            `two_digits` or `other`.
        position: 1-based place in the longer number, 0 when there is none.
        reason: Chinese sentence without values.
    """

    kind: str
    position: int
    reason: str


def same_damaged(a: str, b: str) -> bool:
    """Whether two numbers may be one, of which Excel or a mask hides digits: every place that both show is equal.

    Both are 18 characters with `*` for a hidden place (`Identity.derived`), or full numbers. Ten places must be seen in both.
    """
    if len(a) != 18 or len(b) != 18:
        return False
    seen = [(left, right) for left, right in zip(a, b, strict=True) if left != "*" and right != "*"]
    return len(seen) >= 10 and all(left == right for left, right in seen)


def one_slip(a: str, b: str) -> Slip:
    """Classify the difference between two numbers as a typing slip (rules/linkage.md#idea-5).

    Args:
        a: one number; b: the other. Order matters only for `missing` and `doubled`.
    """
    if a == b:
        return Slip("same", 0, "身份证号相同")
    if len(a) == len(b):
        return _same_length(a, b)
    if abs(len(a) - len(b)) == 1:
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        places = (place for place in range(len(longer)) if longer[:place] + longer[place + 1 :] == shorter)
        place = next(places, None)
        if place is not None:
            twice = "重复，" if longer[place : place + 1] == longer[place + 1 : place + 2] else ""
            kind, words = ("missing", "少一位") if longer == a else ("doubled", "多一位")
            return Slip(kind, place + 1, f"身份证号第{place + 1}位{twice}{words}")
    return Slip("other", 0, "身份证号不同")


def _same_length(a: str, b: str) -> Slip:
    # Hidden digits before anything else: a star differs from every digit and would count as a slip.
    if ("*" in a or "*" in b) and same_damaged(a, b):
        return Slip("truncated", 0, "身份证号可见部分相同，其余位数看不到")
    places = [place for place, (left, right) in enumerate(zip(a, b, strict=True), start=1) if left != right]
    if len(places) == 1:
        last = "末位" if places[0] == len(a) else f"第{places[0]}位"
        return Slip("substitution", places[0], f"身份证号{last}不同")
    if len(places) == 2 and places[1] == places[0] + 1:
        first = places[0]
        if a[first - 1] == b[first] and a[first] == b[first - 1]:
            return Slip("swap", first, f"身份证号第{first}位与第{first + 1}位颠倒")
    if len(places) == 2:
        return Slip("two_digits", places[0], f"身份证号第{places[0]}位和第{places[1]}位不同")
    if len(a) == 18 and a[:15] == b[:15] and (a.endswith("000") or b.endswith("000")):
        return Slip("truncated", 16, "身份证号前15位相同，末三位被表格软件改成了0")
    return Slip("other", 0, "身份证号不同")


def repair_candidates(text: str, status: str, birth: str = "", sex: str = "") -> list[Repair]:
    """Numbers that a wrong one may have been, best first (rules/identifiers.md#c05, #c09, #c10, #c12).

    Args:
        text: the cleaned number, or for a damaged one its pattern (`Identity.derived`).
        status: its status from `read_ids`.
        birth: ISO birth date known from elsewhere ("2015-03-10", "2015-03", "2015" or ""): keeps only what agrees.
        sex: "1", "2" or "": keeps only what agrees.

    Returns:
        Proposals that pass the check and hold a real birth date, each with its evidence; at most 100 for a cut number.
    """
    number = text.strip().upper()
    if status == "damaged":
        proposals: Iterable[Repair] = _truncated(number)
    elif status == "bad_length":
        proposals = _by_length(number)
    elif status in ("bad_check", "bad_date"):
        proposals = _by_slip(number)
    elif status == "garbage":
        proposals = _by_letter(number)
    else:
        return []

    agree = [word for word, known in (("出生日期", birth), ("性别", sex)) if known]
    backing = f"，且与登记的{'、'.join(agree)}一致" if agree else ""
    best: dict[str, Repair] = {}
    for each in proposals:
        own = birth_of(each.value)
        if own and own.startswith(birth) and (not sex or sex_of(each.value) == sex) and check_passes(each.value):
            evidence = f"{each.evidence}后校验码正确{backing}，请核对原件"
            # Several ways lead to one number (a doubled digit may be taken away at either place): the first is told.
            best.setdefault(each.value, Repair(each.value, each.how, evidence))
    return sorted(best.values(), key=lambda each: (_RANK[each.how], each.value))


# The likeliest first; of a cut number there are a hundred repairs, none better than another.
_RANK = {"letter": 0, "swap": 1, "doubled": 2, "missing": 2, "substitution": 3, "truncated": 4}


def _truncated(pattern: str) -> Iterator[Repair]:
    first15 = pattern[:15]
    if len(first15) != 15 or not first15.isdigit():
        return
    # The two digits of the running number that are lost give a hundred numbers; each brings its own check character.
    for tens, units in product(_DIGITS, _DIGITS):
        first17 = first15 + tens + units
        yield Repair(first17 + check_character(first17), "truncated", "末三位被表格软件改写，按前15位补出")


def _by_length(number: str) -> Iterator[Repair]:
    if len(number) == 17:
        for place in range(18):
            for character in _DIGITS if place < 17 else "0123456789X":
                yield Repair(number[:place] + character + number[place:], "missing", f"在第{place + 1}位补上缺少的一位")
    if len(number) == 19:
        for place in range(19):
            yield Repair(number[:place] + number[place + 1 :], "doubled", f"去掉第{place + 1}位多出的一位")


def _by_slip(number: str) -> Iterator[Repair]:
    if len(number) != 18:
        return
    for place in range(17):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            yield Repair(swapped, "swap", f"把第{place + 1}位与第{place + 2}位对调")
    for place in range(18):
        for character in _DIGITS if place < 17 else "0123456789X":
            if character != number[place]:
                yield Repair(number[:place] + character + number[place + 1 :], "substitution", f"改正第{place + 1}位")


def _by_letter(number: str) -> Iterator[Repair]:
    if len(number) != 18:
        return
    mapped = "".join(_LETTERS.get(character, character) for character in number[:17]) + number[17]
    mapped = mapped[:17] + (mapped[17] if mapped[17] == "X" else _LETTERS.get(mapped[17], mapped[17]))
    if mapped != number and check_passes(mapped):
        yield Repair(mapped, "letter", "把误写的字母改回数字")
