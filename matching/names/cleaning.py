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
    return spread([_settled(text) for text in distinct], positions, values.index, NAME_COLUMNS)


@cache
def _no_names() -> frozenset[str]:
    return frozenset(name_tables().placeholders) | placeholder_words()


def _settled(text: str) -> tuple[str, str, str, str]:
    """One cell; see `clean_names`. Cleaned until nothing changes: one sign taken away may lay another one bare (王五1• → 王五1 → 王五)."""
    # Most cells are ordinary names, perhaps padded, and need not go through all the patterns below.
    ordinary = None
    if _PLAIN.fullmatch(text):
        ordinary = text
    elif _PADDED.fullmatch(text):
        ordinary = "".join(text.split())
    if ordinary and ordinary not in _no_names() and ordinary[-1] not in "子女孩孙婴儿":
        return ordinary, "", "", "N07" if ordinary != text.strip() else ""

    cleaned = _clean(text)
    for _ in range(len(text)):
        again = _clean(cleaned[0])
        if again[0] == cleaned[0]:
            break
        notes, issues = (
            ";".join(dict.fromkeys(filter(None, (cleaned[n] + ";" + again[n]).split(";")))) for n in (1, 3)
        )
        cleaned = (again[0], notes, again[2], issues)
    return cleaned


def _clean(text: str) -> tuple[str, str, str, str]:
    """One cell, once through: without what no name holds, notes taken off, parts joined, what is lost marked."""
    issues: list[str] = []
    # NFKC turns the radicals of a PDF copy into characters. It leaves the dots of different encodings different, and knows nothing of what
    # GB 18030 once kept in the private area (rules/names.md#encodings): both come before it.
    moved = text.translate(_GB18030_2005)
    bare = unicodedata.normalize("NFKC", _DOTS.sub("·", moved))
    if moved != text:
        issues.append("N04")
    bare, notes = _beside(_HEAD.sub("", _LABEL.sub("", bare.strip())), issues)
    # Dots once more: a note that was taken off may leave blanks beside one.
    name = _wildcards(_joined(_DOTS.sub("·", bare), issues), issues)

    codes = ";".join(dict.fromkeys(issues))
    if sum(character.isdigit() for character in name) >= _MOST_DIGITS:
        return "", "not_a_name", "", "not_a_name"
    if not name:
        return "", ";".join(notes), "", codes if notes else ""
    if _is_placeholder(name):
        return "", "placeholder_name", "", "N13"
    return name, ";".join(notes), "1" if WILDCARD in name else "", codes


def _beside(bare: str, issues: list[str]) -> tuple[str, list[str]]:
    """What stands beside the name: brackets, trailing digits, quotes (rules/names.md#n05, #n16)."""
    notes: list[str] = []

    def taken(match: re.Match[str]) -> str:
        inner = match[1].strip()
        alone = len(_HAN_ONE.findall(bare[: match.start()])) == 1 and not bare[match.end() :].strip()
        # 张(龙天): the parts of the character that could not be typed; 张三(龙天) is a name with a note.
        composed = alone and len(inner) == 2 and len(_HAN_ONE.findall(inner)) == 2
        if composed or _PINYIN.fullmatch(inner) or _COMPOSED.fullmatch(inner) or inner == WILDCARD:
            issues.append("N05" if _PINYIN.fullmatch(inner) else "N04")
            notes.append(inner)
            return WILDCARD
        if inner:
            issues.append("N16")
            notes.append(inner)
        return ""

    bare = _BRACKET.sub(taken, bare)
    # 张三丰(YAN): before a name of three characters pinyin is its reading, not a character that is lost.
    if WILDCARD in bare and len(_HAN_ONE.findall(bare)) >= 3 and notes and issues:
        bare = bare.replace(WILDCARD, "")
    bare = _MARKED.sub("", bare.strip())
    tail = _TAIL.search(bare.strip())
    if tail:
        issues.append("N16")
        notes.append(tail[0])
        bare = bare.strip()[: tail.start()]
    return _EDGES.sub("", bare.strip()).strip(), notes


def _joined(bare: str, issues: list[str]) -> str:
    """Without blanks; between the parts of a transliterated name a blank, a dash or a low dot is the middle dot (rules/names.md#n07, #n08)."""
    parts = [part for part in _BLANKS.split(bare) if part]
    if not parts:
        return ""
    if all(part.isascii() and part.isalpha() for part in parts):
        return " ".join(parts)
    # 张 三 is padded to align with names of three characters; 阿卜杜 热合曼 has lost its dot.
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
    marked = _LOST.sub(WILDCARD, name)
    if re.search("[" + _HAN + "]", marked) and re.search("[A-Za-z]", marked):
        marked = _PINYIN.sub(WILDCARD, marked)
    if _COMPOSED.search(marked) and re.search("[⿰-⿻+＋]", marked):
        marked = re.sub(r"[⿰-⿻].{2}|[" + _HAN + r"][+＋][" + _HAN + "]", WILDCARD, marked)
    if marked != name or WILDCARD in marked:
        issues.append("N04")
    return marked


def _is_placeholder(name: str) -> bool:
    """No name at all; `张三之子` names the father. A name of one character that is not lost is kept (rules/names.md#n13)."""
    if not name or set(name) <= {WILDCARD} or name.isdigit():
        return True
    tables = name_tables()
    if name in _no_names() or name.upper() in _no_names():
        return True
    # 张三之子 is somebody's son; 欧阳之子 may be a name, for behind a compound surname the ending can be what was given.
    return len(name) >= 3 and name.endswith(tuple(tables.placeholder_endings)) and name[:2] not in compound_surnames()


# Private-use characters that the GB 18030-2000/2005 tables of older decoders give for FE59 and its like (rules/names.md#encodings).
_GB18030_2005 = str.maketrans(
    {
        "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7", "\ue832": "\u9fb8", "\ue843": "\u9fb9",
        "\ue854": "\u9fba", "\ue864": "\u9fbb", "\ue816": "\U00020087", "\ue817": "\U00020089", "\ue818": "\U000200cc",
        "\ue831": "\U000215d7", "\ue83b": "\U0002298f", "\ue855": "\U000241fe",
    }
)  # fmt: skip
