"""The picture of the map, drawn from the table in `map.md`: `python docs/make_map.py`.

One box a station of a row's journey, in the order of the table, with the first file to read; the colour is the room.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

PAGE = Path(__file__).with_name("map.md")
TARGET = Path(__file__).with_name("pictures") / "map.svg"
ROOMS = {"pipelines": "#e8eef7", "assets": "#f4f8fb", "expectations": "#eef6ea", "matching": "#fbf1e4"}
WIDTH, HEIGHT, GAP, ACROSS, LEFT, TOP = 270, 62, 34, 4, 24, 54
INK, EDGE = "#26323d", "#7f99ad"

STATION = re.compile(r"^\| (\d+) \| ([^|]+) \| [^|]+ \| `([^`]+)`", re.MULTILINE)


def stations(page: str) -> list[tuple[str, str, str]]:
    """Number, name and first file of each station of the journey (a row of four cells with a path in the last one)."""
    return [(number, name.strip(), path) for number, name, path in STATION.findall(page)]


def draw(journey: list[tuple[str, str, str]]) -> str:
    """The picture as SVG text: rows of boxes, read like text."""
    rows = -(-len(journey) // ACROSS)
    width, height = LEFT * 2 + ACROSS * WIDTH + (ACROSS - 1) * GAP, TOP + rows * (HEIGHT + GAP) + 8
    parts = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>', *_legend()]
    for place, (number, name, path) in enumerate(journey):
        x, y = LEFT + place % ACROSS * (WIDTH + GAP), TOP + place // ACROSS * (HEIGHT + GAP)
        fill = ROOMS[path.split("/")[0]]
        parts.append(f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="7" fill="{fill}" stroke="{EDGE}"/>')
        parts.append(
            f'<text x="{x + 12}" y="{y + 25}" font-size="15" font-weight="600" fill="{INK}">{number}. {escape(name)}</text>'
        )
        parts.append(f'<text x="{x + 12}" y="{y + 46}" font-size="11.5" fill="#51687b">{escape(path)}</text>')
        if place + 1 < len(journey):
            parts.append(_arrow(x, y, last=place % ACROSS == ACROSS - 1))
    style = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif"'
    return "\n".join(
        [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {style}>', *parts, "</svg>", ""]
    )


def _legend() -> list[str]:
    marks = []
    for place, (room, fill) in enumerate(ROOMS.items()):
        x = LEFT + place * 150
        marks.append(f'<rect x="{x}" y="16" width="18" height="18" rx="4" fill="{fill}" stroke="{EDGE}"/>')
        marks.append(f'<text x="{x + 26}" y="30" font-size="13" fill="{INK}">{room}</text>')
    return marks


def _arrow(x: float, y: float, last: bool) -> str:
    middle = y + HEIGHT / 2
    if not last:
        return f'<path d="M{x + WIDTH + 5} {middle}h{GAP - 12}m-6 -5l6 5l-6 5" fill="none" stroke="{EDGE}" stroke-width="1.6"/>'
    # The next row begins at the left: a line below the boxes leads the eye there.
    low = y + HEIGHT + GAP / 2
    return (
        f'<path d="M{x + WIDTH / 2} {y + HEIGHT}V{low}H{LEFT + WIDTH / 2}V{y + HEIGHT + GAP - 3}m-5 -6l5 6l5 -6" '
        f'fill="none" stroke="{EDGE}" stroke-width="1.6"/>'
    )


def main() -> None:
    """Write the picture."""
    TARGET.write_text(draw(stations(PAGE.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
