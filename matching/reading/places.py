"""Townships and villages of one county: learned from its own data or its list, and addresses read against them (rules/places-and-people.md#addresses).

Provinces to counties are in `regions`. That two addresses differ is no evidence against a match; that is for the linkage.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matching.distinct import as_text, by_distinct, distinct_texts, spread
from matching.reading.identity_reading import placeholder_words
from matching.reading.regions import Area, area_name, county_code, read_area

if TYPE_CHECKING:
    import pandas as pd

# Before a township is another county's: addresses that name that county at all, and the share of the township's mentions that do.
_COUNTY_NAMED, _TOWN_NAMED = 20, 0.2
ADDRESS_COLUMNS = ("province", "prefecture", "county", "county_code", "town", "village", "rest")
PLACE_COLUMNS = ("town", "village")
_HAN = "\u3400-\u9fff"
_TOWN_ENDING = r"街道办事处|街道办|街道|地区办事处|办事处|民族镇|民族乡|镇|乡|苏木|开发区|工业园区|园区|管委会|农场|林场|牧场|示范区"
_TOWN = re.compile(rf"([{_HAN}]{{1,7}}?(?:{_TOWN_ENDING}))(?:人民政府|政府)?")
_VILLAGE_ENDING = r"村村民委员会|村民委员会|村村委会|村委会|行政村|社区居民委员会|社区居委会|社区委员会|居民委员会|居委会|社区|嘎查|分场|连队|大队|村"
# Kinds of settlement that are villages under a name of their own: banners of Inner Mongolia, state farms of the frontier.
_OWN_KIND = ("嘎查", "分场", "连队")
_VILLAGE = re.compile(rf"([{_HAN}〇]{{1,9}}?)({_VILLAGE_ENDING})(?![镇乡街路])")
_AFTER_VILLAGE = re.compile(rf"民委员会|委会|居委会|(?:{_VILLAGE_ENDING})")
_OFFICE = re.compile(r"^(?:地区)?(?:人民政府|政府|办事处)")
_URBAN = ("社区", "居")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_HEAD = re.compile(r"[^\d]*")
_COUNTY_ENDING = re.compile(r"(?<=.)(?:自治县|县|旗|市|区)")
# While townships are being learned no name is known yet: only kinds that no township's own name contains before its end.
_UNKNOWN_COUNTY = re.compile(rf"^[{_HAN}]{{1,6}}?(?:县|旗)(?=[{_HAN}]{{2,7}}?(?:{_TOWN_ENDING}))")
# 三组 and 东屯 are parts of a village, 东屯村 and 屯粮村 are villages.
_GROUPS = re.compile(r"^(?:[一二三四五六七八九十]+|[东西南北上下前后中]+)[组社队屯](?!.{0,3}(?:村|社区|居委会))")


def town_stem(town: str) -> str:
    """A township's name without its kind: 双石铺镇 -> 双石铺; a name of two characters keeps its kind."""
    stem = re.sub(rf"(?:{_TOWN_ENDING})$", "", town)
    return stem if len(stem) >= 2 else town


def canonical_town(town: str) -> str:
    """街道办事处 and 街道办 are 街道, 人民政府 belongs to the office."""
    return re.sub(r"(?:街道办事处|街道办)$", "街道", re.sub(r"(?:人民)?政府$", "", town))


def canonical_village(stem: str, ending: str) -> str:
    """河头 + 村民委员会 -> 河头村; 东街 + 居委会 -> 东街社区."""
    if ending in _OWN_KIND:
        return stem + ending
    if stem.endswith("村"):
        stem = stem[:-1]
    return stem + ("社区" if ending.startswith(_URBAN) else "村")


