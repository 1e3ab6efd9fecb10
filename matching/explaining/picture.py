"""An explanation as a picture: the waterfall in bits, drawn as SVG without fonts, scripts or addresses of others.

Belongs here: drawing. Does not belong here: what is drawn (`explain`), or which values may be shown: the caller passes them, masked or
whole, or passes none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import log2
from typing import TYPE_CHECKING

from matching.model import default_model

if TYPE_CHECKING:
    from matching.explaining.explain import Explanation, WaterfallStep
    from matching.model import Model

WIDTH, MARGIN, ROW, BAR = 1080, 40, 30, 18
LABEL, FIGURE = 400, 76
SMALLEST = 0.3
"""Bars shorter than this many bits are drawn together as one."""
INK, SOFT, LINE, PAPER = "#1d2939", "#667085", "#e4e7ec", "#ffffff"
FOR, AGAINST, START, TOTAL = "#12a594", "#e5484d", "#98a2b3", "#3451b2"
GRADES = {
    "same": ("同一儿童", "#0e7a6d", "#e3f6f3"),
    "review": ("待人工判断", "#9a6700", "#fff4d6"),
    "different": ("不同儿童", "#b42318", "#feeceb"),
}
# The fonts of Windows, of macOS and of the Linux systems in use there, since none is embedded: any viewer finds one with Chinese.
FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif"


@dataclass(frozen=True)
class Sides:
    """What stands beside the waterfall: where the two records are, and their values row by row (may be none).

    Attributes:
        left, right: places of the two records.
        rows: (field, left value, right value, how they agree: `agree`, `near`, `differ` or `missing`).
    """

    left: str
    right: str
    rows: Sequence[tuple[str, str, str, str]] = ()


@dataclass(frozen=True)
class Panel:
    """One pair to draw: its explanation, its sides, and the bits that the grades begin at."""

    explanation: Explanation
    sides: Sides | None = None
    thresholds: Sequence[tuple[str, float]] = field(default_factory=lambda: thresholds(default_model()))


def thresholds(model: Model) -> list[tuple[str, float]]:
    """Where the grades begin, in bits."""
    decide = model.decide
    return [(name, log2(p / (1 - p))) for name, p in (("判为相同", decide.same), ("待人工判断", decide.review))]


@dataclass
class _Sheet:
    """Lines of SVG, and how far down the drawing has come."""

    y: float = MARGIN
    lines: list[str] = field(default_factory=list)

    def text(self, x: float, text: str, size: float = 14, fill: str = INK, extra: str = "") -> None:
        self.lines.append(
            f'<text x="{x:.1f}" y="{self.y:.1f}" font-size="{size:g}" fill="{fill}" {extra}>{escape(text)}</text>'
        )

    def box(self, x: float, y: float, size: tuple[float, float], fill: str, extra: str = "") -> None:
        self.lines.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(size[0], 1.5):.1f}" height="{size[1]:.1f}" fill="{fill}" {extra}/>'
        )

    def line(self, start: tuple[float, float], end: tuple[float, float], stroke: str, extra: str = "") -> None:
        self.lines.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke="{stroke}" {extra}/>'
        )


def draw(panels: Sequence[Panel], title: str) -> str:
    """The picture of one or several pairs below each other, as SVG text."""
    sheet = _Sheet()
    sheet.y += 18
    sheet.text(MARGIN, title, 24, extra='font-weight="600"')
    sheet.y += 26
    for panel in panels:
        _panel(sheet, panel)
    height = sheet.y + MARGIN / 2
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'font-family="{FONT}" role="img" aria-label="{escape(title, quote=True)}">'
    )
    return "\n".join([head, f'<rect width="100%" height="100%" fill="{PAPER}"/>', *sheet.lines, "</svg>\n"])


def _panel(sheet: _Sheet, panel: Panel) -> None:
    explanation = panel.explanation
    name, ink, paper = GRADES[explanation.grade]
    sheet.box(MARGIN, sheet.y, (WIDTH - 2 * MARGIN, 1), LINE)
    sheet.y += 36
    wide = width(name, 15) + 28
    sheet.box(MARGIN, sheet.y - 20, (wide, 28), paper, 'rx="14"')
    sheet.text(MARGIN + 14, name, 15, ink, 'font-weight="600"')
    sheet.text(
        MARGIN + wide + 14, f"把握 {percent(explanation.probability)}　合计 {explanation.weight:+.1f} 位", 15, SOFT
    )
    sheet.y += 32
    for line in wrapped(explanation.reason.removesuffix("。") + "。", 16, WIDTH - 2 * MARGIN):
        sheet.text(MARGIN, line, 16)
        sheet.y += 25
    if panel.sides:
        _sides(sheet, panel.sides)
    _waterfall(sheet, panel)


def _sides(sheet: _Sheet, sides: Sides) -> None:
    columns = (MARGIN, MARGIN + 170, MARGIN + 170 + (WIDTH - 2 * MARGIN - 170) / 2)
    room = columns[2] - columns[1] - 16
    sheet.y += 12
    for x, place in zip(columns[1:], (sides.left, sides.right), strict=True):
        sheet.text(x, clipped(place, 12.5, room), 12.5, SOFT)
    sheet.y += 12
    for name, left, right, group in sides.rows:
        tint = {"differ": "#feeceb", "near": "#fff4d6"}.get(group)
        if tint:
            sheet.box(columns[1] - 8, sheet.y, (WIDTH - MARGIN - columns[1] + 8, 26), tint, 'rx="4"')
        sheet.y += 18
        sheet.text(columns[0], name, 14, SOFT)
        for x, value in zip(columns[1:], (left, right), strict=True):
            sheet.text(x, clipped(value or "—", 14, room), 14, INK if value else SOFT)
        sheet.y += 10
    sheet.y += 6


def _waterfall(sheet: _Sheet, panel: Panel) -> None:
    bars = gathered(panel.explanation.steps)
    ends = [0.0]
    for bar in bars:
        ends.append(ends[-1] + bar.bits)
    ends.append(panel.explanation.weight)
    low, high = min([*ends, *(at for _, at in panel.thresholds)]) - 1, max([*ends, 5.0]) + 1
    left, right = MARGIN + LABEL, WIDTH - MARGIN - FIGURE

    def at(bits: float) -> float:
        return left + (bits - low) / (high - low) * (right - left)

    sheet.y += 30
    top = sheet.y
    # Drawn first, so that the bars lie over the lines.
    _thresholds(sheet, panel, at, top + ROW * (len(bars) + 1) + 4)
    total = 0.0
    for bar in bars:
        colour = START if bar.field == "prior" else FOR if bar.bits >= 0 else AGAINST
        _bar(sheet, label(bar), (at(total), at(total + bar.bits)), bar.bits, colour)
        total += bar.bits
    sheet.line((MARGIN, sheet.y), (WIDTH - MARGIN, sheet.y), LINE)
    weight = panel.explanation.weight
    _bar(sheet, "合计", (at(0), at(weight)), weight, TOTAL)
    sheet.y += 18
    sheet.text(MARGIN, "单位：位（比特）。每多一位，是同一儿童的可能性翻一倍；向右支持，向左反对。", 12, SOFT)
    sheet.y += 26


def _bar(sheet: _Sheet, name: str, span: tuple[float, float], bits: float, colour: str) -> None:
    strong = 'font-weight="600"' if name == "合计" else ""
    sheet.y += ROW / 2 + 5
    sheet.text(MARGIN, clipped(name, 14, LABEL - 16), 14, extra=strong)
    sheet.text(WIDTH - MARGIN, f"{bits:+.1f}", 14, colour, f'text-anchor="end" {strong}')
    sheet.y -= 5
    sheet.box(min(span), sheet.y - BAR / 2, (abs(span[1] - span[0]), BAR), colour, 'rx="3"')
    sheet.y += ROW / 2


def _thresholds(sheet: _Sheet, panel: Panel, at: Callable[[float], float], bottom: float) -> None:
    sheet.line((at(0), sheet.y), (at(0), bottom), "#d0d5dd")
    for name, bits in panel.thresholds:
        sheet.line((at(bits), sheet.y), (at(bits), bottom), SOFT, 'stroke-dasharray="3 4" stroke-opacity="0.6"')
        anchor = "end" if bits < 0 else "start"
        sheet.lines.append(
            f'<text x="{at(bits) + (4 if bits >= 0 else -4):.1f}" y="{sheet.y - 6:.1f}" font-size="11.5" fill="{SOFT}" text-anchor="{anchor}">{escape(name)}</text>'
        )


def gathered(steps: Sequence[WaterfallStep]) -> list[WaterfallStep]:
    """The start, then the bars from the strongest on, the small ones together at the end."""
    # Here and not above: workbooks ask this module for `Sides` only, and an explanation brings the whole comparison with it.
    from matching.explaining.explain import WaterfallStep

    prior, *rest = steps
    large = sorted((step for step in rest if abs(step.bits) >= SMALLEST), key=lambda step: -abs(step.bits))
    small = [step.bits for step in rest if abs(step.bits) < SMALLEST]
    out = [prior, *large]
    if any(abs(bits) > 1e-9 for bits in small):
        say = f"共 {sum(1 for bits in small if bits)} 项，每项不足 {SMALLEST:g} 位"
        out.append(WaterfallStep("rest", "其余各项", "", say, sum(small)))
    return out


def label(step: WaterfallStep) -> str:
    """What stands before a bar; a name that the words hold already is not said twice."""
    if "*" in step.field:
        return f"{step.zh}（一并衡量）"
    return step.say if step.zh in step.say else f"{step.zh}　{step.say}"


def percent(p: float) -> str:
    """A probability as people read it; certainty is never claimed."""
    if p >= 0.9999:
        return "> 99.99%"
    if p < 0.0001:
        return "< 0.01%"
    return f"{p * 100:.2f}%"


def width(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character one em, others a little over half of it."""
    return sum(size if ord(character) > 0x2E7F else size * 0.56 for character in text)


def clipped(text: str, size: float, room: float) -> str:
    """The text, cut with an ellipsis where it is wider than its room."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text in lines; a comma or full stop never begins one."""
    lines = [""]
    for character in text:
        if width(lines[-1] + character, size) > room and character not in "，。、；）":
            lines.append("")
        lines[-1] += character
    return lines
