"""Provinces, prefectures and counties by name and code, of today and of the past (rules/identifiers.md#area-code, rules/places-and-people.md#regions).

Townships and villages are the county's own and stand in `places`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from matching.tables import table_text

_ENDINGS = (
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "省",
    "市",
    "地区",
    "盟",
    "林区",
)
# The table's own headings, no places: 县 alone would be read into any address.
_GROUPING = frozenset(
    {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位", "直辖县级", "市"}
)
_MUNICIPALITIES = ("11", "12", "31", "50")
_LONGEST = 15  # 积石山保安族东乡族撒拉族自治县


@dataclass(frozen=True, slots=True)
class Area:
    """The county part of an address: names as the table writes them, "" for a level that was not told; `length` characters read."""

    province: str = ""
    prefecture: str = ""
    county: str = ""
    code: str = ""
    length: int = 0


class _Regions(NamedTuple):
    """Name of each code; the codes of each written name (full, and short for provinces and prefectures); the codes of today."""

    names: dict[str, str]
    codes: dict[str, list[str]]
    today: frozenset[str]


@cache
def _table() -> _Regions:
    names: dict[str, str] = {}
    past: dict[str, list[str]] = {}
    present: dict[str, list[str]] = {}
    today = set()
    for line in table_text("regions.tsv").splitlines():
        if not line or line[0] == "#":
            continue
        code, name, year = line.split("\t")
        if name in _GROUPING:
            continue
        names[code] = name
        if not year:
            today.add(code)
        for written in {name, _short(name) if code.endswith("00") else name}:
            (past if year else present).setdefault(written, []).append(code)
    # Today's first: a name that was moved from one code to another means the living place, unless the levels above say otherwise.
    codes = {name: present.get(name, []) + past.get(name, []) for name in present | past}
    return _Regions(names, codes, frozenset(today))


def _short(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def area_names() -> frozenset[str]:
    """Every written name of a province, prefecture or county, of today and of the past, two characters or longer."""
    return frozenset(name for name in _table().codes if len(name) > 1)


def area_name(code: str) -> str:
    """Name of a six-digit code, or ""."""
    return _table().names.get(code, "")


def _at(text: str, start: int, within: str, level: int) -> tuple[str, int]:
    """The longest area name at `start` whose code begins with `within`; level 2 province, 4 prefecture, 6 county: (code, end)."""
    codes = _table().codes
    for end in range(min(len(text), start + _LONGEST), start + 1, -1):  # 新疆维吾尔自治区 before 新疆
        for code in codes.get(text[start:end], ()):
            if code.startswith(within) and _level(code) == level:
                return code, end
    return "", start


def _level(code: str) -> int:
    return 2 if code.endswith("0000") else 4 if code.endswith("00") else 6


@lru_cache(maxsize=50_000)
def read_area(text: str, home: str = "") -> Area:
    """The province, prefecture and county at the beginning of an address.

    Args:
        text: the address without blanks.
        home: six-digit code of the county whose data these are; decides between counties of one name.

    Returns:
        What was told, and what follows from it without doubt; `length` = characters that belong to it.
    """
    province, end = _at(text, 0, "", 2)
    prefecture, after = _at(text, end, province[:2], 4)
    # 吉林 and 海南 are provinces and prefectures: a prefecture that is followed by nothing of its own is the province.
    short = prefecture and text[end:after] == _short(area_name(prefecture))
    if short and not _at(text, after, prefecture[:4], 6)[0]:
        prefecture, after = "", end
    if province[:2] in _MUNICIPALITIES and text[after:].startswith(area_name(province)):
        after += len(area_name(province))  # 北京市北京市东城区
    if text.startswith("市辖区", after):
        after += 3  # the table's word for a city's districts together, of which one follows
    county, last = _county(text, after, (prefecture or province).rstrip("0") if (prefecture or province) else "", home)
    return _area(province, prefecture, county, last if county else after)


def _county(text: str, start: int, within: str, home: str) -> tuple[str, int]:
    """The county at `start`, (code, end): the home county before others, for many names stand in several provinces."""
    name = area_name(home)
    if name and home.startswith(within):
        # The home county is also told without its kind (甘肃民乐洪水镇), a name of one character never is.
        for written in (name, name[:-1]) if len(name) > 2 else (name,):
            if text.startswith(written, start):
                return home, start + len(written)
    return _at(text, start, within, 6)


def _area(province: str, prefecture: str, county: str, length: int) -> Area:
    """The levels above follow from the county only where no other county of today has its name."""
    if county:
        sure = bool(prefecture or province) or len(_counties(area_name(county))) == 1
        code = county if sure else ""
        above = county if sure else ""
    else:
        code, above = "", prefecture or province
    return Area(
        area_name((province or above)[:2] + "0000") if province or above else "",
        area_name((prefecture or above)[:4] + "00") if prefecture or len(above.rstrip("0")) > 2 else "",
        area_name(county),
        code,
        length,
    )


@cache
def _counties(name: str) -> frozenset[str]:
    """Today's counties of a name; only when there is none, those of the past."""
    regions = _table()
    codes = [code for code in regions.codes.get(name, []) if _level(code) == 6 and regions.names[code] == name]
    return frozenset(codes) & regions.today or frozenset(codes)


def counties_called(name: str) -> frozenset[str]:
    """Six-digit codes of all counties of a full name: today's, and where there is none of today, those of the past; none of a name that a
    prefecture of today has (张掖市 was a county once).
    """
    regions = _table()
    above = any(_level(code) < 6 and code in regions.today for code in regions.codes.get(name, []))
    return frozenset() if above else _counties(name)


@cache
def county_code(name: str, prefecture: str = "") -> str:
    """Six-digit code of a county by its full name, or "" when there is none or more than one."""
    codes = [code for code in _counties(name) if not prefecture or area_name(code[:4] + "00") == prefecture]
    return codes[0] if len(codes) == 1 else ""
