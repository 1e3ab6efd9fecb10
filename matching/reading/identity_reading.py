"""One cell to one citizen number and its status: the catalogue rules/identifiers.md#c01 to #c22, cell by cell.

What only a whole column shows (rules/identifiers.md#c05 by chance, #c15) is in `identity`; repairs are proposed in `identity_repair`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Literal

from matching.reading.citizen import OF_AGE, age_at, birth_of, check_passes, region_known, sex_of, upgrade_15
from matching.tables import table_yaml

Kind = Literal["child", "adult"]

_BLANKS = re.compile(r"[\s\u00ad\u115f\u180e\u200b-\u200f\u2028-\u202f\u205f-\u2064\u3164\ufeff\x00-\x1f\x7f]+")
_QUOTES = "'’`‘´＇\"“”′″"
_X_LIKE = str.maketrans(dict.fromkeys("xхХχΧ×✕✖╳ⅹⅩ", "X"))
_DIGIT_LIKE = str.maketrans(
    {"O": "0", "o": "0", "О": "0", "о": "0", "〇": "0", "○": "0", "l": "1", "I": "1", "|": "1", "ｌ": "1"}
)
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[Ee]\+?(\d{1,2})")
_STUDENT = re.compile(r"([GLJ])(\d{17}[\dX])")
_DISABILITY = re.compile(r"(\d{17}[\dX])([1-7])([1-49])(?:B?(\d)?)?")
_MASK = re.compile(r"\d[\dX]*(?:[*•●#_?□■]|XX)[*•●#_?□■X]*[\dX]*")
_NUMBERS = re.compile(r"(?<![\dXx])(?:\d{17}[\dXx]|\d{15})(?![\dXx])")
_OWNERS = re.compile(r"母|父|妈|爸|爷|奶|祖|外公|外婆|姥|监护|户主|家长|伯|叔|姑|舅|姨|哥|姐|弟|妹|亲属")


@dataclass(frozen=True, slots=True)
class Identity:
    """What one cell of an identity-number column says.

    Attributes:
        raw: the cell.
        status: one of docs/data-shapes.md section 3.
        value: 18 characters, only when `status` is `valid`.
        birth: ISO date in the number (also a damaged one), or "".
        sex: "1", "2" or "".
        region: six digits, or "".
        derived: the number behind another one (student, certificate, an adult's, the upgraded 15 digits), or, for a damaged or
            masked number, an 18-character pattern with `*` for what cannot be read.
        issues: codes of `matching/tables/issues.yaml`.
    """

    raw: str
    status: str
    value: str = ""
    birth: str = ""
    sex: str = ""
    region: str = ""
    derived: str = ""
    issues: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class NumberContext:
    """Whose numbers a column should hold, as of when, and what was done to a cell.

    Attributes:
        kind: whose number is expected: `child` or `adult`.
        as_of: the period's last day; without it nobody is found too old or unborn.
        damaged: the cell was a number of 16 or more digits.
        margin_years: a number counts as an adult's when its owner is at least 18 + this many years old, because a child who has
            just come of age is overage, not a borrowed number.
    """

    kind: Kind = "child"
    as_of: date | None = None
    damaged: bool = False
    margin_years: int = 2


@cache
def placeholder_words() -> frozenset[str]:
    """Words that count as missing (rules/identifiers.md#placeholders)."""
    return frozenset(str(word) for word in table_yaml("placeholders.yaml")["words"])


def parse_id(text: str, context: NumberContext | None = None) -> Identity:
    """Read one cell of an identity-number column (rules/identifiers.md#citizen-number, #damage).

    Args:
        text: the cell as it came.
        context: whose number, as of when, whether the cell was a number; default: a child's, undated, text.

    Returns:
        Never a `value` that fails its check, whatever came.
    """
    context = context or NumberContext()
    if not text.strip():
        return Identity(text, "missing")
    number, issues = clean_number(text)
    if not number or number.upper() in placeholder_words():
        return Identity(text, "placeholder", issues=("C16",))
    identity = _classify(number, context)
    return replace(identity, raw=text, issues=tuple(dict.fromkeys((*issues, *identity.issues))))


def clean_number(text: str) -> tuple[str, list[str]]:
    """Without full-width forms, blanks, quotes and look-alike letters, with the codes of what was there (rules/identifiers.md#c01 to #c04, #c10)."""
    issues = []
    number = unicodedata.normalize("NFKC", text)
    if number != text and any("０" <= c <= "ｚ" and c.isalnum() for c in text):
        issues.append("C01")
    bare = _BLANKS.sub("", number)
    if bare != number.strip(" "):
        issues.append("C03")
    number = bare
    if number[:1] in ("=", "'") or number[:1] in _QUOTES or number[-1:] in _QUOTES:
        number = number.lstrip("=").strip(_QUOTES)
        issues.append("C04")
    # At the end only: inside, an X or a star hides a digit.
    tail = number[-1:].translate(_X_LIKE)
    if tail == "X" and number[-1:] != "X":
        number = number[:-1] + "X"
        issues.append("C02")
    # A star may be an X or a masked digit; the check tells, for a wrong X passes it one time in eleven only.
    if len(number) == 18 and number[-1] == "*" and check_passes(number[:-1] + "X"):
        number = number[:-1] + "X"
        issues.append("C02")
    return _letters(number, issues)


def _letters(number: str, issues: list[str]) -> tuple[str, list[str]]:
    """Letters that stand for digits become digits, when nearly all the rest are digits (rules/identifiers.md#c10)."""
    if sum(c.isdigit() for c in number) < 11 or (number.isascii() and number[:-1].isdigit()):
        return number, issues
    # The letter of a student number is meant, and its small l is no 1.
    first = number[0] if number[0] in "GLJglj" else ""
    mapped = first.upper() + number[len(first) :].translate(_DIGIT_LIKE)
    if mapped == number:
        return number, issues
    if sum(a != b for a, b in zip(mapped, number, strict=True)) > bool(first and first != first.upper()):
        issues.append("C10")
    return mapped, issues


def _classify(number: str, context: NumberContext) -> Identity:
    """What a cleaned text is, from the most particular shape to the least."""
    identity = _spreadsheet_number(number) or _other_paper(number)
    if identity is not None:
        return identity
    first17, digits = number[:17], number.replace("X", "")
    if len(number) == 18 and first17.isascii() and first17.isdigit() and (number[17].isdigit() or number[17] == "X"):
        return _eighteen(number, context)
    if number.isascii() and number.isdigit() and len(number) == 15:
        return _fifteen(number, context)
    if _MASK.fullmatch(number):
        return _masked(number)
    if _NUMBERS.search(number):
        return _several(number, context)

    # Nothing that could be mended; what it most looks like decides the advice that its row gets.
    whole = digits.isascii() and digits.isdigit()
    if (whole and len(set(digits)) <= 2 and len(digits) >= 6) or number.startswith("123456"):
        return Identity("", "placeholder", issues=("C16",))
    if whole and 16 <= len(number) <= 20:
        return Identity("", "bad_length", region=number[:6], issues=("C09",))
    if number.isascii() and number.isdigit() and len(number) > 11:
        return Identity("", "bad_length", issues=("C09",))
    return Identity("", "garbage", issues=("C19",))


def _spreadsheet_number(number: str) -> Identity | None:
    """What a spreadsheet writes for a number that it took for a quantity: 3.41221E+17, or the digits with .0 behind (rules/identifiers.md#c07, #c08)."""
    match = _SCIENTIFIC.fullmatch(number)
    if match is not None:
        digits = match[1] + (match[2] or "")
        region = digits[:6] if match[3] in ("17", "18") and len(digits) >= 6 else ""
        if match[3] != "17" or len(digits) < 15:
            return Identity("", "damaged", region=region, issues=("C07",))
        return _fifteen_left(digits[:15], ("C07",))

    whole, dot, rest = number.partition(".")
    if not dot or rest.strip("0") or not whole.isdigit() or len(whole) < 15:
        return None
    if len(whole) != 18:
        return Identity("", "damaged", issues=("C08",))
    return _fifteen_left(_true15(whole), ("C08",))


def _true15(digits: str) -> str:
    """The 15 digits that a double keeps of 18, rounded as it rounds: cutting would be wrong where the noise goes below (rules/identifiers.md#c06)."""
    return f"{float(digits):.14e}".replace(".", "")[:15]


def _fifteen_left(first15: str, issues: tuple[str, ...]) -> Identity:
    """A number of which only the first 15 digits are true (rules/identifiers.md#c05, #c06, #c08; rules/packages.md#p2)."""
    return Identity("", "damaged", "", birth_of(first15), "", first15[:6], first15 + "***", issues)


def _other_paper(number: str) -> Identity | None:
    """A student number or a certificate's in the place of the citizen number that it was made from (rules/identifiers.md#c20, #c21)."""
    match = _STUDENT.fullmatch(number.upper())
    if match is not None:
        inner = match[2]
        # L and J only look like citizen numbers; one in eleven of them passes the check (rules/identifiers.md#student-number).
        derived = inner if match[1] == "G" and check_passes(inner) and birth_of(inner) else ""
        sex, region = (sex_of(inner), inner[:6]) if derived else ("", "")
        return Identity("", "student_no", "", birth_of(inner), sex, region, derived, ("C20",))

    match = _DISABILITY.fullmatch(number) if 20 <= len(number) <= 22 else None
    if match is None or not birth_of(match[1]):
        return None
    derived = match[1] if check_passes(match[1]) else ""
    return Identity("", "disability_no", "", birth_of(match[1]), sex_of(match[1]), match[1][:6], derived, ("C21",))


def _eighteen(number: str, context: NumberContext) -> Identity:
    """18 characters of the right kind: damaged, placeholder, wrong date, wrong check, an adult's, or good."""
    birth = birth_of(number)
    if context.damaged:
        return _fifteen_left(_true15(number.replace("X", "0")), ("C06" if number[15:] != "000" else "C05",))
    if len(set(number[:17])) <= 2 or number.startswith("1234567"):
        return Identity("", "placeholder", issues=("C16",))
    passes = check_passes(number)
    # Before the check, which one such number in eleven passes by chance (rules/identifiers.md#c05).
    if number.endswith("0000") and birth:
        return Identity("", "placeholder", "", birth, "", number[:6], number[:15] + "***", ("C16",))
    if not passes and number.endswith("000") and birth:
        return _fifteen_left(number[:15], ("C05",))
    if not (passes and birth) and float_noise(number):
        return _fifteen_left(_true15(number), ("C06",))
    unborn = context.as_of is not None and birth > context.as_of.isoformat()
    if not birth or unborn:
        return Identity("", "bad_date", "", "", sex_of(number), number[:6], "", ("B07",) if birth else ("bad_birth",))
    if not passes:
        return Identity("", "bad_check", "", birth, sex_of(number), number[:6], "", ("C12",))
    return _good(number, context)


def _good(number: str, context: NumberContext, issues: tuple[str, ...] = ()) -> Identity:
    """A number that passes: still somebody else's when its owner is grown up and a child's is expected (rules/identifiers.md#c14)."""
    birth, sex, region = birth_of(number), sex_of(number), number[:6]
    if not region_known(region):
        issues = (*issues, "region_unknown")
    if context.kind == "child" and context.as_of and age_at(birth, context.as_of) >= OF_AGE + context.margin_years:
        return Identity("", "adult", "", birth, sex, region, number, (*issues, "C14"))
    return Identity("", "valid", number, birth, sex, region, "", issues)


def _fifteen(number: str, context: NumberContext) -> Identity:
    upgraded = upgrade_15(number)
    if len(set(number)) <= 2 or number.startswith("1234567"):
        return Identity("", "placeholder", issues=("C16",))
    if not upgraded:
        return Identity("", "bad_length", region=number[:6], issues=("C09",))
    # They all mean the twentieth century: a guardian's may be upgraded, a child's own it cannot be (rules/identifiers.md#fifteen-digits).
    if context.kind == "adult":
        return _good(upgraded, context, ("C17",))
    return Identity("", "legacy15", "", birth_of(upgraded), sex_of(upgraded), number[:6], upgraded, ("C17",))


def _masked(number: str) -> Identity:
    """The visible ends in their places, `*` between; shorter masks are stretched to 18 (rules/identifiers.md#c11)."""
    head = re.match(r"\d*", number)
    left = head[0] if head else ""
    tail = re.search(r"\d*[\dX]?$", number) if not number.endswith("XX") else None
    right = tail[0] if tail else ""
    if len(left) + len(right) > 17 or not left:
        return Identity("", "masked", issues=("C11",))
    pattern = (
        re.sub(r"[^\dX]", "*", number) if len(number) == 18 else left + "*" * (18 - len(left) - len(right)) + right
    )
    pattern = "".join("*" if c == "X" and place < 17 else c for place, c in enumerate(pattern))
    return Identity(
        "", "masked", "", birth_of(pattern), sex_of(pattern), left[:6] if len(left) >= 6 else "", pattern, ("C11",)
    )


def _several(number: str, context: NumberContext) -> Identity:
    """Words or a second number beside the number (rules/identifiers.md#c18)."""
    identities = [_classify(each.upper(), context) for each in dict.fromkeys(_NUMBERS.findall(number))]
    good = [each for each in identities if each.status == "valid"]
    if len(identities) > 1 and len(good) == 1:
        return replace(good[0], issues=(*good[0].issues, "C18"))
    if len(identities) > 1:
        return Identity("", "garbage", issues=("C18",))  # two good numbers: which is the child's is not for us to guess
    only = identities[0]
    if context.kind == "child" and _OWNERS.search(number):
        owners = only.value or only.derived
        return replace(only, status="adult", value="", derived=owners, issues=(*only.issues, "C18", "C14"))
    return replace(only, issues=(*only.issues, "C18"))


def float_noise(number: str) -> bool:
    """Whether the 18 digits are what a double makes of 15 true digits (rules/identifiers.md#c06): by chance 1 in 1,000."""
    if not number.isdigit() or len(number) != 18:
        return False
    return int(float(int(_true15(number)) * 1000)) == int(number)