@dataclass
class Gazetteer:
    """What is known about one county's townships and villages.

    Attributes:
        county: six-digit code of the county, or "".
        towns: written form (full, other kind, stem) to the canonical township.
        villages: township to (written form or stem to the canonical village).
        owners: village stem to the townships that have one of that name.
        elsewhere: canonical townships that addresses name with another county (six digits), and not with this one.
    """

    county: str = ""
    towns: dict[str, str] = field(default_factory=dict)
    villages: dict[str, dict[str, str]] = field(default_factory=dict)
    owners: dict[str, set[str]] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def add_town(self, town: str) -> str:
        """Know a township; returns its canonical name. A second kind of one stem (an old 乡 that is a 镇) is an alias of the first."""
        name = canonical_town(town)
        stem = town_stem(name)
        known = self.towns.get(name) or (self.towns.get(stem) if stem != name else None)
        canonical = known or name
        for written in (town, name, stem):
            self.towns.setdefault(written, canonical)
        self.villages.setdefault(canonical, {})
        return canonical

    def add_village(self, town: str, village: str, aliases: Iterable[str] = ()) -> str:
        """Know a village of a canonical township; returns its canonical name."""
        match = _VILLAGE.fullmatch(village)
        stem, name = (
            (match[1].removesuffix("村") or match[1], canonical_village(match[1], match[2]))
            if match
            else (village, village)
        )
        known = self.villages.setdefault(town, {})
        canonical = known.get(name) or known.setdefault(name, name)
        for written in (stem, village, *aliases):
            if len(written) >= 2:
                known.setdefault(written, canonical)
        self.owners.setdefault(stem, set()).add(town)
        return canonical


def places_from_list(listed: pd.DataFrame, county: str = "") -> Gazetteer:
    """Places from the county's own list.

    Args:
        listed: columns `town`, `village` and, if wanted, `aliases` (`;`-joined older or spoken names of the village).
        county: six-digit code.
    """
    places = Gazetteer(county)
    aliases = as_text(listed["aliases"]) if "aliases" in listed else as_text(listed["village"]).map(lambda _: "")
    for town, village, other in zip(as_text(listed["town"]), as_text(listed["village"]), aliases, strict=True):
        if town:
            canonical = places.add_town(town)
            if village:
                places.add_village(canonical, village, [alias for alias in other.split(";") if alias])
    return places


def learn_places(*frames: pd.DataFrame, county: str = "", least: int = 3, rival: float = 0.5) -> Gazetteer:
    """Places learned from the data themselves, when the county's list is not at hand.

    Args:
        frames: any frames with some of the columns `town`, `village`, `hukou_addr`, `live_addr` (raw text).
        county: six-digit code of the county; found by majority when "".
        least: a township or village that fewer rows name is taken for a slip or for another county's.
        rival: another county that is named at least this often, as a share of the most frequent one, leaves the county open: nobody chooses
            between two of a size.

    Returns:
        The county's places; addresses that name another county taught nothing. Where the county is open those of all that may be it.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for frame in frames:
        if {"town", "village"} <= set(frame.columns):
            pairs.update(zip(as_text(frame["town"]), as_text(frame["village"]), strict=True))
        elif "town" in frame.columns:
            pairs.update((town, "") for town in as_text(frame["town"]))
    towns = tuple(sorted({town for town, _ in pairs if len(town) > 2}))

    addresses: list[tuple[Area, str, int]] = []
    votes: Counter[str] = Counter()
    for frame in frames:
        for column in ("hukou_addr", "live_addr"):
            if column not in frame.columns:
                continue
            heads: Counter[str] = Counter((_HEAD.match(_plain(text)) or [""])[0] for text in as_text(frame[column]))
            for head, count in heads.items():
                area = _area_before_town(head, county, head.startswith(towns))
                addresses.append((area, head[area.length :], count))
                if area.code:
                    votes[area.code] += count

    most = max(votes.values(), default=0)
    homes = [county] if county else [code for code, count in votes.items() if count >= rival * most]
    home = homes[0] if len(homes) == 1 else ""
    named: dict[str, Counter[str]] = {}
    for area, rest, count in addresses:
        if area.code and (town := _town_village(rest)[0]):
            named.setdefault(canonical_town(town), Counter())[area.code] += count
        # A county of a name that several have has no code: another name than ours is enough to know that it is not ours.
        unknown = area.county and not area.code and area.county not in {area_name(code) for code in homes}
        if area.code in ("", *homes) and not unknown:
            pairs[_town_village(rest)] += count
    learned = _frequent(pairs, home, least)
    mentions: Counter[str] = Counter()
    for (town, _), count in pairs.items():
        mentions[canonical_town(_plain(town))] += count
    learned.elsewhere = _towns_elsewhere(named, mentions, home)
    return learned


def _towns_elsewhere(named: dict[str, Counter[str]], mentions: Counter[str], home: str) -> dict[str, str]:
    """Townships that are another county's: so called in a good part of all mentions, and less often as the own county's.

    A county that few addresses name is where some children come from; its 城关镇 must not take ours away.
    """
    counties: Counter[str] = Counter()
    for counted in named.values():
        counties.update(counted)
    elsewhere = {}
    for town, counted in named.items():
        code, rows = min(counted.items(), key=lambda item: (-item[1], item[0]))
        own = counted.get(home, 0)
        everybody = mentions[town] + sum(count for other, count in counted.items() if other != home)
        if code != home and rows > own and counties[code] >= _COUNTY_NAMED and rows >= _TOWN_NAMED * everybody:
            elsewhere[town] = code
    return elsewhere


def _area_before_town(head: str, county: str, town_first: bool) -> Area:
    """A township may begin with the county's own name (民乐县 has a 民乐生态工业园区): where an address begins with it, no area was told."""
    return read_area("", county) if town_first else read_area(head, county)


