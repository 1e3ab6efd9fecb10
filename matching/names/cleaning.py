"""A cell of a name column to a name, a note and the places that cannot be read (rules/names.md#n03 to #n16).

Comparing names is in `names.levels`; sounds are in `names`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from matching.distinct import as_text, distinct_texts, spread
from matching.names.tables import WILDCARD, compound_surnames, name_tables
from matching.reading.identity_reading import placeholder_words

if TYPE_CHECKING:
    import pandas as pd

NAME_COLUMNS = ("value", "note", "unreadable", "issues")
_PLAIN = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_HAN_ONE = re.compile("[\u3007\u3400-\u9fff\U00020000-\U0003ffff]")
_MARKED = re.compile(r"(?<=[\u3400-\u9fff]{3})[*＊]+$")
# A name column that holds a number belongs to a row that is shifted (rules/identifiers.md#c19).
_MOST_DIGITS = 6
_PADDED = re.compile(r"\s*[\u4e00-\u9fa5](?:\s*[\u4e00-\u9fa5]){1,3}\s*")
_DOTS = re.compile(r"\s*[•‧∙⋅･・．·●﹒᛫⸱ꞏ]\s*")
_BLANKS = re.compile(r"[\s\u00ad\u115f\u180e\u200b-\u200f\u2028-\u202f\u205f-\u2064\u3164\ufeff\x00-\x1f\x7f]+")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LOST = re.compile("[?？□■▢◻◼＊*×✕_＿〓�\ue000-\uf8ff\U000f0000-\U0010fffd]")
_BRACKET = re.compile(r"[(\[{〔【〈《「『]([^()\[\]{}〔〕【】〈〉《》「」『』]*)[)\]}〕】〉》」』]?")
_TAIL = re.compile(r"(?<=[" + _HAN + r"])[-_#]?\d{1,3}号?$")
_HEAD = re.compile(r"^\d{1,4}[.、,，:：\-\s]+(?=[" + _HAN + r"])")
_LABEL = re.compile(r"^(?:学生|儿童|幼儿)?姓名[:：]")
_EDGES = re.compile(r"^['’‘`\"“”.,，。;；:：、/\\!-]+|['’‘`\"“”.,，。;；:：、/\\!-]+$")
_PINYIN = re.compile(r"[A-Za-züÜāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+\d?")
_HAN_LATIN_DOT = re.compile(r"(?<=[" + _HAN + r"])[.\-](?=[" + _HAN + r"])")
_COMPOSED = re.compile(r"左.{1,2}右.{1,2}|上.{1,2}下.{1,2}|.{1,2}[+＋].{1,2}|[⿰-⿻].+")


def clean_names(values: pd.Series) -> pd.DataFrame:
    """Clean a column of names.

    Args:
        values: the cells as text.

    Returns:
        `value` (the name, `?` for a character that cannot be read, U+00B7 as the only dot, "" for no name), `note` (what stood
        beside it, `;`-joined: 残;低保; or `placeholder_name`), `unreadable` (`"1"` or ""), `issues` (codes `N03` to `N16`).
    """
    positions, distinct = distinct_texts(as_text(values))
    return spread([_quick(text) or _settled(text) for text in distinct], positions, values.index, NAME_COLUMNS)


def _quick(text: str) -> tuple[str, str, str, str] | None:
    """An ordinary name, with or without blanks; none when it needs a closer look."""
    if _PLAIN.fullmatch(text):
        name, issue = text, ""
    elif _PADDED.fullmatch(text):
        name = "".join(text.split())
        issue = "N07" if name != text.strip() else ""
    else:
        return None
    return None if name in _no_names() or name[-1] in "子女孩孙婴儿" else (name, "", "", issue)


@cache
def _no_names() -> frozenset[str]:
    return frozenset(name_tables().placeholders) | placeholder_words()


def _settled(text: str) -> tuple[str, str, str, str]:
    """Clean until nothing changes: one sign taken away may lay another one bare (王五1• → 王五1 → 王五)."""
    found = _clean(text)
    for _ in range(len(text)):
        again = _clean(found[0])
        if again[0] == found[0]:
            break
        notes, issues = (";".join(dict.fromkeys(filter(None, (found[n] + ";" + again[n]).split(";")))) for n in (1, 3))
        found = (again[0], notes, again[2], issues)
    return found


def _clean(text: str) -> tuple[str, str, str, str]:
    """One cell; see `clean_names`."""
    issues: list[str] = []
    bare = _unicode(text, issues)
    bare, notes = _beside(bare, issues)
    name = _joined(_DOTS.sub("·", bare), issues)
    name = _wildcards(name, issues)
    if sum(character.isdigit() for character in name) >= _MOST_DIGITS:
        return "", "not_a_name", "", "not_a_name"
    if _is_placeholder(name):
        return ("", "placeholder_name", "", "N13") if name else _empty(notes, issues)
    return name, ";".join(notes), "1" if WILDCARD in name else "", ";".join(dict.fromkeys(issues))


def _empty(notes: list[str], issues: list[str]) -> tuple[str, str, str, str]:
    return "", ";".join(notes), "", ";".join(dict.fromkeys(issues)) if notes else ""


def _unicode(text: str, issues: list[str]) -> str:
    """NFKC (radicals of a PDF copy become characters), the GB 18030 block of private characters, no invisible ones."""
    moved = text.translate(_GB18030_2005)
    bare = unicodedata.normalize("NFKC", _DOTS.sub("·", moved))
    if moved != text:
        issues.append("N04")
    return _HEAD.sub("", _LABEL.sub("", bare.strip()))


def _beside(bare: str, issues: list[str]) -> tuple[str, list[str]]:
    """What stands beside the name: brackets, trailing digits, quotes (rules/names.md#n05, #n16)."""
    notes: list[str] = []

    def taken(match: re.Match[str]) -> str:
        inner = match[1].strip()
        alone = len(_HAN_ONE.findall(bare[: match.start()])) == 1 and not bare[match.end() :].strip()
        composed = (
            alone and len(inner) == 2 and len(_HAN_ONE.findall(inner)) == 2
        )  # 张(龙天): the parts of one character
        if composed or _PINYIN.fullmatch(inner) or _COMPOSED.fullmatch(inner) or inner == WILDCARD:
            issues.append("N05" if _PINYIN.fullmatch(inner) else "N04")
            notes.append(inner)
            return WILDCARD
        if inner:
            issues.append("N16")
            notes.append(inner)
        return ""

    bare = _BRACKET.sub(taken, bare)
    # 张三(YAN): a name that is whole without it does not lose a character.
    bare = bare.replace(WILDCARD, "") if WILDCARD in bare and _whole_without(bare) and notes and issues else bare
    bare = _MARKED.sub("", bare.strip())
    tail = _TAIL.search(bare.strip())
    if tail:
        issues.append("N16")
        notes.append(tail[0])
        bare = bare.strip()[: tail.start()]
    return _EDGES.sub("", bare.strip()).strip(), notes


def _whole_without(bare: str) -> bool:
    """Whether at least three characters stand before a bracket of pinyin: then it is the reading, not a lost character."""
    return len(_HAN_ONE.findall(bare)) >= 3


def _joined(bare: str, issues: list[str]) -> str:
    """Without blanks; between the parts of a transliterated name a blank, a dash or a low dot is the middle dot (rules/names.md#n07, #n08)."""
    parts = [part for part in _BLANKS.split(bare) if part]
    if not parts:
        return ""
    if all(part.isascii() and part.isalpha() for part in parts):
        return " ".join(parts)
    long_parts = len(parts) > 1 and all(len(part) >= 2 for part in parts) and len("".join(parts)) >= 5
    name = ("·" if long_parts else "").join(parts)
    dotted = _HAN_LATIN_DOT.sub("·", name) if len(name) > 4 else _HAN_LATIN_DOT.sub("", name)
    if len(dotted) <= 4 and "·" in dotted:
        dotted = dotted if len(dotted.split("·")[0]) > 1 else dotted.replace("·", "")
    if dotted != bare:
        issues.append("N08" if "·" in dotted else "N07")
    return dotted.strip("·")


def _wildcards(name: str, issues: list[str]) -> str:
    """Every sign that stands for a lost character becomes `?`; Latin letters among characters are one lost one (rules/names.md#n04)."""
    found = _LOST.sub(WILDCARD, name)
    if re.search("[" + _HAN + "]", found) and re.search("[A-Za-z]", found):
        found = _PINYIN.sub(WILDCARD, found)
    if _COMPOSED.search(found) and re.search("[⿰-⿻+＋]", found):
        found = re.sub(r"[⿰-⿻].{2}|[" + _HAN + r"][+＋][" + _HAN + "]", WILDCARD, found)
    if found != name or WILDCARD in found:
        issues.append("N04")
    return found


def _is_placeholder(name: str) -> bool:
    """No name at all; `张三之子` names the father. A name of one character that is not lost is kept (rules/names.md#n13)."""
    if not name or set(name) <= {WILDCARD} or name.isdigit():
        return True
    tables = name_tables()
    if name in _no_names() or name.upper() in _no_names():
        return True
    return len(name) >= 3 and name.endswith(tuple(tables.placeholder_endings)) and name[:2] not in compound_surnames()


# Private-use characters that the GB 18030-2000/2005 tables of older decoders give for FE59 and its like (rules/names.md#encodings).
_GB18030_2005 = str.maketrans(
    {
        "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7", "\ue832": "\u9fb8", "\ue843": "\u9fb9",
        "\ue854": "\u9fba", "\ue864": "\u9fbb", "\ue816": "\U00020087", "\ue817": "\U00020089", "\ue818": "\U000200cc",
        "\ue831": "\U000215d7", "\ue83b": "\U0002298f", "\ue855": "\U000241fe",
    }
)  # fmt: skip
