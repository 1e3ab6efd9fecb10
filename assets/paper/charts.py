"""Charts as Word's own (DrawingML), with their figures in an embedded sheet: the office can edit them, and any machine with
Chinese fonts draws them, without a network.

Here: bars and lines from names and numbers. Not here: which figures. A missing number (None) is a gap, never a zero.
Source: ISO/IEC 29500-1 part 21.2 (chart parts) and 20.4 (inline drawings).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from assets.paper.fonts import fonts

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMU_PER_MM = 36000
COLOURS = ("1F4E79", "C55A11", "7F7F7F", "548235", "806000", "7030A0")
Number = int | float | None


@dataclass(frozen=True)
class Chart:
    """What a chart shows.

    Attributes:
        kind: `bar` (upright), `beam` (lying) or `line`.
        categories: names along the axis.
        series: name and numbers; None where the number is unknown or not published.
        width, height: millimetres.
        title: above the chart, empty for none.
        labels: whether every number is written at its bar or point.
        stacked: bars on top of each other.
        size: letters in points.
        colours: RRGGBB of the series, in order.
    """

    kind: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[Number]]]
    width: float = 150
    height: float = 75
    title: str = ""
    labels: bool = True
    stacked: bool = False
    size: float = 9
    colours: tuple[str, ...] = COLOURS


def chart_run(document: Any, chart: Chart) -> Any:
    """The run element that shows the chart; its parts are added to the document."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    # The object model knows no charts: the two parts are made by hand, and the sheet's relation must exist before the
    # chart's XML can name it.
    package = document.part.package
    number = 1 + sum(1 for part in package.iter_parts() if str(part.partname).startswith("/word/charts/"))
    sheet = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), SHEET_TYPE, _sheet(chart), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CHART_TYPE, b"", package)
    part._blob = _chart_xml(chart, part.relate_to(sheet, RELATIONSHIP_TYPE.PACKAGE)).encode("utf-8")
    return parse_xml(_inline(document.part.relate_to(part, RELATIONSHIP_TYPE.CHART), number, chart))


def chart_paragraph(document: Any, charts: Sequence[Chart]) -> Any:
    """A centred paragraph of one or more charts side by side."""
    from docx.oxml import parse_xml

    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    shape = '<w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0"/><w:jc w:val="center"/>'
    paragraph = parse_xml(f"<w:p {word}><w:pPr><w:keepLines/>{shape}</w:pPr></w:p>")
    for chart in charts:
        paragraph.append(chart_run(document, chart))
    return paragraph