def _town_village(rest: str) -> tuple[str, str]:
    rest = _UNKNOWN_COUNTY.sub("", rest)
    town = _TOWN.match(rest)
    if town is None:
        return "", ""
    village = _VILLAGE.match(rest[town.end() :])
    return town[1], village[0] if village else ""


def _frequent(pairs: Counter[tuple[str, str]], county: str, least: int) -> Gazetteer:
    """Townships and villages named often enough, the commonest wording first so that it becomes the canonical one."""
    towns: Counter[str] = Counter()
    villages: Counter[tuple[str, str]] = Counter()
    for (town, village), count in pairs.items():
        name = canonical_town(_plain(town))
        if _TOWN.fullmatch(name):
            towns[name] += count
            if village:
                villages[(name, _plain(village))] += count
    places = Gazetteer(county)
    for town, count in sorted(towns.items(), key=lambda item: (-item[1], item[0])):
        if count >= least:
            places.add_town(town)
    for (town, village), count in sorted(villages.items(), key=lambda item: (-item[1], item[0])):
        if count >= least and town in places.towns and _VILLAGE.fullmatch(village):
            places.add_village(places.towns[town], village)
    return places


def _plain(text: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).replace("(", "").replace(")", "")


def read_addresses(values: pd.Series, places: Gazetteer | None = None) -> pd.DataFrame:
    """Read a column of addresses (rules/places-and-people.md#regions, #addresses).

    Args:
        values: the cells as text; also 6- or 12-digit area codes.
        places: the county's townships and villages; without them the kinds (镇, 村 …) alone show the parts.

    Returns:
        Text columns `province, prefecture, county, county_code, town, village, rest`: names in canonical form, "" for what is not
        told or not sure; `rest` is what follows (三组12号, 阳光小区3号楼). 同上 and other placeholders give "" everywhere.
    """
    known = places or Gazetteer()
    return by_distinct(values, lambda text: _address(text, known), ADDRESS_COLUMNS)


def _address(text: str, places: Gazetteer) -> tuple[str, ...]:
    bare = _plain(text)
    if not bare or bare.upper() in placeholder_words():
        return ("",) * 7
    if bare.isdigit() and len(bare) in (6, 9, 12):
        area = (area_name(bare[:2] + "0000"), area_name(bare[:4] + "00"), area_name(bare[:6]))
        code = bare[:6] if area[2] and not bare.startswith("00", 4) else ""
        return (*area, code, "", "", "")  # townships' own codes are in no table of ours
    # What stands before the first digit is read once: neighbours differ in their house numbers only.
    head = (_HEAD.match(bare) or [""])[0]
    if head not in places._seen:
        places._seen[head] = _read_head(head, places)
    parts = places._seen[head]
    return (*parts[:6], parts[6] + bare[len(head) :])


def _read_head(head: str, places: Gazetteer) -> tuple[str, ...]:
    """The part of an address before the first digit: area, township, village."""
    begins = (head[:end] for end in range(min(len(head), 12), 2, -1))
    town_first = any(begin in places.towns and begin != town_stem(begin) for begin in begins)
    area = _area_before_town(head, places.county, town_first)
    rest = head[area.length :]
    if not area.county:
        rest = _without_unknown_county(rest, places)
    # In another county our own names mean nothing: a 城关镇 stands in many counties.
    elsewhere = bool(places.county and area.code and area.code != places.county)
    known = Gazetteer() if elsewhere else places
    town, rest = _read_town(rest, known)
    village, owner, rest = _read_village(rest, town, known)
    return (area.province, area.prefecture, area.county, area.code, town or owner, village, rest)


