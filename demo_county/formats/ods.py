"""OpenDocument spreadsheet: a zip with one XML. Only what a reader needs: tables, rows, typed cells."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from demo_county.sheets import Cell, DemoSheet

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("manifest", "manifest"))
)


def write_ods(path: Path, sheets: list[DemoSheet]) -> None:
    """Write sheets as one ods file."""
    tables = ""
    for sheet in sheets:
        # An empty row still needs a cell, or it is not counted and every row below it moves up.
        rows = "".join(
            f"<table:table-row>{''.join(map(_cell, row)) or '<table:table-cell/>'}</table:table-row>"
            for row in sheet.rows
        )
        tables += f"<table:table table:name={quoteattr(sheet.name)}>{rows}</table:table>"
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f'{_HEAD}<office:document-content {_SPACES} office:version="1.2">{body}</office:document-content>'
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in (("/", _MIME), ("content.xml", "text/xml"))
    )
    manifest = f'{_HEAD}<manifest:manifest {_SPACES} manifest:version="1.2">{entries}</manifest:manifest>'
    # `mimetype` comes first and unpacked: programs recognise the file by its bytes at a fixed place.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("mimetype", _MIME), ("META-INF/manifest.xml", manifest), ("content.xml", content)):
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, text)


def _cell(cell: Cell) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, dt.date):
        kind = f'"date" office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, str):
        kind = '"string"'
    else:
        kind = f'"float" office:value="{cell!r}"'
    shown = escape(cell if isinstance(cell, str) else str(cell))
    return f"<table:table-cell office:value-type={kind}><text:p>{shown}</text:p></table:table-cell>"
