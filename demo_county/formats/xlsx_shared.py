"""xlsx with a shared-strings table, written directly: how a bureau's server exports large sheets. Text and
numbers only; `xlsx` writes the hand-kept workbooks.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from xlsxwriter.utility import xl_col_to_name, xl_range

from demo_county.sheets import Cell, DemoSheet

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_xlsx_shared(path: Path, sheets: list[DemoSheet]) -> None:
    """Write sheets as one workbook."""
    shared: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{i + 1}.xml": _sheet(sheet, shared) for i, sheet in enumerate(sheets)}
    # After the sheets: they fill the table of texts. A control character would make the XML unreadable as a whole.
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
    items = _CONTROL.sub("", items)
    parts["xl/sharedStrings.xml"] = f'{_HEAD}<sst {_MAIN} uniqueCount="{len(shared)}">{items}</sst>'
    parts.update(_frame(sheets))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        # [Content_Types].xml first, where programs look that read the file as it comes in.
        for name in sorted(parts, key=lambda part: (part != "[Content_Types].xml", part)):
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))  # the same seed gives the same bytes
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, parts[name])


def _sheet(sheet: DemoSheet, shared: dict[str, int]) -> str:
    names = [xl_col_to_name(c) for c in range(max(map(len, sheet.rows), default=1))]
    hidden = set(sheet.hidden)
    lines = []
    for number, row in enumerate(sheet.rows, 1):
        cells = [_cell(f"{name}{number}", cell, shared) for name, cell in zip(names, row, strict=False) if cell != ""]
        lines.append(
            f'<row r="{number}"{" hidden=" + quoteattr("1") if number - 1 in hidden else ""}>{"".join(cells)}</row>'
        )
    merged = "".join(f'<mergeCell ref="{xl_range(*corners)}"/>' for corners in sheet.merges)
    tail = f'<mergeCells count="{len(sheet.merges)}">{merged}</mergeCells>' if merged else ""
    return f"{_HEAD}<worksheet {_MAIN}><sheetData>{''.join(lines)}</sheetData>{tail}</worksheet>"


def _cell(place: str, cell: Cell, shared: dict[str, int]) -> str:
    if isinstance(cell, str):
        return f'<c r="{place}" t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    raise TypeError("this writer has no dates")


def _frame(sheets: list[DemoSheet]) -> dict[str, str]:
    names = [f"sheet{i + 1}" for i in range(len(sheets))]
    tabs = "".join(
        f'<sheet name={quoteattr(s.name)} sheetId="{i + 1}" r:id="rId{i + 1}"/>' for i, s in enumerate(sheets)
    )
    links = [
        f'<Relationship Id="rId{i + 1}" Type="{_REL}/worksheet" Target="worksheets/{n}.xml"/>'
        for i, n in enumerate(names)
    ]
    links.append(f'<Relationship Id="rId{len(names) + 1}" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/>')
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/sharedStrings.xml", "sharedStrings")]
    kinds += [(f"/xl/worksheets/{n}.xml", "worksheet") for n in names]
    overrides = "".join(f'<Override PartName="{part}" ContentType="{_TYPE}{kind}+xml"/>' for part, kind in kinds)
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = (
        f'<Default Extension="rels" ContentType="{rels}"/><Default Extension="xml" ContentType="application/xml"/>'
    )
    top = f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    wired = "".join(links)
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACK}/content-types">{defaults}{overrides}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">{top}</Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} xmlns:r="{_REL}"><sheets>{tabs}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">{wired}</Relationships>',
    }