def _inline(relation: str, number: int, chart: Chart) -> str:
    """The run in the text; `descr` is what a screen reader says of the picture."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    place = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    extent = f'cx="{round(chart.width * EMU_PER_MM)}" cy="{round(chart.height * EMU_PER_MM)}"'
    name = escape(chart.title or f"图{number}", {'"': ""})
    return (
        f'<w:r xmlns:w="{word}"><w:drawing><wp:inline xmlns:wp="{place}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {extent}/><wp:docPr id="{1000 + number}" name="图{number}" descr="{name}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{DRAWING}"><a:graphicData uri="{CHART}">'
        f'<c:chart xmlns:c="{CHART}" xmlns:r="{RELATIONS}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _chart_xml(chart: Chart, relation: str) -> str:
    head = ""
    if chart.title:
        run = f'<a:rPr lang="zh-CN" sz="{round((chart.size + 1) * 100)}" b="0">{_faces()}</a:rPr>'
        text = f"<a:p>{_paragraph(chart.size + 1)}<a:r>{run}<a:t>{escape(chart.title)}</a:t></a:r></a:p>"
        head = f'<c:title><c:tx><c:rich><a:bodyPr/>{text}</c:rich></c:tx><c:overlay val="0"/></c:title>'
    several = len(chart.series) > 1
    legend = f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_text(chart.size)}</c:legend>' if several else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}" xmlns:r="{RELATIONS}"><c:roundedCorners val="0"/><c:chart>'
        f'{head}<c:autoTitleDeleted val="{0 if head else 1}"/><c:plotArea><c:layout/>{_plot(chart)}{_axes(chart)}</c:plotArea>'
        f'{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>'
        f'{_text(chart.size)}<c:externalData r:id="{relation}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _plot(chart: Chart) -> str:
    series = "".join(_series(chart, place) for place in range(len(chart.series)))
    axes = '<c:axId val="111"/><c:axId val="222"/>'  # any numbers, as long as `_axes` says the same
    if chart.kind == "line":
        return f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{axes}</c:lineChart>'
    grouping = "stacked" if chart.stacked else "clustered"
    overlap = '<c:overlap val="100"/>' if chart.stacked else ""  # without it stacked bars stand beside each other
    return (
        f'<c:barChart><c:barDir val="{"bar" if chart.kind == "beam" else "col"}"/><c:grouping val="{grouping}"/>'
        f'<c:varyColors val="0"/>{series}<c:gapWidth val="60"/>{overlap}{axes}</c:barChart>'
    )


def _series(chart: Chart, place: int) -> str:
    """One series: by its cells in the embedded sheet, and with their values beside, which is what is drawn until somebody edits."""
    name, numbers = chart.series[place]
    colour, letter, last = chart.colours[place % len(chart.colours)], chr(66 + place), len(chart.categories) + 1
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    line = chart.kind == "line"
    solid, smooth = ("", '<c:smooth val="0"/>') if line else ('<c:invertIfNegative val="0"/>', "")
    look = f'<a:ln w="22225">{fill}</a:ln>' if line else fill
    marker = f'<c:marker><c:symbol val="circle"/><c:size val="5"/><c:spPr>{fill}</c:spPr></c:marker>' if line else ""
    names = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(category)}</c:v></c:pt>' for i, category in enumerate(chart.categories)
    )
    # A number that is hidden has no point, in the cache as in the sheet: an empty one would be drawn as zero.
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{number}</c:v></c:pt>' for i, number in enumerate(numbers) if number is not None
    )
    count = f'<c:ptCount val="{len(chart.categories)}"/>'
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:strRef><c:f>Sheet1!${letter}$1</c:f><c:strCache>'
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f"<c:spPr>{look}</c:spPr>{marker}{solid}{_labels(chart)}"
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache>{count}{names}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${letter}$2:${letter}${last}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f"{count}{points}</c:numCache></c:numRef></c:val>{smooth}</c:ser>"
    )


def _labels(chart: Chart) -> str:
    if not chart.labels:
        return ""
    place = "t" if chart.kind == "line" else ("ctr" if chart.stacked else "outEnd")
    shown = "".join(f'<c:{name} val="0"/>' for name in ("showCatName", "showSerName", "showPercent", "showBubbleSize"))
    return f'<c:dLbls>{_text(chart.size - 1)}<c:dLblPos val="{place}"/><c:showLegendKey val="0"/><c:showVal val="1"/>{shown}</c:dLbls>'


def _axes(chart: Chart) -> str:
    names, numbers = ("l", "b") if chart.kind == "beam" else ("b", "l")
    # Lying bars are drawn from the bottom up; turned round, the first name stands on top as in the table. The axis of numbers
    # then goes to the top with it unless it crosses at the other end.
    turned = "maxMin" if chart.kind == "beam" else "minMax"
    grey = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="BFBFBF"/></a:solidFill></a:ln></c:spPr>'
    grid = f"<c:majorGridlines>{grey}</c:majorGridlines>"
    return (
        f'<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="{turned}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{names}"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{grey}'
        f'{_text(chart.size)}<c:crossAx val="222"/><c:crosses val="autoZero"/></c:catAx>'
        f'<c:valAx><c:axId val="222"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{numbers}"/>{grid}<c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{grey}{_text(chart.size)}<c:crossAx val="111"/>'
        f'<c:crosses val="{"max" if chart.kind == "beam" else "autoZero"}"/></c:valAx>'
    )


def _text(size: float) -> str:
    return f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p>{_paragraph(size)}<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'


def _paragraph(size: float) -> str:
    return f'<a:pPr><a:defRPr sz="{round(size * 100)}" b="0">{_faces()}</a:defRPr></a:pPr>'


def _faces() -> str:
    name = fonts().official("table")
    return f'<a:latin typeface="{name}"/><a:ea typeface="{name}"/>'


def _sheet(chart: Chart) -> bytes:
    """The figures as a workbook, for "edit data"."""
    import xlsxwriter

    from assets.workbooks.book import SAFE, clean

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, SAFE) as book:
        sheet = book.add_worksheet("Sheet1")
        for column, (name, numbers) in enumerate(chart.series, start=1):
            sheet.write_string(0, column, clean(name))
            for row, number in enumerate(numbers, start=1):
                if number is not None:
                    sheet.write_number(row, column, number)
        for row, name in enumerate(chart.categories, start=1):
            sheet.write_string(row, 0, clean(name))
    return content.getvalue()
