"""Reads the demo's files with nothing but the containers' own readers:

what a person would see, row by row. For the demo's tests only.
"""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

from lxml import etree
from python_calamine import CalamineWorkbook

Rows = list[list[str]]
_SS = {"s": "urn:schemas-microsoft-com:office:spreadsheet"}


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Rows = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
        self.inside = tag == "td"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def container(data: bytes) -> str:
    """Name the container by its first bytes."""
    for magic, name in ((b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0", "xls"), (b"<?xml", "xmlss"), (b"<html", "html")):
        if data.startswith(magic):
            return name
    return "utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "gb18030"


def read_back(path: Path) -> dict[str, Rows]:
    """Return every sheet's rows as text; text files have one sheet named ""."""
    data = path.read_bytes()
    kind = container(data)
    if kind in ("zip", "xls"):
        book = CalamineWorkbook.from_path(str(path))
        return {
            name: [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
            for name in book.sheet_names
        }
    if kind == "xmlss":
        return {
            page.get(f"{{{_SS['s']}}}Name"): [
                [cell.findtext("s:Data", "", _SS) for cell in row.iterfind("s:Cell", _SS)]
                for row in page.iterfind(".//s:Row", _SS)
            ]
            for page in etree.fromstring(data).iterfind("s:Worksheet", _SS)
        }
    if kind == "html":
        table = _Table()
        table.feed(data.decode("gb18030"))
        return {"": table.rows}
    text = data.decode(kind)
    if path.suffix == ".xls":
        return {"": [line.split("\t") for line in text.split("\r\n") if line]}
    return {"": list(csv.reader(io.StringIO(text, newline="")))}
