"""The picture of the asset graph, drawn from the definitions themselves: `python docs/make_asset_graph.py`.

Columns are the stations in the order of the data; a line is a dependency that no longer way implies. Every department has its own assets; the picture is as long as
the contracts are many.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

TARGET = Path(__file__).with_name("pictures") / "asset-graph.svg"
STATIONS = {
    "inbox": "whose is what",
    "raw": "as received",
    "places": "towns and villages",
    "standard": "our fields, our codes",
    "linkage": "who is who",
    "files": "one child, one file",
    "findings": "the lists",
    "publish": "workbooks, exports",
}
WIDTH, HEIGHT, GAP_X, GAP_Y, TOP, LEFT = 200, 34, 72, 16, 84, 24
INK, LINE, FILL, EDGE = "#26323d", "#9fb3c4", "#f4f8fb", "#7f99ad"


def graph() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Asset -> station, and the dependencies as (from, to)."""
    from pipelines.definitions import defs

    nodes = defs().resolve_asset_graph() if callable(defs) else defs.resolve_asset_graph()
    keys = sorted(nodes.get_all_asset_keys(), key=lambda key: key.to_user_string())
    station = {key.to_user_string(): str(nodes.get(key).group_name) for key in keys}
    station["inbox_files"], station["county_places"] = "inbox", "places"
    edges = {(parent.to_user_string(), key.to_user_string()) for key in keys for parent in nodes.get(key).parent_keys}
    return station, sorted(edge for edge in edges if not _implied(edge, edges))


def _implied(edge: tuple[str, str], edges: set[tuple[str, str]]) -> bool:
    """Whether a longer way leads along the same dependency: such lines would only hide the others."""
    start, end = edge
    seen, ahead = {start}, [to for origin, to in edges if origin == start and to != end]
    while ahead:
        here = ahead.pop()
        if here == end:
            return True
        if here not in seen:
            seen.add(here)
            ahead += [to for origin, to in edges if origin == here]
    return False


def places(station: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Asset -> its upper left corner; every column is centred on the longest."""
    columns = {name: [asset for asset, where in station.items() if where == name] for name in STATIONS}
    longest = max(len(assets) for assets in columns.values())
    found = {}
    for number, assets in enumerate(columns.values()):
        start = TOP + (longest - len(assets)) * (HEIGHT + GAP_Y) / 2
        for row, asset in enumerate(assets):
            found[asset] = (LEFT + number * (WIDTH + GAP_X), start + row * (HEIGHT + GAP_Y))
    return found


def draw(station: dict[str, str], edges: list[tuple[str, str]]) -> str:
    """The picture as SVG text."""
    at = places(station)
    width = LEFT * 2 + len(STATIONS) * WIDTH + (len(STATIONS) - 1) * GAP_X
    height = max(y for _, y in at.values()) + HEIGHT + LEFT
    parts = [f'<rect width="{width}" height="{height:.0f}" fill="#ffffff"/>']
    for number, (name, words) in enumerate(STATIONS.items()):
        x = LEFT + number * (WIDTH + GAP_X)
        parts.append(f'<text x="{x}" y="34" font-size="17" font-weight="600" fill="{INK}">{name}</text>')
        parts.append(f'<text x="{x}" y="56" font-size="13" fill="{EDGE}">{escape(words)}</text>')
    parts += [_edge(at[start], at[end]) for start, end in edges]
    parts += [_box(asset, *at[asset]) for asset in at]
    style = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" {style}>'
    return "\n".join([head, *parts, "</svg>", ""])


def _edge(start: tuple[float, float], end: tuple[float, float]) -> str:
    x0, y0, x1, y1 = start[0] + WIDTH, start[1] + HEIGHT / 2, end[0], end[1] + HEIGHT / 2
    if x1 <= start[0]:  # within one column: a short bend on its right side
        return f'<path d="M{x0} {y0}C{x0 + 34} {y0} {x0 + 34} {y1} {x0} {y1}" fill="none" stroke="{LINE}"/>'
    bend = (x1 - x0) / 2
    return f'<path d="M{x0} {y0}C{x0 + bend} {y0} {x1 - bend} {y1} {x1} {y1}" fill="none" stroke="{LINE}"/>'


def _box(asset: str, x: float, y: float) -> str:
    box = f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{FILL}" stroke="{EDGE}"/>'
    return f'{box}<text x="{x + 12}" y="{y + 22}" font-size="13" fill="{INK}">{escape(asset)}</text>'


def main() -> None:
    """Write the picture."""
    station, edges = graph()
    TARGET.write_text(draw(station, edges), encoding="utf-8")


if __name__ == "__main__":
    main()
