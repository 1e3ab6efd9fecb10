"""How a citizen number arrives damaged: catalogue rules/identifiers.md#c01 to #c22. One small function per habit; who
suffers it is decided in `spoil`.

Every function takes the true number, the row's other numbers and a source of chance, and returns what was
written ("" = cannot happen here).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

Damage = Callable[[str, Mapping[str, str], Random], str]

PLACEHOLDERS = [
    "无",
    "不详",
    "/",
    "0",
    "000000000000000000",
    "111111111111111111",
    "正在办理",
    "未采集",
    "—",
    "暂无",
    "待补",
    "123456789012345678",
]
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def style(number: str, row: Mapping[str, str], chance: Random) -> str:
    """Full width, look-alikes of X, blanks and invisible characters, apostrophes (rules/identifiers.md#c01 to #c04)."""
    forms = [
        number.translate(_WIDE),
        "'" + number,
        "‘" + number,
        f"{number[:6]} {number[6:14]} {number[14:]}",
        number + " ",
        " " + number + "\t",
        number[:6] + "\u200b" + number[6:],
        "\xa0" + number,
        number[:14] + "\n" + number[14:],
    ]
    if number.endswith("X"):
        forms += [number[:-1] + x for x in ("x", "×", "*", "Х", "ｘ")] * 2
    return chance.choice(forms)


def digit(number: str, row: Mapping[str, str], chance: Random) -> str:
    """One digit wrong (rules/identifiers.md#c12)."""
    at = chance.choice([*range(6, 17), 14, 15, 16])  # the order number most often: nothing else in the row repeats it
    return number[:at] + chance.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]


def swap(number: str, row: Mapping[str, str], chance: Random) -> str:
    """Two neighbours changed places (rules/identifiers.md#c12)."""
    places = [i for i in range(5, 16) if number[i] != number[i + 1]]
    at = chance.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def length(number: str, row: Mapping[str, str], chance: Random) -> str:
    """One digit lost or doubled (rules/identifiers.md#c09)."""
    at = chance.randrange(6, 17)
    return number[:at] + (number[at + 1 :] if chance.random() < 0.6 else number[at] + number[at:])


def letter(number: str, row: Mapping[str, str], chance: Random) -> str:
    """O for 0, l or I for 1 (rules/identifiers.md#c10)."""
    return number[:6] + number[6:].replace("0", chance.choice("Oo"), 1).replace("1", chance.choice("lI"), 1)


def masked(number: str, row: Mapping[str, str], chance: Random) -> str:
    """Stars (rules/identifiers.md#c11)."""
    return number[:6] + "********" + number[14:] if chance.random() < 0.5 else number[:4] + "**********" + number[14:]


def scientific(number: str, row: Mapping[str, str], chance: Random) -> str:
    """6.20799E+17 (rules/identifiers.md#c07)."""
    return f"{number[0]}.{number[1:6]}E+17"


def noise(number: str, row: Mapping[str, str], chance: Random) -> str:
    """Through a float and back (rules/identifiers.md#c06)."""
    return "" if number.endswith("X") else str(int(float(number)))


def dot_zero(number: str, row: Mapping[str, str], chance: Random) -> str:
    """The same with .0 behind (rules/identifiers.md#c08)."""
    return "" if number.endswith("X") else f"{int(float(number))}.0"


def two(number: str, row: Mapping[str, str], chance: Random) -> str:
    """The child's and the father's number in one cell (rules/identifiers.md#c18)."""
    return f"{number}/{row['father_id']}（父）" if row["father_id"] else ""


def student(number: str, row: Mapping[str, str], chance: Random) -> str:
    """The student number in its place (rules/identifiers.md#c20)."""
    return "G" + number


def certificate(number: str, row: Mapping[str, str], chance: Random) -> str:
    """The certificate number in its place (rules/identifiers.md#c21)."""
    return row.get("dis_card", "")


def parent(number: str, row: Mapping[str, str], chance: Random) -> str:
    """A parent's or grandparent's number in its place (rules/identifiers.md#c14)."""
    return chance.choice([row["father_id"], row["mother_id"], row["guardian_id"]]) or row["father_id"]


def sibling(number: str, row: Mapping[str, str], chance: Random) -> str:
    """A brother's or sister's number in its place (rules/identifiers.md#c15)."""
    return row["sibling_id"]


def placeholder(number: str, row: Mapping[str, str], chance: Random) -> str:
    """A word or a row of equal digits (rules/identifiers.md#c16)."""
    return chance.choice(PLACEHOLDERS)


def missing(number: str, row: Mapping[str, str], chance: Random) -> str:
    """Nothing was copied (rules/identifiers.md#conflicts)."""
    return "\0"


# `keeps`: what a careful reader still has: own = the child's own number, other = another valid number of a
# child, none = no usable number
DAMAGES: dict[str, tuple[Damage, str]] = {
    "id_missing": (missing, "none"),
    "id_placeholder": (placeholder, "none"),
    "borrowed_parent_id": (parent, "none"),
    "sibling_id": (sibling, "other"),
    "id_digit": (digit, "none"),
    "id_swap": (swap, "none"),
    "id_len": (length, "none"),
    "id_letter": (letter, "own"),
    "id_masked": (masked, "none"),
    "id_sci": (scientific, "none"),
    "id_float": (noise, "none"),
    "id_dot0": (dot_zero, "none"),
    "id_two": (two, "none"),
    "id_student_no": (student, "none"),
    "id_disability_no": (certificate, "none"),
    "id_style": (style, "own"),
}