def _without_unknown_county(rest: str, places: Gazetteer) -> str:
    """Without a county that the list of regions does not know (new, renamed), where a known township stands behind it."""
    for ending in _COUNTY_ENDING.finditer(rest[:10]):
        behind = rest[ending.end() :]
        if any(behind[:end] in places.towns and behind[:end] != town_stem(behind[:end]) for end in range(2, 11)):
            return behind
    return rest


def _read_town(rest: str, places: Gazetteer) -> tuple[str, str]:
    """The township at the beginning: a known one, else by its kind; a bare stem only when a village of it follows."""
    # Longest first: a stem is the beginning of its own full name, and sometimes of another township's.
    for end in range(min(len(rest), 10), 1, -1):
        town = places.towns.get(rest[:end])
        if town is None:
            continue
        if rest[:end] != town_stem(town) or re.match(_TOWN_ENDING, rest[end:]):
            after = (
                re.sub(rf"^(?:{_TOWN_ENDING})?(?:人民政府|政府)?", "", rest[end:])
                if rest[:end] == town_stem(town)
                else _OFFICE.sub("", rest[end:])
            )
            return town, after.removeprefix("办") if town.endswith("街道") else after
        if _known_village(rest[end:], town, places)[0] or end == len(rest):
            return town, rest[end:]
    match = _TOWN.match(rest)
    # 新乡村三组 is a village: the kind is followed by another kind.
    if match and not re.match(r"村|社区", rest[match.end() :]):
        return canonical_town(match[1]), rest[match.end() :]
    return "", rest


def _known_village(rest: str, town: str, places: Gazetteer) -> tuple[str, int]:
    known = places.villages.get(town, {})
    for end in range(min(len(rest), 12), 1, -1):
        if rest[:end] in known:
            return known[rest[:end]], end
    return "", 0


def _read_village(rest: str, town: str, places: Gazetteer) -> tuple[str, str, str]:
    """(village, township it belongs to, what follows)."""
    village, end = _known_village(rest, town, places)
    if village:
        ending = _AFTER_VILLAGE.match(rest[end:])
        return village, town, rest[end + (ending.end() if ending else 0) :]
    if not town and len(places.owners.get(rest, ())) == 1:
        owner = next(iter(places.owners[rest]))
        return places.villages[owner].get(rest, rest), owner, ""
    match = _VILLAGE.match(rest)
    if match is None or _GROUPS.match(rest):
        return "", "", rest
    stem = match[1].removesuffix("村") or match[1]
    owners = places.owners.get(stem, set()) if not town else {town}
    owner = next(iter(owners)) if len(owners) == 1 else ""
    name = canonical_village(match[1], match[2])
    return places.villages.get(owner, {}).get(name, name), owner, rest[match.end() :]


def read_places(towns: pd.Series, villages: pd.Series, places: Gazetteer | None = None) -> pd.DataFrame:
    """Canonical township and village from two columns of their own (乡镇, 村).

    Args:
        towns: township cells (also 凤县双石铺镇, 双石铺); villages: village cells (also 双石铺镇十里店村委会). Same index.
        places: the county's places.

    Returns:
        `town`, `village` on the same index; a village alone gives its township when only one has a village of that name.
    """
    known = places or Gazetteer()
    positions, distinct = distinct_texts(zip(as_text(towns), as_text(villages), strict=True))

    def pair(town: str, village: str) -> tuple[str, ...]:
        left = _address(town, known)
        name = left[4]
        bare = _plain(village)
        if not bare or bare.upper() in placeholder_words():
            return name, left[5]
        # A village cell may hold its township as well, or nothing but a name that the list does not have: kept where a township stands.
        right = _address(village, known)
        by_list = _known_village(bare, name or right[4], known)[0]
        as_written = bare if not right[4] and name else ""
        return name or right[4], right[5] or by_list or as_written

    answers = [pair(town, village) for town, village in distinct]
    return spread(answers, positions, towns.index, PLACE_COLUMNS)


__all__ = [
    "Gazetteer",
    "canonical_town",
    "canonical_village",
    "county_code",
    "learn_places",
    "places_from_list",
    "read_addresses",
    "read_places",
    "town_stem",
]
